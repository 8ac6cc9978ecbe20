"""Reads of plans and emergencies: which plan fits, whom to call, who was told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from anju.domains.emergency.models import Emergency, Plan
from anju.engine.loop.models import Case
from anju.engine.loop.rules import CASE_LIVE
from anju.foundation.access.models import Account
from anju.foundation.access.queries import names_of
from anju.foundation.access.rules import ROLE_NAMES
from anju.foundation.messages.models import Message
from anju.foundation.messages.queries import holders_of_posts, staff
from anju.foundation.people.models import Person, Post
from anju.foundation.people.queries import on_duty
from anju.foundation.places.models import Place
from anju.foundation.places.rules import ancestors
from anju.foundation.tenancy.actor import Actor

RECENT, MOST_CALLED = 20, 40


@dataclass(frozen=True)
class Callee:
    """One telephone of the tree: who, as what, whether on duty now, which account is told."""

    person: Person
    post: str
    on_duty: bool
    account: UUID | None


def plans(actor: Actor) -> QuerySet[Plan]:
    """The plans in the order of their cards. One query."""
    return Plan.objects.seen_by(actor).order_by("rank", "code")


def numbers_left(actor: Actor) -> list[str]:
    """The telephones of outside help that no plan knows yet, each once. One query."""
    rows = plans(actor).values_list("outside", flat=True)
    asked = (number for row in rows for number, _whose in row)
    return list(dict.fromkeys(n.strip("【】") for n in asked if n.startswith("【")))


def likely(found: Iterable[Plan], said: str) -> Plan | None:
    """The plan whose words occur in what was said most often; None where none does. No query."""
    scored = [(sum(w in said for w in [p.name, *p.words.split()]), p) for p in found]
    best = max(scored, key=lambda one: one[0], default=None)
    return best[1] if best and best[0] else None


def call_tree(place: Place, by: Sequence[str], actor: Actor) -> list[Callee]:
    """Whom to call at a place, in order: who is on duty in its community, `by` these roles; else
    who holds its posts; then who holds the roles above. Seven queries."""
    roles = [str(role) for role in by]
    known = staff(roles, actor=actor)
    account = known.accounts
    role_of: dict[UUID, int] = {}
    for who, role, path in known.grants:
        if role in roles and place.path.startswith(path):
            role_of[who] = min(roles.index(role), role_of.get(who, len(roles)))
    above = Place.objects.filter(path__in=ancestors(place.path), kind="community")
    top = min(above.values_list("path", flat=True), default=place.path, key=len)
    there: dict[UUID, tuple[str, bool]] = {}
    for duty in on_duty(actor=actor).select_related("post__place"):
        if duty.post.place.path.startswith(top) or top.startswith(duty.post.place.path):
            there.setdefault(duty.person_id, (str(duty.post), True))
    posts = {
        post.id: post
        for post in Post.objects.seen_by(actor).filter(closed_on=None).select_related("place")
        if post.place.path.startswith(top)
    }
    if not there:
        for post, people in holders_of_posts(posts, actor=actor).items():
            for holder in people:
                there.setdefault(holder, (str(posts[post]), False))
    persons = {one: who for who, one in account.items()}
    for who, rank in sorted(role_of.items(), key=lambda one: one[1]):
        if who in persons:
            there.setdefault(persons[who], (str(ROLE_NAMES[roles[rank]]), False))
    known_people = Person.objects.filter(company_id=actor.company_id, erased_at=None)
    called = known_people.in_bulk(list(there))
    found = [
        Callee(called[id], post, duty, account.get(id))
        for id, (post, duty) in there.items()
        if id in called
    ]
    last = len(roles)
    ranks = {c.person.id: role_of.get(c.account, last) if c.account else last for c in found}
    found.sort(key=lambda c: (not c.on_duty, ranks[c.person.id]))
    return found[:MOST_CALLED]


def running(plan: Plan, place: Place, actor: Actor) -> Emergency | None:
    """The emergency of this plan at this place that is not over. One query."""
    live = Emergency.objects.seen_by(actor).filter(plan=plan, case__place=place)
    return live.filter(case__state__in=CASE_LIVE).order_by("-at").first()


def running_now(actor: Actor) -> list[Emergency]:
    """Those that are not over, of the cases the actor may see, the newest first. One query."""
    live = Case.objects.seen_by(actor).live().values("id")
    found = Emergency.objects.filter(company_id=actor.company_id, case__in=live)
    return list(found.select_related("plan", "case__place").order_by("-at", "-id"))


def emergencies(actor: Actor) -> list[Emergency]:
    """The last ones the actor may see, the newest first. One query."""
    seen = Emergency.objects.seen_by(actor).select_related("plan", "case__place")
    return list(seen.order_by("-at", "-id")[:RECENT])


def called_out(actor: Actor) -> QuerySet[Emergency]:
    """Those the actor was called out to by a message, the newest first: what they see of an
    emergency whatever else they may. One query."""
    told = Message.objects.filter(
        company_id=actor.company_id,
        account_id=actor.id,
        kind="emergency.called_out",
        subject_kind="emergency",
    )
    mine = Emergency.objects.filter(
        company_id=actor.company_id, id__in=told.values("subject_id")
    ).select_related("plan", "case__place")
    return mine.order_by("-at", "-id")


def said_to(emergency: Emergency, actor: Actor) -> str:
    """What the call-out asked the actor to do; "" where none was sent to them. One query."""
    mine = Message.objects.filter(
        company_id=actor.company_id,
        account_id=actor.id,
        subject_kind="emergency",
        subject_id=emergency.id,
    )
    facts = mine.values_list("facts", flat=True).first()
    return str(facts.get("do", "")) if facts else ""


def has_answered(message: Message, actor: Actor) -> bool:
    """Whether a call of the call-out would come too late: the person was reached or has said that
    they are coming, or it is over. Two queries."""
    rows = Emergency.objects.filter(company_id=actor.company_id, id=message.subject_id)
    found = rows.select_related("case").first()
    if found is None or found.case.state not in CASE_LIVE:
        return True
    mine = Account.objects.filter(company_id=actor.company_id, id=message.account_id)
    person = mine.values_list("person_id", flat=True).first()
    return bool(found.reached.get(str(person), {}).get("heard") in ("reached", "coming"))


@dataclass(frozen=True)
class Told:
    """One message of the call-out: whose, through what, how far it came."""

    name: str
    channel: Any
    state: Any
    settled: bool


def told_of(emergency: Emergency, actor: Actor) -> list[Told]:
    """The messages of an emergency the actor may see. Two queries."""
    rows = list(
        Message.objects.filter(
            company_id=actor.company_id, subject_kind="emergency", subject_id=emergency.id
        ).order_by("account_id", "channel", "id")
    )
    names = names_of([row.account_id for row in rows if row.account_id], actor=actor)
    return [
        Told(
            names.get(row.account_id, "") if row.account_id else "",
            row.get_channel_display(),
            row.get_state_display(),
            row.state == "sent",
        )
        for row in rows
    ]
