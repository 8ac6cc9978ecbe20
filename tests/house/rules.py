"""The rules of the house: what no linter ships. Each takes one source and says what it found.

A rule is a function `(source) -> iterator of "line: what is wrong and what to do"`; its name is
its title. `python_rules`, `template_rules` and `text_rules` list them; `test_house.py` runs them
over the tree and `test_seeded.py` shows that each one catches what it is for.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from tests.house.sources import Source

Rule = Callable[[Source], Iterator[str]]

FILE_LINES = 400
FUNCTION_LINES = 60
POSITIONAL = 4
KEYWORDS = 12

DOORS = {"views", "api", "forms", "tables", "faces"}
WRITERS = {"commands", "migrations", "server", "fence"}


def dotted(node: ast.AST) -> str:
    """`a.b(x).c` as "a.b.c": the chain of names, calls left out."""
    if isinstance(node, ast.Call):
        return dotted(node.func)
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Subscript):
        return dotted(node.value)
    return node.id if isinstance(node, ast.Name) else ""


def imported(source: Source) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported."""
    for node in source.nodes:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, a.name) for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module or ''}.{a.name}") for a in node.names)


QUERY = re.compile(
    r"\.(objects|_default_manager|_base_manager|filter|exclude|all|seen_by|order_by|using)(\.|$)"
)
SQL_WRITE = re.compile(
    r"^\s*(insert\s+into|update\s+[\w\"{]+.*\sset\s|delete\s+from|truncate\b)", re.I | re.S
)


def only_commands_write(source: Source) -> Iterator[str]:
    if not source.is_product or source.rooms & WRITERS:
        return
    for call in source.calls:
        if not isinstance(call.func, ast.Attribute):
            continue
        name, chain = call.func.attr, dotted(call.func.value)
        query = bool(QUERY.search(f".{chain}"))
        if (
            name in {"bulk_create", "bulk_update", "get_or_create", "update_or_create"}
            or (name in {"create", "update", "delete"} and query)
            or (name in {"save", "delete"} and not call.args and "super" not in chain)
        ):
            yield f"{call.lineno}: .{name}() outside commands: call a command instead"
    for line, text in source.strings:
        if SQL_WRITE.search(text):
            yield f"{line}: SQL that writes outside commands: move it into a command"


TELLS_TIME = re.compile(
    r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|timezone\.(now|localtime|localdate)"
    r"|time\.(time|time_ns|localtime|gmtime))$"
)
SQL_TIME = re.compile(
    r"\b(now\(\)|current_(timestamp|date|time)\b|(clock|statement|transaction)_timestamp\(\))", re.I
)


def only_lib_tells_the_time(source: Source) -> Iterator[str]:
    if not source.is_product or source.path.startswith("anju/foundation/lib/"):
        return
    for call in source.calls:
        name = dotted(call.func)
        converts = name.endswith(("localtime", "localdate")) and call.args
        if TELLS_TIME.search(name) and not converts:
            yield f"{call.lineno}: {name}(): use anju.foundation.lib.now()"
    for line, name in imported(source):
        if name in {"django.utils.timezone.now", "django.db.models.functions.Now", "time.time"}:
            yield f"{line}: {name}: use anju.foundation.lib.now()"
    for node in source.nodes:
        if isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
            yield f"{node.value.lineno}: {node.arg}: set the time in the command"
    if source.path == "anju/foundation/server/doctor.py":  # compares the database's clock to ours
        return
    for line, text in source.strings:
        if SQL_TIME.search(text):
            yield f"{line}: the database's clock: pass anju.foundation.lib.now() as a parameter"


def no_orm_signals(source: Source) -> Iterator[str]:
    if not source.is_product:
        return
    for line, name in imported(source):
        if name.startswith(("django.db.models.signals", "django.dispatch")):
            yield f"{line}: {name}: write an event and let a listener read it"


NOTIFIES = re.compile(r"\bpg_notify\s*\(|^\s*NOTIFY\s", re.I)


def only_the_sealer_notifies(source: Source) -> Iterator[str]:
    """NOTIFY in a business transaction makes every commit of the database wait in one line."""
    sealer = source.path.startswith("anju/foundation/events/") and "seal" in source.path
    if not source.is_product or sealer:
        return
    for line, text in source.strings:
        if NOTIFIES.search(text):
            yield f"{line}: NOTIFY outside the sealer: write an event instead"


def imports_stand_at_the_top(source: Source) -> Iterator[str]:
    if "conftest" in source.rooms:  # is read before Django is set up, and models come after
        return
    top = set(map(id, source.tree.body))
    for node in source.tree.body:  # `if TYPE_CHECKING:` and `try:` at the top level are the top
        if isinstance(node, ast.If | ast.Try):
            top |= {id(n) for n in ast.walk(node)}
    for node in source.nodes:
        if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in top:
            if not source.explained(node.lineno):
                yield f"{node.lineno}: an import inside a function: state the reason in a comment"


