"""Procedures (流程): steps, who does them, the ways on from each. Pure.

A procedure can be published when somebody who follows it can always go on, always come to an end,
and every step and every way on is used by somebody.
"""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from anju.engine.forms.shapes import (
    Basis,
    Code,
    Fault,
    Paper,
    Part,
    PartCode,
    read_paper,
    refuse,
)
from anju.foundation.access.rules import ROLE_NAMES
from anju.foundation.kit.rules import duration
from anju.foundation.texts import schema_of, write_text

KIND = "procedure/1"
ON_A_LINE = ("basis", "next", "evidence")
Walk = tuple[str, ...]  # codes of steps, from the first to an end
# What in the record shows that a step was done: a move of the case or of its work.
SHOWN_BY = (
    "case.reported", "case.respond", "case.classify", "case.answer", "case.tell", "case.callback",
    "case.close", "case.reopen", "work.assign", "work.accept", "work.arrive", "work.start",
    "work.hold", "work.finish", "work.pass", "work.fail",
)  # fmt: skip


class Way(Part):
    """A way on: to the step `to`, when `when` holds; without it, in every other case."""

    when: Annotated[str, Field(max_length=60)] = ""
    to: PartCode


class Step(Part):
    """One step. `role`: who does it, a role of Anju or the name of somebody else. `brief`: one
    sentence for who is qualified; `full`: the whole instruction for who is not yet; who holds
    `qualification` in date, or any where it is empty, is. `form`: what is filled in, by its code.
    `shown_by`: the move by which the record shows that it was done. Without `next` it is an end.
    """

    code: PartCode
    name: Annotated[str, Field(min_length=1, max_length=40)]
    role: Annotated[str, Field(min_length=1, max_length=40)]
    brief: Annotated[str, Field(min_length=1, max_length=200)]
    full: Annotated[str, Field(max_length=4000)] = ""
    qualification: Annotated[str, Field(max_length=60)] = ""
    minutes: Annotated[int, Field(gt=0, le=525_600)] | None = None
    evidence: tuple[Literal["record", "photo", "signature"], ...] = ()
    form: Code | Literal[""] = ""
    shown_by: Literal[SHOWN_BY] | Literal[""] = ""  # type: ignore[valid-type]  # the tuple above
    next: Annotated[tuple[Way, ...], Field(max_length=8)] = ()

    @property
    def who(self) -> str:
        """Who does it, in the language of whoever reads it."""
        return str(ROLE_NAMES.get(self.role, self.role))

    @property
    def time(self) -> str:
        """How long it may take, in words; empty where nothing is said."""
        return duration(timedelta(minutes=self.minutes)) if self.minutes else ""

    def instruction(self, *, qualified: bool) -> str:
        """What whoever does it reads."""
        return self.brief if qualified or not self.full else self.full


class Procedure(Paper):
    """The steps of one procedure; the first one begins it. `review_months`: how often somebody
    looks whether it is still right."""

    anju: Literal["procedure/1"] = "procedure/1"
    purpose: Annotated[str, Field(max_length=1000)] = ""
    review_months: Annotated[int, Field(gt=0, le=120)] = 12
    basis: Annotated[tuple[Basis, ...], Field(max_length=20)] = ()
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=60)]

    def step(self, code: str) -> Step | None:
        """The step of this code."""
        return next((step for step in self.steps if step.code == code), None)

    @property
    def forms(self) -> tuple[str, ...]:
        """Codes of the forms its steps fill in, each once, in their order."""
        return tuple(dict.fromkeys(step.form for step in self.steps if step.form))


def write_procedure(procedure: Procedure) -> str:
    """The one way this procedure is written."""
    return write_text(procedure, head={"anju": KIND}, on_a_line=ON_A_LINE)


def read_procedure(text: str | bytes, *, file: str = "procedure.yaml") -> Procedure:
    """A procedure as somebody wrote it. Raises `BadText` with the line: what is no plain YAML, is
    not known, or leads nowhere."""
    read = read_paper(text, Procedure, file=file)
    refuse(read, procedure_faults(read.said))
    return read.said


def procedure_schema() -> dict[str, object]:
    """The published JSON Schema of a procedure."""
    return schema_of(Procedure, "Anju procedure")


def procedure_faults(procedure: Procedure) -> list[Fault]:
    """Why this procedure cannot be published; empty when it can."""
    codes = Counter(step.code for step in procedure.steps)
    faults = [
        fault for n, step in enumerate(procedure.steps) for fault in _step_faults(n, step, codes)
    ]
    faults += _shown_twice(procedure)
    return faults or list(_graph_faults(procedure))


