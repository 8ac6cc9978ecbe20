"""`anju verify`: is everything as it was sealed? And the archive of a case, without any house."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import DatabaseError
from django.utils import translation
from django.utils.translation import gettext as _

from anju.faces.cli.house import house, language_of
from anju.foundation.events.anchors import Anchor, BadAnchor, anchored, read_anchor
from anju.foundation.events.archive.check import Checked, read_archive
from anju.foundation.events.problems import Problem

EXIT_FAILED, EXIT_USAGE = 1, 2
LISTED = 20  # problems printed for people; --json has up to a thousand of each company


def run_verify(argv: Sequence[str]) -> int:
    """Verify the house, or one archive; 0 when all is as sealed, 1 when not, 2 on a wrong call."""
    asked = _parser().parse_args(argv)
    try:
        anchors = [read_anchor(path) for path in asked.anchor]
    except (BadAnchor, OSError) as error:
        print(f"anju: {error} is not an anchor that can be read.", file=sys.stderr)
        return EXIT_USAGE
    if asked.archive:
        return _verify_archive(asked.archive, anchors, as_json=asked.json)
    with house():
        try:
            return _verify_house(asked, anchors)
        except DatabaseError as error:
            print(
                _(
                    "The database did not answer, or has no tables yet, so nothing was verified. "
                    "Run `anju up` once, then try again."
                ),
                f"({type(error).__name__})",
                file=sys.stderr,
            )
            return EXIT_FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="anju verify",
        description="find any tampering with events, seals, personal values, rows and files",
    )
    parser.add_argument("--company", action="append", default=[], help="only this code; repeatable")
    parser.add_argument(
        "--anchor", action="append", default=[], type=Path, metavar="FILE",
        help="an anchor kept outside: rules out that the record was rebuilt; repeatable",
    )  # fmt: skip
    parser.add_argument(
        "--write-anchor", type=Path, metavar="FILE",
        help="write the last seal of each company to FILE and print it; keep it elsewhere",
    )  # fmt: skip
    parser.add_argument(
        "--archive", type=Path, metavar="FILE.zip",
        help="check the archive of a case; needs no server and no database",
    )  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="do not read the content of files")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _verify_house(asked: argparse.Namespace, anchors: list[Anchor]) -> int:
    # Models need Django set up, which `house` has just done.
    from anju.foundation.events.verification import CompanyReport, last_seals, verify

    def show(company: CompanyReport) -> None:
        if not asked.json:
            print(_company_line(company))
            _print_problems(company.problems, company.found)
            print("  " + _vouched(company, bool(anchors)))

    report = verify(anchors=anchors, codes=asked.company, quick=asked.quick, progress=show)
    said: dict[str, Any] = report.as_json()
    if missing := set(asked.company) - {company.code for company in report.companies}:
        print(
            _("There is no company with the code %(code)s.") % {"code": ", ".join(sorted(missing))},
            file=sys.stderr,
        )
        return EXIT_USAGE
    if asked.write_anchor:
        anchor = last_seals()
        asked.write_anchor.write_text(anchor.as_json(), encoding="utf-8")
        said["anchor"] = json.loads(anchor.as_json())
        if not asked.json:
            print(anchor.as_text())
            print(_("Keep this where whoever runs the database cannot change it."))
    if asked.json:
        print(json.dumps(said, ensure_ascii=False))
    else:
        _print_problems(report.problems, len(report.problems))
        print(_outcome(report.found))
    return EXIT_FAILED if report.found else 0


def _company_line(company: Any) -> str:
    counts = _(
        "%(events)s events in %(seals)s seals, %(waiting)s waiting; %(values)s personal values, "
        "%(erased)s erased; %(rows)s rows"
    ) % vars(company)
    return f"{company.code}: {counts}"


def _vouched(company: Any, given: bool) -> str:
    """What the result is worth: exactly what would not have been seen."""
    if company.anchored:
        text = _(
            "The anchor vouches for everything up to seal %(anchored)s of %(seals)s. After it any "
            "change is found, but not a rebuild of everything after that seal."
        )
    elif given:
        text = _(
            "No anchor names a seal of this company that is here. Any change is found, but not a "
            "rebuild of the whole record, seals included, by who owns the database."
        )
    else:
        text = _(
            "No anchor was given. Any change is found, but not a rebuild of the whole record, "
            "seals included, by who owns the database. Give --anchor FILE to rule that out."
        )
    return text % {"anchored": company.anchored, "seals": company.seals}


def _print_problems(problems: Sequence[Problem], found: int) -> None:
    for problem in problems[:LISTED]:
        print(f"  ! {problem}")
    if found > LISTED:
        print("  ! " + _("and %(count)s more") % {"count": found - LISTED})


def _outcome(found: int) -> str:
    if not found:
        return _("Everything is as it was sealed.")
    return _(
        "%(count)s problems: this record is not as it was sealed. Keep this output and a copy of "
        "the database as they are, and compare with the last backup that verifies."
    ) % {"count": found}


def _verify_archive(path: Path, anchors: list[Anchor], *, as_json: bool) -> int:
    _speak()
    with translation.override(language_of(os.environ.get("LC_ALL") or os.environ.get("LANG"))):
        checked = read_archive(path)
        vouched = _compared(checked, anchors)
        if as_json:
            print(json.dumps(_archive_json(checked, vouched), ensure_ascii=False))
        else:
            _print_archive(path, checked, vouched)
    return EXIT_FAILED if checked.problems else 0


def _compared(checked: Checked, anchors: list[Anchor]) -> list[int]:
    """The seals of the archive that an anchor names; one it contradicts becomes a problem."""
    known = anchored(anchors).get(checked.company, {}) if checked.company else {}
    same = []
    for n in sorted(known.keys() & checked.seals.keys()):
        if checked.seals[n].digest == known[n]:
            same.append(n)
        else:
            checked.problems.append(Problem("anchor.seal", str(n)))
    return same


def _archive_json(checked: Checked, vouched: list[int]) -> dict[str, Any]:
    return {
        "found": len(checked.problems), "title": checked.title, "company": str(checked.company),
        "events": checked.events, "values": checked.values, "rows": checked.rows,
        "files": checked.files, "anchored": vouched,
        "seals": {n: seal.digest.hex() for n, seal in checked.seals.items()},
        "problems": [problem.as_json() for problem in checked.problems],
    }  # fmt: skip


def _print_archive(path: Path, checked: Checked, vouched: list[int]) -> None:
    print(f"{path.name}: {checked.title}")
    print(
        _("%(events)s events, %(values)s personal values, %(rows)s rows, %(files)s files")
        % vars(checked)
    )
    _print_problems(checked.problems, len(checked.problems))
    if checked.problems:
        print(_("This archive is not as it was sealed. Ask for a new one."))
        return
    print(_("Nothing in it was changed since it was sealed. It rests on these seals:"))
    for n, seal in sorted(checked.seals.items()):
        mark = " " + _("(in the anchor)") if n in vouched else ""
        print(f"  {n}  {seal.at.isoformat(timespec='seconds')}  {seal.digest.hex()}{mark}")
    print(
        _(
            "Compare them with `anju verify` of the company or with an anchor you hold. That "
            "nothing was left out cannot be seen from an archive."
        )
    )


def _speak() -> None:
    """Let Django translate, with no settings of a house: there may be none on this machine."""
    if not settings.configured and "DJANGO_SETTINGS_MODULE" not in os.environ:
        catalogues = Path(__file__).resolve().parents[2] / "locale"
        settings.configure(USE_I18N=True, LANGUAGE_CODE="en", LOCALE_PATHS=[catalogues])
        django.setup(set_prefix=False)
