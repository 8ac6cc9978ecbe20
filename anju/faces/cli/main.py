"""`anju`: one command line for the whole house.

Each command lives in a module that is imported only when it is asked for, so `anju --help` and
the supervisor's children start fast. A module gives `run_x(argv) -> exit code`.
"""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module

from anju.foundation.server.errors import ServerError

EXIT_FAILED, EXIT_USAGE, EXIT_INTERRUPTED = 1, 2, 130
GLOBALS = {"--data": "ANJU_DATA", "--port": "ANJU_PORT"}


@dataclass(frozen=True)
class Command:
    """Where a command lives and what it is for. `database`: it needs the tables, and Django.
    `files`: its verbs that read and write files only, and need no house. `read`: somebody at a
    terminal reads what it says.

    Without a line of help it is for our own processes and not listed.
    """

    module: str
    function: str
    help: str = ""
    database: bool = True
    files: tuple[str, ...] = ()
    read: bool = True


COMMANDS = {
    "up": Command("up", "run_up", "start the whole house and keep it running", database=False),
    "user": Command("users", "run_user", "make, list, lock and reset accounts; give roles"),
    "token": Command("users", "run_token", "make, list and revoke API tokens"),
    "channel": Command("channels", "run_channel", "list the channels out; send a test through one"),
    "verify": Command("verify", "run_verify", "find any tampering with the record", database=False),
    "backup": Command("keeping", "run_backup", "back everything up, proved", database=False),
    "restore": Command("keeping", "run_restore", "restore a backup elsewhere", database=False),
    "doctor": Command("keeping", "run_doctor", "look at the ground it stands on", database=False),
    "demo": Command("demo", "run_demo", "found the demo company; print its sign-ins and codes"),
    "import": Command("history", "run_import", "import a company's past cases"),
    "library": Command(
        "library",
        "run_library",
        "what the field knows: list it, take it over",
        files=("list", "show", "verify"),
    ),
    "report": Command("report", "run_report", "how the promises of a period were kept"),
    "procedures": Command("procedures", "run_procedures", "draw a procedure's flow chart"),
    "plans": Command(
        "plans", "run_plans", "planned work: when a rule falls due; make it", files=("preview",)
    ),
    "rounds": Command("rounds", "run_rounds", "report: every point of the rounds of some days"),
    "standards": Command("standards", "run_standards", "standards as files: check"),
    "export-person": Command("persons", "run_export_person", "write all of a person's data"),
    "erase-person": Command("persons", "run_erase_person", "erase a person's values for good"),
    "prepare": Command("prepare", "run_prepare"),
    "welcome": Command("prepare", "run_welcome"),
    "tick": Command("ticker", "run_tick", read=False),
    "work": Command("work", "run_work", read=False),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; every foreseen failure is one clear line."""
    args = _take_globals(list(sys.argv[1:] if argv is None else argv))
    if not args or args[0] in {"-h", "--help", "help"}:
        print(_help())
        return 0 if args else EXIT_USAGE
    if args[0] == "--version":
        from importlib.metadata import version  # only asked for here, and slow to import

        print(f"anju {version('anju')}")
        return 0
    command = COMMANDS.get(args[0])
    if command is None:
        near = get_close_matches(args[0], [n for n, c in COMMANDS.items() if c.help], n=1)
        print(f"anju: there is no command {args[0]!r}.", end=" ", file=sys.stderr)
        print(f"Did you mean {near[0]!r}?" if near else "See anju --help.", file=sys.stderr)
        return EXIT_USAGE
    try:
        return _run(command, args[1:])
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader of our output (head, less) has seen enough
        sys.stdout = None  # type: ignore[assignment]  # nothing can be flushed at exit any more
        return 0
    except ServerError as error:
        return _fail(args, "server", str(error))


def _run(command: Command, argv: list[str]) -> int:
    if not command.database:
        return int(_function(command)(argv))
    from django.db import DatabaseError  # Django is imported only by the commands that need it

    from anju.faces.cli.house import house  # imports Django, as above
    from anju.foundation.tenancy.errors import Refusal  # imports Django, as above

    try:
        of_files = argv[:1] and argv[0] in command.files
        database = not of_files and not {"-h", "--help"} & set(argv)
        with house(database=database, read=command.read):
            try:
                return int(_function(command)(argv))
            except Refusal as error:  # said here, where the terminal's language holds
                words = str(error)
                more = [f"{k}: {v}" for k, v in error.fields.items() if str(v) != words]
                return _fail(argv, error.code, "\n".join([words, *more]))
    except DatabaseError as error:
        said = "The database did not answer, or has no tables yet. Run `anju up` once, then retry."
        return _fail(argv, "database", f"{said}\n({str(error).splitlines()[0]})")


def _function(command: Command) -> object:
    module = import_module(f"anju.faces.cli.{command.module}")  # a name from our own table above
    return getattr(module, command.function)


def _fail(argv: Sequence[str], code: str, message: str) -> int:
    """The failure for people on stderr; for programs also as the one object of --json."""
    print(message, file=sys.stderr)
    if "--json" in argv:
        print(json.dumps({"error": {"code": code, "message": message}}, ensure_ascii=False))
    return EXIT_FAILED


def _take_globals(args: list[str]) -> list[str]:
    """Take --data and --port out, wherever they stand, into the environment all parts read."""
    rest: list[str] = []
    waiting = iter(args)
    for word in waiting:
        name, equals, value = word.partition("=")
        if name not in GLOBALS:
            rest.append(word)
        elif given := value if equals else next(waiting, ""):
            os.environ[GLOBALS[name]] = given
        else:
            print(f"anju: {name} needs a value.", file=sys.stderr)
            raise SystemExit(EXIT_USAGE)
    return rest


def _help() -> str:
    listed = [f"  {name:<14} {command.help}" for name, command in COMMANDS.items() if command.help]
    return "\n".join(
        [
            "Anju: property service as promises that are kept.",
            "",
            "usage: anju [--data DIR] [--port N] COMMAND ...",
            "",
            *listed,
            "",
            "  --data DIR     folder of the house (ANJU_DATA)",
            "  --port N       port of its address on this machine (ANJU_PORT)",
            "  --version      which Anju this is",
            "",
            "anju COMMAND --help tells more about a command.",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
