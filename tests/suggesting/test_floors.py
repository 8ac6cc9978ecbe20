"""The figures of docs/suggesting.md do not fall unseen."""

from __future__ import annotations

from statistics import mean

import pytest

from anju.domains.requests.sameness import Said, likeness, ranked
from anju.domains.requests.suggesting import Learnt, learn
from tests.sizes import some
from tests.suggesting import measure

ABOUT = (
    ("水管漏水", "厨房滴水不停", "给排水"),
    ("电梯停了", "轿厢不动按键没反应", "电梯"),
    ("路灯不亮", "晚上小路很黑", "照明"),
)
CASES = [Learnt(title, text, category) for title, text, category in ABOUT for _ in range(12)]


def test_categories_of_real_letters() -> None:
    cases = measure.letters()
    if not cases:
        pytest.skip(f"{measure.LETTERS.name} is not here; it stays outside the repository")
    runs = [measure.cross_validated(cases, seed) for seed in some([1, 2])]
    assert mean(measure.top(run, 1) / len(run) for run in runs) >= 0.80
    assert mean(measure.top(run, 3) / len(run) for run in runs) >= 0.93
    said = [guess for run in runs for guess in run if guess.said]
    assert mean(guess.right for guess in said) >= 0.85


def test_duplicates_on_the_half_that_was_not_tuned_on() -> None:
    tuned, reported = measure.halves()
    assert len(tuned) + len(reported) >= 300
    found, said, there = measure.counts(reported)
    assert found / said >= 0.64
    assert found / there >= 0.76
    loud = measure.strangers(reported)
    assert sum(loud) / len(loud) <= 0.02


def test_it_says_why_and_abstains_where_it_knows_nothing() -> None:
    model = learn(CASES)
    assert model is not None
    found = model.suggest("电梯又停了")
    assert found is not None
    assert (found.category, "电梯" in found.why) == ("电梯", True)
    for words in ("", "hello", "猫猫狗狗"):
        assert model.suggest(words) is None


@pytest.mark.parametrize("cases", [[], CASES[:12], CASES[:4] * 8, CASES[::12] * 3])
def test_too_little_is_no_model(cases: list[Learnt]) -> None:
    assert learn(cases) is None


def test_the_order_of_cases_does_not_change_what_is_learnt() -> None:
    one, other = learn(CASES), learn(CASES[::-1])
    assert one is not None
    assert other is not None
    asked = [(name, round(score, 9)) for name, score in one.ranked("路灯漏水")]
    assert asked == [(name, round(score, 9)) for name, score in other.ranked("路灯漏水")]


def test_opposite_words_and_a_week_between_speak_against_it() -> None:
    old = Said("单元门打不开，刷卡没用")
    same = likeness(Said("单元门刷卡打不开"), old, near="unit", minutes=10)
    assert same.likely
    assert "打不" in same.why or "刷卡" in same.why or "单元" in same.why
    assert not likeness(Said("单元门关不上，敞着"), old, near="unit", minutes=10).likely
    later = likeness(Said("单元门刷卡打不开"), old, near="unit", minutes=20_000)
    assert later.points < same.points


def test_the_likeliest_comes_first_and_the_unlikely_not_at_all() -> None:
    new = Said("电梯停在一楼不动了")
    others = (
        (Said("停车费怎么交"), "unit", 5.0),
        (Said("电梯不动了"), "building", 5.0),
        (Said("电梯停在一楼不动"), "unit", 5.0),
    )
    found = ranked(new, others, most=3)
    assert [n for n, _ in found][:1] == [2]
    assert 0 not in [n for n, _ in found]
