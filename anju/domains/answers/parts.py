"""What was noted about an answer to somebody: part of the person's data."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from anju.domains.answers.models import AnswerUse
from anju.foundation.people.models import Person
from anju.foundation.people.parts import Exported, Part, contribute
from anju.foundation.tenancy.actor import Actor


def contribute_checks() -> None:
    """Join the export and the erasure of a person. No seal covers a note."""
    contribute(
        Part(
            name="answer_checks",
            title=_("What was noted about answers to you"),
            export=_export,
            erase=lambda person, actor: _notes(person, actor).update(note=""),
        )
    )


def _export(person: Person, actor: Actor) -> Exported:
    rows = _notes(person, actor).order_by("at", "id").values("at", "note")
    return Exported([{"at": row["at"], "text": row["note"]} for row in rows])


def _notes(person: Person, actor: Actor) -> QuerySet[AnswerUse]:
    asked = AnswerUse.objects.filter(company_id=actor.company_id, case__reporter_id=person.id)
    return asked.exclude(note="")
