"""Reads of the answer base."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from anju.domains.answers.models import Answer, AnswerUse
from anju.domains.answers.rules import blanks, nearest
from anju.engine.loop.models import Case
from anju.foundation.events.models import Event
from anju.foundation.lib import now
from anju.foundation.lib.wilson import wilson
from anju.foundation.tenancy.actor import Actor

COMPARED = 500
USES = 50
LATELY = timedelta(days=90)


@dataclass(frozen=True)
class Suggested:
    """An answer that comes near a question, and the words that decided."""

    answer: Answer
    why: tuple[str, ...]


def answers_near(asked: str, actor: Actor, *, most: int = 3) -> list[Suggested]:
    """The current answers that come near what was asked, the nearest first. One query."""
    known = list(Answer.objects.seen_by(actor).current().order_by("question", "id")[:COMPARED])
    texts = [f"{one.question} {one.words}" for one in known]
    return [Suggested(known[m.index], m.why) for m in nearest(asked, texts, most=most)]


def blanks_left(actor: Actor) -> list[str]:
    """What current answers still ask to be filled in, each once. One query."""
    texts = Answer.objects.seen_by(actor).current().filter(text__contains="【")
    return blanks(texts.order_by("question", "id").values_list("text", flat=True))


@dataclass(frozen=True)
class Told:
    """One telling of an answer: when, in which case, which version, and what the check found."""

    at: datetime
    case: Case
    version: int
    use: AnswerUse | None


def uses(series: UUID, actor: Actor) -> list[Told]:
    """When versions of an answer were told, for the cases the actor may see; the latest first, at
    most 50. Those told before answers were checked stand only in the events. Three queries."""
    told = Event.objects.about("answer", series).filter(name="answer.used").reverse()[:COMPARED]
    facts = [(one.at, UUID(str(one.said["case"])), int(str(one.said["version"]))) for one in told]
    cases = Case.objects.seen_by(actor).in_bulk([case for _at, case, _version in facts])
    checked = AnswerUse.objects.filter(
        company_id=actor.company_id, answer__series=series, case__in=cases
    )
    use_of = {(one.case_id, one.answer.version): one for one in checked.select_related("answer")}
    seen = [
        Told(at, cases[case], version, use_of.get((case, version)))
        for at, case, version in facts
        if case in cases
    ]
    return seen[:USES]


def told_by(actor: Actor) -> Exists:
    """For uses: whether the actor told the answer in this case, be it first or once more."""
    events = Event.objects.alias(case=KT("said__case"), version=KT("said__version"))
    return Exists(
        events.filter(
            company_id=actor.company_id,
            name="answer.used",
            subject_id=OuterRef("answer__series"),
            by=actor.id,
            case=Cast(OuterRef("case_id"), TextField()),
            version=Cast(OuterRef("answer__version"), TextField()),
        )
    )


def to_check(actor: Actor) -> QuerySet[AnswerUse]:
    """What was drawn and nobody has checked, the oldest first; not what the actor told."""
    waiting = AnswerUse.objects.seen_by(actor).filter(~told_by(actor), drawn=True, verdict="")
    return waiting.select_related("answer", "case__place").order_by("at", "id")


def not_right(actor: Actor) -> QuerySet[AnswerUse]:
    """What was wrong or out of date and is still told: no newer version, not withdrawn."""
    found = AnswerUse.objects.seen_by(actor).filter(
        verdict__in=("wrong", "outdated"), answer__state="current"
    )
    return found.select_related("answer", "case", "follow").order_by("-checked_at", "-id")


@dataclass(frozen=True)
class Correct:
    """How much of what was checked lately was right, with the 95 % interval (Wilson)."""

    right: int
    n: int
    low: float | None
    high: float | None


def correctness(actor: Actor) -> Correct:
    """Of the checks of the last ninety days. One query."""
    since = now() - LATELY
    drawn = AnswerUse.objects.seen_by(actor).filter(drawn=True, checked_at__gte=since)
    counted = drawn.aggregate(n=Count("id"), right=Count("id", filter=Q(verdict="right")))
    span = wilson(counted["right"], counted["n"])
    low, high = (100 * span[0], 100 * span[1]) if span else (None, None)
    return Correct(counted["right"], counted["n"], low, high)
