"""Lists: every page once, in order; whatever the URL says, never an error."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils.html import format_html
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anju.foundation.kit.cells import Cell
from anju.foundation.kit.filters import Filter, Span, between, equals, span_of
from anju.foundation.kit.list import Column, ListPage
from anju.foundation.lib import frozen
from anju.foundation.places.commands import add_place
from anju.foundation.places.models import Place
from anju.foundation.places.testing import a_community
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

NOW = datetime(2026, 11, 20, 6, 32, tzinfo=UTC)
COLUMNS = (
    Column(name="code", label="房号", render=lambda p: p.code, sort="code", look="title"),
    Column(
        name="area", label="面积", render=lambda p: p.area, sort="area", nulls=True, numeric=True
    ),
    Column(name="kind", label="种类", render=lambda p: p.kind, sort="kind"),
    Column(name="up", label="上级", render=lambda p: "", sort="parent__code", nulls=True),
    Column(name="plain", label="名称", render=lambda p: p.name),
)
FILTERS = (
    Filter(name="q", label="找", kind="text", apply=lambda r, v: r.filter(name__icontains=v)),
    Filter(
        name="kind", label="种类", apply=equals("kind"),
        choices=lambda: [("building", "楼栋"), ("room", "房屋")],
    ),
    Filter(name="since", label="交付", kind="dates", apply=between("delivered_on")),
    Filter(
        name="place", label="位置", kind="place", more=True,
        parse=lambda raw: raw if raw.startswith("3-") else None,
        apply=lambda r, v: r.filter(full_code=v),
    ),
)  # fmt: skip


def page(query: str, actor: Actor, **more: Any) -> ListPage:
    request = RequestFactory().get(f"/places?{query}")
    rows = Place.objects.seen_by(actor)
    given = {"columns": COLUMNS, "sort": "code", "row_url": lambda p: f"/places/{p.pk}", **more}
    return ListPage(request, rows, **given)


@pytest.fixture
def houses(actor: Actor) -> list[Place]:
    """27 buildings of few different areas, some not recorded, so that ties and gaps are many."""
    with acting(actor):
        community = a_community(actor)
        return [community] + [
            add_place(
                actor=actor, kind="building", code=f"B{i:02d}", name=f"{i} 栋", parent=community,
                area=None if i % 4 == 0 else Decimal(i % 3),
            )
            for i in range(27)
        ]  # fmt: skip


def walk(actor: Actor, query: str, way: str = "next_url") -> list[list[str]]:
    """The rows of each page, following the links."""
    pages = []
    while True:
        here = page(query, actor)
        pages.append([row.key for row in here.rows])
        url = getattr(here, way)
        assert not here.notes
        if not url:
            return pages
        query = url.partition("?")[2]
        assert len(pages) < 9


@pytest.mark.parametrize("sort", ["code", "-code", "area", "-area", "kind", "-kind", "up", "-up"])
def test_every_row_stands_on_exactly_one_page_in_order(
    actor: Actor, houses: list[Place], sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anju.foundation.kit.list.SIZES", (5, 50))
    with acting(actor):
        there = walk(actor, f"sort={sort}&size=5")
        flat = [key for keys in there for key in keys]
        assert sorted(flat) == sorted(str(h.pk) for h in houses)
        whole = [row.key for row in page(f"sort={sort}&size=50", actor).rows]
        assert flat == whole
        last = page(f"sort={sort}&size=5&after={there[-2][-1]}&at=25", actor)
        assert last.range_words.endswith("28") or "28" in last.range_words
        back = walk(actor, last.previous_url.partition("?")[2], "previous_url")
    assert [there[-1], *back][::-1] == there


def test_empty_values_stand_last_both_ways(actor: Actor, houses: list[Place]) -> None:
    with acting(actor):
        for sort in ("area", "-area"):
            areas = [row.obj.area for row in page(f"sort={sort}&size=50", actor).rows]
            gaps = [i for i, area in enumerate(areas) if area is None]
            assert gaps == list(range(len(areas) - len(gaps), len(areas)))


def test_a_page_costs_the_same_at_any_length(actor: Actor, houses: list[Place]) -> None:
    with acting(actor):
        for query in ("size=20", "size=50"):
            with CaptureQueriesContext(connection) as seen:
                here = page(query, actor, filters=FILTERS)
                render_to_string("kit/list.html", {"page": here}, RequestFactory().get("/"))
            assert len(seen) == 1
        second = page("size=20", actor).next_url.partition("?")[2]
        with CaptureQueriesContext(connection) as seen:
            list(page(second, actor).rows)
        assert len(seen) == 2


def test_filters_are_chips_in_plain_words(actor: Actor, houses: list[Place]) -> None:
    with acting(actor), override("zh-hans"):
        here = page("kind=building&q=3&sort=-code&size=20&after=x", actor, filters=FILTERS)
        views = {view.chosen.filter.name: view for view in here.filters}
        assert [row.obj.name for row in here.rows] == ["23 栋", "13 栋", "3 栋"]
        assert views["kind"].chosen.words == "楼栋"
        assert views["kind"].remove_url == "/places?q=3&sort=-code&size=20"
        assert ("q", "3") in views["kind"].hidden
        assert views["place"].chosen.on is False
        assert here.clear_url == "/places?sort=-code&size=20"
        assert here.known_total == 3
        assert here.total_words == "共 3 项"
        html = render_to_string("kit/list.html", {"page": here}, RequestFactory().get("/"))
    assert 'aria-sort="descending"' in html
    assert html.count('aria-sort="none"') == 3
    assert 'style="' not in html


def test_what_is_not_understood_is_named_and_left_out(actor: Actor, houses: list[Place]) -> None:
    query = (
        "sort=secret&size=7&kind=castle&since=soon&place=9-9&after=nonsense"
        "&since_from=2026-13-01&q=" + "x" * 101
    )
    with acting(actor), override("zh-hans"):
        here = page(query, actor, filters=FILTERS)
        assert len(here.rows) == 28
        assert not any(one.on for one in here.chosen)
        assert len(here.notes) == 7
    assert any("castle" in note for note in here.notes)


def test_a_row_of_another_company_is_no_anchor(
    actor: Actor, other_actor: Actor, houses: list[Place]
) -> None:
    with acting(other_actor):
        strange = a_community(other_actor)
    with acting(actor):
        here = page(f"after={strange.pk}", actor)
        assert len(here.rows) == 28
        assert len(here.notes) == 1


def test_dates_are_days_of_the_zone() -> None:
    from zoneinfo import ZoneInfo  # the one place that needs it

    zone = ZoneInfo("Asia/Shanghai")
    today = date(2026, 11, 20)
    spans = {name: span_of(name, today, zone) for name in ("today", "last-week", "last-month")}
    assert spans["today"].start == datetime(2026, 11, 19, 16, tzinfo=UTC)
    week = spans["last-week"]
    assert week.start
    assert week.end
    assert (week.start.date(), week.end - week.start) == (date(2026, 11, 9), timedelta(days=7))
    month = spans["last-month"]
    assert month.start
    assert month.end
    assert (month.start.date(), month.end.date()) == (date(2026, 10, 1), date(2026, 11, 1))
    assert span_of("this-month", date(2026, 12, 31), zone).end == datetime(
        2026, 12, 31, 16, tzinfo=UTC
    )


def test_own_dates_include_their_last_day(actor: Actor) -> None:
    seen: list[Span] = []

    def note(rows: Any, span: Span) -> Any:
        seen.append(span)
        return rows

    filters = [Filter(name="d", label="日期", kind="dates", apply=note)]
    with acting(actor), frozen(NOW):
        page("d_from=2026-11-01&d_to=2026-11-20", actor, filters=filters)
        page("d_to=2026-11-20", actor, filters=filters)
        reversed_ = page("d_from=2026-11-20&d_to=2026-11-01", actor, filters=filters)
    assert seen[0].start
    assert seen[0].end
    assert seen[0].end - seen[0].start == timedelta(days=20)
    assert seen[1].start is None
    assert len(seen) == 2
    assert len(reversed_.notes) == 1


def test_the_total_is_counted_on_its_own(actor: Actor, houses: list[Place]) -> None:
    with acting(actor), override("zh-hans"):
        answer = page("total=1&kind=building", actor, filters=FILTERS).answer()
        assert answer is not None
        assert answer.getvalue().decode() == "<span>共 27 项</span>"
        assert page("", actor).answer() is None


def test_a_long_list_is_counted_only_so_far(
    actor: Actor, houses: list[Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anju.foundation.kit.list.MOST_COUNTED", 10)
    with acting(actor), override("zh-hans"):
        answer = page("total=1", actor).answer()
    assert answer is not None
    assert "超过 10 项" in answer.getvalue().decode()


def test_a_file_holds_all_rows_of_the_filters(actor: Actor, houses: list[Place]) -> None:
    told: list[tuple[str, int]] = []
    more = {
        "filters": FILTERS,
        "file": ("东湖", "空间"),
        "on_export": lambda f, n: told.append((f, n)),
    }
    with acting(actor), frozen(NOW):
        answer = page("kind=building&format=csv&size=20", actor, **more).answer()
        nothing = page("format=exe", actor, **more).answer()
        closed = page("format=csv", actor).answer()
    assert answer is not None
    lines = b"".join(answer).decode("utf-8-sig").splitlines()  # type: ignore[call-overload]  # a stream of bytes
    assert lines[0] == "房号,面积,种类,上级,名称"
    assert len(lines) == 28
    assert told == [("csv", 27)]
    assert nothing is None
    assert closed is None


def test_too_many_rows_for_a_file_are_refused_with_a_note(
    actor: Actor, houses: list[Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anju.foundation.kit.list.MOST_EXPORTED", 10)
    told: list[object] = []
    with acting(actor):
        here = page("format=xlsx", actor, file=("x",), on_export=lambda f, n: told.append(n))
        assert here.answer() is None
        assert len(here.notes) == 1
    assert told == []


HOSTILE = st.text(
    st.characters(codec="utf-8") | st.sampled_from("\x00\x01%&=+;#'\"<>\\ \u202e\ufeff０１٣𠮷")
)
NAMES = st.sampled_from(
    ["sort", "size", "after", "before", "at", "total", "format", "q", "kind", "since",
     "since_from", "since_to", "place", "page"]
)  # fmt: skip
VALUES = HOSTILE | st.sampled_from(
    ["-code", "--code", "code", "20", "-1", "9" * 400, "0192f0c4-0000-7000-8000-000000000000",
     "today", "2026-02-30", "0001-01-01", "9999-12-31", "3-2-1201", "room", "NaN"]
)  # fmt: skip


@given(pairs=st.lists(st.tuples(NAMES, VALUES), max_size=8))
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_query_string_raises(actor: Actor, pairs: list[tuple[str, str]]) -> None:
    request: HttpRequest = RequestFactory().get("/places", dict(pairs))
    with acting(actor):
        here = ListPage(
            request, Place.objects.seen_by(actor), columns=COLUMNS, filters=FILTERS, sort="code",
            file=("x",),
        )  # fmt: skip
        if here.answer() is None:
            html = render_to_string("kit/list.html", {"page": here}, request)
            assert 'id="list"' in html
            assert not re.search(r"<script", html)


@given(raw=st.binary(max_size=60))
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_broken_bytes_raise(actor: Actor, raw: bytes) -> None:
    request = RequestFactory().get("/places")
    request.META["QUERY_STRING"] = raw.decode("latin-1")
    with acting(actor):
        here = ListPage(
            request, Place.objects.seen_by(actor), columns=COLUMNS, filters=FILTERS, sort="code"
        )
        assert here.rows == []


def test_no_filter_has_a_name_that_the_list_reads_itself() -> None:
    with pytest.raises(ValueError, match="name the filter otherwise"):
        Filter(name="at", label="时间", kind="dates", apply=between("at"))


def test_a_cell_escapes_what_people_wrote_and_keeps_what_is_safe():
    hostile = Cell("title", "名", '<b>"x"</b>').as_html("/a?b=1&c=2")
    assert hostile == (
        '<td class="title" data-label="名" title="&quot;x&quot;"><a class="tl" '
        'href="/a?b=1&amp;c=2" data-open>&lt;b&gt;&quot;x&quot;&lt;/b&gt;</a></td>'
    )
    safe = Cell("title", "名", format_html("<b>{}</b>", "a & b")).as_html("")
    assert safe == '<td class="title" data-label="名" title="a &amp; b"><b>a &amp; b</b></td>'
    assert Cell("num mute", "名", "—").as_html("") == (
        '<td class="num mute none" data-label="名">—</td>'
    )
