"""A plan's rule in the words of RFC 5545, taken over again by whoever reads it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import recurring_ical_events
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from anju.engine.plans.document import When
from anju.engine.plans.ical import read_recurrence, rule_of
from anju.engine.plans.models import Plan
from anju.engine.plans.rules import Timetable, occurrences
from anju.foundation.calendars.rules import always
from anju.foundation.texts import plain

ZONES = ("Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")
WHENS = st.fixed_dictionaries(
    {
        "start": st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31)).map(
            lambda at: at.replace(second=0, microsecond=0).isoformat(timespec="minutes")
        ),
        "rule": st.sampled_from(
            [
                "", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=WEEKLY;INTERVAL=2",
                "FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=MONTHLY;BYDAY=2TU",
                "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=3,9",
                "FREQ=YEARLY;BYWEEKNO=20", "FREQ=DAILY;COUNT=40", "FREQ=HOURLY;INTERVAL=7",
                "FREQ=DAILY;UNTIL=20270101T000000Z", "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1",
                "FREQ=DAILY;BYMONTH=4,5", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=SU",
            ]
        ),
    },
    optional={
        "times": st.sampled_from([("09:00",), ("08:00", "16:00"), ("08:30", "16:00")]),
        "month_end": st.sampled_from(["clamp", "next"]),
        "never": st.just(("2026-05-01T09:00",)),
        "also": st.just(("2026-07-01T09:00",)),
        "day_off": st.sampled_from(["skip", "after"]),
        "workday": st.just(-1),
    },
)  # fmt: skip


def times(table: Timetable, zone: str) -> list[datetime]:
    span = (datetime(2024, 12, 1), datetime(2029, 3, 1))
    return [one.nominal for one in occurrences(table, always(zone), *span)]


def exported(when: When, zone: str) -> bytes | None:
    plan = Plan(
        id=uuid4(), name="巡查", when=plain(when), made_until="2026-01-01T00:00:00", late=60
    )
    return rule_of(plan, ["3-2-1201"], zone)


@given(said=WHENS, zone=st.sampled_from(ZONES))
@example(  # the last day counts with all its times, also those after the end of the rule
    said={
        "start": "2025-01-01T00:00", "rule": "FREQ=DAILY;UNTIL=20270101T000000Z",
        "times": ("08:00", "16:00"),
    },
    zone="Asia/Kolkata",
)  # fmt: skip
def test_what_is_said_is_read_again_as_the_same(said: dict[str, Any], zone: str) -> None:
    when = When.model_validate(said)
    feed = exported(when, zone)
    plain_days = not {"workday", "day_off"} & {*said}
    if feed is None:
        assert not plain_days or said.get("times") or not times(when.timetable(zone), zone)
        return
    assert plain_days
    read = read_recurrence(feed.decode(), zone)
    assert times(Timetable(read), zone) == times(when.timetable(zone), zone)


def test_most_of_what_the_field_plans_can_be_said() -> None:
    for when in (
        When(start="2026-01-01", times=("09:00",)),
        When(start="2026-01-01", every="2h", between=("08:00", "20:00")),
        When(start="2026-01-01", rule="FREQ=WEEKLY;BYDAY=MO,WE,FR", times=("10:00", "15:00")),
        When(start="2026-01-31", rule="FREQ=MONTHLY", month_end="clamp"),
    ):
        assert exported(when, "Asia/Shanghai") is not None


@pytest.mark.parametrize("zone", ZONES)
def test_another_library_reads_the_same_times(zone: str) -> None:
    when = When(start="2026-01-05", rule="FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", times=("09:00",))
    feed = exported(when, zone)
    assert feed is not None
    first = datetime(2026, 1, 5)
    events = recurring_ical_events.of(Calendar.from_ical(feed)).between(
        first, first + timedelta(days=400)
    )
    found = sorted(event["DTSTART"].dt.replace(tzinfo=None) for event in events)
    until = first + timedelta(days=400)
    want = [at for at in times(when.timetable(zone), zone) if first <= at < until]
    assert found == want
