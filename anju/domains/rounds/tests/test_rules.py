"""How planned work stands to its window."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.domains.rounds.rules import BEGUN, STANDING_NAMES, TONES, Standing, Window, standing

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WINDOW = Window(AT, AT + timedelta(hours=1), AT + timedelta(hours=2))
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("state", "moment", "expected"),
    [
        ("waiting", AT - INSTANT, "ahead"),
        ("waiting", AT, "open"),
        ("accepted", AT + timedelta(hours=1), "open"),
        ("accepted", AT + timedelta(hours=1) + INSTANT, "late"),
        ("assigned", AT + timedelta(hours=2), "late"),
        ("assigned", AT + timedelta(hours=2) + INSTANT, "missed"),
        ("doing", AT + timedelta(days=3), "late"),
        ("void", AT, "void"),
        ("", AT, "passed_over"),
    ],
)
def test_what_is_not_done(state: str, moment: datetime, expected: Standing) -> None:
    assert standing(WINDOW, state, None, moment) == expected


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        (AT - INSTANT, "early"),
        (AT, "on_time"),
        (AT + timedelta(hours=1), "on_time"),
        (AT + timedelta(hours=1) + INSTANT, "made_up"),
        (AT + timedelta(hours=2), "made_up"),
        (AT + timedelta(hours=2) + INSTANT, "too_late"),
    ],
)
def test_what_is_done_is_judged_by_when_it_was_done(done: datetime, expected: Standing) -> None:
    for heard in (done, AT + timedelta(days=9)):
        assert standing(WINDOW, "passed", done, heard) == expected


@given(st.sampled_from(["waiting", "assigned", "accepted", *BEGUN]), st.integers(-600, 6000))
def test_it_only_moves_on_while_nobody_does_it(state: str, minutes: int) -> None:
    order = list(STANDING_NAMES)
    moment = AT + timedelta(minutes=minutes)
    before, after = (
        standing(WINDOW, state, None, at) for at in (moment, moment + timedelta(minutes=7))
    )
    assert order.index(before) <= order.index(after)
    assert (state not in BEGUN) or after != "missed"


def test_each_tone_is_one_that_marks_have() -> None:
    assert set(TONES.values()) <= {"blue", "ok", "warn", "bad"}
    assert TONES["missed"] == "bad"
