"""A case's promises as pages show them: one view per kind of clock, in their order."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from anju.engine.clocks.models import KINDS, Clock
from anju.engine.loop.models import Case
from anju.engine.loop.presets import in_words
from anju.engine.loop.queries import call_owed, limits_of
from anju.engine.loop.rules import VERIFIED_KINDS, WORKED_KINDS
from anju.engine.standards.rules import SECOND, Subject, limits_for
from anju.foundation.access.rules import ROLE_NAMES
from anju.foundation.kit.rules import ClockView, State

LABELS: Mapping[str, Any] = dict(KINDS)
# Whom a step of a ladder names.
CLIMBS: Mapping[str, Any] = {**ROLE_NAMES, SECOND: gettext_lazy("Next on duty")}
_SHOWN: Mapping[str, State] = {
    "running": "running",
    "paused": "paused",
    "kept": "kept",
    "not_judgeable": "unknown",
    "not_recorded": "unknown",
}
_OF_WORK = frozenset({"dispatch", "accept", "arrive"})


def clocks_by_case(ids: Iterable[UUID]) -> dict[UUID, list[Clock]]:
    """The clocks of cases the caller may see, oldest first. One query."""
    return _by_case(Clock.objects.filter(case_id__in=set(ids)))


def owed_by_case(ids: Iterable[UUID]) -> dict[UUID, list[Clock]]:
    """As `clocks_by_case`, but only the clocks that still run: what a list of cases shows. One
    query."""
    return _by_case(Clock.objects.filter(case_id__in=set(ids), stopped_at=None).defer("ladder"))


def _by_case(clocks: QuerySet[Clock]) -> dict[UUID, list[Clock]]:
    found: dict[UUID, list[Clock]] = defaultdict(list)
    for clock in clocks.order_by("started_at", "id"):
        found[clock.case_id].append(clock)
    return found


def view_of(clock: Clock) -> ClockView:
    """One clock as a chip or a step of the promise line."""
    broken: State = "running" if clock.stopped_at is None else "broken"
    return ClockView(
        kind=clock.kind,
        label=LABELS[clock.kind],
        state=_SHOWN.get(clock.state, broken),
        due_at=clock.due_at,
        started_at=clock.started_at,
        stopped_at=clock.stopped_at,
        limit=timedelta(minutes=clock.minutes),
        reason=in_words(clock.pauses[-1][2]) if clock.state == "paused" else "",
    )


def promise_line(case: Case, clocks: Iterable[Clock]) -> list[ClockView]:
    """The latest clock of each kind; what the standard promises and has not begun is waiting."""
    latest = {clock.kind: clock for clock in clocks if clock.state != "void"}
    promised = _promised(case) if case.state in ("open", "answered") else frozenset()
    return [
        view_of(latest[kind])
        if kind in latest
        else ClockView(kind=kind, label=LABELS[kind], state="waiting")
        for kind in LABELS
        if kind in latest or kind in promised
    ]


def next_due(clocks: Iterable[Clock]) -> ClockView | None:
    """The live promise that is due first; a paused one when nothing else is owed."""
    live = [clock for clock in clocks if clock.live]
    owed = [clock for clock in live if clock.due_at is not None]
    first = min(owed, key=lambda c: (c.due_at, c.id)) if owed else next(iter(live), None)
    return view_of(first) if first else None


def _promised(case: Case) -> frozenset[str]:
    """The kinds of clock this case has had or will have, if all goes its usual way."""
    if case.standard_id is None or case.history:
        return frozenset()
    path = case.place.path if case.place else ""
    limits = limits_for(limits_of(case.standard_id), Subject(case.category, case.urgency, path))
    never: set[str] = set() if call_owed(case) else {"callback"}
    if case.kind not in WORKED_KINDS:
        never |= _OF_WORK
    if case.kind not in VERIFIED_KINDS:
        never.add("verify")
    return frozenset(limits) - never
