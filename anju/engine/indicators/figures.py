"""The quality figures, each defined once: which cases count, which of them hit. Drillable.

A figure is two filters over the cases opened in a period; a few are over its planned work. Its n,
its rate, its Wilson interval and the list behind it all come from these two; what cannot be judged
is counted beside, never inside.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, TruncWeek
from django.utils.translation import gettext_lazy as _

from anju.engine.clocks.models import Clock
from anju.engine.loop.linked import NOT_OURS, decided, done_again
from anju.engine.loop.models import Case, Record, WorkOrder
from anju.engine.plans.models import MISSED
from anju.foundation.lib import now
from anju.foundation.lib.wilson import wilson
from anju.foundation.places.models import inside

Row = TypeVar("Row", Case, WorkOrder)
STAFF_CHANNELS = ("staff", "patrol", "sensor")
MENDED = ("repair", "finding")


@dataclass(frozen=True)
class Definition:
    """What a figure is. `among`: the cases that count; `hit`: those of them that do well.

    `rests_on` says in one sentence which fact or clock it rests on. `target` in percent.
    """

    code: str
    label: Any
    rests_on: Any
    target: float
    among: Q
    hit: Q
    better: str = "high"


@dataclass(frozen=True)
class Reading:
    """A figure of one period: `low` and `high` bound the 95 % interval (Wilson), in percent."""

    definition: Definition
    hits: int
    n: int

    @property
    def value(self) -> float | None:
        """The rate in percent; None when nothing counts."""
        return 100 * self.hits / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval in percent."""
        found = wilson(self.hits, self.n)
        return (100 * found[0], 100 * found[1]) if found else None


def _timely(kind: str) -> tuple[Q, Q]:
    judged = Q(**{f"{kind}_kept": True}) | Q(**{f"{kind}_broken": True})
    return judged, Q(**{f"{kind}_broken": False})


