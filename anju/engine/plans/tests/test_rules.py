"""What a plan says about when, read, refused in words, written back, and counted."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from anju.engine.plans.document import When, read_when, write_when
from anju.engine.plans.rules import (
    Recurrence,
    RuleUnclear,
    Timetable,
    occurrences,
    planned_between,
    read_rule,
    write_rule,
)
from anju.foundation.calendars.rules import always, shipped_calendar
from anju.foundation.texts import BadText

SHANGHAI = "Asia/Shanghai"
ALWAYS = always(SHANGHAI)
OFFICE = shipped_calendar("office", SHANGHAI)


def times(when: When, since: str, until: str, calendar=OFFICE) -> list[str]:
    """The wall times that are planned in [since, until)."""
    first, last = datetime.fromisoformat(since), datetime.fromisoformat(until)
    found = planned_between(when.timetable(SHANGHAI), calendar, first, last)
    return [one.at.astimezone(ZoneInfo(SHANGHAI)).strftime("%m-%d %H:%M") for one in found]


def test_every_two_hours_of_the_day_ends_included() -> None:
    when = When(start="2026-01-01", every="2h", between=("08:00", "20:00"))
    assert times(when, "2026-03-02", "2026-03-03") == [
        "03-02 08:00", "03-02 10:00", "03-02 12:00", "03-02 14:00", "03-02 16:00", "03-02 18:00",
        "03-02 20:00",
    ]  # fmt: skip


def test_twice_a_day_on_some_days_of_the_week() -> None:
    when = When(start="2026-01-01", rule="FREQ=WEEKLY;BYDAY=MO,WE,FR", times=("17:00", "08:00"))
    assert times(when, "2026-03-02", "2026-03-05") == [
        "03-02 08:00", "03-02 17:00", "03-04 08:00", "03-04 17:00",
    ]  # fmt: skip


def test_the_last_working_day_of_the_month_knows_holidays_and_swapped_days() -> None:
    when = When(start="2026-01-01T16:00", workday=-1)
    # 28 February 2026 is a Saturday worked for the Spring Festival; 30 September is before the
    # National Day, 31 January a Saturday.
    assert times(when, "2026-01-01", "2026-03-01") == ["01-30 16:00", "02-28 16:00"]


def test_days_off_are_kept_left_out_or_moved() -> None:
    rule, start = "FREQ=DAILY", "2026-05-01T09:00"  # Labour Day: 1 to 5 May, 9 May is worked

    def on(day_off: str) -> list[str]:
        said = When(start=start, rule=rule, day_off=day_off)  # type: ignore[arg-type]  # one of four
        return [at[:5] for at in times(said, "2026-05-01", "2026-05-10")]

    assert len(on("keep")) == 9
    assert on("skip") == ["05-06", "05-07", "05-08", "05-09"]
    assert on("after") == ["05-06", "05-07", "05-08", "05-09"]  # five in one: once
    monthly = When(start="2026-01-05", rule="FREQ=MONTHLY", day_off="before")
    assert times(monthly, "2026-04-01", "2026-06-01") == ["04-03 00:00", "04-30 00:00"]


@pytest.mark.parametrize(
    ("policy", "found"),
    [
        ("skip", ["01-31", "03-31", "05-31"]),
        ("clamp", ["01-31", "02-28", "03-31", "04-30", "05-31"]),
        ("next", ["01-31", "03-01", "03-31", "05-01", "05-31"]),
    ],
)
def test_a_day_the_month_does_not_have(policy: str, found: list[str]) -> None:
    when = When(start="2026-01-31", rule="FREQ=MONTHLY", month_end=policy)  # type: ignore[arg-type]  # one of three
    assert [at[:5] for at in times(when, "2026-01-01", "2026-06-01")] == found


def test_seasons_run_over_the_turn_of_the_year() -> None:
    when = When(start="2025-01-01", rule="FREQ=WEEKLY", seasons=(("11-15", "03-15"),))
    found = [at[:5] for at in times(when, "2026-01-01", "2027-01-01", ALWAYS)]
    assert (found[0], found[-1]) == ("01-07", "12-30")
    assert not [at for at in found if "03-15" < at < "11-15"]


def test_an_occurrence_keeps_its_name_when_the_calendar_moves_it() -> None:
    table = When(start="2026-01-03T08:00", rule="FREQ=MONTHLY", day_off="after").timetable(SHANGHAI)
    span = (datetime(2026, 1, 1), datetime(2026, 2, 1))
    (weekend,) = occurrences(table, OFFICE, *span)
    (always,) = occurrences(table, ALWAYS, *span)
    assert weekend.nominal == always.nominal == datetime(2026, 1, 3, 8)
    assert weekend.at > always.at


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("", "does not say how often"),
        ("BYDAY=MO", "does not say how often"),
        ("FREQ=DAILY;FREQ=DAILY", "Write each part once"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20260101", "both end the rule"),
        ("FREQ=DAILY;COUNT=0", "COUNT is a whole number from 1"),
        ("FREQ=DAILY;BYHOUR=24", "BYHOUR is a whole number from 0 to 23"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY is a whole number from 1 to 31"),
        ("FREQ=WEEKLY;BYDAY=XX", "is not a day of the week"),
        ("FREQ=WEEKLY;BYDAY=2MO", "A numbered day of the week needs"),
        ("FREQ=DAILY;BYFULLMOON=1", "A rule has no part BYFULLMOON"),
        ("FREQ=DAILY;UNTIL=soon", "is not a time"),
        ("FREQ=DAILY;BYSETPOS=1", "chooses among other parts"),
        ("FREQ=DAILY;SKIP=FORWARD", "SKIP is for days of the month"),
        ("FREQ=DAILY;RSCALE=CHINESE", "Only the Gregorian calendar"),
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_in_words(rule: str, words: str) -> None:
    with translation.override("en"), pytest.raises(RuleUnclear, match=words) as refused:
        read_rule(rule, SHANGHAI)
        raise AssertionError(rule)
    assert str(refused.value.fields["rule"]) == str(refused.value)


PARTS = {
    "BYMONTH": st.integers(1, 12), "BYMONTHDAY": st.integers(-31, 31).filter(bool),
    "BYHOUR": st.integers(0, 23), "BYMINUTE": st.integers(0, 59),
    "BYDAY": st.tuples(st.sampled_from([0, 1, -1, 5]), st.sampled_from(["MO", "TU", "SU"])),
}  # fmt: skip


@given(
    freq=st.sampled_from(["YEARLY", "MONTHLY"]),
    interval=st.integers(1, 50),
    parts=st.fixed_dictionaries(
        {},
        optional={
            name: st.lists(one, min_size=1, max_size=3, unique=True) for name, one in PARTS.items()
        },
    ),
    end=st.one_of(
        st.none(), st.integers(1, 99), st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1))
    ),
)
def test_what_is_written_is_read_again(freq, interval, parts, end) -> None:
    said = f"FREQ={freq};INTERVAL={interval}"
    for name, values in parts.items():
        words = (f"{v[0] or ''}{v[1]}" if name == "BYDAY" else str(v) for v in values)
        said += f";{name}={','.join(words)}"
    if isinstance(end, datetime):
        said += f";UNTIL={end:%Y%m%dT%H%M%S}"
    elif end:
        said += f";COUNT={end}"
    rule = read_rule(said, SHANGHAI)
    assert read_rule(write_rule(rule), SHANGHAI) == rule


def test_an_end_in_utc_is_an_end_on_the_wall() -> None:
    rule = read_rule("FREQ=DAILY;UNTIL=20260102T000000Z", SHANGHAI)
    assert rule.until == datetime(2026, 1, 2, 8)
    start = datetime(2026, 1, 1, 8)
    found = occurrences(Timetable(Recurrence(start, (rule,))), ALWAYS, start, datetime(2027, 1, 1))
    assert [one.nominal.day for one in found] == [1, 2]


TEXT = """\
anju: plan/1
when:
  start: 2026-01-01
  rule: FREQ=MONTHLY;BYMONTHDAY=31
  times:
    - "08:30"
  month_end: clamp
  day_off: before
"""


def test_a_file_is_read_written_and_refused_with_its_line() -> None:
    said = read_when(TEXT).said.when
    assert read_when(write_when(said)).said.when == said
    assert write_when(read_when(write_when(said)).said.when) == write_when(said)
    assert times(said, "2026-01-01", "2026-04-01") == ["01-30 08:30", "02-28 08:30", "03-31 08:30"]
    with translation.override("en"):
        with pytest.raises(BadText, match=r"line 7.*month_end"):
            read_when(TEXT.replace("clamp", "squeeze"))
        with pytest.raises(RuleUnclear, match="every"):
            When(start="2026-01-01", every="now and then").timetable(SHANGHAI)
        with pytest.raises(RuleUnclear, match="names a time zone"):
            When(start="2026-01-01T08:00+08:00").timetable(SHANGHAI)
