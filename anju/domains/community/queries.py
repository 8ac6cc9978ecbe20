"""Reads of the community: whom to call, what a secret link shows."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.community.households import Household
from anju.domains.community.models import DeskLine, Notice, NoticeRead, NoticeRule, Posting, Proxy
from anju.domains.community.rules import RATE_DAYS, REOPEN_DAYS
from anju.engine.loop.models import Case
from anju.engine.loop.presets import in_words
from anju.foundation.access.models import Account
from anju.foundation.access.queries import digest_of
from anju.foundation.events.models import Event, EventValue
from anju.foundation.kit.parts import Entry
from anju.foundation.lib import now
from anju.foundation.messages.commands.texting import can_text
from anju.foundation.people.models import Occupancy, Person
from anju.foundation.people.queries import residents_with_phone
from anju.foundation.places.models import Asset, Place
from anju.foundation.places.queries import community_names, full_name, label_subject
from anju.foundation.places.rules import ancestors
from anju.foundation.tenancy.acting import acting, looked_up
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today
from anju.foundation.tenancy.queries import companies
from anju.foundation.tenancy.rows import only

MOST = 100


def desk_line(path: str, *, actor: Actor) -> DeskLine | None:
    """The telephone that answers at a place: its own, else of the nearest place above. Anyone who
    stands there may know it. One query."""
    lines = DeskLine.objects.filter(company_id=actor.company_id, place__path__in=ancestors(path))
    return lines.order_by("-place__path").first()


def greeting_at(place: Place | None, *, actor: Actor) -> str:
    """What the desk says first to who calls from there, or to anybody: its own words, else a
    sentence with the community's name. At most two queries."""
    named = community_names(actor=actor)
    above = ancestors(place.path) if place else [path for path in named if len(named) == 1]
    home = next((path for path in above if path in named), "")
    line = desk_line(place.path if place else home, actor=actor) if above else None
    if line and line.greeting:
        return line.greeting
    said = _("Hello, %(name)s service desk here. How can I help you?")
    return " ".join((said % {"name": named.get(home, "")}).split())


def may_reopen(case: Case) -> bool:
    """Whether a settled matter may still be opened again by whom it is owed to. No query."""
    settled = case.closed_at or case.answered_at
    return bool(settled and now() - settled <= REOPEN_DAYS)


def may_rate(case: Case) -> bool:
    """Whether the one question about a settled matter is still taken. No query."""
    settled = case.answered_at or case.closed_at
    return bool(settled and now() - settled <= RATE_DAYS)


@dataclass(frozen=True)
class Held:
    """What a secret link opens."""

    company: UUID
    case: UUID
    link: UUID


def case_of_link(token: str) -> Held | None:
    """The case behind a secret link; None when it is unknown, over or ended."""
    row = looked_up(
        "SELECT company, subject, link FROM community_by_link(%s, %s)",
        [digest_of(token), now()],
        reason="who follows a link belongs to no company yet",
    )
    return Held(*row) if row else None


def case_by_id(case_id: UUID, *, actor: Actor) -> Case | None:
    """A case of the actor's company that a link or a household has opened. One query."""
    mine = Case.objects.filter(company_id=actor.company_id, id=case_id)
    return mine.select_related("place", "standard", "reporter").first()


def subject_of_label(code: str) -> Place | Asset | None:
    """The place or thing a label stands on; None when there is none. Two queries."""
    found = label_subject(code)
    if found is None:
        return None
    company, kind, id = found
    with acting(Actor.machine(company, "label")):
        if kind == "asset":
            return only(Asset.objects.filter(id=id).select_related("place"))
        return only(Place.objects.filter(id=id))


