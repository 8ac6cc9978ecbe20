"""A figure is never alone: verdicts, grounds, numbers."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from anju.foundation.kit.figures import (
    Figure,
    grounds,
    number,
    percent,
    short_number,
    verdict,
)


@pytest.mark.parametrize(
    ("more", "tone", "words"),
    [
        ({"value": 96.4, "low": 94.1, "high": 97.8, "target": 95}, "ok", "达标"),
        ({"value": 95, "low": 90, "high": 97, "target": 95}, "ok", "达标"),
        ({"value": 88.1, "low": 84.5, "high": 91, "target": 90}, "", "未见差异"),
        ({"value": 88.1, "low": 84.5, "high": 91, "target": 90, "n": 12}, "", "尚不能判断"),
        ({"value": 80, "low": 78, "high": 82, "target": 90}, "warn", "低于目标"),
        ({"value": 80, "target": 90}, "warn", "低于目标"),
        ({"value": None, "target": 90}, "", "暂无数据"),
        ({"value": 90, "n": 0, "target": 90}, "", "暂无数据"),
        ({"value": 12, "target": 15, "better": "low"}, "ok", "达标"),
        ({"value": 16, "low": 14, "high": 18, "target": 15, "better": "low"}, "", "未见差异"),
        ({"value": 20, "low": 18, "high": 22, "target": 15, "better": "low"}, "warn", "高于目标"),
        ({"value": 91, "target": 100, "said": "2 单未按时"}, "warn", "2 单未按时"),
    ],
)
def test_a_verdict_needs_the_whole_interval(more: dict[str, object], tone: str, words: str) -> None:
    figure = Figure(**{"label": "及时率", "n": 412, **more})  # type: ignore[arg-type]  # any of its fields
    with override("zh-hans"):
        found = verdict(figure)
    assert found is not None
    assert (found.tone, found.text) == (tone, words)
    assert found.icon


def test_without_a_target_there_is_no_verdict() -> None:
    assert verdict(Figure(label="数量", value=42, n=42)) is None


def test_grounds_name_n_interval_target_and_what_stands_beside() -> None:
    figure = Figure(
        label="满意度", value=4.62, n=1188, digits=2, low=4.51, high=4.73, target=4.5,
        beside="未评价 183",
    )  # fmt: skip
    with override("zh-hans"):
        assert grounds(figure) == "n=1,188 · 区间 4.51–4.73 · 目标 4.5 · 未评价 183"


def test_a_percentage_never_stands_without_its_n() -> None:
    with override("zh-hans"):
        assert percent(397, 412) == "96.4 %（n=412）"
        assert percent(0, 0) == "无数据（n=0）"
    with override("en"):
        assert percent(1, 3) == "33.3 % (n=3)"


@pytest.mark.parametrize(
    ("value", "zh", "english"),
    [
        (0, "0", "0"),
        (97.5, "97.5", "97.5"),
        (12_000, "1.2万", "12k"),
        (3_400_000, "340万", "3.4M"),
        (120_000_000, "1.2亿", "120M"),
        (-15_000, "-1.5万", "-15k"),
        (Decimal("9999"), "9,999", "9,999"),
    ],
)
def test_axis_numbers_use_the_units_of_the_language(value: float, zh: str, english: str) -> None:
    with override("zh-hans"):
        assert short_number(value) == zh
    with override("en"):
        assert short_number(value) == english


def test_numbers_are_grouped() -> None:
    assert number(1234567.891, 1) == "1,234,567.9"
    assert number(None) == "—"
