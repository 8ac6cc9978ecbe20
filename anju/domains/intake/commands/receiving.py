"""Taking in what other systems tell, exactly once (T4)."""

import hashlib
from contextlib import suppress
from dataclasses import replace

from django.db.models import Q
from django.utils.translation import gettext as _

from anju.domains.intake.commands.calls import take_call
from anju.domains.intake.commands.keeping import as_before, keep, once, the_source
from anju.domains.intake.commands.results import Received
from anju.domains.intake.models import Arrival, Source
from anju.domains.intake.queries import source_secrets
from anju.domains.intake.rules import (
    LARGEST,
    Matter,
    NotUnderstood,
    call_of,
    id_of,
    matter_of,
)
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.opening import Report, report
from anju.engine.loop.models import Case
from anju.foundation.lib import now
from anju.foundation.messages.rules.signing import verified
from anju.foundation.people.commands import contact_for
from anju.foundation.people.models import Person
from anju.foundation.places.models import Place
from anju.foundation.places.queries import place_named
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refusal, Refused

CHANNELS = {"signed": "api", "government": "government"}
SIGNED = ("signed", "telephone", "government")


def receive(code: str, body: bytes, signature: str) -> Received:
    """Take in one signed message: a case, a note on one, a step of a call, or kept for a person.

    Raises `Unknown` for an address that is none or is switched off, `Refused` for a signature that
    is forged or more than five minutes off, `Conflict` for a signature that was used before,
    `NotYet` for more than 256 KB. Signed anew, the same outside id is answered as before and done
    once; with other content it becomes a note on the case.

    No actor: the source is known by its signature; it makes the machine of its company.
    """
    if len(body) > LARGEST:
        raise NotYet(_("This is more than 256 KB. Nothing was taken in."), code="too_large")
    with the_source(code, *SIGNED) as (source, actor):
        _prove(source, body, signature)
        if source.kind == "telephone":
            return _called(source, body, actor)
        return _told(source, body, actor)


def _prove(source: Source, body: bytes, signature: str) -> None:
    if not verified(signature, body, source_secrets(source), at=now()):
        words = _(
            "The signature does not fit, or its time is more than five minutes off. Nothing was "
            "taken in. Check the secret and the clock."
        )
        raise Refused(words, code="signature")
    # Its time and what it covers, not its text: a second header that fits is the same signature.
    stamp = next(part for part in signature.split(",") if part.startswith("t="))
    once(source, f"{stamp}.".encode() + body)


def _called(source: Source, body: bytes, actor: Actor) -> Received:
    try:
        step = call_of(body)
    except NotUnderstood as error:
        return keep(source, body, error.code, actor=actor, outside_id=id_of(body))
    call = take_call(source, step, actor=actor)
    state = "missed" if call.missed else "answered" if call.answered_at else "ringing"
    number = call.case.number if call.case else ""
    return Received(state, call.id, number=number, caller=call.number)


def _told(source: Source, body: bytes, actor: Actor) -> Received:
    outside, digest = id_of(body), hashlib.sha256(body).digest()
    other = f"{outside[:100]}#{digest.hex()[:16]}"  # the same id with other content
    before = _arrival(source, outside)
    if before and before.case is None and bytes(before.digest) != digest:
        outside, before = other, _arrival(source, other)
    if before and bytes(before.digest) == digest:
        return as_before(before)
    try:
        matter = matter_of(body, source.kind)
        with acting(actor):  # a savepoint: what is refused leaves nothing
            if before is not None:
                return _changed(before, matter, digest, actor)
            return _taken(source, replace(matter, outside_id=outside), digest, actor)
    except NotUnderstood as error:
        reason = error.code
    except Refusal as refusal:
        reason = str(refusal)
    # What the case does not take any more waits beside it: nothing that comes in is lost.
    return keep(source, body, reason, actor=actor, outside_id=other if before else outside)


def _arrival(source: Source, outside: str) -> Arrival | None:
    mine = Arrival.objects.filter(company_id=source.company_id, source=source)
    locked = mine.select_for_update(of=("self",)).select_related("case")
    return locked.filter(outside_id=outside).first()


