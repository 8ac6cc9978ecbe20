"""`anju report service`: how the promises of a period were kept."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date
from pathlib import Path

from django.utils.translation import gettext as _

from anju.engine.clocks.models import KINDS
from anju.engine.indicators.queries import service_report
from anju.engine.indicators.rules import (
    DIMENSIONS,
    Group,
    Period,
    Promise,
    ServiceReport,
    report_json,
)
from anju.engine.standards.rules import CASE_KINDS
from anju.faces.cli.terminal import machine_of, short_time, table
from anju.foundation.kit.export import xlsx_bytes

EXIT_USAGE = 2
CLOCKS = dict(KINDS)


def run_report(argv: Sequence[str]) -> int:
    """`anju report service --from D --to D`."""
    parser = argparse.ArgumentParser(prog="anju report", description="figures of a period")
    verbs = parser.add_subparsers(dest="verb", required=True)
    service = verbs.add_parser("service", help="how the promises of a period were kept")
    service.add_argument("--from", dest="first", type=date.fromisoformat, required=True)
    service.add_argument("--to", dest="last", type=date.fromisoformat, required=True)
    service.add_argument("--by", choices=DIMENSIONS, help="the same figures per group")
    service.add_argument("--kind", choices=CASE_KINDS, default="", help="one kind of case only")
    service.add_argument("--company", help="code of the company, where there are several")
    service.add_argument("--format", choices=("table", "json", "xlsx"), default="table")
    service.add_argument("--out", type=Path, help="file for --format xlsx")
    asked = parser.parse_args(argv)
    try:
        period = Period(asked.first, asked.last)
    except ValueError:
        print(_("The period ends before it begins. Exchange --from and --to."), file=sys.stderr)
        return EXIT_USAGE
    actor = machine_of(asked.company, "report")
    report = service_report(period, actor=actor, by=asked.by, kind=asked.kind)
    if asked.format == "json":
        print(json.dumps(report_json(report), ensure_ascii=False, indent=2))
    elif asked.format == "xlsx":
        out = asked.out or Path(f"service_{period.first:%Y%m%d}_{period.last:%Y%m%d}.xlsx")
        out.write_bytes(xlsx_bytes(_columns(), _figures(report), zone=UTC))
        print(_("Written to %(file)s.") % {"file": out})
    else:
        _print(report)
    return 0


def _print(report: ServiceReport) -> None:
    whole = report.whole
    print(
        _("Cases opened from %(first)s to %(last)s, both days included: %(cases)d")
        % {"first": report.period.first, "last": report.period.last, "cases": whole.cases}
    )
    missing = {"place": _("place"), "category": _("category"), "channel": _("channel")}
    lacks = ", ".join(f"{missing[k]} {n}" for k, n in report.not_recorded.items() if n)
    if lacks:
        print(_("not recorded: %(what)s") % {"what": lacks})
    print()
    print(table(_header(), _rows(report), left=2))
    print()
    print(
        _(
            "Rate: kept of kept and broken, with the 95 % Wilson interval. What was not recorded "
            "or cannot be judged stands beside it. Times by the wall; d: whole days."
        )
    )


def _header() -> list[str]:
    return [
        _("group"), _("promise"), _("cases"), _("kept"), _("broken"), _("rate %"), _("from %"),
        _("to %"), _("not due yet"), _("not judgeable"), _("not recorded"), _("times n"),
        _("median"), _("90th percentile"),
    ]  # fmt: skip


def _columns() -> list[str]:
    """Of a workbook: numbers that can be counted on, each in its own column and unit."""
    return [
        *_header()[:-3],
        _("times n (seconds)"), _("median (seconds)"), _("90th percentile (seconds)"),
        _("times n (whole days)"), _("median (whole days)"), _("90th percentile (whole days)"),
    ]  # fmt: skip


def _groups(report: ServiceReport) -> Iterator[tuple[Group, Promise]]:
    for group in (report.whole, *report.groups):
        for promise in group.promises or (Promise(""),):
            yield group, promise


def _rows(report: ServiceReport) -> Iterator[list[str]]:
    for group, promise in _groups(report):
        low, high = promise.interval or (None, None)
        yield [
            group.name, str(CLOCKS.get(promise.kind, "-")), str(group.cases), str(promise.kept),
            str(promise.broken), _percent(promise.rate), _percent(low), _percent(high),
            str(promise.waiting), str(promise.not_judgeable), str(promise.not_recorded),
            *_times(promise),
        ]  # fmt: skip


def _figures(report: ServiceReport) -> Iterator[list[object]]:
    """For a workbook: rates in percent, times as numbers; what is not known is an empty cell."""
    for group, promise in _groups(report):
        low, high = promise.interval or (None, None)
        rates = [None if x is None else round(100 * x, 4) for x in (promise.rate, low, high)]
        yield [
            group.name, str(CLOCKS.get(promise.kind, "-")), group.cases, promise.kept,
            promise.broken, *rates, promise.waiting, promise.not_judgeable, promise.not_recorded,
            *(value for t in (promise.seconds, promise.days) for value in (t.n, t.median, t.p90)),
        ]  # fmt: skip


def _times(promise: Promise) -> tuple[str, str, str]:
    """n, median and 90th percentile; where some times are known to the second and others in whole
    days, both, with a bar between: they cannot be one figure."""
    known = [(s, d) for s, d in ((promise.seconds, False), (promise.days, True)) if s.n]
    if not known:
        return "0", "-", "-"
    columns = [(str(s.n), _time(s.median, d), _time(s.p90, d)) for s, d in known]
    n, median, p90 = (" | ".join(cells) for cells in zip(*columns, strict=True))
    return n, median, p90


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}"


def _time(value: float | None, days: bool) -> str:
    if value is None:
        return "-"
    return _("%(days)d d") % {"days": value} if days else short_time(value)
