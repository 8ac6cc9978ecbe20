"""A version on trial, measured beside the one in force: the same cases under both promises.

Nothing runs and nothing is written for a trial: a verdict is a function of what happened, the
promise and the calendar (law 5), so the trial's is computed from the clocks there are.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from anju.engine.clocks.models import Clock
from anju.engine.clocks.rules import Promise, pauses_from_json, settle
from anju.engine.loop.models import Case
from anju.engine.standards.models import Standard
from anju.engine.standards.rules import CLOCK_KINDS, ClockKind, Limit, Subject, limits_for
from anju.foundation.calendars.queries import calendars_of
from anju.foundation.places.models import under
from anju.foundation.tenancy.actor import Actor

MOST = 50_000  # clocks; a trial of three months in one community has a tenth of that


@dataclass(frozen=True)
class Beside:
    """One promise under both versions: of `n` clocks that are settled, how many were kept."""

    clock: str
    n: int
    ruled: int
    tried: int


def measured_beside(version: Standard, *, actor: Actor) -> list[Beside]:
    """What a version on trial would have said of the cases opened in its communities since.

    Only cases the version would rule, at places whose figures the actor may see, and only clocks
    both versions promise; those imported or still running are left out. Two queries, at most 50,000
    clocks, the newest.
    """
    begun = version.steps.filter(move="try").order_by("-at").first()
    if begun is None or version.state != "trial":
        return []
    subjects = dict(_subjects(version, begun.at, actor))
    calendars = calendars_of(actor.company_id)
    limits = version.time_limits
    bound: dict[Subject, Mapping[ClockKind, Limit]] = {}
    counted: Counter[tuple[str, str]] = Counter()
    for clock in _settled(subjects, actor):
        subject = subjects[clock.case_id]
        binding = bound.setdefault(subject, limits_for(limits, subject))
        limit = binding.get(cast(ClockKind, clock.kind))
        if limit is None or clock.stopped_at is None:
            continue
        verdict = settle(
            clock.started_at,
            Promise.of(limit),
            calendars(limit.calendar),
            pauses_from_json(clock.pauses),
            stop_at=clock.stopped_at,
        )
        counted[clock.kind, "n"] += 1
        counted[clock.kind, "ruled"] += clock.state == "kept"
        counted[clock.kind, "tried"] += verdict == "kept"
    return [
        Beside(kind, n, counted[kind, "ruled"], counted[kind, "tried"])
        for kind in CLOCK_KINDS
        if (n := counted[kind, "n"])
    ]


def _subjects(version: Standard, since: datetime, actor: Actor) -> Iterator[tuple[UUID, Subject]]:
    """The cases the version would rule, with what its limits are looked up by."""
    here = under(version.trial_places, "place__path")
    mine = under(actor.paths("indicator.see"), "place__path")
    cases = Case.objects.filter(
        here,
        mine,
        company_id=actor.company_id,
        at__gte=since,
        kind__in=version.kinds,
        history=False,
    )
    scope = version.where
    found = cases.order_by("-at").values_list("id", "category", "urgency", "place__path")
    for id, category, urgency, path in found[:MOST].iterator():
        subject = Subject(category, urgency, path)
        if scope.rank_for(subject) is not None:
            yield id, subject


def _settled(subjects: Mapping[UUID, Subject], actor: Actor) -> Iterator[Clock]:
    clocks = Clock.objects.filter(
        company_id=actor.company_id, case_id__in=list(subjects), state__in=("kept", "broken")
    )
    return clocks.exclude(stopped_at=None).order_by("-id")[:MOST].iterator()
