"""Reads of the answer base."""

from dataclasses import dataclass
from uuid import UUID

from anju.domains.answers.models import Answer
from anju.domains.answers.rules import blanks, nearest
from anju.engine.loop.models import Case
from anju.foundation.events.models import Event
from anju.foundation.tenancy.actor import Actor

COMPARED = 500
USES = 50


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


def uses(series: UUID, actor: Actor) -> list[tuple[Event, Case]]:
    """When versions of an answer were used, and for which case the actor may see; the latest
    first, at most 50. Two queries."""
    events = list(Event.objects.about("answer", series).filter(name="answer.used").reverse()[:USES])
    ids = {str(event.said["case"]) for event in events}
    cases = {str(case.id): case for case in Case.objects.seen_by(actor).filter(id__in=ids)}
    return [(e, cases[str(e.said["case"])]) for e in events if str(e.said["case"]) in cases]
