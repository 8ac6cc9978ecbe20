"""Weights, gaps, terms, dates and verdicts, against what they are by hand and by brute force."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.domains.promises.rules import (
    Clause,
    NoticeDate,
    Verdict,
    answered,
    of_clause,
    overlap,
    proposed,
    state_on,
    verdict_of,
    weight_of,
)
from anju.engine.indicators.rules import wilson

DAY = date(2026, 1, 1)
days = st.integers(0, 40).map(lambda n: DAY + timedelta(days=n))


def test_complaints_propose_needs_the_most_first_with_n_and_share() -> None:
    heard = {"噪声": 6, "保洁": 12, "电梯": 12, "": 8, "宠物": 2}
    found = [(p.category, p.n, p.share) for p in proposed(heard, ["电梯"])]
    assert found == [("保洁", 12, 30.0), ("噪声", 6, 15.0)]
    assert proposed({}, []) == []


def test_a_weight_is_the_mean_over_all_groups() -> None:
    assert weight_of({"owner": 5, "elderly": 3}) == 2.0
    assert weight_of({}) == 0


codes = st.sampled_from(["a", "b", "c", "d"])


@given(st.sets(codes), st.dictionaries(st.sampled_from(["s", "t", "u"]), st.sets(codes)))
def test_needs_beside_standards_as_by_brute_force(
    needs: set[str], named: dict[str, set[str]]
) -> None:
    found = answered(sorted(needs), named)
    pairs = {(n, s) for n in needs for s, theirs in named.items() if n in theirs}
    assert {(n, s) for n, ss in found.answers.items() for s in ss} == pairs
    assert set(found.needs) == {n for n in needs if not any(n == p for p, _s in pairs)}
    assert set(found.standards) == {s for s in named if not any(s == p for _n, p in pairs)}


@given(days, days, days, days)
def test_two_terms_overlap_when_they_share_a_day(a: date, b: date, c: date, d: date) -> None:
    one, other = (min(a, b), max(a, b)), (min(c, d), max(c, d))
    shared = any(
        state_on(day, *one, None) == state_on(day, *other, None) == "in_force"
        for day in (DAY + timedelta(days=n) for n in range(41))
    )
    assert overlap(one, other) is shared


def test_a_contract_holds_on_its_first_and_last_day_and_not_after_it_ended() -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    assert state_on(date(2025, 12, 31), first, last, None) == "coming"
    assert state_on(first, first, last, None) == "in_force"
    assert state_on(last, first, last, None) == "in_force"
    assert state_on(date(2027, 1, 1), first, last, None) == "over"
    assert state_on(date(2026, 7, 1), first, last, date(2026, 6, 30)) == "over"
    assert state_on(date(2026, 6, 30), first, last, date(2026, 6, 30)) == "in_force"


def test_a_date_is_due_from_so_many_days_before_until_the_day_itself() -> None:
    near = NoticeDate(date(2026, 10, 2), "通知续约", 90)
    assert [near.due(date(2026, 10, 2) - timedelta(days=n)) for n in (91, 90, 0, -1)] == [
        False, True, True, False,
    ]  # fmt: skip
    assert NoticeDate.of(near.plain()) == near
    clause = Clause("4.1", "报修", ("repair",))
    assert Clause.of(clause.plain()) == clause


def judged(hits: int, n: int, target: float, *, high: bool = True) -> Verdict:
    bounds = wilson(hits, n)
    return verdict_of(
        value=100 * hits / n if n else None,
        interval=(100 * bounds[0], 100 * bounds[1]) if bounds else None,
        target=target,
        high=high,
    )


def test_a_figure_is_broken_only_when_its_whole_interval_falls_short() -> None:
    assert judged(95, 100, 95) == "kept"
    assert judged(9, 10, 95) == "unclear"
    assert judged(80, 100, 95) == "broken"
    assert judged(0, 0, 95) == "unmeasured"
    assert judged(2, 100, 5, high=False) == "kept"
    assert judged(1, 10, 5, high=False) == "unclear"
    assert judged(30, 100, 5, high=False) == "broken"


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [
        ([], "nothing"), (["unmeasured"], "unmeasured"), (["kept", "unmeasured"], "kept"),
        (["kept", "unclear"], "unclear"), (["kept", "unclear", "broken"], "broken"),
    ],
)  # fmt: skip
def test_a_clause_comes_to_the_worst_that_can_be_told(
    verdicts: list[Verdict], whole: Verdict
) -> None:
    assert of_clause(verdicts) == whole