# What a person reads of their own matter, as it reads afterwards. What is not here is the house's.
TOLD: Mapping[str, Any] = {
    "case.reported": gettext_lazy("We received it"),
    "case.respond": gettext_lazy("We have read it"),
    "case.tell": gettext_lazy("We told you"),
    "case.answer": gettext_lazy("Our answer"),
    "case.told_along": gettext_lazy("We told you"),
    "case.merge": gettext_lazy("Joined with another report of the same matter"),
    "case.close": gettext_lazy("Closed"),
    "case.reopen": gettext_lazy("Opened again"),
    "case.void": gettext_lazy("Taken back"),
    "work.assign": gettext_lazy("Given to %(who)s"),
    "work.claim": gettext_lazy("%(who)s takes it"),
    "work.accept": gettext_lazy("%(who)s accepted and will come"),
    "work.arrive": gettext_lazy("%(who)s is on the spot"),
    "work.hold": gettext_lazy("Paused"),
    "work.resume": gettext_lazy("Work goes on"),
    "work.finish": gettext_lazy("The work is done"),
    "work.pass": gettext_lazy("A colleague has checked the work"),
    "work.fail": gettext_lazy("The check was not passed: it is done again"),
}
MINE: Mapping[str, Any] = {
    "case.note": gettext_lazy("You wrote"),
    "record.made": gettext_lazy("You added a photo"),
}
# Whose texts were meant for the person; of all other steps only that they happened.
SPOKEN = {
    "case.tell": "text",
    "case.told_along": "text",
    "case.merge": "text",
    "case.answer": "text",
    "work.hold": "reason",
    "case.note": "text",
    "case.reopen": "reason",
}
GOOD = frozenset({"work.arrive", "work.finish", "work.pass", "case.tell", "case.answer"})


def story_of(
    case: Case, *, actor: Actor, mine: Collection[UUID], names: bool = True
) -> list[Entry]:
    """What happened, the newest first, as its reporter may read it. `mine`: the accounts whose own
    words are shown back. Three queries."""
    events = [
        event
        for event in Event.objects.about("case", case.id).reverse()[:MOST]
        if event.name in TOLD or (event.name in MINE and event.by in mine)
    ]
    texts = {
        (event_id, name): text
        for event_id, name, text in EventValue.objects.filter(
            event_id__in=[event.id for event in events]
        ).values_list("event_id", "name", "text")
    }
    workers = _workers(events, actor) if names else {}
    return [_entry(event, texts, workers) for event in events]


def _entry(
    event: Event, texts: Mapping[tuple[UUID, str], str], workers: Mapping[str, str]
) -> Entry:
    words = TOLD.get(event.name) or MINE[event.name]
    who = workers.get(str(event.said.get("person"))) or workers.get(str(event.by))
    text = texts.get((event.id, SPOKEN.get(event.name, "")), "")
    by = event.said.get("by")
    return Entry(
        title=str(words) % {"who": who or _("Our colleague")},
        at=event.at,
        look="done" if event.name in GOOD else "miss" if event.name == "work.fail" else "",
        text=in_words(text),
        note=_("by %(day)s") % {"day": by} if by and event.name == "case.tell" else "",
    )


def _workers(events: Iterable[Event], actor: Actor) -> dict[str, str]:
    """Account and person ids of staff -> how a resident calls them."""
    by = {event.by for event in events if event.name.startswith("work.")}
    sent = {UUID(str(p)) for e in events if (p := e.said.get("person"))}
    accounts = Account.objects.filter(company_id=actor.company_id, id__in=by)
    persons = dict(accounts.exclude(person_id=None).values_list("id", "person_id"))
    people = Person.objects.filter(
        company_id=actor.company_id, kind="staff", id__in={*sent, *persons.values()}
    )
    named = {id: _("Technician %(surname)s") % {"surname": name[:1]}
             for id, name in people.values_list("id", "name") if name}  # fmt: skip
    found = {str(id): words for id, words in named.items()}
    found |= {str(a): named[p] for a, p in persons.items() if p in named}
    return found


def homes_of_holders(holders: Iterable[tuple[UUID, UUID]]) -> list[tuple[UUID, str, str]]:
    """(person, masked name, home) of people who share a number that was proved, each in their own
    company."""
    shown = []
    for company, person_id in holders:
        with acting(Actor.machine(company, "front door")):
            person = only(Person.objects.filter(id=person_id))
            lived = Occupancy.objects.filter(person_id=person_id).on(today(company))
            first = lived.select_related("place").order_by("since", "id").first()
            if person and first:
                shown.append((person_id, person.masked_name, full_name(first.place)))
    return shown


def demo_code_may_show(phone: str) -> bool:
    """Whether a number is one of the demo company's, and no text message leaves that company: then
    its codes are shown, as the demo's passwords are printed."""
    demo = {company.id for company in companies() if company.demo}
    found = [company for company, _person in residents_with_phone(phone, on=today())]
    return bool(found) and all(
        company in demo and not can_text(actor=Actor.machine(company, "front door"))
        for company in found
    )


