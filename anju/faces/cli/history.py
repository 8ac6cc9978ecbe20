"""`anju import cases`: a company's past, with every row accounted for."""

import argparse
import json
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from anju.domains.requests.history.account import Account, Interrupted
from anju.domains.requests.history.commands import import_cases
from anju.domains.requests.history.mapping import load
from anju.domains.requests.history.reading import Unreadable
from anju.faces.cli.terminal import machine_of, short_time
from anju.foundation.texts import BadText

EXIT_REFUSED, EXIT_INTERRUPTED = 1, 130
SHOWN = 20  # rejections told on a terminal; --json tells all
EVERY = 5.0  # seconds between lines of progress where nobody watches a terminal


def run_import(argv: Sequence[str]) -> int:
    """`anju import cases FILE --mapping MAP.yaml`."""
    parser = argparse.ArgumentParser(prog="anju import", description="take in what was before")
    verbs = parser.add_subparsers(dest="verb", required=True)
    cases = verbs.add_parser("cases", help="import past cases from CSV or Excel")
    cases.add_argument("file", type=Path, help="CSV (also .gz) or Excel")
    cases.add_argument("--mapping", type=Path, required=True, help="how its columns are read")
    cases.add_argument("--company", help="code of the company, where there are several")
    cases.add_argument("--dry-run", action="store_true", help="judge everything, write nothing")
    cases.add_argument("--json", action="store_true", help="print one JSON object at the end")
    asked = parser.parse_args(argv)
    progress = _Progress()
    # Told to end is as good as Ctrl-C: what is counted so far is said.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        mapping = load(asked.mapping)
        account = import_cases(
            asked.file,
            mapping,
            actor=machine_of(asked.company or mapping.mapping.company, "import"),
            dry_run=asked.dry_run,
            progress=progress,
        )
    except (BadText, Unreadable) as error:
        return _refused(str(error), as_json=asked.json)
    except Interrupted as stopped:
        progress.end()
        print(
            _("Stopped. What is counted below is imported; the same command goes on from there."),
            file=sys.stderr,
        )
        _say(stopped.account, progress, as_json=asked.json)
        return EXIT_INTERRUPTED
    finally:
        signal.signal(signal.SIGTERM, before)
    progress.end()
    _say(account, progress, as_json=asked.json)
    return 0


class _Progress:
    """Tells how far an import has come: one line that changes, or a line now and then."""

    def __init__(self) -> None:
        self.started = self._told = time.perf_counter()
        self._open = False

    def __call__(self, account: Account) -> None:
        moment = time.perf_counter()
        watched = sys.stderr.isatty()
        if not watched and moment - self._told < EVERY:
            return
        self._told = moment
        line = _(
            "%(rows)d rows read, %(imported)d imported, %(already)d already there, "
            "%(rejected)d rejected; %(speed)d rows/s"
        ) % {
            "rows": account.rows,
            "imported": account.imported,
            "already": account.already_there,
            "rejected": len(account.rejections),
            "speed": account.rows / max(0.001, moment - self.started),
        }
        print(f"\r{line}\x1b[K" if watched else line, end="" if watched else "\n", file=sys.stderr)
        sys.stderr.flush()
        self._open = watched

    def end(self) -> None:
        """Leave the line that changes."""
        if self._open:
            print(file=sys.stderr)

    def seconds(self) -> float:
        """Since the start."""
        return time.perf_counter() - self.started


def _refused(message: str, *, as_json: bool) -> int:
    print(message, file=sys.stderr)
    if as_json:
        said = {"error": {"code": "unreadable", "message": message}}
        print(json.dumps(said, ensure_ascii=False))
    return EXIT_REFUSED


def _say(account: Account, progress: _Progress, *, as_json: bool) -> None:
    seconds = progress.seconds()
    if as_json:
        print(json.dumps({**account.to_json(), "seconds": round(seconds, 3)}, ensure_ascii=False))
        return
    print(
        _("%(file)s: %(rows)d rows in %(time)s")
        % {"file": account.file, "rows": account.rows, "time": short_time(seconds)}
    )
    if account.dry_run:
        print(_("This was a dry run: nothing was written."))
    lines = [
        (_("imported"), account.imported),
        (_("already there"), account.already_there),
        (_("rejected"), len(account.rejections)),
        (_("places made"), account.places_made),
    ]
    for name, count in lines:
        print(f"  {name}: {count}")
    names = {"place": _("place"), "category": _("category"), "channel": _("channel")}
    missing = ", ".join(f"{names[k]} {n}" for k, n in account.not_recorded.items() if n)
    if missing:
        print("  " + _("not recorded: %(what)s") % {"what": missing})
    for rejection in account.rejections[:SHOWN]:
        print("  " + _("row %(row)d") % {"row": rejection.row} + f": {rejection.reason}")
    if len(account.rejections) > SHOWN:
        print(
            "  "
            + _("... and %(count)d more; --json lists them all.")
            % {"count": len(account.rejections) - SHOWN}
        )
