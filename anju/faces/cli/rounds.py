"""`anju rounds report`: every point of every round of some days."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from anju.domains.rounds.report import cells, columns, report_json, rounds_report
from anju.faces.cli.terminal import machine_of
from anju.foundation.kit.export import xlsx_bytes
from anju.foundation.tenancy.acting import acting

EXIT_USAGE = 2


def run_rounds(argv: Sequence[str]) -> int:
    """`anju rounds report --from D --to D --format json|xlsx`."""
    parser = argparse.ArgumentParser(prog="anju rounds", description="rounds and their points")
    verbs = parser.add_subparsers(dest="verb", required=True)
    report = verbs.add_parser("report", help="every point of the rounds planned in these days")
    report.add_argument("--from", dest="first", type=date.fromisoformat, required=True)
    report.add_argument("--to", dest="last", type=date.fromisoformat, required=True)
    report.add_argument("--company", help="code of the company, where there are several")
    report.add_argument("--format", choices=("json", "xlsx"), default="json")
    report.add_argument("--out", type=Path, help="file; the JSON goes to the screen without it")
    asked = parser.parse_args(argv)
    if asked.last < asked.first:
        print(_("The period ends before it begins. Exchange --from and --to."), file=sys.stderr)
        return EXIT_USAGE
    actor = machine_of(asked.company, "report")
    with acting(actor):
        found = rounds_report(asked.first, asked.last, actor=actor)
        if asked.format == "json":
            content = json.dumps(report_json(found), ensure_ascii=False, indent=1).encode()
        else:
            content = xlsx_bytes(columns(), cells(found), zone=found.zone)
    if asked.format == "json" and asked.out is None:
        print(content.decode())
        return 0
    out = asked.out or Path(f"rounds_{asked.first:%Y%m%d}_{asked.last:%Y%m%d}.xlsx")
    out.write_bytes(content)
    print(_("Written to %(file)s.") % {"file": out})
    return 0