_HEARD, _HEARD_IN_TIME = _timely("respond")
_FINISHED, _IN_TIME = _timely("finish")
_TOLD, _TOLD_IN_TIME = _timely("feedback")
_CALLED = _timely("callback")[0]
_RESPONDED = _("The respond clock, in the time of its calendar; open overdue ones count.")
DEFINITIONS = (
    Definition(
        "repair_responded",
        _("Repairs responded to in time"),
        _RESPONDED,
        95,
        Q(kind="repair") & _HEARD,
        _HEARD_IN_TIME,
    ),
    Definition(
        "repair_timely",
        _("Repairs finished in time"),
        _("The finish clock of repairs, in the time of its calendar; open overdue ones count."),
        95,
        Q(kind="repair") & _FINISHED,
        _IN_TIME,
    ),
    Definition(
        "repair_first_time",
        _("Repaired the first time"),
        _("Repairs whose work was finished: no failed check and never reopened."),
        90,
        Q(kind="repair", worked=True),
        Q(failed=False, reopened=0),
    ),
    Definition(
        "repair_qualified",
        _("Checks passed"),
        _("Repairs whose work was checked: no check failed."),
        95,
        Q(kind="repair", checked=True),
        Q(failed=False),
    ),
    Definition(
        "complaint_responded",
        _("Complaints responded to in time"),
        _RESPONDED,
        95,
        Q(kind="complaint") & _HEARD,
        _HEARD_IN_TIME,
    ),
    Definition(
        "complaint_feedback",
        _("Complaints answered in 24 hours"),
        _("The feedback clock of complaints, by the wall; only a substantive message stops it."),
        100,
        Q(kind="complaint") & _TOLD,
        _TOLD_IN_TIME,
    ),
    Definition(
        "complaint_timely",
        _("Complaints settled in time"),
        _("The finish clock of complaints; open overdue ones count."),
        95,
        Q(kind="complaint") & _FINISHED,
        _IN_TIME,
    ),
    Definition(
        "callback_done",
        _("Called back"),
        _("Cases drawn for a callback that is made or overdue: the reporter answered the call."),
        100,
        _CALLED,
        Q(ever_asked=True),
    ),
    Definition(
        "not_reached",
        _("Not reached"),
        _("Cases drawn for a callback that is made or overdue: called again and again in vain."),
        10,
        _CALLED,
        Q(outcome="not_reached"),
        "low",
    ),
    Definition(
        "silent",
        _("Closed by silence"),
        _("Cases closed after somebody was told: no answer for days, and nobody was asked."),
        70,
        Q(state="closed", told_at__isnull=False),
        Q(outcome="no_answer"),
        "low",
    ),
    Definition(
        "satisfied",
        _("Satisfied with the result"),
        _("Callbacks with an answer: satisfied. Not reached and no answer are not counted."),
        90,
        Q(outcome__in=["satisfied", "dissatisfied"]) | Q(ever_dissatisfied=True),
        Q(outcome="satisfied", ever_dissatisfied=False),
    ),
    Definition(
        "reopened",
        _("Reopened"),
        _("Cases that were once answered: opened again by whoever reported them."),
        5,
        Q(answered_at__isnull=False) | Q(reopened__gt=0),
        Q(reopened__gt=0),
        "low",
    ),
    Definition(
        "rework",
        _("Done again within its warranty"),
        _(
            "Repairs and findings whose work we finished under a standard with a warranty: it was "
            "reported again within it, and decided that we do it again for nothing."
        ),
        5,
        # Without a category it is of no kind, and nothing that is reported is the same.
        Q(kind__in=MENDED, worked=True, standard__method__warranty__gt=0)
        & ~Q(repairer__in=NOT_OURS)
        & ~Q(category=""),
        Q(again=True),
        "low",
    ),
    Definition(
        "found_by_staff",
        _("Found by staff first"),
        _(
            "Repairs and findings, but for missed planned work: received from staff, a patrol or "
            "a sensor, not from a resident."
        ),
        50,
        Q(kind__in=MENDED) & ~Q(item__startswith=MISSED),
        Q(channel__in=STAFF_CHANNELS),
    ),
)
BY_CODE: Mapping[str, Definition] = MappingProxyType({d.code: d for d in DEFINITIONS})
# Those that rest on planned work, by the day its window opened.
PLANNED: Mapping[str, Definition] = MappingProxyType(
    {
        "planned_rework": Definition(
            "planned_rework",
            _("Planned work done again within its warranty"),
            _(
                "Planned work that was done under a standard with a warranty that names "
                "categories: the same was reported there within it, and decided that we do it "
                "again for nothing."
            ),
            5,
            # Without categories it is of no kind, and nothing that is reported is the same.
            Q(
                done_at__isnull=False,
                standard__method__warranty__gt=0,
                standard__scope__has_key="categories",
            ),
            Q(again=True),
            "low",
        )
    }
)
STEPS = ("respond", "dispatch", "accept", "arrive")  # whose lateness makes the whole late


