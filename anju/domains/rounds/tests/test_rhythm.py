"""How often a plan falls due: what is chosen is written and read back as it was chosen."""

from datetime import datetime

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from anju.domains.rounds.rhythm import DAYS, Rhythm, rhythm_of, rhythm_said
from anju.engine.plans.document import When
from anju.engine.plans.rules import occurrences
from anju.foundation.calendars.rules import ALWAYS

CODES = [code for code, _name in DAYS]
MONTHS = st.lists(st.integers(1, 12), unique=True, max_size=4).map(lambda n: tuple(sorted(n)))
NUMBERS = st.lists(st.sampled_from([1, 2, 15, 31, -1, -3]), unique=True, max_size=3).map(tuple)
WEEKDAYS = st.lists(st.sampled_from(CODES), unique=True, max_size=5).map(tuple)
RHYTHMS = st.one_of(
    st.builds(Rhythm, st.just("day"), st.integers(1, 40)),
    st.builds(Rhythm, st.just("week"), st.integers(1, 8), WEEKDAYS),
    st.builds(Rhythm, st.just("month"), st.integers(1, 6), days=NUMBERS, months=MONTHS),
    st.builds(
        Rhythm, st.just("workday"), months=MONTHS,
        workday=st.integers(-23, 23).filter(bool),
    ),
)  # fmt: skip


def written(rhythm: Rhythm) -> When:
    workday = rhythm.workday if rhythm.repeat == "workday" else 0
    return When(start="2026-01-31", rule=rhythm.written, workday=workday, times=("09:00",))


@given(RHYTHMS)
def test_what_is_chosen_is_read_back_as_it_was_chosen(rhythm: Rhythm) -> None:
    assert rhythm_of(written(rhythm)) == rhythm


@given(RHYTHMS)
def test_what_is_chosen_can_be_counted_and_said(rhythm: Rhythm) -> None:
    when = written(rhythm)
    year = datetime(2026, 1, 1), datetime(2027, 1, 1)
    assert sum(1 for _one in occurrences(when.timetable("Asia/Shanghai"), ALWAYS, *year)) <= 366
    for language in ("en", "zh-hans", "zh-hant"):
        with translation.override(language):
            assert rhythm_said(when)


@pytest.mark.parametrize(
    "rule",
    ["FREQ=MONTHLY;BYDAY=2TU", "FREQ=YEARLY", "FREQ=DAILY;COUNT=5", "FREQ=WEEKLY;BYDAY=1MO"],
)
def test_what_the_form_cannot_say_stays_a_rule(rule: str) -> None:
    rhythm = rhythm_of(When(start="2026-01-01", rule=rule))
    assert (rhythm.repeat, rhythm.written) == ("rule", rule)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ({"times": ("09:00", "15:00")}, "every day · 09:00, 15:00"),
        (
            {"every": "2h", "between": ("08:00", "20:00")},
            "every day · every 2 h from 08:00 to 20:00",
        ),
        ({"rule": "FREQ=WEEKLY;BYDAY=MO,WE,FR"}, "every week Mon, Wed, Fri"),
        ({"workday": -1, "times": ("10:00",)}, "every month the last working day · 10:00"),
        (
            {"rule": "FREQ=MONTHLY;BYMONTH=3,9;BYMONTHDAY=1", "day_off": "after"},
            "in month 3, 9 day 1 · on days off on the working day after",
        ),
        ({"seasons": (("03-15", "11-15"),)}, "every day · from 03-15 to 11-15 each year"),
    ],
)
def test_it_is_said_in_a_line(when: dict[str, object], said: str) -> None:
    with translation.override("en"):
        assert rhythm_said(When(start="2026-01-01", **when)) == said  # type: ignore[arg-type]  # any of its fields
