"""Writing the examination on a paper, and being examined."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from anju.domains.documents.commands.readers import own_reading
from anju.domains.documents.examining import MOST, Question, marked
from anju.domains.documents.models import Attempt, Quiz, Reading
from anju.domains.documents.reading import KINDS, title_of
from anju.domains.documents.rules import words
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.people.commands import add_qualification
from anju.foundation.people.models import Person, Qualification
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown

LONGEST = 60


def write_quiz(
    kind: str, paper: UUID, questions: Sequence[Question], *, mark: int, actor: Actor,
    qualification: str = "", edited: int = 0,
) -> Quiz:  # fmt: skip
    """Say what whoever reads a version of a document or a standard is asked, and how many right
    answers pass.

    Refuses (`NotYet`) with fields what cannot be asked, a mark that nobody needs or reaches, and
    any change once somebody was examined; (`Conflict`) what somebody wrote meanwhile; (`Unknown`)
    a version that is not there. Tells quiz.written.
    """
    actor.require("standard.edit", "")
    with acting(actor):
        there = KINDS[kind].objects.seen_by(actor).filter(id=paper) if kind in KINDS else None
        if there is None or not there.exists():
            raise Unknown(_("There is no such record, or you may not see it."))
        faults: dict[str, Any] = {}
        if not 0 < len(questions) <= MOST or not all(one.sound for one in questions):
            faults["questions"] = _(
                "Each question needs 2 to 6 different choices, and exactly one of them marked *."
            )
        elif not 1 <= mark <= len(questions):
            faults["mark"] = _("Say a number from 1 to the number of questions.")
        if len(words(qualification)) > LONGEST:
            faults["qualification"] = _("This is too long: at most %(n)s characters.") % {
                "n": LONGEST
            }
        if faults:
            raise NotYet(_("Nothing was saved yet, and nothing is lost."), fields=faults)
        mine = Quiz.objects.select_for_update().filter(company_id=actor.company_id, paper=paper)
        row = mine.first() or Quiz(company_id=actor.company_id, kind=kind, paper=paper)
        if not row._state.adding and row.edited != edited:
            raise Conflict(_("Somebody changed this meanwhile. Look at it again before you save."))
        if Attempt.objects.filter(company_id=actor.company_id, reading__paper=paper).exists():
            raise NotYet(
                _("Somebody was examined with it already: it stays. The next version gets its own.")
            )
        row.questions, row.mark = [one.plain() for one in questions], mark
        row.qualification, row.edited = words(qualification), row.edited + 1
        try:
            with acting(actor):
                row.save()
        except IntegrityError:
            words_ = _("Somebody changed this meanwhile. Look at it again before you save.")
            raise Conflict(words_) from None
        tell(
            "quiz.written",
            subject=(kind, paper),
            actor=actor,
            said={"count": len(questions), "mark": mark},
            wrote=written(row),
        )
    return row


def take_quiz(reading_id: UUID, answers: Sequence[int], *, edited: int, actor: Actor) -> Attempt:
    """Be examined on what one has read: the numbers of the choices, -1 for none; `edited`: the
    count of the questions one saw. It may be done again until it is passed; every attempt is kept.
    Whoever passes holds the qualification of the examination until the next review of the paper,
    where it gives one.

    Refuses (`Unknown`) what is another's or has no examination, (`NotYet`) what was not read, is
    not asked any more or was passed, (`Conflict`) answers to other questions. Tells quiz.taken.
    """
    with acting(actor):
        own_reading(reading_id, actor=actor)
        row = Reading.objects.select_for_update(of=("self",)).get(id=reading_id)
        mine = Quiz.objects.select_for_update().filter(company_id=actor.company_id)
        quiz = mine.filter(paper=row.paper).first()
        if quiz is None:
            raise Unknown(_("There is no examination on this."))
        if row.ended_at is not None:
            raise NotYet(_("Another version is in force, or this is not yours to read any more."))
        if row.signed_at is None:
            raise NotYet(_("Read it first, and sign that you have."))
        if row.passed_at is not None:
            raise NotYet(_("You have passed this already."))
        if quiz.edited != edited:
            raise Conflict(
                _("The questions were changed meanwhile. Look at them again, then hand in.")
            )
        right = sum(marked(quiz.asks, answers))
        attempt = Attempt.objects.create(
            company_id=actor.company_id,
            reading=row,
            answers=list(answers)[: len(quiz.questions)],
            right=right,
            of=len(quiz.questions),
            passed=right >= quiz.mark,
        )
        if attempt.passed:
            row.passed_at = now()
            row.save(update_fields=["passed_at"])
            _qualify(row, quiz, actor)
        tell(
            "quiz.taken",
            subject=(row.kind, row.paper),
            actor=actor,
            said={"right": right, "of": attempt.of, "passed": attempt.passed},
            wrote=written(attempt, row),
        )
    return attempt


def forget_answers(person: Person, *, actor: Actor) -> int:
    """Blank which choices an erased person took; how many attempts had any. That somebody was
    examined, and how many answers were right, stays: no seal covers the choices.

    No grant is asked: it is part of `erase_person`, which has.
    """
    with acting(actor):
        mine = Attempt.objects.filter(company_id=actor.company_id, reading__person=person)
        return mine.exclude(answers=[]).update(answers=[])


def _qualify(row: Reading, quiz: Quiz, actor: Actor) -> None:
    """Enter the qualification once for each version; the house gives it, not the one examined."""
    if not quiz.qualification:
        return
    paper = KINDS[row.kind].objects.get(company_id=actor.company_id, id=row.paper)
    day = today(actor.company_id)
    number = f"{paper.code}-v{paper.version}"
    held = Qualification.objects.filter(
        company_id=actor.company_id, person_id=row.person_id, type=quiz.qualification, number=number
    )
    if not held.exists():
        add_qualification(
            actor=Actor.machine(actor.company_id, f"examination of {title_of(paper)}"[:40]),
            person=row.person,
            type=quiz.qualification,
            number=number,
            issued_on=day,
            expires_on=paper.review_on and max(day, paper.review_on),
        )
