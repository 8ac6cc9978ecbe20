"""Geometry of the charts, and that they are lawful under a strict content policy."""

import itertools
import re
from xml.etree import ElementTree as ET

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from anju.foundation.kit import charts
from anju.foundation.kit.charts import Bar, Point, Scale, ticks
from anju.foundation.kit.figures import Figure

FINITE = st.floats(-1e9, 1e9)


def drawn(svg: str) -> ET.Element:
    """The parsed picture; it must say in words what it shows and carry no style."""
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    assert root.find("title") is not None
    assert root.findtext("desc")
    assert "style" not in svg
    return root


def of_class(root: ET.Element, look: str) -> list[ET.Element]:
    return [el for el in root.iter() if look in (el.get("class") or "").split()]


@given(FINITE, FINITE)
def test_ticks_are_round_rising_and_cover(a: float, b: float) -> None:
    low, high = min(a, b), max(a, b)
    marks = ticks(low, high)
    steps = [y - x for x, y in itertools.pairwise(marks)]
    assert 2 <= len(marks) <= 12
    assert min(steps) > 0.99 * max(steps)
    assert marks == sorted(set(marks))
    slack = 1e-6 * max(1.0, abs(low), abs(high))
    assert marks[0] <= low + slack
    assert marks[-1] >= high - slack


def test_ticks_refuse_what_is_no_number() -> None:
    with pytest.raises(ValueError, match="finite"):
        ticks(0, float("inf"))


@given(FINITE, FINITE, FINITE)
def test_a_scale_stays_between_its_ends(low: float, high: float, value: float) -> None:
    assert 10 <= Scale(low, high, 10, 90)(value) <= 90


def test_the_whisker_places_value_band_and_target_in_order() -> None:
    figure = Figure(label="及时率", value=88, n=371, low=84, high=91, target=90)
    with override("zh-hans"):
        root = drawn(charts.whisker(figure))
    dot = float(of_class(root, "b1")[0].get("cx", ""))
    band = of_class(root, "ci")[0]
    start = float(band.get("x", ""))
    end = start + float(band.get("width", ""))
    target = float(re.findall(r"M([\d.]+)", of_class(root, "tick")[0].get("d", ""))[0])
    assert 4 <= start < dot < target < end <= 196
    assert root.findtext("desc") == "数值 88.0, 区间 84.0 至 91.0, 目标 90"


def test_a_whisker_of_nothing_is_nothing() -> None:
    assert charts.whisker(Figure(label="x", value=None, n=0)) == ""


def test_the_whisker_of_a_share_ends_at_a_hundred() -> None:
    figure = Figure(label="x", value=97, n=24, low=74.2, high=99.7, target=100)
    root = drawn(charts.whisker(figure))
    assert of_class(root, "tick")[0].get("d") == "M194.0 1v16"


def test_a_line_has_its_band_above_the_target_and_names_the_last_value() -> None:
    points = [Point(f"{i}周", v) for i, v in enumerate([93.1, 94.2, None, 95, 96.4], 35)]
    with override("zh-hans"):
        root = drawn(charts.line(points, title="按周", target=95))
    band = of_class(root, "band")[0]
    target = float(re.findall(r"M\d+ ([\d.]+)", of_class(root, "tg")[0].get("d", ""))[0])
    assert float(band.get("y", "")) + float(band.get("height", "")) == pytest.approx(target)
    assert [el.text for el in of_class(root, "s")] == ["96.4%"]
    assert len(of_class(root, "l1")) == 2  # the gap is not bridged
    assert "37周 无数值" in (root.findtext("desc") or "")


def test_the_band_lies_below_where_less_is_better() -> None:
    points = [Point("a", 10), Point("b", 30)]
    root = drawn(charts.line(points, title="分钟", unit="分", target=20, better="low"))
    band = of_class(root, "band")[0]
    assert float(band.get("y", "")) + float(band.get("height", "")) == pytest.approx(152)


def test_bars_start_at_zero_and_show_what_was_missed() -> None:
    root = drawn(charts.bars([Bar("3 栋", 7, 8), Bar("4 栋", 3, 3)], title="到场"))
    kept, missed = of_class(root, "b1"), of_class(root, "b4")
    for bar in kept:
        assert float(bar.get("y", "")) + float(bar.get("height", "")) == pytest.approx(128)
    heights = [float(el.get("height", "")) for el in kept]
    assert heights[0] / heights[1] == pytest.approx(7 / 3, rel=0.02)
    assert [float(el.get("height", "")) > 0 for el in missed] == [True, False]
    assert [el.text for el in of_class(root, "s")] == ["7/8", "3/3"]


def test_a_pareto_sorts_and_marks_the_vital_few() -> None:
    items = [Bar("其他", 3), Bar("等待", 60), Bar("人手", 30), Bar("待料", 7)]
    root = drawn(charts.pareto(items, title="原因"))
    assert len(of_class(root, "b1")) == 2
    assert len(of_class(root, "b2")) == 2
    trail = re.findall(r"[ML]([\d.]+) ([\d.]+)", of_class(root, "l2")[0].get("d", ""))
    heights = [float(y) for _x, y in trail]
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] == 16


@given(
    st.lists(st.tuples(st.text(max_size=30), st.floats(0, 1e9)), max_size=40),
    st.sampled_from(["bars", "ranking", "pareto", "line"]),
)
def test_no_content_breaks_a_chart(items: list[tuple[str, float]], kind: str) -> None:
    control = re.compile(r"[^\x20-퟿-�\U00010000-\U0010ffff]")
    named = [(control.sub("", name), value) for name, value in items]
    if kind == "line":
        svg = charts.line([Point(n, v) for n, v in named], title="<t>", unit="")
    else:
        svg = getattr(charts, kind)([Bar(n, v) for n, v in named], title="<t>")
    assert "<t>" not in svg
    ET.fromstring(svg)


def test_names_are_escaped() -> None:
    svg = charts.bars([Bar('<script>"', 1)], title="a & b")
    assert "<script>" not in svg
    drawn(svg)


def test_without_figures_a_chart_says_so() -> None:
    with override("zh-hans"):
        assert "这段时间还没有数字" in charts.line([], title="按周")
        assert "这段时间还没有数字" in charts.pareto([Bar("x", 0)], title="原因")
        assert charts.spark([1]) == ""


@given(
    st.lists(st.none() | st.floats(-1e6, 1e6), min_size=1, max_size=40),
    st.floats(-1e6, 0),
    st.floats(0, 1e6),
)
def test_readings_beyond_their_limits_are_marked_and_gaps_stay_open(
    values: list[float | None], low: float, high: float
) -> None:
    points = [Point(str(n), value) for n, value in enumerate(values)]
    svg = charts.readings(points, title="压力", said="读数", low=low, high=high)
    known = [value for value in values if value is not None]
    if not known:
        assert "<svg" not in svg
        return
    root = drawn(svg)
    assert len(of_class(root, "lim")) == 2
    assert len(of_class(root, "out")) == sum(value < low or value > high for value in known)
    runs = "".join("x" if value is None else "o" for value in values).split("x")
    assert len(of_class(root, "l1")) + len(of_class(root, "b1")) == len([r for r in runs if r])


def test_readings_without_limits_have_no_band() -> None:
    root = drawn(charts.readings([Point("1", 0.42), Point("2", 0.5)], title="压力", said="读数"))
    assert of_class(root, "band") == of_class(root, "lim") == of_class(root, "out") == []
