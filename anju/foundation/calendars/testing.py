"""Calendars for tests of other apps."""

from anju.foundation.calendars.commands import found_calendar, ship_calendars
from anju.foundation.calendars.models import Calendar
from anju.foundation.calendars.rules import SHIPPED, Week
from anju.foundation.tenancy.actor import Actor


def a_calendar(actor: Actor, code: str = "desk", week: Week = SHIPPED[1].week) -> Calendar:
    """A calendar with office hours and no holidays, in Shanghai."""
    return found_calendar(actor=actor, code=code, name=code, zone="Asia/Shanghai", week=week)


def shipped_calendars(actor: Actor) -> dict[str, Calendar]:
    """The three shipped calendars of the company, by code."""
    return {calendar.code: calendar for calendar in ship_calendars(actor=actor)}
