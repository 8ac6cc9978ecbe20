"""What somebody has read and answered: part of the person's data."""

from django.utils.translation import gettext_lazy as _

from anju.domains.documents.commands.quizzes import forget_answers
from anju.domains.documents.models import Reading
from anju.foundation.people.models import Person
from anju.foundation.people.parts import Exported, Part, contribute
from anju.foundation.tenancy.actor import Actor


def contribute_readings() -> None:
    """Join the export and the erasure of a person. Which choices were taken goes with the person;
    that a nameless somebody read it and how many answers were right stays."""
    contribute(
        Part(
            "readings",
            _("What you read and were examined on"),
            _export,
            erase=lambda person, actor: forget_answers(person, actor=actor),
        )
    )


def _export(person: Person, actor: Actor) -> Exported:
    mine = Reading.objects.filter(company_id=actor.company_id, person=person)
    rows = mine.order_by("asked_at", "id").prefetch_related("attempts")
    return Exported(
        [
            {
                "title": one.title,
                "version": one.version,
                "asked_at": one.asked_at,
                "signed_at": one.signed_at,
                "passed_at": one.passed_at,
                "attempts": [
                    {"at": a.at, "answers": a.answers, "right": a.right, "of": a.of}
                    for a in one.attempts.order_by("at")
                ],
            }
            for one in rows
        ]
    )