def _shown_twice(procedure: Procedure) -> Iterable[Fault]:
    """Two steps shown by one move: the record could not say which was done."""
    first: dict[str, Step] = {}
    for n, step in enumerate(procedure.steps):
        other = first.setdefault(step.shown_by, step)
        if step.shown_by and other is not step:
            words = _(
                "“%(step)s” is shown by the same move as “%(other)s”. The record cannot tell them "
                "apart: take one away."
            )
            said = {"step": step.name, "other": other.name}
            yield Fault(("steps", n, "shown_by"), "shown_twice", words % said)


def _step_faults(n: int, step: Step, codes: Mapping[str, int]) -> Iterable[Fault]:
    def fault(part: str, name: str, words: str, **said: str) -> Fault:
        return Fault(("steps", n, part), name, words % {"step": step.name, **said})

    if codes[step.code] > 1:
        words = _("There are several steps with the code “%(code)s”. Each needs its own.")
        yield fault("code", "code_twice", words, code=step.code)
    for way in step.next:
        if way.to not in codes:
            words = _("“%(step)s” goes on to “%(to)s”, which is no step. Write it, or mend this.")
            yield fault("next", "unknown_target", words, to=way.to)
    if sum(not way.when for way in step.next) > 1:
        words = _("“%(step)s” has two ways on without a condition. Say when each is taken.")
        yield fault("next", "two_defaults", words)
    for when, times in Counter(way.when for way in step.next if way.when).items():
        if times > 1:
            words = _("“%(step)s” has two ways on when “%(when)s”. Only one can be taken.")
            yield fault("next", "same_condition", words, when=when)
    if len(step.next) == 1 and step.next[0].when:
        words = _(
            "“%(step)s” is a dead end unless “%(when)s”. Add where it goes on otherwise, or take "
            "the condition away."
        )
        yield fault("next", "dead_end", words, when=step.next[0].when)


def _graph_faults(procedure: Procedure) -> Iterable[Fault]:
    """What can only be seen of the whole; every way leads to a step by now."""
    reached = reachable(procedure)
    if not any(not step.next for step in procedure.steps):
        words = _("No step is an end: every one goes on. Leave `next` away where it is finished.")
        yield Fault(("steps",), "no_end", words)
        return
    ending = _leading_to_an_end(procedure)
    for n, step in enumerate(procedure.steps):
        if step.code not in reached:
            words = _("Nobody comes to “%(step)s”: no way on leads there. Add one, or remove it.")
            yield Fault(("steps", n, "code"), "unreachable", words % {"step": step.name})
        elif step.code not in ending:
            words = _("From “%(step)s” there is no way out: it goes round for ever. Add an exit.")
            yield Fault(("steps", n, "next"), "no_exit", words % {"step": step.name})


def reachable(procedure: Procedure) -> frozenset[str]:
    """Codes of the steps somebody can come to."""
    after = {step.code: [way.to for way in step.next] for step in procedure.steps}
    return _closure([procedure.steps[0].code], after)


def _leading_to_an_end(procedure: Procedure) -> frozenset[str]:
    before: dict[str, list[str]] = {step.code: [] for step in procedure.steps}
    for step in procedure.steps:
        for way in step.next:
            before[way.to].append(step.code)
    return _closure([step.code for step in procedure.steps if not step.next], before)


def _closure(first: Iterable[str], following: Mapping[str, Iterable[str]]) -> frozenset[str]:
    seen = set(first)
    waiting = deque(seen)
    while waiting:
        for code in following[waiting.popleft()]:
            if code not in seen:
                seen.add(code)
                waiting.append(code)
    return frozenset(seen)


def walks(procedure: Procedure) -> list[Walk]:
    """Walks from the first step to an end that together take every way on, for a procedure that
    can be published; each as short as can be."""
    to = _shortest_from_the_first(procedure)
    out = {step.code: _shortest_out(procedure, step.code) for step in procedure.steps}
    made: dict[Walk, None] = {}
    for step in procedure.steps:
        if not step.next:
            made.setdefault(to[step.code])
        for way in step.next:
            made.setdefault((*to[step.code], *out[way.to]))
    return list(made)


def _shortest_from_the_first(procedure: Procedure) -> dict[str, Walk]:
    first = procedure.steps[0].code
    after = {step.code: step.next for step in procedure.steps}
    found: dict[str, Walk] = {first: (first,)}
    waiting = deque([first])
    while waiting:
        code = waiting.popleft()
        for way in after[code]:
            if way.to not in found:
                found[way.to] = (*found[code], way.to)
                waiting.append(way.to)
    return found


def _shortest_out(procedure: Procedure, start: str) -> Walk:
    after = {step.code: step.next for step in procedure.steps}
    waiting: deque[Walk] = deque([(start,)])
    seen = {start}
    while waiting:
        walk = waiting.popleft()
        if not after[walk[-1]]:
            return walk
        for way in after[walk[-1]]:
            if way.to not in seen:
                seen.add(way.to)
                waiting.append((*walk, way.to))
    raise ValueError(f"no end can be reached from {start}")
