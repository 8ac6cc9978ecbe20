"""Flow charts: nothing written over anything else, every way drawn, no style of their own."""

import re
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from anju.engine.procedures.drawing import SHEET, sheets_of, svg_of
from anju.engine.procedures.layout import BOX, PAD, SMALL, _width, chart_of, wrapped
from anju.engine.procedures.rules import Procedure, Step, Way

NAMES = st.text("受理派工上门维修abcdefg (A4),。：", min_size=1, max_size=40)


@pytest.fixture(autouse=True)
def _chinese() -> Any:
    with translation.override("zh-hans"):
        yield


TITLES = NAMES.map(lambda s: s.strip() or "步")


@st.composite
def procedures(draw: Any) -> Procedure:
    n = draw(st.integers(1, 9))
    codes = [f"s{i}" for i in range(n)]
    way = st.builds(Way, when=NAMES, to=st.sampled_from(codes))
    return Procedure(
        code="p",
        name="流程<&>\"'",
        steps=tuple(
            Step(code=code, name=draw(TITLES), role="desk", brief="做",
                 minutes=draw(st.none() | st.integers(1, 600)),
                 next=tuple(draw(st.lists(way, max_size=3))))
            for code in codes
        ),
    )  # fmt: skip


@given(procedures())
def test_nothing_stands_over_anything_else(procedure: Procedure) -> None:
    chart = chart_of(procedure)
    blocks = sorted(
        [(b.top, b.bottom) for b in chart.boxes] + [(e.top, e.top + e.height) for e in chart.exits]
    )
    for (_top, bottom), (top, _bottom) in pairwise(blocks):
        assert bottom <= top
    assert blocks[-1][1] < chart.height
    for box in chart.boxes:
        assert all(_width(line, 14) <= BOX - 2 * PAD + 14 for line in box.name)
    drawn = len(chart.exits) + len(chart.arrows) - 1
    assert drawn == sum(
        len(_distinct(n, step, procedure)) for n, step in enumerate(procedure.steps)
    )
    lanes = [(e.target, e.lane) for e in chart.exits]
    for target in {t for t, _lane in lanes}:
        assert len({lane > 0 for t, lane in lanes if t == target}) <= 2


def _distinct(n: int, step: Step, procedure: Procedure) -> list[Way]:
    """Of several ways straight down one arrow is drawn: a published one has no two."""
    place = {s.code: i for i, s in enumerate(procedure.steps)}
    down = [way for way in step.next if place[way.to] == n + 1]
    return [way for way in step.next if place[way.to] != n + 1] + down[:1]


@given(procedures())
def test_the_picture_is_sound_and_has_no_style(procedure: Procedure) -> None:
    picture = svg_of(procedure)
    root = ET.fromstring(picture)
    assert root.attrib["viewBox"].split()[:2] == ["0", "0"]
    assert "style" not in picture
    assert "script" not in picture
    texts = "".join(e.text or "" for e in root.iter("{http://www.w3.org/2000/svg}text"))
    for step in procedure.steps:
        assert re.sub(r"\s", "", step.name) in re.sub(r"\s", "", texts)


@given(procedures())
def test_sheets_cover_the_chart_and_each_fits(procedure: Procedure) -> None:
    chart = chart_of(procedure)
    pieces = chart.sheets(SHEET)
    assert pieces[0][0] == 0
    assert pieces[-1][1] == chart.height
    for (low, high), (begin, _end) in pairwise(pieces):
        assert high == begin
        assert 0 < high - low <= SHEET
        written = [(b.top, b.bottom) for b in chart.boxes]
        assert not any(top < high < bottom for top, bottom in written)
    assert len(sheets_of(procedure)) == len(pieces)


def test_two_ways_to_the_next_step_are_one_arrow_that_says_both() -> None:
    ways = (Way(when="合格", to="b"), Way(when="免检", to="b"))
    steps = (
        Step(code="a", name="检查", role="desk", brief="做", next=ways),
        Step(code="b", name="归档", role="desk", brief="做"),
    )
    (arrow,) = chart_of(Procedure(code="p", name="p", steps=steps)).arrows[-1:]
    assert "".join(arrow.lines) == "合格 / 免检"


@given(NAMES)
def test_lines_lose_nothing_and_fit(text: str) -> None:
    lines = wrapped(text, 100, SMALL)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", text)
    assert all(_width(line, SMALL) <= 100 + 4 * SMALL for line in lines)
