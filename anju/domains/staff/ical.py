"""Somebody's shifts as a calendar that other programs read (RFC 5545). Pure."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from anju.foundation.people.models import Duty


def as_calendar(duties: Iterable[Duty], at: datetime) -> bytes:
    """One event for each duty (with `post__place`), under its own id, so that a program that reads
    it again changes what it has."""
    calendar = Calendar()
    calendar.add("prodid", "-//Anju//shifts//")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("My shifts"))
    for duty in duties:
        event = Event()
        event.add("uid", f"{duty.id}@anju")
        event.add("dtstamp", at)
        event.add("dtstart", duty.starts_at)
        event.add("dtend", duty.ends_at)
        event.add("summary", str(duty.post))
        event.add("location", str(duty.post.place))
        event.add("sequence", duty.version)
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
