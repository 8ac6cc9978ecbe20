from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.engine.indicators.rules import Period, Promise, Spread, percentile, verdict
from anju.foundation.lib.wilson import wilson

# Computed with R's prop.test(correct = FALSE): hits, n, low, high.
REFERENCE = [
    (81, 263, 0.25528852, 0.36620958),
    (15, 148, 0.062386400, 0.160487242),
    (0, 20, 0.0, 0.16112516),
    (1, 29, 0.0061132143, 0.17175522),
]
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(("hits", "n", "low", "high"), REFERENCE)
def test_wilson_agrees_with_published_values(hits, n, low, high):
    assert wilson(hits, n) == pytest.approx((low, high), abs=5e-9)


def test_no_observation_has_no_rate_and_no_interval():
    nothing = Promise("finish")
    assert (nothing.rate, nothing.interval, wilson(0, 0)) == (None, None, None)


@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_and_stays_within_one(pair):
    hits, n = pair
    low, high = wilson(hits, n)
    assert 0 <= low <= hits / n <= high <= 1


@given(st.lists(st.integers(0, 10**9), min_size=1), st.sampled_from([1, 50, 90, 99, 100]))
def test_percentile_is_the_smallest_value_that_p_percent_reach(values, p):
    found = percentile(values, p)
    assert found in values
    assert sum(v <= found for v in values) * 100 >= p * len(values)
    assert sum(v < found for v in values) * 100 < p * len(values)


def test_median_of_an_even_number_is_the_lower_of_the_two():
    assert Spread.of([4, 1, 3, 2]) == Spread(4, 2, 4)
    assert Spread.of([]) == Spread(0, None, None)


def test_both_days_of_a_period_are_in_it():
    march = Period(date(2026, 3, 1), date(2026, 3, 31))
    assert march.holds(date(2026, 3, 1))
    assert march.holds(date(2026, 3, 31))
    assert not march.holds(date(2026, 4, 1))
    with pytest.raises(ValueError, match="before it begins"):
        Period(date(2026, 3, 2), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("state", "due", "counts"),
    [
        ("kept", NOON, "kept"),
        ("broken", NOON, "broken"),
        ("running", NOON + timedelta(hours=1), "waiting"),
        ("running", NOON - timedelta(seconds=1), "broken"),
        ("paused", None, "waiting"),
        ("not_judgeable", None, "not_judgeable"),
        ("not_recorded", None, "not_recorded"),
        ("void", None, None),
    ],
)
def test_an_open_overdue_promise_counts_as_broken_and_the_unknowable_beside(state, due, counts):
    assert verdict(state, due=due, stopped=None, now=NOON) == counts