def doors_read_through_seen_by(source: Source) -> Iterator[str]:
    if not source.is_product or not source.rooms & DOORS:
        return
    fenced = {
        id(n.value) for n in source.nodes if isinstance(n, ast.Attribute) and n.attr == "seen_by"
    }
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and node.attr in {
            "objects",
            "_default_manager",
            "_base_manager",
        }:
            if id(node) not in fenced:
                yield f"{node.lineno}: .{node.attr} in a door: begin with .objects.seen_by(actor)"
        elif (
            isinstance(node, ast.Attribute)
            and node.attr == "cursor"
            and "connection" in dotted(node)
        ):
            yield f"{node.lineno}: raw SQL in a door: ask a query"
    for call in source.calls:
        if dotted(call.func) in {"get_object_or_404", "get_list_or_404"} and call.args:
            if isinstance(call.args[0], ast.Name) and call.args[0].id[:1].isupper():
                yield f"{call.lineno}: fetch from .objects.seen_by(actor), not from the whole table"


def only_foundation_lifts_the_fence(source: Source) -> Iterator[str]:
    if not source.is_product or source.path.startswith("anju/foundation/"):
        return
    for line, name in imported(source):
        if name.endswith(".unfenced"):
            yield f"{line}: unfenced is for the few global tables of the foundation"


def only_acting_opens_transactions(source: Source) -> Iterator[str]:
    if not source.is_product or source.is_migration:
        return
    if source.path.startswith(("anju/foundation/tenancy/", "anju/foundation/server/")):
        return
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and dotted(node) == "transaction.atomic":
            yield f"{node.lineno}: transaction.atomic: `with acting(actor):` opens transactions"


def _positional(args: ast.arguments) -> int:
    names = [a.arg for a in (*args.posonlyargs, *args.args)]
    return len(names) - bool(names and names[0] in {"self", "cls"})


def budgets_are_kept(source: Source) -> Iterator[str]:
    if not source.is_migration and len(source.lines) > FILE_LINES:
        yield f"1: {len(source.lines)} lines, {FILE_LINES} allowed: make the room a folder"
    if source.is_test or source.is_migration:
        return
    for f in source.functions:
        lines = (f.end_lineno or f.lineno) - f.lineno + 1
        if lines > FUNCTION_LINES:
            yield f"{f.lineno}: {f.name} has {lines} lines, {FUNCTION_LINES} allowed"
        given, named = _positional(f.args), len(f.args.kwonlyargs)
        if given > POSITIONAL and not source.explained(f.lineno):  # a library may set the shape
            yield f"{f.lineno}: {f.name} takes {given} positional arguments, {POSITIONAL} allowed"
        if named > KEYWORDS:
            yield f"{f.lineno}: {f.name} takes {named} keyword arguments, {KEYWORDS} allowed"


ASSERTS = re.compile(r"(^|\.)(raises|warns|expect|check|assert_?\w*|expect_\w+|must_\w+)$")


def every_test_asserts(source: Source) -> Iterator[str]:
    if not source.is_test:
        return
    for f in source.functions:
        if not f.name.startswith("test_"):
            continue
        inside = list(ast.walk(f))
        asserted = any(isinstance(n, ast.Assert) for n in inside) or any(
            isinstance(n, ast.Call) and ASSERTS.search(dotted(n.func)) for n in inside
        )
        if not asserted:
            yield f"{f.lineno}: {f.name} asserts nothing"


SILENCED = re.compile(
    r"^(noqa|type:\s*ignore|pragma: no cover)"
    r"(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|\[[\w, -]+\])?(.*)"
)


def nothing_is_silenced_without_a_reason(source: Source) -> Iterator[str]:
    for line, comment in source.comments.items():
        found = SILENCED.match(comment)
        if found and len(found[2].strip(" #-:").split()) < 2 and line - 1 not in source.comments:
            yield f"{line}: {found[1]} without a reason beside it"
    reasoned = {id(c.func) for c in source.calls if any(k.arg == "reason" for k in c.keywords)}
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and id(node) not in reasoned:
            if dotted(node).endswith(("mark.skip", "mark.skipif", "mark.xfail")):
                yield f"{node.lineno}: {dotted(node)} without reason="


def commands_promise_and_name_their_actor(source: Source) -> Iterator[str]:
    """A command that truly has no actor (nobody has signed in yet, the machine acts for all
    companies) says so in its docstring, in a line that begins with "No actor:"."""
    if not source.is_product or "commands" not in source.rooms or "management" in source.rooms:
        return
    for f in source.tree.body:
        if not isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef) or f.name.startswith("_"):
            continue
        doc = ast.get_docstring(f) or ""
        if not doc:
            yield f"{f.lineno}: {f.name} has no docstring: what is promised, what is refused?"
        if "actor" not in {a.arg for a in f.args.kwonlyargs}:
            if not re.search(r"^No actor: \S+ \S+", doc, re.M):
                yield f"{f.lineno}: {f.name} does not take keyword-only `actor`"