def notices_for(household: Household) -> QuerySet[Notice]:
    """Announcements that stand now for the homes somebody lives in, the newest first; `read`: when
    this person opened it first."""
    above = {path for home in household.homes for path in ancestors(home.place.path)}
    opened = NoticeRead.objects.filter(
        company_id=OuterRef("company_id"), notice=OuterRef("pk"), person=household.person
    )
    standing = Notice.objects.standing(now()).filter(
        company_id=household.person.company_id, place__path__in=above
    )
    return (
        standing.select_related("place")
        .annotate(read=Subquery(opened.values("at")[:1]))
        .order_by("-published_at", "-id")
    )


def outages_at(place: Place, actor: Actor) -> list[Notice]:
    """What is known to be off at a place now, the newest first: announced outages of it and of
    everything it stands in, for who may see the place. One query."""
    standing = (
        Notice.objects.standing(now())
        .filter(company_id=actor.company_id, kind="outage", place__path__in=ancestors(place.path))
        .exclude(phase__in=("ended", "off"))
    )
    return list(standing.select_related("place").order_by("-published_at", "-id"))


# Homes with somebody on record today below each announcement's place, and those where one has read.
_RECEIPTS = """
    SELECT n.id, count(DISTINCT o.place_id) FILTER (WHERE r.id IS NOT NULL),
           count(DISTINCT o.place_id)
      FROM community_notice n
      JOIN places_place top ON top.company_id = n.company_id AND top.id = n.place_id
      JOIN places_place p ON p.company_id = n.company_id AND p.path >= top.path
                         AND p.path < left(top.path, -1) || '/'
      JOIN people_occupancy o ON o.company_id = n.company_id AND o.place_id = p.id
                             AND (o.since IS NULL OR o.since <= %(on)s)
                             AND (o.until IS NULL OR o.until >= %(on)s)
      LEFT JOIN community_noticeread r ON r.company_id = n.company_id AND r.notice_id = n.id
                                      AND r.person_id = o.person_id
     WHERE n.company_id = %(company)s AND n.id = ANY(%(ids)s)
     GROUP BY n.id
"""


def approval_of(actor: Actor) -> str:
    """Which announcements of the company a second person approves (`APPROVALS`). One query."""
    rule = NoticeRule.objects.filter(company_id=actor.company_id).first()
    return rule.approval if rule else "nobody"


def boards_of(notices: Iterable[Notice]) -> dict[UUID, tuple[int, int]]:
    """At how many boards each hangs, and how many it hung at: notice -> (hangs, all). One query."""
    found: dict[UUID, tuple[int, int]] = {}
    rows = Posting.objects.filter(notice__in=[notice.id for notice in notices])
    for id, removed in rows.values_list("notice_id", "removed_at"):
        hangs, every = found.get(id, (0, 0))
        found[id] = (hangs + (removed is None), every + 1)
    return found


def boards_known(actor: Actor) -> list[str]:
    """The boards that announcements the actor sees were hung at lately, to choose from. One
    query."""
    seen = Notice.objects.seen_by(actor)
    late = Posting.objects.filter(company_id=actor.company_id, notice__in=seen).order_by("-at")
    return sorted(set(late.values_list("board", flat=True)[:200]))


def receipts_of(notices: Iterable[Notice]) -> dict[UUID, tuple[int, int]]:
    """In how many homes somebody has opened each announcement, of how many with somebody on record:
    notice -> (read, all). One query."""
    rows = list(notices)
    found = {notice.id: (0, 0) for notice in rows}
    if rows:
        asked: dict[str, Any] = {
            "on": today(rows[0].company_id),
            "company": rows[0].company_id,
            "ids": list(found),
        }
        with connection.cursor() as cursor:
            cursor.execute(_RECEIPTS, asked)
            found |= {id: (read, homes) for id, read, homes in cursor.fetchall()}
    return found


def helpers_with_phone(phone: str) -> list[tuple[UUID, UUID]]:
    """(company, person) of everyone with this number who helps somebody, over all companies: asked
    before whoever comes in is known. `phone` is plain digits. One look-up."""
    row = looked_up(
        "SELECT array_agg(company), array_agg(person) FROM community_by_phone(%s)",
        [phone],
        reason="who comes in by telephone belongs to no company yet",
    )
    return list(zip(row[0], row[1], strict=True)) if row and row[0] else []


def helpers_of(household: Household) -> QuerySet[Proxy]:
    """Who helps this person, and whom this person helps. One query."""
    both = Q(helped=household.person) | Q(helper=household.person)
    mine = Proxy.objects.standing().filter(both, company_id=household.person.company_id)
    return mine.select_related("helped", "helper").order_by("since", "id")
