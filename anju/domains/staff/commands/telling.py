"""Who is told of what was asked: the leader of the team, the colleague, the one who asked."""

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone

from anju.domains.staff.handover.models import Handover
from anju.domains.staff.handover.queries import Missing
from anju.domains.staff.handover.rules import LATE, MISSING
from anju.domains.staff.models import DutyChange
from anju.domains.staff.queries.asking import home_zone
from anju.engine.loop.matters import AFTER
from anju.foundation.access.models import Account
from anju.foundation.access.queries import in_force
from anju.foundation.messages.commands.queueing import Note, queue_messages
from anju.foundation.people.models import Assignment, Person, Team
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today, zone_of_company


def tell_leaders(change: DutyChange, kind: str = "duty.to_decide", *, actor: Actor) -> None:
    """Whoever leads the team of the one who asks, else the nearest managers of the place."""
    held = Assignment.objects.on(today(actor.company_id)).filter(person=change.person)
    teams = Team.objects.filter(posts__assignments__in=held, closed_on=None)
    leads = teams.exclude(leader=None).exclude(leader=change.person_id)
    people = set(leads.values_list("leader_id", flat=True))
    _queue(change, _leaders(people, change.path, actor), kind, actor)


def _leaders(people: set[UUID], path: str, actor: Actor) -> set[UUID]:
    """The accounts of these, else of the nearest managers of the place, who are those of the
    smallest area it lies in; without the actor's own."""
    held = Account.objects.filter(person_id__in=people, closed_at=None).exclude(id=actor.id)
    if accounts := set(held.values_list("id", flat=True)):
        return accounts
    grants = in_force(actor=actor).filter(role="manager", account__closed_at=None)
    around = [grant for grant in grants.exclude(account=actor.id) if path.startswith(grant.path)]
    nearest = max((grant.path for grant in around), key=len, default="")
    return {grant.account_id for grant in around if grant.path == nearest}


def tell_of_objection(handover: Handover, *, actor: Actor) -> None:
    """Whoever leads the post, else the nearest managers of the place: who came did not agree."""
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


def tell_who_went(shift: Missing, *, actor: Actor) -> None:
    """Who was on a shift that nobody handed over, while it can still be signed."""
    givers = Account.objects.filter(person_id__in=shift.gone, closed_at=None)
    page = "shifts" if shift.post.desk else "own_shift"
    _queue_of_shift(shift, LATE, page, givers.values_list("id", flat=True), actor=actor)


def tell_who_leads(shift: Missing, *, actor: Actor) -> None:
    """Whoever leads a post whose shift was not handed over and was not on it, else the nearest
    managers of the place."""
    post = shift.post
    leader = {post.team.leader_id} if post.team and post.team.leader_id else set()
    told = _leaders(leader - set(shift.gone), post.place.path, actor)
    _queue_of_shift(shift, MISSING, "shifts", told, actor=actor)


def _queue_of_shift(
    shift: Missing, kind: str, page: str, accounts: Iterable[UUID], *, actor: Actor
) -> None:
    zone = zone_of_company(actor.company_id)
    until, signed_by = (at.astimezone(zone) for at in (shift.until, shift.until + AFTER))
    facts = {"post": str(shift.post), "until": f"{until:%m-%d %H:%M}",
             "signed_by": f"{signed_by:%m-%d %H:%M}"}  # fmt: skip
    notes = [
        Note(
            key=f"{kind}:{shift.post.id}:{shift.until:%Y%m%d%H%M}", kind=kind, account=account,
            subject=(page, shift.post.id), facts=facts, at=shift.until, path=shift.post.place.path,
        )
        for account in accounts
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