def no_back_doors_between_apps(source: Source) -> Iterator[str]:
    if not source.is_product or source.is_migration:
        return
    for call in source.calls:
        name = dotted(call.func)
        if name.endswith(("get_model", "import_string", "import_module", "__import__")):
            if "to_state" not in name and not source.explained(call.lineno):
                yield f"{call.lineno}: {name}() hides an import: state the reason in a comment"


def only_tests_use_testing(source: Source) -> Iterator[str]:
    if not source.is_product:
        return
    for line, name in imported(source):
        folders = name.split(".")[:-1]
        if folders[:1] == ["tests"] or (
            folders[:1] == ["anju"] and {"testing", "tests"} & {*folders}
        ):
            yield f"{line}: {name} is for tests"


def rules_are_pure(source: Source) -> Iterator[str]:
    if not source.is_product or "rules" not in source.rooms:
        return
    for line, name in imported(source):
        if name.startswith(("django.db", "django.http")) or ".models." in name:
            yield f"{line}: {name}: rules know neither tables nor requests"


def migrations_stand_alone(source: Source) -> Iterator[str]:
    if not source.is_migration:
        return
    for line, name in imported(source):
        if name.startswith("anju.") and not name.startswith(
            ("anju.foundation.tenancy.", "anju.foundation.lib.")
        ):
            yield f"{line}: {name}: a migration must still run when the code has changed"


VAGUE = re.compile(r"(Manager|Helper|Util|Utils)$")


def names_say_what_it_is(source: Source) -> Iterator[str]:
    if source.rooms & {"utils", "helpers", "misc", "common"}:
        yield "1: a room named after nothing: name it after what it holds"
    for node in source.nodes:
        if isinstance(node, ast.ClassDef) and VAGUE.search(node.name):
            yield f"{node.lineno}: class {node.name}: name it after the noun"


INLINE = (
    (re.compile(r"<style\b", re.I), "a <style> element"),
    (re.compile(r"\sstyle\s*=", re.I), "a style attribute"),
    (re.compile(r"\son[a-z]+\s*=\s*[\"'{]", re.I), "an inline event handler"),
    (re.compile(r"\shx-on\b", re.I), "hx-on, which evaluates text"),
    (re.compile(r"[\"']\s*javascript:", re.I), "a javascript: address"),
    (
        re.compile(r"hx-(vals|vars|headers)\s*=\s*[\"']?js:", re.I),
        "js: values, which are evaluated",
    ),
    (
        re.compile(r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*type\s*=\s*[\"']application/json)", re.I),
        "inline script",
    ),
)


def templates_hold_no_style_or_script(source: Source) -> Iterator[str]:
    """The content security policy allows neither; mails have no policy and no style sheet."""
    if "mail" in source.rooms:
        return
    for number, line in enumerate(source.lines, 1):
        for pattern, what in INLINE:
            if pattern.search(line):
                yield f"{number}: {what}: the page's policy refuses it"


# Put together here so that this very file does not hold what it forbids.
MACHINE = re.compile(
    "|".join(
        re.escape("/" + p + "/")
        for p in ("work/main", "work/shared", "tmp/anju", "opt/pypi", "opt/wheels")
    )
    + "|(?<![\\w.])/"
    + "root/|/"
    + "home/(?!you/|user/)[a-z]\\w"
)


def no_path_of_a_machine(source: Source) -> Iterator[str]:
    for number, line in enumerate(source.lines, 1):
        if found := MACHINE.search(line):
            yield f"{number}: {found[0]}: a path of one machine"


HOSTS = re.compile('https?://|--(extra-)?index-url|--find-links|--trusted-host|"resolved"')


def lock_files_name_no_host(source: Source) -> Iterator[str]:
    if not (
        source.path.startswith("requirements/")
        or source.parts[-1] in {"package-lock.json", ".npmrc"}
    ):
        return
    for number, line in enumerate(source.lines, 1):
        # A package's own "funding" and "homepage" addresses are not where it is fetched from.
        if HOSTS.search(line) and '"url":' not in line and not line.lstrip().startswith("#"):
            yield f"{number}: a lock file that names a host works behind one mirror only"


PYTHON_RULES: tuple[Rule, ...] = (
    only_commands_write,
    only_lib_tells_the_time,
    no_orm_signals,
    only_the_sealer_notifies,
    imports_stand_at_the_top,
    doors_read_through_seen_by,
    only_foundation_lifts_the_fence,
    only_acting_opens_transactions,
    budgets_are_kept,
    every_test_asserts,
    nothing_is_silenced_without_a_reason,
    commands_promise_and_name_their_actor,
    no_back_doors_between_apps,
    only_tests_use_testing,
    rules_are_pure,
    migrations_stand_alone,
    names_say_what_it_is,
)
TEMPLATE_RULES: tuple[Rule, ...] = (templates_hold_no_style_or_script,)
TEXT_RULES: tuple[Rule, ...] = (no_path_of_a_machine, lock_files_name_no_host)
