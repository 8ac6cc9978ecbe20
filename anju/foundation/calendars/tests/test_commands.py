"""Calendars of a company: made, edited from tomorrow on, counted by."""

from datetime import UTC, date, datetime, timedelta

import pytest

from anju.foundation.calendars.commands import (
    change_week,
    found_calendar,
    import_year,
    rename_calendar,
    set_days,
    ship_calendars,
    take_notice,
)
from anju.foundation.calendars.models import Calendar
from anju.foundation.calendars.queries import calendars_of, missing_years, work_calendar
from anju.foundation.calendars.rules import NoticeUnclear, SpecialDay, Week, due
from anju.foundation.calendars.testing import a_calendar, shipped_calendars
from anju.foundation.events.models import Event
from anju.foundation.lib import frozen
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused, Unknown

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)  # Friday noon in Shanghai
TOMORROW = date(2026, 11, 21)
TYPHOON = SpecialDay(TOMORROW + timedelta(days=2), "holiday", "台风停工")
NOTICE_2027 = (
    "国务院办公厅关于2027年部分节假日安排的通知 一、元旦：1月1日（周五）至3日（周日）放假，共3天。"
)


def events_of(calendar: Calendar, actor: Actor) -> list[str]:
    with acting(actor):
        return [event.name for event in Event.objects.about("calendar", calendar.id)]


def test_the_shipped_calendars_count_by_chinese_holidays(actor: Actor) -> None:
    calendars = shipped_calendars(actor)
    assert sorted(calendars) == ["always", "office", "service"]
    assert ship_calendars(actor=actor) == []
    friday = datetime(2026, 9, 30, 9, 30, tzinfo=UTC)  # 17:30, the eve of National Day
    with acting(actor):
        named = calendars_of(actor.company_id)
        assert due(named("office"), friday, 60) == datetime(2026, 10, 8, 1, 30, tzinfo=UTC)
        assert due(named("service"), friday, 60) == datetime(2026, 9, 30, 10, 30, tzinfo=UTC)
        assert named("always").always
        assert work_calendar(calendars["office"].id).names[date(2026, 10, 1)] == "国庆节"
        with pytest.raises(Unknown):
            named("nowhere")


def test_an_edit_raises_the_version_and_is_counted_at_once(actor: Actor) -> None:
    with frozen(NOON):
        calendar = a_calendar(actor)
        monday = datetime(2026, 11, 23, 1, tzinfo=UTC)
        with acting(actor):
            assert due(work_calendar(calendar.id), monday, 60) == monday + timedelta(hours=1)
        edited = set_days(calendar.id, actor=actor, days=[TYPHOON], version=1)
        with acting(actor):
            assert due(work_calendar(calendar.id), monday, 60) == monday + timedelta(hours=25)
        assert edited.version == 2
        cleared = set_days(calendar.id, actor=actor, cleared=[TYPHOON.date], version=2)
    assert (cleared.days, cleared.version) == ({}, 3)
    assert events_of(calendar, actor) == [
        "calendar.founded",
        "calendar.changed",
        "calendar.changed",
    ]


def test_what_has_begun_stays_as_it_is(actor: Actor) -> None:
    with frozen(NOON):
        calendar = a_calendar(actor)
        today = SpecialDay(date(2026, 11, 20), "holiday", "今日停工")
        with pytest.raises(NotYet, match="2026-11-20") as refused:
            set_days(calendar.id, actor=actor, days=[today, TYPHOON], version=1)
        with pytest.raises(NotYet, match="2026-11-20"):
            change_week(
                calendar.id,
                actor=actor,
                week=((),) * 6 + (((0, 60),),),
                since=today.date,
                version=1,
            )
    assert refused.value.code == "past_is_fixed"
    assert events_of(calendar, actor) == ["calendar.founded"]


def test_the_loser_of_a_race_changes_nothing(actor: Actor) -> None:
    calendar = a_calendar(actor)
    rename_calendar(calendar.id, actor=actor, name="前台", version=1)
    with pytest.raises(Conflict):
        rename_calendar(calendar.id, actor=actor, name="后台", version=1)
    with acting(actor):
        assert Calendar.objects.get(pk=calendar.id).name == "前台"
    assert len(events_of(calendar, actor)) == 2


