"""The right to one's own data: reveal with a reason, export, erasure (trust.md T13, P22)."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from anju.foundation.access.commands import forget_account
from anju.foundation.access.models import Account
from anju.foundation.access.queries import grants_held
from anju.foundation.entries.commands import Change, amend
from anju.foundation.events.commands import erase_values, tell
from anju.foundation.events.models import Event
from anju.foundation.lib import now
from anju.foundation.people.exporting import archive
from anju.foundation.people.models import Person, Qualification, Reveal, Vehicle
from anju.foundation.people.parts import parts
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused, Unknown
from anju.foundation.tenancy.rows import only

SHORTEST_REASON = 2


@dataclass(frozen=True)
class Erased:
    """What an erasure changed, or would change: rows by part."""

    person_id: UUID
    dry_run: bool
    rows: Mapping[str, int]


class _OnlyLooking(Exception):
    """Rolls a dry run back."""


def reveal(person: Person, reason: str, *, actor: Actor) -> str:
    """The whole telephone number, for a stated reason; who looked is kept and the person may see
    it. Refuses an empty reason (`NotYet`), a person outside the actor's places and an actor who
    may not reveal (`Refused`)."""
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        wrong = _("Please say why you need the number, for example: calling back about the leak.")
        raise NotYet(wrong, fields={"reason": wrong})
    if not actor.may("person.reveal") or not _reachable(person, "person.reveal", actor):
        actor.require("person.reveal", "")
    with acting(actor):
        at = now()
        event = tell(
            "person.revealed",
            subject=person.subject(),
            actor=actor,
            at=at,
            values={"reason": reason[:200]},
            whose=person.id,
        )
        Reveal.objects.create(
            company_id=actor.company_id, person=person, by=actor.id, event=event, at=at
        )
    return person.phone


def export_person(person_id: UUID, *, actor: Actor) -> bytes:
    """Everything held about a person as a ZIP (see `exporting`); the export itself is noted.

    Refuses without `export.person` where the person belongs (`Refused`; everyone may export
    themselves) and an unknown person (`Unknown`).
    """
    with acting(actor):
        person = _person(person_id, "export.person", actor)
        tell("person.exported", subject=person.subject(), actor=actor)
        return archive(person, actor=actor, at=now())


def erase_person(person_id: UUID, *, actor: Actor, dry_run: bool = False) -> Erased:
    """Blank every personal value of a person: name, telephone, plates, certificate numbers, what
    the search holds, what events hold, the account, and the parts of higher floors.

    The rows stay under a pseudonym, so that history and figures stand; all seals still verify.
    With `dry_run` nothing is written and the counts are those it would be. Done again, it finds
    nothing. Refuses without `erase.person` where the person belongs (`Refused`) and an unknown
    person (`Unknown`).
    """
    counts: dict[str, int] = {}
    try:
        with acting(actor):
            person = _person(person_id, "erase.person", actor)
            for part in parts():
                if part.erase is not None:
                    counts[part.name] = part.erase(person, actor)
            counts |= _erase_own(person, actor)
            if dry_run:
                raise _OnlyLooking
    except _OnlyLooking:
        pass
    return Erased(person_id, dry_run, counts)


def _erase_own(person: Person, actor: Actor) -> dict[str, int]:
    blank = {"name": "", "phone": "", "note": "", "erased_at": person.erased_at or now()}
    vehicles = list(Vehicle.objects.filter(person=person).exclude(plate="", note=""))
    papers = list(Qualification.objects.filter(person=person).exclude(number=""))
    accounts = list(Account.objects.filter(person_id=person.id))
    counts = {
        "person": len(amend([Change(person, blank)], actor=actor, name="person.erased")),
        "vehicles": len(
            amend(
                [Change(v, {"plate": "", "note": ""}) for v in vehicles],
                actor=actor,
                name="vehicle.erased",
            )
        ),
        "qualifications": len(
            amend(
                [Change(q, {"number": ""}) for q in papers],
                actor=actor,
                name="qualification.erased",
            )
        ),
        "accounts": len(accounts),
    }
    house = Actor.machine(actor.company_id, "erasure")
    roles = grants_held([account.id for account in accounts], actor=actor)
    for account in accounts:
        # One without any role is how a resident comes in: it goes with the person.
        forget_account(account.id, actor=actor if roles.get(account.id) else house)
    signed_in = Event.objects.filter(
        subject_kind="account", subject_id__in=[account.id for account in accounts]
    )
    counts["event values"] = erase_values(
        actor=actor, persons=[person.id], events=list(signed_in.values_list("id", flat=True))
    )
    return counts


def _person(person_id: UUID, permission: str, actor: Actor) -> Person:
    person = only(Person.objects.filter(company_id=actor.company_id, id=person_id))
    if person is None:
        raise Unknown(_("There is no such person, or you may not see them."))
    itself = permission == "export.person" and actor.person_id == person.id
    if not itself and not _reachable(person, permission, actor):
        raise Refused(
            _(
                "You may not do this for this person. Nothing was changed. Ask the person in "
                "charge of personal data."
            )
        )
    return person


def _reachable(person: Person, permission: str, actor: Actor) -> bool:
    if actor.may(permission, person.place.path if person.place else ""):
        return True
    lived = person.occupancies.select_related("place")
    return any(actor.may(permission, o.place.path) for o in lived)
