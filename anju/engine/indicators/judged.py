"""By which figures a standard is judged: one answer for every page."""

from collections.abc import Sequence

from anju.engine.indicators.figures import BY_CODE, Reading
from anju.engine.standards.document import Document

# What a standard that names no figure is judged by: how often its time limits were kept.
TIMELY = (
    "repair_responded", "repair_timely", "complaint_responded", "complaint_feedback",
    "complaint_timely",
)  # fmt: skip


def targets_of(document: Document) -> dict[str, float]:
    """The figures a standard is judged by and their targets in percent: those its requirements or
    its evaluation name, with the value it requires where it says one; where it names none, how
    often its time limits were kept."""
    found: dict[str, float | None] = {}
    for code in document.evaluation.indicators:
        found[code] = None
    for one in document.requirements:
        kind, _dot, code = one.metric.partition(".")
        if kind == "indicator":
            percent = one.value if one.op in ("<=", ">=", "==") else None
            found[code] = percent
    named = {code: value for code, value in found.items() if code in BY_CODE}
    return {
        code: BY_CODE[code].target if value is None else value
        for code, value in (named or dict.fromkeys(TIMELY)).items()
    }


def judged_by(document: Document, readings: Sequence[Reading]) -> list[tuple[Reading, float]]:
    """The figures a standard is judged by, each with its target in percent: of those it names all,
    of the others those that have cases."""
    targets, by_code = targets_of(document), {one.definition.code: one for one in readings}
    found = [by_code.get(code, Reading(BY_CODE[code], 0, 0)) for code in targets]
    if set(targets) == set(TIMELY):
        found = [one for one in found if one.n]
    return [(one, targets[one.definition.code]) for one in found]
