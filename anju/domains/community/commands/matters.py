"""What the person a matter is owed to may do with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anju.domains.community.answering import Answering, answering_for
from anju.domains.community.households import (
    Household,
    matters,
    path_of,
    places_to_report,
)
from anju.domains.community.rules import COMPLAIN, OWN_REPORTS, URGE
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.evidence import Given, add_evidence
from anju.engine.loop.commands.opening import Report, report
from anju.engine.loop.models import Case
from anju.foundation.access.commands.limits import take
from anju.foundation.events.commands import tell
from anju.foundation.lib import now
from anju.foundation.messages.commands import Note, queue_messages
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown
from anju.foundation.tenancy.rows import only

TITLE = 300
KINDS = ("repair", "complaint", "suggestion", "enquiry", "praise")


@dataclass(frozen=True)
class Said:
    """A word more about a matter, with photos."""

    words: str
    photos: Sequence[Given] = ()


@dataclass(frozen=True)
class Wish:
    """What a resident reports: in words, with photos, where (None: at home)."""

    kind: str
    words: str
    photos: Sequence[Given] = ()
    place: UUID | None = None


def say(case_id: UUID, said: Said, *, actor: Actor) -> list[tuple[str, Any]]:
    """Add words and photos to a matter; (name, why not) of the photos that were not kept. Whoever
    answers for it is told.

    `actor` may note and add evidence there: the caller has asked whose matter it is. Refuses
    (`NotYet`) what holds neither a word nor a photo.
    """
    words = said.words.strip()
    if not words and not said.photos:
        text = _("Write a word or add a photo. Nothing was sent yet.")
        raise NotYet(text, fields={"words": text})
    with acting(actor):
        if words:
            move_case(case_id, "note", actor=actor, said={"text": words})
        refused = []
        if said.photos:
            refused = add_evidence(case_id, said.photos, actor=actor).refused
        case = Case.objects.select_related("place").get(company_id=actor.company_id, id=case_id)
        notify("case.said", case, answering_for(case, actor=actor).accounts, actor=actor)
    return refused


def report_own(wish: Wish, *, household: Household) -> tuple[Case, list[tuple[str, Any]]]:
    """Report a matter at home or around it; the case, and (name, why not) of photos not kept.

    No actor: the household names who is signed in. Refuses (`NotYet`) neither word nor photo, an
    unknown kind, a place that is not around one of their homes, and too many reports in an hour.
    """
    words = " ".join(wish.words.split())
    if not words and not wish.photos:
        text = _("Take a photo or say in a few words what is wrong. Nothing was sent yet.")
        raise NotYet(text, fields={"words": text})
    if wish.kind not in KINDS:
        text = _("Choose what it is from the list.")
        raise NotYet(text, fields={"kind": text})
    actor = household.actor
    with acting(actor):
        around = places_to_report(household)
        place = next((p for p in around if wish.place in (None, p.id)), None)
        if place is None:
            text = _("Choose one of your places. Call the desk if your home is missing.")
            raise NotYet(text, fields={"place": text})
        take([(OWN_REPORTS, str(household.person.id))])
        hand = household.hand(place.path)
        opened = report(
            Report(
                kind=wish.kind,
                title=words[:TITLE] or gettext("See the photo"),
                text=wish.words.strip() if len(words) > TITLE else "",
                place=place,
                reporter=household.acting_for(place),
                channel="web",
            ),
            actor=hand,
        )
        refused = add_evidence(opened.case.id, wish.photos, actor=hand).refused
    return opened.case, refused


def say_own(case_id: UUID, said: Said, *, household: Household) -> list[tuple[str, Any]]:
    """Talk back on a matter of the household; as `say`.

    No actor: the household names who is signed in. Refuses (`Unknown`) another's matter.
    """
    with acting(household.actor):
        case = theirs(case_id, household)
        return say(case.id, said, actor=household.hand(path_of(case)))


def urge(case_id: UUID, *, household: Household) -> Answering:
    """Urge: whoever answers for the matter is told at once, and named to the resident.

    No actor: the household names who is signed in. Refuses (`Unknown`) another's matter, (`NotYet`)
    one that is settled, and (`TooMany`) a second time within half an hour.
    """
    actor = household.actor
    with acting(actor):
        case = theirs(case_id, household)
        if case.state != "open":
            raise NotYet(
                _("This is settled from our side already. If it is not good, open it again.")
            )
        take([(URGE, str(case.id))])
        found = answering_for(case, actor=actor)
        tell(
            "case.urged",
            subject=("case", case.id),
            actor=actor,
            said={"to": [str(account) for account in found.accounts]},
        )
        notify("case.urged", case, found.accounts, actor=actor, priority=2)
    return found


def complain(case_id: UUID, *, reason: str, household: Household) -> tuple[Case, Answering]:
    """Complain one level up: a complaint of its own, named on the matter; whoever stands above
    those who answer is told. The complaint, and who was told.

    No actor: the household names who is signed in. Refuses (`Unknown`) another's matter, (`NotYet`)
    a missing reason, and more than three a day.
    """
    actor = household.actor
    with acting(actor):
        case = theirs(case_id, household)
        if not reason.strip():
            text = _("Choose or write what you complain about.")
            raise NotYet(text, fields={"reason": text})
        if case.place is None:
            raise NotYet(_("This matter stands at no place. Call the desk."))
        take([(COMPLAIN, str(household.person.id))])
        title = gettext("Complaint about %(number)s: %(reason)s")
        words = reason.strip()
        opened = report(
            Report(
                kind="complaint",
                title=(title % {"number": case.number, "reason": words})[:TITLE],
                text=words if len(words) > 200 else "",
                place=case.place,
                urgency=2,
                urgency_reason=gettext("complaint one level up"),
                reporter=household.acting_for(case.place),
                channel="web",
            ),
            actor=household.hand(case.place.path),
        )
        found = answering_for(case, actor=actor)
        tell(
            "case.complained",
            subject=("case", case.id),
            actor=actor,
            said={"complaint": opened.case.number},
        )
        notify("case.complained", opened.case, found.above, actor=actor, priority=2)
    return opened.case, found


def theirs(case_id: UUID, household: Household, *, lock: bool = False) -> Case:
    """A matter of the household; Unknown for everybody else's.

    No actor: the household names who is signed in.
    """
    seen = matters(household)
    if lock:
        seen = seen.select_for_update(of=("self",))
    case = only(seen.filter(id=case_id))
    if case is None:
        raise Unknown(_("There is no such matter, or it is not yours."))
    return case


def notify(
    kind: str, case: Case, accounts: Sequence[UUID], *, actor: Actor, priority: int = 3
) -> None:
    """Tell these accounts what happened to a matter, but not who did it."""
    at = now()
    facts = {"number": case.number, "kind": case.kind, "place": str(case.place or "")}
    queue_messages(
        [
            Note(
                key=f"{kind}:{case.id}:{at:%Y%m%d%H%M%S%f}",
                kind=kind,
                account=account,
                subject=("case", case.id),
                facts=facts,
                priority=priority,
                at=at,
                email=priority <= 2,
            )
            for account in dict.fromkeys(accounts)
            if account != actor.id
        ],
        actor=actor,
    )
