"""Patterns give everybody their turn; limits of rest and hours are found, no more and no less."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise, product
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from anju.domains.staff.rules import (
    BY_CODE,
    KIND_NAMES,
    PATTERNS,
    STATE_NAMES,
    faults,
    hours_of,
    laid,
    least_present,
    next_state,
    normal_hours,
    span,
)
from anju.domains.staff.words import weekday

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 30, tzinfo=ZONE)
HOUR = timedelta(hours=1)


def at(*hours: tuple[float, float]) -> list[tuple[datetime, datetime]]:
    return [(MONDAY + b * HOUR, MONDAY + e * HOUR) for b, e in hours]


@pytest.mark.parametrize("code", ["4-3", "4-2", "3-3"])
def test_rotating_groups_hold_every_shift_every_day(code: str) -> None:
    pattern = BY_CODE[code]
    work = list(laid(pattern, pattern.groups, 60))
    for day in range(60):
        held = sorted(shift for _who, d, shift in work if d == day)
        assert set(held) <= set(range(1, pattern.shifts + 1))
        if code != "3-3":  # three groups rest one after the other, and cannot hold three shifts
            assert held == list(range(1, pattern.shifts + 1))


def test_everybody_works_as_often_and_rests() -> None:
    for pattern in PATTERNS:
        whole = len(pattern.cycle)
        work = list(laid(pattern, pattern.groups * 2, whole))
        counts = [sum(who == n for who, _d, _s in work) for n in range(pattern.groups * 2)]
        assert len(set(counts)) == 1
        assert 0 < counts[0] < whole
    days = [d for who, d, _s in laid(BY_CODE["6-1"], 1, 70)]
    assert sum(b - a == 2 for a, b in pairwise(days)) == 9
    assert {b - a for a, b in pairwise(days)} == {1, 2}


@pytest.mark.parametrize(
    ("begins", "ends", "hours"),
    [(time(7), time(15), 8), (time(23), time(7), 8), (time(8), time(8), 24)],
)
def test_a_shift_may_pass_midnight(begins: time, ends: time, hours: int) -> None:
    assert hours_of([span(date(2026, 11, 30), begins, ends, ZONE)]) == hours


@pytest.mark.parametrize(
    ("spans", "kinds"),
    [
        (at((8, 16), (27, 35)), []),
        (at((8, 16), (26.99, 35)), ["rest"]),
        (at((8, 16), (16, 24)), ["rest"]),
        (at((8, 16), (15, 20)), ["twice"]),
        (at(*((24 * d + 8, 24 * d + 16) for d in range(5)), (128, 132)), []),
        (at(*((24 * d + 8, 24 * d + 16) for d in range(6))), ["week"]),
    ],
)
def test_what_is_wrong_is_said(spans: list[tuple[datetime, datetime]], kinds: list[str]) -> None:
    assert [fault.kind for fault in faults(spans, ZONE)] == kinds


def test_overtime_is_counted_by_the_month() -> None:
    first = datetime(2026, 11, 1, tzinfo=ZONE)
    assert round(normal_hours(first.date()), 2) == 188.57
    days = [(first + 24 * n * HOUR, first + (24 * n + 8) * HOUR) for n in range(28)]
    assert all(f.kind == "week" for f in faults(days, ZONE))
    days += [(first + 24 * 28 * HOUR, first + (24 * 28 + 8) * HOUR)]
    assert [round(f.hours, 2) for f in faults(days, ZONE) if f.kind == "overtime"] == [43.43]


instants = st.integers(0, 48).map(lambda h: datetime(2026, 1, 1, tzinfo=UTC) + h * HOUR)
stretches = st.tuples(instants, st.integers(1, 20)).map(lambda p: (p[0], p[0] + p[1] * HOUR))


@given(st.lists(stretches, max_size=6), stretches)
def test_least_present_is_the_least_of_all_hours(
    spans: list[tuple[datetime, datetime]], within: tuple[datetime, datetime]
) -> None:
    begin, end = within
    hours = [begin + n * HOUR for n in range(int((end - begin) / HOUR))]
    assert least_present(spans, within) == min(sum(b <= h < e for b, e in spans) for h in hours)


def test_nothing_is_decided_twice_and_a_swap_needs_both() -> None:
    kinds, states = [k for k, _n in KIND_NAMES], [s for s, _n in STATE_NAMES]
    ways = {
        (kind, state, step): found
        for kind, state in product(kinds, states)
        for step in ("agree", "approve", "refuse", "withdraw", "nonsense")
        if (found := next_state(kind, state, step))
    }
    assert {state for _k, state, _s in ways} == {"asked", "agreed"}
    assert ("swap", "asked", "approve") not in ways
    assert ways["swap", "agreed", "approve"] == ways["leave", "asked", "approve"] == "approved"
    assert ("leave", "asked", "agree") not in ways


def test_each_day_of_the_week_is_one_sign_in_chinese() -> None:
    monday = date(2026, 11, 30)
    with translation.override("zh-hans"):
        signs = "".join(weekday(monday + n * timedelta(days=1)) for n in range(7))
    assert signs == "一二三四五六日"
