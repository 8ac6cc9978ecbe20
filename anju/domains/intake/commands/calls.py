"""Telephone calls as a telephone system tells them, in whatever order its messages come."""

from datetime import datetime

from django.utils.translation import gettext as _

from anju.domains.intake.models import Call, Source
from anju.domains.intake.rules import SAME_CALLER, CallEvent
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.opening import Report, report
from anju.engine.loop.models import Case
from anju.engine.loop.rules import CASE_LIVE
from anju.foundation.events.commands import tell
from anju.foundation.lib import now
from anju.foundation.people.commands import contact_for
from anju.foundation.people.models import Occupancy, Person
from anju.foundation.people.rules import masked_phone, plain_phone
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today
from anju.foundation.tenancy.errors import Refusal

TOLD = {"ring": "call.rang", "answer": "call.answered", "abandon": "call.missed"}


def take_call(source: Source, step: CallEvent, *, actor: Actor) -> Call:
    """Note one step of a call, each once however often it is told; a missed call becomes a case.

    A call that was given up and is missed opens one case for its number: another within half an
    hour is a note on it. Refuses nothing: what the telephone system says happened, happened.
    """
    at = min(step.at or now(), now())
    number = _plain(step.number)
    with acting(actor):
        call, _made = Call.objects.select_for_update(of=("self",)).get_or_create(
            company_id=source.company_id,
            source=source,
            outside_id=step.outside_id,
            defaults={"number": number, "rang_at": at},
        )
        new = _noted(call, step, at, number)
        call.save()
        if new and (name := TOLD.get(step.event)):
            tell(name, subject=("call", call.id), actor=actor, said={})
        if call.missed and call.case_id is None:
            call.case = _missed(call, source, actor)
            call.save(update_fields=["case"])
    return call


def _noted(call: Call, step: CallEvent, at: datetime, number: str) -> bool:
    """Write the step into the call; whether it said anything new."""
    call.number = call.number or number
    call.rang_at = min(call.rang_at, at)
    if step.event == "ring":
        return call.answered_at is None and call.ended_at is None
    if step.event == "answer":
        new = call.answered_at is None
        call.answered_at = call.answered_at or at
        return new
    if call.ended_at is not None or (step.event == "abandon" and call.answered_at is not None):
        return False
    call.ended_at = at
    return True


def _missed(call: Call, source: Source, actor: Actor) -> Case:
    """The case of a call that nobody answered."""
    before = (
        Call.objects.filter(
            company_id=source.company_id,
            number=call.number,
            rang_at__gt=call.rang_at - SAME_CALLER,
            case__state__in=CASE_LIVE,
        )
        .exclude(id=call.id)
        .select_related("case")
        .first()
        if call.number
        else None
    )
    told = _("Called again at %(at)s and was not answered.")
    if before is not None and before.case is not None:
        text = told % {"at": f"{call.rang_at:%H:%M} UTC"}
        return move_case(before.case.id, "note", actor=actor, said={"text": text})
    person = _known(call.number, source, actor)
    title = _("Missed call, call back: %(number)s") % {
        "number": masked_phone(call.number) or _("number withheld")
    }
    said = Report(
        kind="enquiry",
        title=title,
        place=_home(person) or source.place,
        reporter=person,
        channel="phone",
        at=call.rang_at,
    )
    return report(said, actor=actor).case


def _known(number: str, source: Source, actor: Actor) -> Person | None:
    """Whose number it is; a new contact where nobody has it."""
    if not number:
        return None
    try:
        name = _("Caller %(number)s") % {"number": masked_phone(number)}
        return contact_for(name, number, actor=actor, place=source.place)
    except Refusal:
        return None


def _home(person: Person | None) -> Place | None:
    """Where the person lives now, the latest first."""
    if person is None:
        return None
    held = Occupancy.objects.on(today(person.company_id)).filter(
        company_id=person.company_id, person=person
    )
    first = held.select_related("place").order_by("-since", "id").first()
    return first.place if first else None


def _plain(number: str) -> str:
    try:
        return plain_phone(number)
    except ValueError:
        return ""
