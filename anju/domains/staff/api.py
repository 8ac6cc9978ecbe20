"""Duty over the API: who is on duty at an instant, and one's own shifts."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema

from anju.domains.staff.ical import as_calendar
from anju.domains.staff.queries import my_shifts
from anju.foundation.access.doors import Request, api_door
from anju.foundation.lib import now
from anju.foundation.people.models import Duty
from anju.foundation.people.queries import on_duty

router = Router(tags=["staff"])
MOST = 500


class DutyOut(Schema):
    """A duty: who, at which post (its code and name), from when until before when."""

    id: UUID
    person: UUID
    name: str
    post: str
    post_name: str
    place: UUID
    starts_at: datetime
    ends_at: datetime


class At(Schema):
    """`at`: the instant that is asked about; now when left out."""

    at: datetime | None = None


class Duties(Schema):
    """Duties, by post or by time."""

    items: list[DutyOut]


@router.get("/on-duty", response=Duties, operation_id="list_on_duty")
@api_door("staff.see")
def duty_at(request: Request, asked: Query[At]) -> dict[str, object]:
    """Everybody on duty where the token may see staff, by post: at most 500."""
    at = asked.at or now()
    at = at if at.tzinfo else at.replace(tzinfo=now().tzinfo)
    return {"items": [_out(duty, request) for duty in on_duty(actor=request.actor, at=at)[:MOST]]}


@router.get("/shifts", response=Duties, operation_id="list_shifts")
@api_door("staff.see")
def own_shifts(request: Request) -> dict[str, object]:
    """The duties of whoever the token belongs to that are not over yet, five weeks ahead."""
    return {"items": [_out(duty, request) for duty in my_shifts(request.actor)]}


@router.get("/shifts/calendar.ics", operation_id="read_shift_calendar")
@api_door("staff.see")
def own_calendar(request: Request) -> HttpResponse:
    """The same as RFC 5545, for a calendar that asks again from time to time."""
    content = as_calendar(my_shifts(request.actor), now())
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")


def _out(duty: Duty, request: Request) -> dict[str, object]:
    return {
        "id": duty.id, "person": duty.person_id, "name": duty.person.name_for(request.actor),
        "post": duty.post.code, "post_name": duty.post.name, "place": duty.post.place_id,
        "starts_at": duty.starts_at, "ends_at": duty.ends_at,
    }  # fmt: skip
