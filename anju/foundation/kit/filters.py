"""Filters of a list: what the URL says, understood or set aside with a note; never an error."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Literal

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.foundation.lib import now

Rows = QuerySet[Any, Any]
Choices = Sequence[tuple[str, Any]]
LONGEST_TEXT = 100
YEARS = range(1970, 2101)
OWN_PARAMS = ("after", "before", "at", "total", "format")  # what a list reads itself
PRESETS: Mapping[str, Any] = {
    "today": gettext_lazy("today"),
    "yesterday": gettext_lazy("yesterday"),
    "this-week": gettext_lazy("this week"),
    "last-week": gettext_lazy("last week"),
    "this-month": gettext_lazy("this month"),
    "last-month": gettext_lazy("last month"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch of time, start <= t < end; None is open. Both aware."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One question a list can be asked.

    `apply(rows, value)` narrows the queryset: `value` is the key of the choice, a `Span`, or text.
    `parse` turns typed words into the value for text and place (None: not understood, so set aside
    with a note). `more` folds the filter under "More".
    """

    name: str
    label: Any
    apply: Callable[[Rows, Any], Rows]
    kind: Literal["choice", "dates", "text", "place"] = "choice"
    choices: Choices | Callable[[], Choices] = ()
    parse: Callable[[str], Any] | None = None
    hint: Any = ""
    more: bool = False

    def __post_init__(self) -> None:
        """Totals, exports and further pages would forget what is asked under a name of the list."""
        if self.name in OWN_PARAMS:
            raise ValueError(f"a list reads {self.name!r} itself: name the filter otherwise")

    @property
    def params(self) -> tuple[str, ...]:
        """The names this filter reads from the URL."""
        if self.kind == "dates":
            return (self.name, f"{self.name}_from", f"{self.name}_to")
        return (self.name,)

    def options(self) -> Choices:
        """The choices as (key, label); a callable is asked once per page."""
        return self.choices() if callable(self.choices) else self.choices


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was understood of one filter: the value, its words, and the raw texts of its inputs."""

    filter: Filter
    options: Choices
    value: Any = None
    words: str = ""
    raw: tuple[str, ...] = ()

    @property
    def on(self) -> bool:
        return self.value is not None


def equals(path: str) -> Callable[[Rows, Any], Rows]:
    """An `apply` for choices: the field at `path` equals the key."""
    return lambda rows, value: rows.filter(**{path: value})


def between(path: str) -> Callable[[Rows, Span], Rows]:
    """An `apply` for dates: the instant at `path` lies within the span."""

    def apply(rows: Rows, span: Span) -> Rows:
        if span.start:
            rows = rows.filter(**{f"{path}__gte": span.start})
        return rows.filter(**{f"{path}__lt": span.end}) if span.end else rows

    return apply


def read(filter: Filter, query: QueryDict, *, zone: tzinfo) -> tuple[Chosen, str]:
    """What `query` says for `filter`, and a note when it says something that cannot be used."""
    options = filter.options() if filter.kind == "choice" else ()
    if filter.kind == "dates":
        return _read_dates(filter, query, zone)
    raw = clean(query.get(filter.name, ""))
    if not raw:
        return Chosen(filter, options), ""
    if filter.kind == "choice":
        for key, label in options:
            if str(key) == raw:
                return Chosen(filter, options, key, str(label), (raw,)), ""
        return Chosen(filter, options), _not_understood(filter, raw)
    if len(raw) > LONGEST_TEXT:
        return Chosen(filter, options), _not_understood(filter, raw)
    value = filter.parse(raw) if filter.parse else raw
    if value is None:
        return Chosen(filter, options, raw=(raw,)), _not_understood(filter, raw)
    return Chosen(filter, options, value, raw, (raw,)), ""


def clean(raw: str) -> str:
    """`raw` without what no database accepts (NUL, lone surrogates) and without outer blanks."""
    return raw.replace("\x00", "").encode("utf-8", "ignore").decode().strip()


def span_of(preset: str, today: date, zone: tzinfo) -> Span:
    """The span of a preset. Weeks start on Monday."""
    monday = today - timedelta(days=today.weekday())
    first = today.replace(day=1)
    start, end = {
        "today": (today, today + timedelta(days=1)),
        "yesterday": (today - timedelta(days=1), today),
        "this-week": (monday, monday + timedelta(days=7)),
        "last-week": (monday - timedelta(days=7), monday),
        "this-month": (first, (first + timedelta(days=32)).replace(day=1)),
        "last-month": ((first - timedelta(days=1)).replace(day=1), first),
    }[preset]
    return Span(_midnight(start, zone), _midnight(end, zone))


def _read_dates(filter: Filter, query: QueryDict, zone: tzinfo) -> tuple[Chosen, str]:
    preset = clean(query.get(filter.name, ""))
    ends = tuple(clean(query.get(name, "")) for name in filter.params[1:])
    if preset in PRESETS and not any(ends):
        span = span_of(preset, now().astimezone(zone).date(), zone)
        return Chosen(filter, (), span, str(PRESETS[preset]), (preset, "", "")), ""
    if not any(ends):
        note = _not_understood(filter, preset) if preset else ""
        return Chosen(filter, ()), note
    first, last = (_day(end) for end in ends)
    broken = any(end and not parsed for end, parsed in zip(ends, (first, last), strict=True))
    if broken or (first and last and first > last):
        return Chosen(filter, ()), _not_understood(filter, " – ".join(end for end in ends if end))
    span = Span(
        _midnight(first, zone) if first else None,
        _midnight(last + timedelta(days=1), zone) if last else None,
    )
    words = f"{first or '…'} – {last or '…'}"
    return Chosen(filter, (), span, words, ("", *ends)), ""


def _day(raw: str) -> date | None:
    try:
        found = date.fromisoformat(raw)
    except ValueError:
        return None
    return found if found.year in YEARS else None


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


def _not_understood(filter: Filter, raw: str) -> str:
    shown = raw if len(raw) <= 30 else raw[:30] + "…"
    return _("“%(label)s: %(value)s” was not understood, so it is left out.") % {
        "label": filter.label,
        "value": shown,
    }
