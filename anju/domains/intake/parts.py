"""What waits here and names a person: part of the person's data."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anju.domains.intake.commands.handling import erase_traces
from anju.domains.intake.models import Arrival, Call
from anju.foundation.people.models import Person
from anju.foundation.people.parts import Exported, Part, contribute
from anju.foundation.tenancy.actor import Actor


def contribute_arrivals() -> None:
    """Join the export and the erasure of a person."""
    contribute(
        Part(
            name="calls",
            title=_("Your calls, and what waits to be read"),
            export=_export,
            erase=lambda person, actor: erase_traces(person.name, person.phone, actor=actor),
        )
    )


def _export(person: Person, actor: Actor) -> Exported:
    if not person.phone:
        return Exported([])
    calls = Call.objects.filter(company_id=actor.company_id, number=person.phone)
    kept = Arrival.objects.filter(
        Q(text__contains=person.phone), company_id=actor.company_id, state="kept"
    )
    return Exported(
        [
            *({"at": c.rang_at, "answered": c.answered_at, "text": ""} for c in calls),
            *({"at": a.at, "answered": None, "text": a.text} for a in kept),
        ]
    )
