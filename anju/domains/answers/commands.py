"""Writing answers, answering with them, and checking what was told."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anju.domains.answers.models import VERDICTS, Answer, AnswerUse
from anju.domains.answers.queries import told_by
from anju.domains.answers.rules import BLANK, CHECKED
from anju.domains.answers.shipped import NOTICES, SHIPPED
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.opening import Report, report
from anju.engine.loop.models import Case
from anju.engine.standards.asking import drawn
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now, uuid7
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only


def publish_answer(
    *,
    actor: Actor,
    question: str,
    text: str,
    words: str = "",
    category: str = "",
    use: str = "answer",
    series: UUID | None = None,
    version: int | None = None,
) -> Answer:
    """Say what is told from now on: a new answer, or the next version of `series`, which keeps its
    use.

    `version`: the version the actor saw. Refuses an empty question or text (`NotYet`), a stale
    version (`Conflict`) and an unknown series (`Unknown`). Tells answer.published.
    """
    actor.require("answer.edit", "")
    given = {
        name: " ".join(value.split()) if name != "text" else value.strip()
        for name, value in {
            "question": question, "words": words, "category": category, "text": text,
        }.items()
    }  # fmt: skip
    lacking = {name: _("Fill this in.") for name in ("question", "text") if not given[name]}
    if lacking:
        raise NotYet(_("An answer needs its question and its text."), fields=lacking)
    with acting(actor):
        before = _current(series, actor) if series else None
        if before is not None:
            if version is not None and before.version != version:
                raise Conflict(
                    _("Somebody changed this answer meanwhile. Look at it again before you save.")
                )
            before.state = "past"
            before.save(update_fields=["state"])
        answer = Answer(
            company_id=actor.company_id,
            series=before.series if before else uuid7(),
            version=before.version + 1 if before else 1,
            use=before.use if before else use,
            **given,
        )
        answer.save(force_insert=True)
        tell(
            "answer.published",
            subject=("answer", answer.series),
            actor=actor,
            said={"version": answer.version, "category": answer.category},
            wrote=written(*filter(None, [before, answer])),
        )
    return answer


def retire_answer(series: UUID, *, actor: Actor) -> Answer:
    """No longer offer an answer; what was told with it stays. Refuses an unknown one (`Unknown`).
    Tells answer.retired."""
    actor.require("answer.edit", "")
    with acting(actor):
        answer = _current(series, actor)
        answer.state = "past"
        answer.save(update_fields=["state"])
        tell(
            "answer.retired",
            subject=("answer", series),
            actor=actor,
            said={"version": answer.version},
            wrote=written(answer),
        )
    return answer


def answer_with(answer_id: UUID, case_id: UUID, *, actor: Actor, channel: str) -> None:
    """Answer an enquiry with a version and tell it to who asked, by `channel`, as one act.

    Refuses a version that is no longer current (`Unknown`) and what the two steps refuse: a case
    that is no enquiry of this kind, or is not open (`NotYet`). Tells answer.used beside the steps'
    own events.
    """
    with acting(actor):
        answer = only(Answer.objects.seen_by(actor).current().filter(id=answer_id))
        if answer is None:
            raise Unknown(_("This answer has been changed or withdrawn. Choose it again."))
        move_case(case_id, "answer", actor=actor, said={"text": answer.text})
        told = {"text": answer.text, "substance": "result", "channel": channel}
        move_case(case_id, "tell", actor=actor, said=told)
        case = Case.objects.get(company_id=actor.company_id, id=case_id)
        use, _made = AnswerUse.objects.get_or_create(
            company_id=actor.company_id,
            answer=answer,
            case=case,
            defaults={"by": actor.id, "drawn": drawn(case.number, CHECKED)},
        )
        tell(
            "answer.used",
            subject=("answer", answer.series),
            actor=actor,
            said={"version": answer.version, "case": str(case_id)},
            wrote=written(use),
        )


def check_use(
    use_id: UUID, verdict: str, *, actor: Actor, note: str = "", follow: bool = False
) -> AnswerUse:
    """Say whether what was told was right. What was wrong or out of date says what is true, and
    with `follow` opens a case for it.

    Refuses (`Refused`) without `record.judge` at the place of the case, (`NotYet`) whoever told it,
    an unknown verdict, one without its note, (`Conflict`) the second time. Tells answer.checked.
    """
    with acting(actor):
        seen = AnswerUse.objects.seen_by(actor).select_related("answer", "case__place")
        use = only(seen.filter(id=use_id))
        if use is None:
            raise Unknown(_("There is no such record, or you may not see it."))
        _check_verdict(use, verdict, note, actor)
        if follow and verdict != "right":
            use.follow = _follow(use, note, actor)
        use.verdict, use.note = verdict, note.strip()[:400]
        use.checked_by, use.checked_at = actor.id, now()
        names = ("verdict", "note", "checked_by", "checked_at", "follow")
        open_ones = AnswerUse.objects.filter(id=use.id, verdict="")
        if not open_ones.update(**{name: getattr(use, name) for name in names}):
            raise Conflict(_("Somebody has checked it already. Open the page again."))
        tell(
            "answer.checked",
            subject=("answer", use.answer.series),
            actor=actor,
            said={"version": use.answer.version, "verdict": verdict, "case": str(use.case_id)},
            wrote=written(use),
        )
    return use


def _check_verdict(use: AnswerUse, verdict: str, note: str, actor: Actor) -> None:
    actor.require("record.judge", use.case.place.path if use.case.place else "")
    told = AnswerUse.objects.filter(told_by(actor), id=use.id)
    if told.exists():
        words = _("You told it yourself. Somebody else checks whether it was right.")
        raise NotYet(words, code="own_work")
    if verdict not in dict(VERDICTS):
        words = _("Choose one of the answers.")
        raise NotYet(words, fields={"verdict": words})
    if verdict != "right" and not note.strip():
        words = _("Say what is true instead: whoever writes the next version needs it.")
        raise NotYet(words, fields={"note": words})


def _follow(use: AnswerUse, note: str, actor: Actor) -> Case:
    said = Report(
        kind="suggestion",
        title=_("The answer to “%(question)s” is not right") % {"question": use.answer.question},
        text=f"{note.strip()}\n{use.answer.text}\n{use.case.number}",
        place=use.case.place,
        channel="staff",
    )
    return report(said, actor=actor).case


def ship_answers(*, actor: Actor) -> int:
    """Give a company without any answer, or without any announcement to begin with, the first set
    of it; how many were written. Safe to repeat."""
    made = 0
    with acting(actor):
        have = set(Answer.objects.seen_by(actor).values_list("use", flat=True))
        for use, shipped in (("answer", SHIPPED), ("notice", NOTICES)):
            for question, words, category, text in () if use in have else shipped:
                publish_answer(
                    actor=actor, question=question, words=words, category=category, text=text,
                    use=use,
                )  # fmt: skip
                made += 1
    return made


def fill_blanks(given: Mapping[str, str], *, actor: Actor) -> int:
    """Put what is given for each blank (without its brackets) into every current answer that asks
    for it, as its next version; how many were changed. What is left empty stays a blank.

    Refuses whoever may not write answers (`Refused`). Tells answer.published for each.
    """
    actor.require("answer.edit", "")
    filled = {name: text.strip() for name, text in given.items() if text.strip()}
    changed = 0
    with acting(actor):
        for one in Answer.objects.seen_by(actor).current().filter(text__contains="【"):
            text = BLANK.sub(lambda found: filled.get(found[1], found[0]), one.text)
            if text != one.text:
                publish_answer(
                    actor=actor, question=one.question, words=one.words, category=one.category,
                    text=text, series=one.series, version=one.version,
                )  # fmt: skip
                changed += 1
    return changed


def _current(series: UUID, actor: Actor) -> Answer:
    found = (
        Answer.objects.seen_by(actor)
        .filter(series=series, state="current")
        .select_for_update()
        .first()
    )
    if found is None:
        raise Unknown(_("There is no such answer, or it was withdrawn."))
    return found