def _taken(source: Source, matter: Matter, digest: bytes, actor: Actor) -> Received:
    """A new matter: a note on the case it is about, or a case."""
    about = _case_about(source, matter.about, actor) if matter.about else None
    if about is not None:
        case = move_case(about.id, "note", actor=actor, said={"text": _whole(matter)})
    else:
        case = _opened(source, matter, actor)
    _wanted_by(case, matter, actor)
    arrival, made = Arrival.objects.get_or_create(
        company_id=source.company_id,
        source=source,
        outside_id=matter.outside_id,
        defaults={
            "digest": digest,
            "state": "message" if about else "case",
            "case": case,
            "due_at": matter.due_at,
        },
    )
    if not made:  # another request with the id was faster: ours is undone, theirs stands
        raise Conflict(_("The same message is being taken in. Ask again."), code="busy")
    return Received(arrival.state, arrival.id, case.number)


def _changed(before: Arrival, matter: Matter, digest: bytes, actor: Actor) -> Received:
    """The same id with other content: a note on its case; a later outside deadline is kept."""
    if before.case is None:
        return as_before(before)
    move_case(before.case.id, "note", actor=actor, said={"text": _whole(matter)})
    if matter.due_at != before.due_at:
        _wanted_by(before.case, matter, actor)
    before.digest, before.due_at = digest, matter.due_at or before.due_at
    before.save(update_fields=["digest", "due_at"])
    return Received("message", before.id, before.case.number)


def _wanted_by(case: Case, matter: Matter, actor: Actor) -> None:
    """The other side's deadline is a clock of the case; refused where the case is over."""
    if matter.due_at:
        said = {"due": matter.due_at, "number": matter.outside_id}
        move_case(case.id, "deadline", actor=actor, said=said)


def _opened(source: Source, matter: Matter, actor: Actor) -> Case:
    place, lines = _place(source, matter, actor)
    reporter, more = _reporter(matter, place, actor)
    said = Report(
        kind=matter.kind,
        title=matter.title,
        place=place,
        category=matter.category,
        text="\n".join(
            [part for part in (matter.text, *lines, *more, _outside_number(matter)) if part]
        ),
        urgency=matter.urgency,
        reporter=reporter,
        channel=CHANNELS[source.kind],
        at=matter.at if matter.at and matter.at <= now() else None,
    )
    return report(said, actor=actor).case


def _place(source: Source, matter: Matter, actor: Actor) -> tuple[Place, list[str]]:
    """Where it stands; a place we do not know is written down, and the source's own is taken."""
    if matter.place:
        with suppress(Refusal):
            return place_named(matter.place, actor=actor), []
        return source.place, [_("Place as it was told: %(place)s") % {"place": matter.place}]
    return source.place, []


def _reporter(matter: Matter, place: Place, actor: Actor) -> tuple[Person | None, list[str]]:
    """Who reports; who cannot be entered is written down."""
    if not (matter.name or matter.phone):
        return None, []
    try:
        name = matter.name or matter.phone
        return contact_for(name, matter.phone, actor=actor, place=place), []
    except Refusal:
        told = " ".join(part for part in (matter.name, matter.phone) if part)
        return None, [_("Reported by: %(who)s") % {"who": told}]


def _outside_number(matter: Matter) -> str:
    """The number it has outside; "" where it had none and the one it goes by is ours."""
    if matter.outside_id.startswith("sha256:"):
        return ""
    return _("Outside number: %(id)s") % {"id": matter.outside_id}


def _outside_deadline(matter: Matter) -> str:
    """By when the other side wants an answer, in words."""
    if matter.due_at is None:
        return ""
    return _("Outside deadline: %(due)s") % {"due": f"{matter.due_at:%Y-%m-%d %H:%M %z}"}


def _whole(matter: Matter) -> str:
    text = matter.text if matter.text != matter.title else ""
    parts = (matter.title, text, _outside_number(matter), _outside_deadline(matter))
    return "\n".join(part for part in parts if part)


def _case_about(source: Source, about: str, actor: Actor) -> Case | None:
    """The case of this number, or the one that an earlier message became."""
    earlier = Arrival.objects.filter(
        company_id=source.company_id, source=source, outside_id=about, case__isnull=False
    )
    named = Q(number=about) | Q(id__in=earlier.values("case_id"))
    return Case.objects.seen_by(actor).filter(named).first()
