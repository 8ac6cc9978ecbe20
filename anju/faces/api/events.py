"""REST: the sealed order of what happened in the company, for listeners outside."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Query, Router, Schema
from pydantic import Field

from anju.foundation.access.doors import Request, api_door
from anju.foundation.events.models import Event
from anju.foundation.events.queries import events_after

router = Router(tags=["events"])


class EventOut(Schema):
    """One event: no personal values; `leaf` is what its seal covers (hex)."""

    position: int
    id: UUID
    name: str
    subject_kind: str
    subject_id: UUID
    by: UUID
    at: datetime
    noted_at: datetime
    said: dict[str, Any]
    leaf: str


class EventPage(Schema):
    """Events in their order; `next` is the position to go on after."""

    items: list[EventOut]
    next: int | None = None


class EventFilter(Schema):
    """Where to begin: after which position."""

    after: int = Field(0, ge=0, le=2**62)
    limit: int = Field(100, ge=1, le=500)


@router.get("/events", response=EventPage, operation_id="list_events")
@api_door("journal.see")
def get_events(request: Request, asked: Query[EventFilter]) -> EventPage:
    """Sealed events after a position. Nothing appears behind a position once given out."""
    actor = request.actor
    actor.require("journal.see", "")
    last, events = events_after(actor.company_id, asked.after, limit=asked.limit)
    items = [_out(event.position, event) for event in events]
    return EventPage(items=items, next=last if len(items) == asked.limit else None)


def _out(position: int, event: Event) -> EventOut:
    return EventOut(
        position=position,
        id=event.id,
        name=event.name,
        subject_kind=event.subject_kind,
        subject_id=event.subject_id,
        by=event.by,
        at=event.at,
        noted_at=event.noted_at,
        said=event.said,
        leaf=bytes(event.leaf).hex(),
    )
