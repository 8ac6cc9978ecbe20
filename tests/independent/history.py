"""The figures of a service report, computed anew from the file alone.

Nothing here imports from anju, and nothing is shared with it but the meaning of the words: own
reading, own times, own calendar, own verdicts, own statistics, written for plainness, not speed.
It follows docs/import.md and docs/indicators.md; where both disagree, one of them is wrong.
"""

import csv
import gzip
import io
import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl

NOT_RECORDED = ""
LAST_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Hours:
    """A working calendar: minutes after midnight that are open, per weekday and per special day.

    `week` empty means day and night.
    """

    week: tuple[tuple[tuple[int, int], ...], ...] = ()
    special: Mapping[date, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    def due(self, start: datetime, allowed: timedelta, zone: ZoneInfo) -> datetime:
        """When `allowed` open time has passed since `start` (UTC), counted window by window."""
        if not self.week:
            return start + allowed
        day = start.astimezone(zone).date()
        while True:
            for opens, closes in self.special.get(day, self.week[day.weekday()]):
                begin = max(start, self._at(day, opens, zone))
                end = self._at(day, closes, zone)
                if begin < end:
                    if end - begin >= allowed:
                        return begin + allowed
                    allowed -= end - begin
            day += timedelta(days=1)

    @staticmethod
    def _at(day: date, minute: int, zone: ZoneInfo) -> datetime:
        wall = datetime.combine(day, time()) + timedelta(minutes=minute)
        return wall.replace(tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True)
class Layout:
    """A kind of file: which column says what, and what is promised (allowed time per clock).

    `stops`: clock -> column. `wall`: clocks that never follow the working hours.
    """

    key: str
    opened: str
    stops: Mapping[str, str]
    zone: str
    promised: Mapping[str, timedelta]
    category: str = ""
    channel: str = ""
    channels: Mapping[str, str] = field(default_factory=dict)
    place: tuple[str, ...] = ()
    no_place: frozenset[str] = frozenset()
    hours: Hours = field(default_factory=Hours)
    wall: frozenset[str] = frozenset({"feedback", "finish"})


# What the shipped complaint standard, version 1, promises for urgency P3.
COMPLAINT = {
    "respond": timedelta(minutes=30),
    "finish": timedelta(days=7),
    "feedback": timedelta(hours=24),
}
# A complaint is also owed work, so its dispatch has a time; an enquiry is not.
WORKED = {**COMPLAINT, "dispatch": timedelta(minutes=60)}
LAYOUTS = {
    "messages_zh_replied": Layout(
        key="留言编号",
        opened="留言时间",
        stops={"respond": "答复时间", "feedback": "答复时间"},
        zone="Asia/Shanghai",
        promised=WORKED,
    ),
    "messages_zh_classified": Layout(
        key="留言编号",
        opened="留言时间",
        stops={},
        zone="Asia/Shanghai",
        promised=WORKED,
        category="一级分类",
    ),
    "nyc311_sample": Layout(
        key="unique_key",
        opened="created_date",
        stops={"finish": "closed_date"},
        zone="America/New_York",
        promised=WORKED,
        category="complaint_type",
        channel="open_data_channel_type",
        channels={
            "PHONE": "phone",
            "ONLINE": "web",
            "MOBILE": "app",
            "OTHER": "other",
            "UNKNOWN": NOT_RECORDED,
        },
        place=("borough", "community_board", "incident_address"),
        no_place=frozenset({"Unspecified", "0 Unspecified"}),
    ),
    "nyc_council_requests": Layout(
        key="unique_key",
        opened="opendate",
        stops={"finish": "closedate"},
        zone="America/New_York",
        promised=COMPLAINT,
        category="complaint_type",
        place=("borough", "community_board"),
    ),
}


# --- reading ----------------------------------------------------------------------------------


def records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """(row number as a spreadsheet shows it, {column: cell}) of a CSV, CSV.gz or .xlsx file."""
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
        lines: Iterator[Any] = iter(sheet.iter_rows(values_only=True))
    else:
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("gb18030")
        lines = iter(csv.reader(io.StringIO(text, newline="")))
    header = [str(name) for name in next(lines)]
    for number, cells in enumerate(lines, 2):
        if any(words(cell) for cell in cells):
            yield number, dict(zip(header, cells, strict=True))


def words(cell: Any) -> str:
    """A cell as text."""
    return "" if cell is None else str(cell).strip()


class Bad(Exception):
    """This row cannot be a case."""


def moment(
    cell: Any, zone: ZoneInfo, after: datetime | date | None = None
) -> datetime | date | None:
    """A time in UTC, a bare date, or None for an empty cell. Raises Bad.

    An hour that the wall showed twice is the first one, unless that lies before `after`.
    """
    local = _local(cell)
    if not isinstance(local, datetime):
        return local
    at = _utc(local, zone)
    if isinstance(after, datetime) and at < after:
        second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
        at = second if second >= after else at
    return at


def _local(cell: Any) -> datetime | date | None:
    return cell if isinstance(cell, datetime) else _parsed(words(cell))


@cache
def _parsed(text: str) -> datetime | date | None:
    if not text:
        return None
    for form in ("%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S", "%Y/%m/%d %H:%M:%S",
                 "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M"):  # fmt: skip
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    for form in ("%Y-%m-%d", "%Y/%m/%d"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise Bad(text)


def _utc(local: datetime, zone: ZoneInfo) -> datetime:
    at = local.replace(tzinfo=zone).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != local:
        raise Bad("the clocks skipped this time")
    return at


# --- one case ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Past:
    """One case of the file and how each of its promises went: verdict and duration."""

    key: str
    content: tuple[tuple[str, str], ...]
    day: date
    groups: Mapping[str, str]
    verdicts: Mapping[str, str]
    took: Mapping[str, timedelta | int]


def past(cells: Mapping[str, Any], layout: Layout, now: datetime) -> Past:
    """The case of one row. Raises Bad."""
    zone = ZoneInfo(layout.zone)
    key, opened = words(cells[layout.key]), moment(cells[layout.opened], zone)
    if not key or opened is None or _earliest(opened, zone) > now:
        raise Bad("no key, no opening, or an opening in the future")
    verdicts, took = {}, {}
    for clock, allowed in layout.promised.items():
        column = layout.stops.get(clock)
        stopped = moment(cells[column], zone, opened) if column else None
        if stopped is None:
            verdicts[clock] = "not_recorded"
            continue
        if _latest(stopped, zone) < _earliest(opened, zone) or _earliest(stopped, zone) > now:
            raise Bad("it ended before it began, or in the future")
        hours = Hours() if clock in layout.wall else layout.hours
        verdicts[clock] = _verdict(opened, stopped, allowed, (hours, zone))
        took[clock] = _duration(opened, stopped, zone)
    day = opened.astimezone(zone).date() if isinstance(opened, datetime) else opened
    content = tuple(sorted((name, words(cell)) for name, cell in cells.items() if words(cell)))
    return Past(key, content, day, _groups(cells, layout, day), verdicts, took)


def _groups(cells: Mapping[str, Any], layout: Layout, day: date) -> dict[str, str]:
    levels = [words(cells[name]) for name in layout.place]
    channel = words(cells[layout.channel]) if layout.channel else NOT_RECORDED
    return {
        "category": words(cells[layout.category]) if layout.category else NOT_RECORDED,
        "place": " / ".join(x for x in levels if x and x not in layout.no_place),
        "channel": layout.channels[channel] if channel else NOT_RECORDED,
        "month": f"{day:%Y-%m}",
    }


def _earliest(at: datetime | date, zone: ZoneInfo) -> datetime:
    if isinstance(at, datetime):
        return at
    return datetime.combine(at, time(), zone).astimezone(UTC)


def _latest(at: datetime | date, zone: ZoneInfo) -> datetime:
    if isinstance(at, datetime):
        return at
    return _earliest(at + timedelta(days=1), zone) - LAST_TICK


def _verdict(
    opened: datetime | date,
    stopped: datetime | date,
    allowed: timedelta,
    calendar: tuple[Hours, ZoneInfo],
) -> str:
    """Try the extreme times of day, and the pairs where both meet: do all say the same?"""
    hours, zone = calendar
    starts = {_earliest(opened, zone), _latest(opened, zone)}
    stops = {_earliest(stopped, zone), _latest(stopped, zone)}
    meeting = {s for s in stops if min(starts) <= s <= max(starts)}
    meeting |= {s for s in starts if min(stops) <= s <= max(stops)}
    pairs = [(a, b) for a in starts for b in stops if a <= b] + [(m, m) for m in meeting]
    said = {"kept" if b <= hours.due(a, allowed, zone) else "broken" for a, b in pairs}
    return said.pop() if len(said) == 1 else "not_judgeable"


def _duration(opened: datetime | date, stopped: datetime | date, zone: ZoneInfo) -> timedelta | int:
    """Real time between two instants; whole days where either is a bare date."""
    if isinstance(opened, datetime) and isinstance(stopped, datetime):
        return stopped - opened
    days = [m.astimezone(zone).date() if isinstance(m, datetime) else m for m in (opened, stopped)]
    return (days[1] - days[0]).days


# --- the whole file ---------------------------------------------------------------------------


@dataclass
class Account:
    """What became of every row."""

    imported: dict[str, Past] = field(default_factory=dict)
    already: int = 0
    rejected: list[int] = field(default_factory=list)


def account(path: Path, layout: Layout, now: datetime) -> Account:
    """Imported, already there, rejected (row numbers) of a first run over the file."""
    done = Account()
    for number, cells in records(path):
        try:
            case = past(cells, layout, now)
        except Bad:
            done.rejected.append(number)
            continue
        first = done.imported.get(case.key)
        if first is None:
            done.imported[case.key] = case
        elif first.content == case.content:
            done.already += 1
        else:
            done.rejected.append(number)
    return done


# --- statistics -------------------------------------------------------------------------------


def wilson(hits: int, n: int) -> tuple[float, float] | None:
    """The proportions p from which the observed share is exactly 1.96 standard errors away."""
    if not n:
        return None
    share, z = hits / n, 1.959963984540054

    def edge(inner: float, outer: float) -> float:
        for _ in range(200):
            p = (inner + outer) / 2
            if abs(share - p) <= z * math.sqrt(p * (1 - p) / n):
                inner = p
            else:
                outer = p
        return inner

    return edge(share, 0.0), edge(share, 1.0)


def nearest_rank(values: list[Any], p: int) -> Any:
    """The smallest value that p percent of all values do not exceed."""
    ordered = sorted(values)
    for n, value in enumerate(ordered, 1):
        if 100 * n >= p * len(ordered):
            return value
    return None


def promise(cases: list[Past], clock: str) -> dict[str, Any]:
    """The figures of one clock over some cases."""
    said = [case.verdicts[clock] for case in cases]
    kept, broken = said.count("kept"), said.count("broken")
    took = [case.took[clock] for case in cases if clock in case.took]
    exact = [t.total_seconds() for t in took if isinstance(t, timedelta)]
    days = [t for t in took if isinstance(t, int)]
    return {
        "kept": kept,
        "broken": broken,
        "not_judgeable": said.count("not_judgeable"),
        "not_recorded": said.count("not_recorded"),
        "n": kept + broken,
        "rate": kept / (kept + broken) if kept + broken else None,
        "interval": wilson(kept, kept + broken),
        "seconds": (len(exact), nearest_rank(exact, 50), nearest_rank(exact, 90)),
        "days": (len(days), nearest_rank(days, 50), nearest_rank(days, 90)),
    }


def figures(
    cases: list[Past], layout: Layout, since: date, until: date, by: str = ""
) -> dict[str, dict[str, Any]]:
    """{group: {"cases": n, clock: figures}} of the cases opened from `since` to `until`.

    The key "" holds what was not recorded; without `by` there is one group, "all".
    """
    name: Callable[[Past], str] = (lambda c: c.groups[by]) if by else (lambda c: "all")
    groups: dict[str, list[Past]] = defaultdict(list)
    for case in cases:
        if since <= case.day <= until:
            groups[name(case)].append(case)
    return {
        key: {"cases": len(some), **{c: promise(some, c) for c in layout.promised}}
        for key, some in groups.items()
    }
