"""What each part lacks to be specific, measurable, relevant and time-bound. Pure."""

from collections.abc import Iterator

from django.utils.translation import gettext

from anju.engine.standards.document import Document, Requirement
from anju.engine.standards.smart.findings import Finding
from anju.engine.standards.smart.vague import vague_words
from anju.engine.standards.smart.world import World


def at(document: Document, requirement: Requirement) -> str:
    """The requirement's `where`: by its code, or by its number where it has none."""
    if requirement.code:
        return f"requirements/{requirement.code}"
    return f"requirements/{document.requirements.index(requirement) + 1}"


def specific(document: Document, world: World) -> Iterator[Finding]:
    """Vague words; nobody it is for, nobody who does it, nowhere it is done."""
    if not document.audience.strip():
        yield Finding("no-audience", "audience")
    if not document.provider.strip():
        yield Finding("no-provider", "provider")
    texts = [(at(document, one), one.text) for one in document.requirements]
    texts += [("method", document.method.text), ("evaluation", document.evaluation.text)]
    for where, text in texts:
        for word, part, hedge in vague_words(text):
            facts = {"word": word, "part": part}
            yield Finding("vague", where, "hedge" if hedge else "", facts)
    if document.kinds or document.scope.places:
        return
    for one in document.requirements:
        if one.metric and not one.scope.place:
            yield Finding("no-place", at(document, one), facts={"text": one.text})


def measurable(document: Document, world: World) -> Iterator[Finding]:
    """Requirements nothing can be counted by; an evaluation nobody can repeat."""
    for one in document.requirements:
        if lacking := _lacking(one):
            facts = {"text": one.text, "lacking": tuple(lacking)}
            yield Finding("no-measure", at(document, one), facts=facts)
    if not document.evaluation.sample.strip() and not document.evaluation.indicators:
        yield Finding("no-evaluation", "evaluation")


def _lacking(one: Requirement) -> list[str]:
    every = one.op == "every"
    parts = (
        (gettext("what is measured"), one.metric),
        (gettext("the comparison"), one.op),
        (gettext("the value"), every or one.value is not None),
        (gettext("the unit"), every or one.unit),
    )
    return [name for name, there in parts if not there]


def relevant(document: Document, world: World) -> Iterator[Finding]:
    """Requirements nobody asked for, and those whose needs were never weighed."""
    for one in document.requirements:
        if not one.needs:
            yield Finding("no-need", at(document, one), facts={"text": one.text})
            continue
        known = [] if world.needs is None else [need for need in one.needs if need in world.needs]
        if known and world.needs and not any(world.needs[need] for need in known):
            facts = {"text": one.text, "needs": tuple(known)}
            yield Finding("no-weight", at(document, one), facts=facts)


def timed(document: Document, world: World) -> Iterator[Finding]:
    """Requirements without a period (a clock has its own), kinds of case without any limit."""
    for one in document.requirements:
        if not one.period and not one.metric.startswith("clock."):
            yield Finding("no-time", at(document, one), facts={"text": one.text})
    if document.kinds and not document.limits:
        yield Finding("no-time", "limits", "limits")