def with_facts(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Cases, or planned work, with the facts the definitions ask for, each an index look-up."""
    found: QuerySet[Any]
    if rows.model is WorkOrder:
        found = rows.annotate(again=done_again(work_id=OuterRef("id")))
        return found
    mine = {"company_id": OuterRef("company_id"), "case_id": OuterRef("id")}
    checks = Record.objects.filter(**mine, kind="check")
    facts: dict[str, Any] = {}
    for kind in ("respond", "finish", "feedback", "callback"):
        facts[f"{kind}_kept"] = Exists(Clock.objects.filter(**mine, kind=kind, state="kept"))
        facts[f"{kind}_broken"] = _broken(kind)
    calls = Record.objects.filter(**mine, kind="callback")
    found = rows.annotate(
        **facts,
        again=done_again(other_id=OuterRef("id")),
        repairer=Coalesce(decided("repairer"), Value(""), output_field=TextField()),
        worked=Exists(WorkOrder.objects.filter(**mine, done_at__isnull=False)),
        checked=Exists(checks),
        failed=Exists(checks.filter(verdict="fail")),
        ever_asked=Exists(calls.exclude(verdict="")),
        ever_dissatisfied=Exists(calls.filter(verdict="fail")),
    )
    return found


def _broken(kind: str) -> Exists:
    mine = {"company_id": OuterRef("company_id"), "case_id": OuterRef("id")}
    late = Q(state="broken") | Q(state="running", stopped_at=None, due_at__lt=now())
    return Exists(Clock.objects.filter(late, **mine, kind=kind))


def _counts() -> dict[str, Any]:
    counts: dict[str, Any] = {}
    for d in DEFINITIONS:
        counts[f"{d.code}_n"] = Count("id", filter=d.among)
        counts[f"{d.code}_hits"] = Count("id", filter=d.among & d.hit)
    return counts


def _read(found: Mapping[str, Any]) -> list[Reading]:
    return [Reading(d, found[f"{d.code}_hits"], found[f"{d.code}_n"]) for d in DEFINITIONS]


def readings(cases: QuerySet[Case]) -> list[Reading]:
    """Every figure over these cases. One query."""
    return _read(with_facts(cases.exclude(state="void")).order_by().aggregate(**_counts()))


def reading(rows: QuerySet[Any], definition: Definition) -> Reading:
    """One figure over these cases, or this planned work. One query."""
    counted = behind(rows, definition, hits=None).order_by()
    hits = Count("id", filter=definition.hit)
    found = counted.aggregate(n=Count("id"), hits=hits)
    return Reading(definition, found["hits"], found["n"])


def readings_by(cases: QuerySet[Case], paths: Sequence[str]) -> Mapping[str, Mapping[str, Reading]]:
    """Every figure over the cases under each of these places, by path and code. One query, however
    many places; they must not lie inside one another."""
    facts = with_facts(cases.exclude(state="void")).annotate(under=inside(paths, "place__path"))
    rows = facts.order_by().values("under").annotate(**_counts())
    found = {row["under"]: _read(row) for row in rows}
    nothing = [Reading(d, 0, 0) for d in DEFINITIONS]
    return {p: {r.definition.code: r for r in found.get(p, nothing)} for p in paths}


def readings_by_standard(
    cases: QuerySet[Case], paths: Sequence[str]
) -> Mapping[tuple[str, str], Sequence[Reading]]:
    """Every figure over the cases under each of these places and of each standard that rules them,
    by path and code of the standard; pairs without a case are left out. One query."""
    facts = with_facts(cases.exclude(state="void")).annotate(under=inside(paths, "place__path"))
    rows = facts.order_by().values("under", "standard__code").annotate(**_counts())
    return {(row["under"], row["standard__code"]): _read(row) for row in rows if row["under"]}


def late_steps(
    cases: QuerySet[Case], definition: Definition, paths: Sequence[str]
) -> Mapping[str, Counter[str]]:
    """Of the cases that miss a figure, how many were late at each step on the way, under each of
    these places: where the time went. One query."""
    missed = behind(cases, definition, hits=False).annotate(under=inside(paths, "place__path"))
    late = missed.annotate(**{f"late_{kind}": _broken(kind) for kind in STEPS})
    counted = {kind: Count("id", filter=Q(**{f"late_{kind}": True})) for kind in STEPS}
    found: dict[str, Counter[str]] = defaultdict(Counter)
    rows = late.order_by().values("under").annotate(**counted).values_list("under", *STEPS)
    for path, *numbers in rows:
        found[path].update({kind: n for kind, n in zip(STEPS, numbers, strict=True) if n})
    return found


def by_week(
    rows: QuerySet[Any], definition: Definition, zone: Any
) -> Iterable[tuple[Any, Reading]]:
    """One figure week by week of opening (weeks start on Monday, in the zone). One query."""
    opened = "opened_at" if rows.model is WorkOrder else "at"
    rows = (
        behind(rows, definition, hits=None)
        .annotate(week=TruncWeek(opened, tzinfo=zone))
        .order_by("week")
        .values("week")
        .annotate(n=Count("id"), hits=Count("id", filter=definition.hit))
    )
    return [(row["week"], Reading(definition, row["hits"], row["n"])) for row in rows]


def behind(rows: QuerySet[Row], definition: Definition, *, hits: bool | None) -> QuerySet[Row]:
    """What is behind a figure: all that count, those that hit, or those that miss."""
    counted = with_facts(rows.exclude(state="void")).filter(definition.among)
    if hits is None:
        return counted
    return counted.filter(definition.hit) if hits else counted.exclude(definition.hit)
