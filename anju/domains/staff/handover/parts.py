"""What was written when shifts changed as a part of a person's data."""

from django.utils.translation import gettext_lazy as _

from anju.domains.staff.handover.commands import erase_words
from anju.domains.staff.handover.queries import things_about, words_about, words_for
from anju.foundation.people.models import Person
from anju.foundation.people.parts import Exported, Part, contribute
from anju.foundation.tenancy.actor import Actor


def contribute_handovers() -> None:
    """Join the export and the erasure of a person."""
    contribute(
        Part(
            name="handovers",
            title=_("What was written about you when shifts changed"),
            export=_export,
            erase=lambda person, actor: erase_words(person, actor=actor),
        )
    )


def _export(person: Person, actor: Actor) -> Exported:
    """Words and the names of things. Two queries."""
    rows = words_about(person).select_related("event").order_by("event__at", "id")
    said = [{"at": one.event.at, "text": one.text} for one in rows]
    things = [
        {"at": one.given_at, "text": name}
        for one in things_about(person)
        for name, _n in one.things
        if any(word in name for word in words_for(person))
    ]
    return Exported([*said, *things])
