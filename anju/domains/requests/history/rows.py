"""One raw row -> one `HistoricCase`, or a `Rejection` that says why. Pure; no row is lost."""

import hashlib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from anju.domains.requests.history import mapping as m
from anju.domains.requests.history.moments import (
    Impossible,
    Moment,
    Skipped,
    compiled,
    midnight,
    moment,
    precedes,
)
from anju.domains.requests.history.reading import Cell, Row, shown

LIMITS = {"key": 120, "category": 120, "channel": 40, "text": 100_000, "place": 120}
TITLE = 300
URGENCIES = frozenset({"", "P1", "P2", "P3", "P4"})

REASONS = {
    "ragged": _(
        "The row has %(cells)d cells where the header has %(header)d: "
        "a separator or a quotation mark is missing or too many."
    ),
    "merged": _(
        "A quotation mark is opened and not closed: %(lines)d lines of the file ran together here, "
        "and none of them was imported. Close it, or double a mark that belongs to the text, and "
        "import the file again."
    ),
    "no_key": _("The key in column '%(column)s' is empty, so the case could not be told again."),
    "no_opening": _("The time of opening in column '%(column)s' is empty."),
    "form": _("'%(value)s' in column '%(column)s' is in none of the forms %(formats)s."),
    "impossible": _("'%(value)s' in column '%(column)s': there is no such day or time."),
    "skipped": _(
        "'%(value)s' in column '%(column)s' never was: the clocks in %(zone)s were put forward "
        "over this time."
    ),
    "future": _("'%(value)s' in column '%(column)s' lies in the future."),
    "before": _("'%(value)s' in column '%(column)s' is before the opening '%(opened)s'."),
    "unlisted": _("'%(value)s' in column '%(column)s' is not in the mapping's value table."),
    "urgency": _("The urgency '%(value)s' is none of P1, P2, P3, P4."),
    "kind": _("The kind '%(value)s' is not known; known are: %(known)s."),
    "channel": _("The channel '%(value)s' is not known; known are: %(known)s."),
    "long": _("The value of '%(name)s' has %(length)d characters; at most %(limit)d are kept."),
    "control": _("The value of '%(name)s' holds a NUL character: the file is damaged there."),
    "place": _("No place '%(value)s' stands under '%(root)s'."),
    "repeated": _(
        "The key '%(key)s' was used in row %(first)d of %(file)s with other content: "
        "that row stands, row %(row)d was not imported."
    ),
}


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that was not imported, and why: a code of `REASONS` and what it names."""

    row: int
    code: str
    said: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """The reason in the reader's language."""
        return str(REASONS[self.code]) % {**self.said, "row": self.row}


@dataclass(frozen=True, slots=True)
class HistoricCase:
    """What one row says. Empty texts and an empty `place` mean: not recorded.

    `stops`: clock -> when it was stopped; a clock that is not in it was not recorded.
    `content`: SHA-256 of all cells of the row, by which a later row with the same key is judged.
    """

    row: int
    key: str
    content: bytes
    kind: str
    category: str
    title: str
    text: str
    channel: str
    urgency: str
    place: tuple[str, ...]
    opened: Moment
    stops: Mapping[str, Moment]
    replies: tuple[str, ...] = ()


class _Rejected(Exception):
    def __init__(self, code: str, **said: Any) -> None:
        self.code, self.said = code, said


Get = Callable[[Sequence[Cell]], str]
When = Callable[[Sequence[Cell], Moment | None], Moment | None]


