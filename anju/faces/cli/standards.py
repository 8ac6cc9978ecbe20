"""`anju standards`: standards as files."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from anju.engine.indicators.record import record_of
from anju.engine.standards.document import Document
from anju.engine.standards.offers import world_of
from anju.engine.standards.smart import Finding, World, bill, check
from anju.faces.cli.standard_texts import (
    add_verbs,
    compare_texts,
    cost_texts,
    export_texts,
    import_texts,
    read_file,
)
from anju.faces.cli.terminal import machine_of
from anju.foundation.access.queries import company_named
from anju.foundation.texts import BadText

EXIT_REFUSED = 1


def run_standards(argv: Sequence[str]) -> int:
    """`anju standards check | export | import | diff | cost`."""
    parser = argparse.ArgumentParser(prog="anju standards", description="standards as files")
    verbs = parser.add_subparsers(dest="verb", required=True)
    checking = verbs.add_parser("check", help="what an expert would say before it is published")
    checking.add_argument("file", type=Path, help="YAML of a standard, - for what is piped in")
    checking.add_argument("--company", help="code of the company, where there are several")
    checking.add_argument("--place", default="", help="path of the community whose record counts")
    checking.add_argument("--json", action="store_true", help="print one JSON object")
    add_verbs(verbs)
    asked = parser.parse_args(argv)
    try:
        return VERBS[asked.verb](asked)
    except BadText as error:
        print(error, file=sys.stderr)
        if asked.json:
            said = {"error": {"code": "unreadable", "message": str(error)}}
            print(json.dumps(said, ensure_ascii=False))
        return EXIT_REFUSED


def _check(asked: argparse.Namespace) -> int:
    """Exit 1 when something stops publication."""
    said = read_file(asked.file)
    found = check(said, _world(said, asked))
    stops = sum(one.severity == "stop" for one in found)
    if asked.json:
        codes = Counter(one.code for one in found)
        rows = [one.plain() for one in found]
        result = {"code": said.code, "stops": stops, "codes": codes, "findings": rows}
        print(json.dumps({**result, "cost": _cost(said)}, ensure_ascii=False, indent=2))
    else:
        _print(said, found, stops)
    return EXIT_REFUSED if stops else 0


def _world(said: Document, asked: argparse.Namespace) -> World:
    """What the company knows; without a company the text is checked by itself, which is said."""
    if asked.company is None and company_named(None) is None:
        print(
            _("Checked by itself: name a company (--company) to compare with its record."),
            file=sys.stderr,
        )
        return World()
    actor = machine_of(asked.company, "standards")
    return world_of(actor, record_of(said, actor=actor, place=asked.place))


def _print(said: Document, found: Sequence[Finding], stops: int) -> None:
    print(f"{said.name} ({said.code})")
    for one in found:
        mark = _("stops") if one.severity == "stop" else _("advice")
        print(f"  {mark}  {one.code}  {one.where}")
        print(f"      {one.words}")
    print(
        _("%(stops)d stop publication, %(advice)d are advice.")
        % {"stops": stops, "advice": len(found) - stops}
    )
    cost = bill([said])
    print(
        _("A year of it: %(hours)s hours of work, %(money)s yuan of material.")
        % {"hours": f"{cost.total_hours:,.0f}", "money": f"{cost.materials:,.0f}"}
    )


def _cost(said: Document) -> dict[str, Any]:
    cost = bill([said])
    return {"hours": cost.hours, "wages": cost.wages, "materials": cost.materials}


VERBS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "check": _check,
    "export": export_texts,
    "import": import_texts,
    "diff": compare_texts,
    "cost": cost_texts,
}
