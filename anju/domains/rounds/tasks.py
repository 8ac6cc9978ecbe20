"""Planned work that is late, and points that are left out of a round, are told while they can still
be made up: to who should do it, which at a post is whoever is on duty, else its holders; and to the
leader by name."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from anju.domains.rounds.models import RoundPoint
from anju.domains.rounds.queries import reasons_of
from anju.domains.rounds.rules import BEGUN
from anju.engine.loop.models import WorkOrder
from anju.foundation.events.models import Event
from anju.foundation.events.registry import listen
from anju.foundation.messages.commands import Note, queue_messages
from anju.foundation.messages.queries import Staff, present_at_posts, staff
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
    there = present_at_posts(posts, actor=actor)
    known, zone = staff({ROLE}, actor=actor), zone_of_company(actor.company_id)
    for work in found:
        at_post = there.get(work.post_id, []) if work.post_id else []
        persons = [work.person_id] if work.person_id else at_post
        told = _told(work, known.of_persons(persons), known)
        queue_messages(_notes(late[work.id], work, told, zone), actor=actor)


def tell_left_out(actor: Actor, events: Sequence[Event]) -> None:
    """Queue a message for each look at a round that found points left out: to who began it, and the
    leader. Of one that nobody began only those with a time of their own: of the others it is said
    that the round is late. Again and again, it is the same messages."""
    for event in events:
        ids = [*event.said.get("late", ()), *event.said.get("missed", ())]
        rows = list(_left_out(ids, actor)) if ids else []
        if rows and rows[0].work.state not in BEGUN:
            rows = [row for row in rows if row.point.minute is not None]
        if not rows:
            continue
        work = rows[0].work
        zone, known = zone_of_company(actor.company_id), staff({ROLE}, actor=actor)
        can_be_made_up = bool(event.said.get("late"))
        facts = {
            "title": work.title,
            "points": ", ".join(str(row.point) for row in rows),
            "until": _wall(rows[0].lapses_at, zone) if can_be_made_up else "",
            "unreached": _unreached(rows, actor),
        }
        doers = known.of_persons([work.person_id] if work.person_id else [])
        notes = [
            Note(
                key=f"points:{event.id}",
                kind="round.points",
                account=account,
                subject=("work", work.id),
                facts={**facts, **because},
                at=event.at,
                path=work.place.path if work.place else "",
            )
            for account, because in _told(work, doers, known).items()
        ]
        queue_messages(notes, actor=actor)


def _left_out(ids: Collection[str], actor: Actor) -> Iterable[RoundPoint]:
    """Those of the points that nobody has passed meanwhile. One query."""
    rows = RoundPoint.objects.filter(company_id=actor.company_id, id__in=ids, at=None)
    return rows.select_related("point", "work__place").order_by("turn")


def _unreached(rows: Sequence[RoundPoint], actor: Actor) -> str:
    """Those of the points that could not be reached, each with why. At most two queries."""
    why = reasons_of(rows, company=actor.company_id)
    barred = [(str(row.point), why.get(row.id)) for row in rows if row.unreached]
    return ", ".join(f"{name} ({reason})" if reason else name for name, reason in barred)


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
listen("rounds.points", tell_left_out, names=("route.left_out",))