class RowReader:
    """A mapping made ready for one header: `read` turns rows into cases.

    `now` (UTC) is when the import runs: what lies later cannot have happened.
    """

    def __init__(self, mapping: m.Mapping, header: Sequence[str], *, now: datetime) -> None:
        self._header, self._zone, self._now = header, ZoneInfo(mapping.zone), now
        self._order = sorted((name or f"#{n}", n) for n, name in enumerate(header))
        columns = mapping.columns
        self._key_column = " + ".join(columns.key.sources)
        self._opened_column = columns.opened.column
        self._key = self._value(columns.key, "key")
        self._kind = self._value(mapping.kind, "kind")
        self._texts: dict[str, Get] = {
            name: self._value(getattr(columns, name), name)
            for name in ("category", "title", "text", "channel", "urgency")
        }
        self._place = [self._value(level, "place") for level in columns.place]
        self._opened = self._time(columns.opened)
        self._stops = [
            (stop.clocks, self._time(stop.at), stop.at.column, self._value(stop.text, "text"))
            for stop in columns.stops
        ]

    def read(self, row: Row) -> HistoricCase | Rejection:
        """The case a row tells of, or why it cannot be one."""
        try:
            return self._case(row)
        except _Rejected as no:
            return Rejection(row.number, no.code, no.said)

    def _case(self, row: Row) -> HistoricCase:
        cells = row.cells
        if row.merged:
            raise _Rejected("merged", lines=row.merged)
        if len(cells) != len(self._header):
            cells = self._squared(cells)
        key = self._key(cells)
        if not key:
            raise _Rejected("no_key", column=self._key_column)
        opened = self._opened(cells, None)
        if opened is None:
            raise _Rejected("no_opening", column=self._opened_column)
        texts = {name: get(cells) for name, get in self._texts.items()}
        if texts["urgency"] not in URGENCIES:
            raise _Rejected("urgency", value=texts["urgency"])
        title, text = _titled(texts["title"], texts["text"])
        stops, replies = self._stopped(cells, opened)
        return HistoricCase(
            row=row.number,
            key=key,
            content=self._content(cells),
            kind=self._kind(cells),
            category=texts["category"],
            title=title,
            text=text,
            channel=texts["channel"],
            urgency=texts["urgency"],
            place=tuple(level for get in self._place if (level := get(cells))),
            opened=opened,
            stops=stops,
            replies=replies,
        )

    def _squared(self, cells: list[Cell]) -> list[Cell]:
        width = len(self._header)
        if len(cells) > width and not any(shown(c).strip() for c in cells[width:]):
            return cells[:width]
        raise _Rejected("ragged", cells=len(cells), header=width)

    def _stopped(
        self, cells: Sequence[Cell], opened: Moment
    ) -> tuple[dict[str, Moment], tuple[str, ...]]:
        stops: dict[str, Moment] = {}
        replies = []
        for clocks, when, column, text in self._stops:
            at = when(cells, opened)
            if at is None:
                continue
            if precedes(at, opened, self._zone):
                raise _Rejected(
                    "before",
                    value=self._shown(cells, column),
                    column=column,
                    opened=self._shown(cells, self._opened_column),
                )
            stops.update(dict.fromkeys(clocks, at))
            if said := text(cells):
                replies.append(said)
        return stops, tuple(replies)

    def _shown(self, cells: Sequence[Cell], column: str) -> str:
        return shown(cells[self._header.index(column)]).strip()

    def _content(self, cells: Sequence[Cell]) -> bytes:
        """By column name, so that the same row in another order of columns is the same row."""
        parts = [
            f"{name}\x1e{text}" for name, n in self._order if (text := shown(cells[n]).strip())
        ]
        return hashlib.sha256("\x1f".join(parts).encode()).digest()

    def _value(self, value: m.Value | None, name: str) -> Get:
        """A function from cells to the text of one value, its value table applied."""
        if value is None:
            return lambda cells: ""
        raw = self._raw(value)
        table, otherwise, empty = value.values, value.otherwise, frozenset(value.empty)
        limit, column = LIMITS.get(name, 0), " + ".join(value.sources) or name

        def get(cells: Sequence[Cell]) -> str:
            text = raw(cells)
            if text in empty:
                return ""
            if table is not None and text:
                if text in table:
                    text = table[text] or ""
                elif otherwise == "reject":
                    raise _Rejected("unlisted", value=text[:80], column=column)
                elif otherwise == "empty":
                    text = ""
            if limit and len(text) > limit:
                raise _Rejected("long", name=name, length=len(text), limit=limit)
            if "\x00" in text:
                raise _Rejected("control", name=name)
            return text

        return get

    def _raw(self, value: m.Value) -> Get:
        if value.constant is not None:
            constant = value.constant
            return lambda cells: constant
        at = [self._header.index(column) for column in value.sources]
        if len(at) == 1:
            only = at[0]
            return lambda cells: shown(cells[only]).strip()
        join = value.join
        return lambda cells: join.join(text for n in at if (text := shown(cells[n]).strip()))

    def _time(self, time: m.Time) -> When:
        """A function from cells to the moment in one column; None where nothing is recorded."""
        at, zone, latest = self._header.index(time.column), self._zone, self._now
        empty, readers = frozenset(time.empty), [compiled(form) for form in time.formats]
        timed = any("%H" in form or "%I" in form for form in time.formats)

        def when(cells: Sequence[Cell], after: Moment | None) -> Moment | None:
            cell = cells[at]
            text = shown(cell).strip()
            if not text or text in empty:
                return None
            try:
                if isinstance(cell, datetime):
                    found = moment(cell, zone, after)
                elif isinstance(cell, date):  # a date cell among times is midnight sharp
                    found = moment(midnight(cell) if timed else cell, zone, after)
                else:
                    found = moment(_parsed(text, readers, time), zone, after)
            except Skipped:
                raise _Rejected(
                    "skipped", value=text[:80], column=time.column, zone=zone.key
                ) from None
            except Impossible:
                raise _Rejected("impossible", value=text[:80], column=time.column) from None
            if precedes(latest, found, zone):
                raise _Rejected("future", value=text[:80], column=time.column)
            return found

        return when


def _parsed(text: str, readers: Sequence[Any], time: m.Time) -> datetime | date:
    # As it stands first; then with full-width digits and signs (２０２４／４／１６) made ordinary.
    for written in (text,) if text.isascii() else (text, unicodedata.normalize("NFKC", text)):
        for read in readers:
            found: datetime | date | None = read(written)
            if found is not None:
                return found
    raise _Rejected("form", value=text[:80], column=time.column, formats=", ".join(time.formats))


def _titled(title: str, text: str) -> tuple[str, str]:
    """A title that fits a line; what does not fit is kept in the text, never cut away."""
    line = " ".join(title.split())
    if len(line) <= TITLE:
        return line, text
    return line[: TITLE - 1] + "…", f"{title}\n\n{text}" if text else title