def test_other_hours_hold_from_their_day(actor: Actor) -> None:
    with frozen(NOON):
        calendar = a_calendar(actor)
        winter = (((540, 720), (810, 1050)),) * 5 + ((), ())
        change_week(calendar.id, actor=actor, week=winter, since=date(2026, 12, 1), version=1)
        late = datetime(2026, 11, 30, 9, 29, tzinfo=UTC)  # 17:29
        with acting(actor):
            working = work_calendar(calendar.id)
    assert due(working, late, 2) == late + timedelta(minutes=2)
    assert due(working, late + timedelta(days=1), 2) == datetime(2026, 12, 2, 1, 1, tzinfo=UTC)


def test_the_next_year_is_missed_from_november_and_taken_from_the_notice(actor: Actor) -> None:
    office = shipped_calendars(actor)["office"]
    with frozen(datetime(2026, 10, 31, 4, tzinfo=UTC)):
        assert missing_years_of(actor) == []
    with frozen(NOON):
        assert missing_years_of(actor) == [("office", 2027)]
        with pytest.raises(NotYet, match="2027"):
            import_year(office.id, actor=actor, year=2027, version=1)
        with pytest.raises(NoticeUnclear):
            take_notice(office.id, actor=actor, text="放假了", version=1)
        taken = take_notice(office.id, actor=actor, text=NOTICE_2027, version=1)
    assert taken.changed == (date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3))
    assert (taken.past, taken.calendar.version) == ((), 2)


def test_a_notice_replaces_what_is_ahead_and_leaves_what_has_begun(actor: Actor) -> None:
    own = SpecialDay(date(2027, 1, 1), "custom", "元旦值班", ((540, 720),))
    with frozen(NOON):
        calendar = a_calendar(actor)
        ahead = SpecialDay(date(2027, 6, 1), "holiday", "误录")
        version = set_days(calendar.id, actor=actor, days=[own, ahead], version=1).version
    with frozen(datetime(2027, 1, 1, 20, tzinfo=UTC)):  # 4 a.m. on 2 January in Shanghai
        taken = take_notice(calendar.id, actor=actor, text=NOTICE_2027, version=version)
        again = take_notice(calendar.id, actor=actor, text=NOTICE_2027, version=version + 1)
    assert taken.past == (date(2027, 1, 2),)
    assert taken.changed == (date(2027, 1, 3), date(2027, 6, 1))
    assert taken.calendar.days["2027-01-01"]["kind"] == "custom"
    assert set(taken.calendar.days) == {"2027-01-01", "2027-01-03"}
    assert (again.changed, again.calendar.version) == ((), version + 1)


@pytest.mark.parametrize(
    ("zone", "week", "field"),
    [
        ("Mars/Olympus", (((0, 60),),) * 7, "zone"),
        ("UTC", (((60, 0),),) * 7, "week"),
        ("UTC", ((),) * 7, "week"),
    ],
)
def test_hours_that_cannot_be_are_refused(actor: Actor, zone: str, week: Week, field: str) -> None:
    with pytest.raises(NotYet) as refused:
        found_calendar(actor=actor, code="x", name="x", zone=zone, week=week)
    assert list(refused.value.fields) == [field]
    with acting(actor):
        assert not Calendar.objects.exists()


def test_a_code_is_taken_once_and_only_editors_write(actor: Actor, other_actor: Actor) -> None:
    calendar = a_calendar(actor)
    with pytest.raises(Conflict):
        a_calendar(actor)
    reader = Actor.of(actor.company_id, "reader", ["calendar.see"])
    with pytest.raises(Refused):
        rename_calendar(calendar.id, actor=reader, name="x", version=1)
    with pytest.raises(Unknown):
        rename_calendar(calendar.id, actor=other_actor, name="x", version=1)
    with acting(reader):
        assert list(Calendar.objects.seen_by(reader)) == [calendar]
    with acting(other_actor), pytest.raises(Unknown):
        work_calendar(calendar.id)


def missing_years_of(actor: Actor) -> list[tuple[str, int]]:
    with acting(actor):
        return [(missing.code, missing.year) for missing in missing_years(actor)]
