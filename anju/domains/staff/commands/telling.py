"""Who is told of what was asked: the leader of the team, the colleague, the one who asked."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from anju.domains.staff.handover.models import Handover
from anju.domains.staff.models import DutyChange
from anju.domains.staff.queries.asking import home_zone
from anju.foundation.access.models import Account
from anju.foundation.access.queries import in_force
from anju.foundation.messages.commands.queueing import Note, queue_messages
from anju.foundation.people.models import Assignment, Person, Post, Team
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today, zone_of_company


def tell_leaders(change: DutyChange, kind: str = "duty.to_decide", *, actor: Actor) -> None:
    """Whoever leads the team of the one who asks, else the managers of the place."""
    held = Assignment.objects.on(today(actor.company_id)).filter(person=change.person)
    teams = Team.objects.filter(posts__assignments__in=held, closed_on=None)
    leads = teams.exclude(leader=None).exclude(leader=change.person_id)
    people = set(leads.values_list("leader_id", flat=True))
    _queue(change, _leaders(people, change.path, actor), kind, actor)


def _leaders(people: set[UUID], path: str, actor: Actor) -> set[UUID]:
    """The accounts of these, else of the managers of the place; without the actor's own."""
    accounts = set(Account.objects.filter(person_id__in=people).values_list("id", flat=True))
    if not accounts:
        grants = in_force(actor=actor).filter(role="manager")
        accounts = {grant.account_id for grant in grants if path.startswith(grant.path)}
    return accounts - {actor.id}


def tell_of_objection(handover: Handover, *, actor: Actor) -> None:
    """Whoever leads the post, else the managers of the place: who came did not agree."""
    post, place = handover.post, handover.place
    leader = post.team.leader_id if post and post.team else None
    accounts = _leaders({leader} if leader else set(), place.path if place else "", actor)
    notes = [
        Note(
            key=f"handover.objected:{handover.id}", kind="handover.objected", account=account,
            subject=("handover", handover.id), facts={"post": str(post or place or "")},
        )
        for account in accounts
    ]  # fmt: skip
    queue_messages(notes, actor=actor)


def tell_of_missing(post: Post, until: datetime, gone: Iterable[UUID], *, actor: Actor) -> None:
    """Who was to hand over the shift of a post, and whoever leads it, else the managers of the
    place."""
    path, leader = post.place.path, post.team.leader_id if post.team else None
    givers = Account.objects.filter(person_id__in=gone, closed_at=None)
    own = "shifts" if post.desk else "own_shift"
    told = [(id, "yours", own) for id in givers.values_list("id", flat=True)]
    leads = _leaders({leader} if leader else set(), path, actor)
    told += [(id, "lead", "shifts") for id in leads - {id for id, _why, _page in told}]
    ended = until.astimezone(zone_of_company(actor.company_id))
    facts = {"post": str(post), "until": f"{ended:%m-%d %H:%M}"}
    notes = [
        Note(
            key=f"handover.missing:{post.id}:{until:%Y%m%d%H%M}", kind="handover.missing",
            account=account, subject=(page, post.id), facts={**facts, "why": why}, at=until,
            path=path,
        )
        for account, why, page in told
    ]  # fmt: skip
    queue_messages(notes, actor=actor)


def tell_person(change: DutyChange, person: Person, kind: str, *, actor: Actor) -> None:
    """One person, where they have an account."""
    held = Account.objects.filter(person_id=person.id).values_list("id", flat=True)
    _queue(change, held, kind, actor)


def _queue(change: DutyChange, accounts: Iterable[UUID], kind: str, actor: Actor) -> None:
    with timezone.override(home_zone(change.person)):
        when = change.when
    facts = {
        "kind": change.kind,
        "when": when,
        "post": str(change.duty.post) if change.duty else "",
    }
    notes = [
        Note(
            key=f"{kind}:{change.id}:{change.version}", kind=kind, account=account,
            subject=("duty_change", change.id), facts=facts,
        )
        for account in accounts
    ]  # fmt: skip
    queue_messages(notes, actor=actor)
