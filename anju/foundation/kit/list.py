"""Lists declared once: columns, filters, sort, pages by position in the order, files.

A `ListPage` reads everything from the URL, so any view of a list can be sent to a colleague. What
the URL says wrongly is left out with a note. Costs one query per page, one more to find the
row a page continues from; the total is counted by a request of its own.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import cached_property
from html import unescape
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.timezone import template_localtime  # type: ignore[attr-defined]  # not in the stubs
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anju.foundation.kit.cells import Cell, Row
from anju.foundation.kit.export import FORMATS, csv_bytes, download, file_name, xlsx_bytes
from anju.foundation.kit.figures import number
from anju.foundation.kit.filters import OWN_PARAMS, PRESETS, Chosen, Filter, Rows, clean, read
from anju.foundation.lib import now

SIZES = (20, 50, 100)
MOST_COUNTED = 10_000
MOST_EXPORTED = 50_000
KEY = "kit_key"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column. `render(row)` gives text or safe HTML; `value(row)` what a file gets instead.

    `sort` is the field path the header sorts by ("" does not sort); `nulls` says that it may be
    empty, which costs the index. `look`: "title" is the row's name and its link, "mark" a chip
    that stays in sight on a phone, "mute" secondary, "wide" may wrap, "desk" not on phones.
    """

    name: str
    label: Any
    render: Callable[[Any], Any]
    sort: str = ""
    nulls: bool = False
    numeric: bool = False
    look: str = ""
    value: Callable[[Any], Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """One act on the chosen rows: a button that posts their ids as `pick` to `url`."""

    label: Any
    url: str
    icon: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    column: Column
    url: str
    aria: str
    words: str


@dataclass(frozen=True, slots=True)
class FilterView:
    """A filter as its chip needs it: what is chosen, the links that choose and remove."""

    chosen: Chosen
    options: tuple[tuple[Any, str, bool], ...]
    remove_url: str
    hidden: tuple[tuple[str, str], ...]


class ListPage:
    """The state of one list for one request. Evaluate it inside `acting`.

    `sort` is the default order as in the URL ("-opened"). `file` are the parts of the name of
    exported files; empty offers no export. `on_export(format, rows)` is called before a file is
    handed out, so that the domain can tell the event. `views` are the ready-made questions of the
    page by their query: each says in its own words that nothing answers it. `beside(rows)` is
    called once with all rows that are shown or exported, to look up what stands beside them.
    """

    def __init__(
        self,
        request: HttpRequest,
        queryset: Rows,
        *,
        columns: Sequence[Column],
        filters: Sequence[Filter] = (),
        sort: str,
        row_url: Callable[[Any], str] | None = None,
        bulk: Sequence[Bulk] = (),
        file: Sequence[str] = (),
        on_export: Callable[[str, int], None] | None = None,
        empty: tuple[Any, Any] = ("", ""),
        views: Mapping[str, tuple[Any, Any]] | None = None,
        beside: Callable[[Sequence[Any]], None] | None = None,
        size: int = 50,
        zone: tzinfo | None = None,
    ) -> None:
        self.request, self.columns, self.row_url = request, tuple(columns), row_url
        self.bulk, self.file, self.on_export, self.empty = (
            tuple(bulk),
            tuple(file),
            on_export,
            empty,
        )
        asked = request.META.get("QUERY_STRING", "")
        self.empty_view = (views or {}).get(asked) if asked else None
        self.zone = zone or timezone.get_current_timezone()
        self._beside = beside or (lambda rows: None)
        self.notes: list[str] = []
        self._default_sort, self._default_size = sort, size
        self.column, self.descending = self._read_sort()
        self.size = self._read_size()
        self.chosen = [self._read_filter(f) for f in filters]
        self._all = queryset
        self._rows = queryset
        for one in self.chosen:
            if one.on:
                self._rows = one.filter.apply(self._rows, one.value)

    # What the URL says

    def _read_sort(self) -> tuple[Column, bool]:
        sortable = {c.name: c for c in self.columns if c.sort}
        raw = clean(self.request.GET.get("sort", ""))
        if raw and raw.removeprefix("-") not in sortable:
            self.notes.append(_("The list cannot be sorted that way; it has its usual order."))
            raw = ""
        raw = raw or self._default_sort
        return sortable[raw.removeprefix("-")], raw.startswith("-")

    def _read_size(self) -> int:
        raw = clean(self.request.GET.get("size", ""))
        if raw and raw not in map(str, SIZES):
            self.notes.append(_("That page size is not offered; the usual one is shown."))
            raw = ""
        return int(raw) if raw else self._default_size

    def _read_filter(self, filter: Filter) -> Chosen:
        chosen, note = read(filter, self.request.GET, zone=self.zone)
        if note:
            self.notes.append(note)
        return chosen

    @cached_property
    def _anchor(self) -> tuple[str, Any, Any] | None:
        """The row this page continues from: ("after" or "before", its key, its id)."""
        for way in ("after", "before"):
            raw = clean(self.request.GET.get(way, ""))
            if not raw:
                continue
            try:
                pk = self._all.model._meta.pk.to_python(raw)
            except ValidationError:
                pk = None
            found = (
                self._keyed(self._all).filter(pk=pk).values_list(KEY, "pk").first() if pk else None
            )
            if found:
                return way, found[0], found[1]
            self.notes.append(
                _("The row this page began with is gone; the list is shown from its start.")
            )
        return None

    @cached_property
    def _at(self) -> int:
        """How many rows stand before this page, as the link that led here said."""
        raw = clean(self.request.GET.get("at", ""))
        usable = self._anchor and raw.isascii() and raw.isdigit() and len(raw) < 10
        return int(raw) if usable else 0

    # Rows

    def _keyed(self, rows: Rows) -> Rows:
        keyed: Rows = rows.annotate(**{KEY: F(self.column.sort)})
        return keyed

    def _ordered(self, rows: Rows, *, backwards: bool = False) -> Rows:
        down = self.descending is not backwards
        empty = "nulls_first" if backwards else "nulls_last"  # last in both directions
        nulls = {empty: True} if self.column.nulls else {}
        order = F(KEY).desc(**nulls) if down else F(KEY).asc(**nulls)
        return rows.order_by(order, "-pk" if down else "pk")

    def _beyond(self, way: str, value: Any, pk: Any) -> Q:
        """Rows after (before) the one with this key and id, in the order of the list."""
        up = self.descending is not (way == "after")
        side = "gt" if up else "lt"
        further = Q(**{f"pk__{side}": pk})
        if value is None:
            within = Q(**{f"{KEY}__isnull": True}) & further
            return within if way == "after" else within | Q(**{f"{KEY}__isnull": False})
        # The redundant >= lets the index start at the row instead of at the beginning.
        here = Q(**{f"{KEY}__{side}e": value}) & (Q(**{f"{KEY}__{side}": value}) | further)
        if self.column.nulls and way == "after":
            return here | Q(**{f"{KEY}__isnull": True})
        return here

    @cached_property
    def _page(self) -> tuple[list[Any], bool, bool]:
        """The objects, whether rows stand before them, whether rows stand after them."""
        rows, anchor = self._keyed(self._rows), self._anchor
        if anchor is None:
            found = list(self._ordered(rows)[: self.size + 1])
            return found[: self.size], False, len(found) > self.size
        way, value, pk = anchor
        backwards = way == "before"
        rows = self._ordered(rows.filter(self._beyond(way, value, pk)), backwards=backwards)
        found = list(rows[: self.size + 1])
        more, found = len(found) > self.size, found[: self.size]
        return (found[::-1], more, True) if backwards else (found, True, more)

    @cached_property
    def rows(self) -> list[Row]:
        self._beside(self._page[0])
        return [self._row(obj) for obj in self._page[0]]

    @cached_property
    def _looks(self) -> list[tuple[Column, str, str]]:
        """What all cells of a column have in common."""
        return [(c, f"{'num ' if c.numeric else ''}{c.look}", str(c.label)) for c in self.columns]

    def _row(self, obj: Any) -> Row:
        cells = tuple(
            Cell(look, label, _shown(column.render(obj))) for column, look, label in self._looks
        )
        return Row(str(obj.pk), self.row_url(obj) if self.row_url else "", cells, obj)

    # Links

    def url(self, **changes: str | None) -> str:
        """This list with some parameters changed (None removes), from its first page."""
        query = self.request.GET.copy()
        for name in OWN_PARAMS:
            query.pop(name, None)
        for name, value in changes.items():
            query.pop(name, None)
            if value is not None:
                query[name] = value
        return f"{self.request.path}?{query.urlencode()}" if query else self.request.path

    def _hidden(self, *names: str) -> tuple[tuple[str, str], ...]:
        """The other parameters, as a form must carry them along."""
        skip = {*names, *OWN_PARAMS}
        return tuple((n, v) for n, vs in self.request.GET.lists() if n not in skip for v in vs)

    @property
    def next_url(self) -> str:
        objects, _before, after = self._page
        if not (objects and after):
            return ""
        return self.url(after=str(objects[-1].pk), at=str(self._at + len(objects)))

    @property
    def previous_url(self) -> str:
        objects, before, _after = self._page
        if not (objects and before):
            return ""
        return self.url(before=str(objects[0].pk), at=str(max(0, self._at - self.size)))

    @property
    def headers(self) -> Iterator[Header]:
        for column in self.columns:
            here = column is self.column
            target = f"-{column.name}" if here and not self.descending else column.name
            aria = ("descending" if self.descending else "ascending") if here else "none"
            words = (_("descending") if self.descending else _("ascending")) if here else ""
            yield Header(column, self.url(sort=target) if column.sort else "", aria, words)

    @cached_property
    def filters(self) -> list[FilterView]:
        return list(self._filters())

    def _filters(self) -> Iterator[FilterView]:
        for one in self.chosen:
            f = one.filter
            gone: dict[str, str | None] = dict.fromkeys(f.params)
            choices = tuple(PRESETS.items()) if f.kind == "dates" else tuple(one.options)
            yield FilterView(
                one,
                tuple(
                    (
                        label,
                        self.url(**{**gone, f.name: str(key)}),
                        bool(one.raw[:1] == (str(key),)),
                    )
                    for key, label in choices
                ),
                self.url(**gone),
                self._hidden(*f.params),
            )

    @property
    def folded(self) -> list[FilterView]:
        """The filters under "More": those asked for seldom, and not set now."""
        return [one for one in self.filters if one.chosen.filter.more and not one.chosen.on]

    @property
    def clear_url(self) -> str:
        """The list without filters; "" when none is set."""
        on = [name for one in self.chosen if one.on for name in one.filter.params]
        return self.url(**dict.fromkeys(on)) if on else ""

    @property
    def sizes(self) -> Iterator[tuple[int, str, bool]]:
        for size in SIZES:
            yield size, self.url(size=str(size)), size == self.size

    @property
    def exports(self) -> Iterator[tuple[str, str]]:
        for name in FORMATS if self.file else ():
            yield name.upper() if name == "csv" else "Excel", self.url(format=name)

    # Counting

    @property
    def known_total(self) -> int | None:
        """The total when the page itself shows it."""
        objects, before, after = self._page
        return None if before or after else len(objects)

    @property
    def total_words(self) -> str:
        return total_words(self.known_total or 0)

    @property
    def total_url(self) -> str:
        return self.url(total="1")

    @property
    def range_words(self) -> str:
        first = self._at + 1
        return _("rows %(first)s–%(last)s") % {
            "first": number(first),
            "last": number(self._at + len(self._page[0])),
        }

    # Answers that are not the page

    def answer(self) -> HttpResponseBase | None:
        """The total or a file when the URL asks for one; None: render the page."""
        if "total" in self.request.GET:
            count = self._rows.order_by()[: MOST_COUNTED + 1].count()
            return HttpResponse(format_html("<span>{}</span>", total_words(count)))
        wanted = self.request.GET.get("format", "")
        return self._export(wanted) if self.file and wanted in FORMATS else None

    def _export(self, wanted: str) -> HttpResponseBase | None:
        objects = list(self._ordered(self._keyed(self._rows))[: MOST_EXPORTED + 1])
        if len(objects) > MOST_EXPORTED:
            self.notes.append(
                _("More than %(most)s rows do not fit one file. Narrow the list, then export.")
                % {"most": number(MOST_EXPORTED)}
            )
            return None
        self._beside(objects)
        if self.on_export:
            self.on_export(wanted, len(objects))
        header = [str(c.label) for c in self.columns]
        rows = ([_told(c, obj) for c in self.columns] for obj in objects)
        write = csv_bytes if wanted == "csv" else xlsx_bytes
        name = file_name(self.file, wanted, at=now(), zone=self.zone)
        return download(write(header, rows, zone=self.zone), name)


def total_words(count: int) -> str:
    """ "38 in all"; beyond what is counted: "more than 10,000"."""
    if count > MOST_COUNTED:
        return _("more than %(count)s in all") % {"count": number(MOST_COUNTED)}
    return ngettext("%(count)s in all", "%(count)s in all", count) % {"count": number(count)}


def _shown(value: Any) -> Any:
    """As a template would show it: dates and numbers in the language, instants in the zone."""
    return "—" if value is None or value == "" else localize(template_localtime(value))


def _told(column: Column, obj: Any) -> Any:
    """What a file holds of a cell: its own value, or the shown words without their markup."""
    if column.value:
        return column.value(obj)
    shown = column.render(obj)
    return unescape(strip_tags(shown)) if isinstance(shown, SafeString) else shown
