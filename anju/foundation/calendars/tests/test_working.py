"""Working time: the borders by example, the algebra by property, the speed by measure."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anju.foundation.calendars.rules import (
    ALWAYS,
    SHIPPED,
    NeverOpen,
    WorkCalendar,
    always,
    counted,
    due,
    due_by_day,
    intervals,
    known_years,
    next_open,
    public_days,
    working_calendar,
)
from anju.foundation.calendars.rules.stored import days_to_json, week_to_json

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE_WEEK = SHIPPED[1].week
PUBLIC = days_to_json(public_days(known_years()))
OFFICE = working_calendar(
    "Asia/Shanghai", [{"since": None, "week": week_to_json(OFFICE_WEEK)}], PUBLIC
)
NIGHT = WorkCalendar("America/New_York", (((1320, 1800),),) * 7)  # 22:00 to 06:00
EMPTY = ((), (), (), (), (), (), ())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        ("2026-11-20 09:00", 60, "2026-11-20 10:00"),
        ("2026-11-20 11:30", 60, "2026-11-20 14:00"),  # over lunch
        ("2026-11-20 11:30", 30, "2026-11-20 12:00"),  # ends with the morning: at its end
        ("2026-11-20 12:00", 1, "2026-11-20 13:31"),  # noon itself is closed
        ("2026-11-20 17:30", 60, "2026-11-23 09:30"),  # Friday to Monday
        ("2026-11-20 23:00", 0, "2026-11-20 23:00"),  # nothing to count
        ("2026-09-30 17:00", 120, "2026-10-08 10:00"),  # National Day, seven days
        ("2026-10-09 17:30", 60, "2026-10-10 09:30"),  # Saturday swapped into a workday
        ("2026-09-25 09:00", 1, "2026-09-28 09:01"),  # Mid-autumn on a Friday
    ],
)
def test_due_in_office_hours(start: str, minutes: int, expected: str) -> None:
    assert due(OFFICE, at(start), minutes) == at(expected)
    assert counted(OFFICE, at(start), at(expected)) == timedelta(minutes=minutes)


def test_a_night_shift_is_as_long_as_the_night_was() -> None:
    new_york = ZoneInfo("America/New_York")
    for evening, hours in (((2025, 3, 8), 7), ((2025, 6, 1), 8), ((2025, 11, 1), 9)):
        noon = datetime(*evening, 12, tzinfo=new_york)
        assert counted(NIGHT, noon, noon + timedelta(days=1)) == timedelta(hours=hours)


def test_a_holiday_does_not_cut_the_shift_that_began_the_day_before() -> None:
    calendar = WorkCalendar("UTC", (((1320, 1800),),) * 7, {date(2026, 10, 1): ()})
    start = datetime(2026, 9, 30, 12, tzinfo=UTC)
    assert intervals(calendar, start, start + timedelta(days=2)) == [
        (datetime(2026, 9, 30, 22, tzinfo=UTC), datetime(2026, 10, 1, 6, tzinfo=UTC))
    ]


def test_seasonal_hours_hold_from_their_date() -> None:
    summer = (((480, 720), (900, 1140)),) * 5 + ((), ())
    calendar = WorkCalendar(
        "Asia/Shanghai",
        OFFICE_WEEK,
        changes=((date(2026, 5, 4), summer), (date(2026, 10, 1), OFFICE_WEEK)),
    )
    assert next_open(calendar, at("2026-05-01 13:00")) == at("2026-05-01 13:30")
    assert next_open(calendar, at("2026-05-04 13:00")) == at("2026-05-04 15:00")
    assert next_open(calendar, at("2026-10-01 13:00")) == at("2026-10-01 13:30")


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-11-20 09:00", 1, "2026-11-23 18:00"),
        ("2026-11-20 20:00", 1, "2026-11-23 18:00"),  # any time of the day is the same day
        ("2026-09-29 09:00", 3, "2026-10-09 18:00"),
        ("2026-10-08 09:00", 2, "2026-10-10 18:00"),
    ],
)
def test_days_are_open_days_after_the_first(start: str, days: int, expected: str) -> None:
    assert due_by_day(OFFICE, at(start), days) == at(expected)


def test_days_by_the_wall_end_at_midnight_of_the_zone() -> None:
    assert due_by_day(always("Asia/Shanghai"), at("2026-11-20 09:00"), 1) == at("2026-11-22 00:00")


def test_a_day_the_zone_skipped_has_no_time_in_it() -> None:
    apia = WorkCalendar("Pacific/Apia", (((540, 1080),),) * 7)
    start = datetime(2011, 12, 29, 12, tzinfo=ZoneInfo("Pacific/Apia"))
    assert counted(apia, start, start + timedelta(days=2)) == timedelta(hours=6 + 0 + 3)


@pytest.mark.parametrize("calendar", [WorkCalendar("UTC", EMPTY, {date(2020, 1, 1): ((0, 9),)})])
def test_a_calendar_that_never_opens_says_so(calendar: WorkCalendar) -> None:
    with pytest.raises(NeverOpen):
        due(calendar, datetime(2026, 1, 1, tzinfo=UTC), 1)
    with pytest.raises(NeverOpen):
        due_by_day(calendar, datetime(2026, 1, 1, tzinfo=UTC), 1)


@pytest.mark.parametrize(
    "day", [((600, 540),), ((540, 600), (580, 700)), ((1440, 1500),), ((0, 2881),)]
)
def test_wrong_segments_are_refused(day: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(ValueError, match="segments"):
        WorkCalendar("UTC", (day,) * 7)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(TypeError):
        due(ALWAYS, datetime(2026, 1, 1), 1)


_DAY = st.lists(st.integers(0, 2880), max_size=6, unique=True).map(
    lambda cuts: tuple(
        (a, b) for a, b in zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False) if a < 1440
    )
)
_CALENDARS = st.builds(
    WorkCalendar,
    zone=st.sampled_from(["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "UTC"]),
    week=st.tuples(*[_DAY] * 7).filter(any),
    days=st.dictionaries(st.dates(date(2025, 1, 1), date(2025, 12, 31)), _DAY, max_size=40),
)
_INSTANTS = st.datetimes(datetime(2024, 12, 1), datetime(2026, 1, 31), timezones=st.just(UTC))
_AMOUNTS = st.timedeltas(timedelta(microseconds=1), timedelta(hours=90))


@given(_CALENDARS, _INSTANTS, _AMOUNTS)
def test_due_is_the_first_instant_with_the_amount(
    calendar: WorkCalendar, start: datetime, amount: timedelta
) -> None:
    end = due(calendar, start, amount)
    assert counted(calendar, start, end) == amount
    assert counted(calendar, start, end - timedelta(microseconds=1)) < amount


@given(_CALENDARS, st.lists(_INSTANTS, min_size=3, max_size=3).map(sorted))
def test_counting_adds_up(calendar: WorkCalendar, instants: list[datetime]) -> None:
    a, b, c = instants
    whole = counted(calendar, a, c)
    assert counted(calendar, a, b) + counted(calendar, b, c) == whole == -counted(calendar, c, a)
    pieces = intervals(calendar, a, c)
    assert sum((y - x for x, y in pieces), timedelta()) == whole
    assert all(x < y for x, y in pieces)


@settings(deadline=None, max_examples=20)  # builds tables over decades, on purpose
@given(_CALENDARS, _INSTANTS, _INSTANTS)
def test_a_table_grown_in_any_order_is_the_same(
    calendar: WorkCalendar, a: datetime, b: datetime
) -> None:
    fresh = WorkCalendar(calendar.zone, calendar.week, calendar.days)
    first = counted(calendar, a, b)
    counted(fresh, b + timedelta(days=4000), b + timedelta(days=4001))
    counted(fresh, a - timedelta(days=4000), a)
    assert counted(fresh, a, b) == first


@given(_CALENDARS, _INSTANTS)
def test_next_open_is_open_and_the_first(calendar: WorkCalendar, start: datetime) -> None:
    opening = next_open(calendar, start)
    least = timedelta(microseconds=1)
    assert opening >= start
    assert counted(calendar, start, opening) == timedelta()
    assert counted(calendar, opening, opening + least) == least


def test_ten_years_of_starts_count_what_they_were_given() -> None:
    starts = [datetime(2015, 1, 1, tzinfo=UTC) + timedelta(hours=17 * n) for n in range(5000)]
    due(OFFICE, starts[0], 1)
    due(OFFICE, starts[-1], 1)
    ends = [due(OFFICE, start, 2400) for start in starts]
    spans = [counted(OFFICE, a, b) for a, b in zip(starts, ends, strict=True)]
    assert set(spans) == {timedelta(minutes=2400)}
