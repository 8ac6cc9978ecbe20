"""What the record says of a procedure: waiting at each step, rounds, ways never taken. Pure.

A step is seen where it names the move that shows it (`shown_by`); others are not judged.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from anju.engine.procedures.rules import Procedure, Step

ENOUGH = 30  # cases; below, nothing is said of a way that was never taken

Trace = Sequence[tuple[str, datetime]]  # moves of one case and its work, with when (UTC)


@dataclass(frozen=True)
class StepRecord:
    """Of one step: `n` cases came to it; `waiting` the median time since the step before it that
    the record shows (of `waited` times); `again` cases came to it more than once. `idle`: it has
    several ways on, and in `n` of at least `ENOUGH` cases the record shows the same step next."""

    step: Step
    n: int
    waited: int
    waiting: timedelta | None
    again: int
    idle: bool


def step_records(procedure: Procedure, traces: Iterable[Trace]) -> list[StepRecord]:
    """What the traces of cases say of each step that the record can show, in their order."""
    shown = {step.shown_by: step for step in procedure.steps if step.shown_by}
    came: Counter[str] = Counter()
    again: Counter[str] = Counter()
    waits: dict[str, list[float]] = {step.code: [] for step in procedure.steps}
    following: dict[str, Counter[str]] = {step.code: Counter() for step in procedure.steps}
    for trace in traces:
        seen = [(shown[move].code, at) for move, at in trace if move in shown]
        times = Counter(code for code, _at in seen)
        came.update(times.keys())
        again.update(code for code, n in times.items() if n > 1)
        for (before, left), (code, at) in pairwise(seen):
            waits[code].append((at - left).total_seconds())
            following[before][code] += 1
    return [
        StepRecord(
            step=step,
            n=came[step.code],
            waited=len(waits[step.code]),
            waiting=timedelta(seconds=median(waits[step.code])) if waits[step.code] else None,
            again=again[step.code],
            idle=len(step.next) > 1
            and came[step.code] >= ENOUGH
            and len(following[step.code]) == 1,
        )
        for step in procedure.steps
        if step.shown_by
    ]
