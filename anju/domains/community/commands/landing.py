"""Reporting at a label, with or without an account."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid5

from django.utils.translation import gettext as _

from anju.domains.community.commands.links import give_link
from anju.domains.community.models import CaseLink
from anju.engine.loop.commands.evidence import Given, add_evidence
from anju.engine.loop.commands.opening import Report, report
from anju.engine.loop.models import Case
from anju.foundation.people.commands import add_person
from anju.foundation.people.models import Person
from anju.foundation.places.models import Asset, Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refusal

TITLE = 300
ASKED = ("case.report", "case.see", "case.note", "record.add")


@dataclass(frozen=True)
class Told:
    """What somebody says before a label: a sentence, photos, and who they are if they like."""

    words: str
    photos: Sequence[Given] = ()
    name: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Landed:
    """What became of it: the case, its link, and (name, why not) of photos that were not kept."""

    case: Case
    link: CaseLink
    refused: Sequence[tuple[str, Any]] = field(default=())


def stranger(company_id: Any, path: str) -> Actor:
    """Whoever stands before a label: may report there and follow that, and nothing else.

    No actor: it makes one.
    """
    return Actor(
        id=uuid5(company_id, "actor:at a label"),
        name=_("someone at the label"),
        company_id=company_id,
        grants=dict.fromkeys(ASKED, (path,)),
        kind="resident",
    )


def report_at(
    subject: Place | Asset, told: Told, *, actor: Actor, reporter: Person | None = None
) -> Landed:
    """Open a repair about the place or thing of a label, keep its photos, and give a link to it.

    `reporter`: who is known already; else whoever names themselves becomes a contact of that
    place. A number is not looked up among the residents: nobody may report in another's name.
    Refuses (`NotYet`) a report with neither a word nor a photo, and what is no telephone number.
    A photo that cannot be kept does not cost the report: it is named in `refused`.
    """
    place = subject if isinstance(subject, Place) else subject.place
    words = " ".join(told.words.split())
    if not words and not told.photos:
        text = _("Take a photo or say in a few words what is wrong. Nothing was sent yet.")
        raise NotYet(text, fields={"words": text})
    with acting(actor):
        opened = report(
            Report(
                kind="repair",
                title=words[:TITLE] or _("See the photo"),
                text=told.words.strip() if len(words) > TITLE else "",
                place=place,
                asset=subject if isinstance(subject, Asset) else None,
                reporter=reporter or _contact(told, place, actor),
                channel="qr",
            ),
            actor=actor,
        )
        refused = add_evidence(opened.case.id, told.photos, actor=actor).refused
        link = give_link(opened.case, actor=actor)
    return Landed(opened.case, link, refused)


def _contact(told: Told, place: Place, actor: Actor) -> Person | None:
    name, phone = told.name.strip()[:80], told.phone.strip()
    if not name and not phone:
        return None
    house = Actor.machine(actor.company_id, "contacts")
    try:
        return add_person(
            actor=house,
            kind="contact",
            name=name or _("Someone who scanned the label"),
            phone=phone,
            place=place,
        )
    except Refusal as refusal:
        raise NotYet(refusal.message, fields=refusal.fields) from refusal
