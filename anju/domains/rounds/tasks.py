"""Planned work that is late is told while it can still be made up: to who should do it, which at a
post is whoever is on duty, else its holders; and to the leader by name."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from anju.engine.loop.models import WorkOrder
from anju.foundation.events.models import Event
from anju.foundation.events.registry import listen
from anju.foundation.messages.commands import Note, queue_messages
from anju.foundation.messages.queries import Staff, holders_of_posts, staff
from anju.foundation.people.queries import on_duty
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import zone_of_company

ROLE = "leader"


def tell_late(actor: Actor, events: Sequence[Event]) -> None:
    """Queue the messages these events ask for; again and again, it is the same messages."""
    late = {event.subject_id: event for event in events if event.subject_kind == "work"}
    if not late:
        return
    works = WorkOrder.objects.filter(company_id=actor.company_id, id__in=late)
    found = list(works.live().select_related("place").order_by("id"))
    posts = {work.post_id for work in found if work.post_id and not work.person_id}
    there = holders_of_posts(posts, actor=actor) | _on_duty(posts, actor)
    known, zone = staff({ROLE}, actor=actor), zone_of_company(actor.company_id)
    for work in found:
        at_post = there.get(work.post_id, []) if work.post_id else []
        persons = [work.person_id] if work.person_id else at_post
        told = _told(work, known.of_persons(persons), known)
        queue_messages(_notes(late[work.id], work, told, zone), actor=actor)


def _on_duty(posts: Collection[UUID], actor: Actor) -> dict[UUID, list[UUID]]:
    """Post -> persons on duty there now. One query, none without posts."""
    found: dict[UUID, list[UUID]] = {}
    for duty in on_duty(actor=actor).filter(post__in=posts) if posts else ():
        found.setdefault(duty.post_id, []).append(duty.person_id)
    return found


def _told(work: WorkOrder, doers: Sequence[UUID], known: Staff) -> dict[UUID, dict[str, str]]:
    """Accounts, and why each is told."""
    leaders = known.holding(ROLE, work.place.path if work.place else "")
    above = {account: {"why": "role", "role": ROLE} for account in leaders}
    return above | {account: {"why": "work"} for account in doers}


def _notes(
    event: Event, work: WorkOrder, told: Mapping[UUID, Mapping[str, str]], zone: ZoneInfo
) -> Iterator[Note]:
    due = datetime.fromisoformat(str(event.said["due_at"]))
    facts = {
        "title": work.title,
        "place": str(work.place or ""),
        "due": _wall(due, zone),
        "until": _wall(work.lapses_at or due, zone),
    }
    for account, because in told.items():
        yield Note(
            key=f"late:{work.id}",
            kind="round.late",
            account=account,
            subject=("work", work.id),
            facts={**facts, **because},
            at=event.at,
            path=work.place.path if work.place else "",
        )


def _wall(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%m-%d %H:%M}"


listen("rounds.late", tell_late, names=("clock.broken",))
