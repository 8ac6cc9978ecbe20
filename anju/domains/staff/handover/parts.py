"""What was written when shifts changed as a part of a person's data."""

from django.utils.translation import gettext_lazy as _

from anju.domains.staff.handover.about import things_about, words_about
from anju.domains.staff.handover.commands import erase_words
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
    """Words and the names of things that are known to be about the person: what only bears the name
    may be about somebody else. The queries of `about`."""
    said = [{"at": one.event.at, "text": one.text} for one in words_about(person).known]
    things = [
        {"at": of.handover.given_at, "text": name}
        for of in things_about(person)
        for name in of.known
    ]
    return Exported([*said, *things])
