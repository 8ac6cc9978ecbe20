"""Pure rules of calendars: working time, stored form, shipped calendars, the holiday notice."""

from anju.foundation.calendars.rules.notice import NoticeUnclear, read_notice
from anju.foundation.calendars.rules.shipped import (
    SHIPPED,
    known_years,
    missing_public_years,
    public_days,
)
from anju.foundation.calendars.rules.stored import (
    SpecialDay,
    days_from_json,
    days_to_json,
    week_from_json,
    week_to_json,
    working_calendar,
)
from anju.foundation.calendars.rules.working import (
    ALWAYS,
    DAY,
    WHOLE_DAY,
    NeverOpen,
    Segments,
    Week,
    WorkCalendar,
    always,
    counted,
    due,
    due_by_day,
    intervals,
    local_day,
    next_open,
)

__all__ = [
    "ALWAYS",
    "DAY",
    "SHIPPED",
    "WHOLE_DAY",
    "NeverOpen",
    "NoticeUnclear",
    "Segments",
    "SpecialDay",
    "Week",
    "WorkCalendar",
    "always",
    "counted",
    "days_from_json",
    "days_to_json",
    "due",
    "due_by_day",
    "intervals",
    "known_years",
    "local_day",
    "missing_public_years",
    "next_open",
    "public_days",
    "read_notice",
    "week_from_json",
    "week_to_json",
    "working_calendar",
]
