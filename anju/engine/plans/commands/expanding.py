"""Making work orders of plans, up to a horizon: each occurrence once, whoever makes it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import cast
from zoneinfo import ZoneInfo

from anju.engine.loop.models import WorkOrder
from anju.engine.plans.models import Occurrence, Plan, PlanSubject
from anju.engine.plans.rules import CatchUp, Due, Window, due, occurrences
from anju.foundation.calendars.queries import calendars_of
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now, uuid7
from anju.foundation.tenancy.acting import acting, prepared
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.document import document, rows_of

HORIZON = timedelta(days=35)  # how far ahead work stands: a month can be looked at and printed
AGAIN = timedelta(hours=6)  # when a plan is made further
BATCH = 1_000  # occurrences in one event

_INSERT = f"""
    WITH d AS (SELECT %s::jsonb AS doc),
         w AS (INSERT INTO loop_workorder SELECT r.* FROM {rows_of("loop_workorder")})
    INSERT INTO plans_occurrence SELECT r.* FROM {rows_of("plans_occurrence")}
"""  # noqa: S608 - only names of our own tables are put in


@dataclass(frozen=True)
class Expanded:
    """What one run made: plans looked at, work orders made, occurrences passed over."""

    plans: int = 0
    made: int = 0
    passed_over: int = 0

    def __add__(self, other: "Expanded") -> "Expanded":
        return Expanded(
            self.plans + other.plans,
            self.made + other.made,
            self.passed_over + other.passed_over,
        )


def expand(*, actor: Actor, until: datetime | None = None) -> Expanded:
    """Make the work of every plan in force of the company up to `until`; without it, of those that
    are to be looked at again, up to the horizon.

    One transaction for each plan. Any number may run at once: a plan that another one makes is
    passed by, and what stands already is not made again. A crash leaves a plan as it was.
    """
    moment, total = now(), Expanded()
    with acting(actor):
        waiting = Plan.objects.filter(company_id=actor.company_id, state="active")
        if until is None:
            until, waiting = moment + HORIZON, waiting.filter(look_at__lte=moment)
        ids = list(waiting.order_by("look_at", "id").values_list("id", flat=True))
    for id in ids:
        with acting(actor):
            mine = Plan.objects.select_for_update(skip_locked=True, of=("self",))
            plan = mine.filter(company_id=actor.company_id, id=id, state="active").first()
            if plan is not None:
                total += expand_plan(plan, actor=actor, until=until)
    return total


def expand_plan(plan: Plan, *, actor: Actor, until: datetime) -> Expanded:
    """Make the work of one plan, locked by the caller inside its `acting`, up to `until`.

    What falls due is known by the wall time that names it; the plan remembers up to which one it
    was made (`made_until`), so nothing is left out between two runs.
    """
    calendar = calendars_of(actor.company_id)(plan.calendar)
    since = datetime.fromisoformat(plan.made_until)
    last = until.astimezone(ZoneInfo(calendar.zone)).replace(tzinfo=None, microsecond=0)
    made = passed_over = 0
    if last > since:
        found = due(
            occurrences(plan.timetable(calendar.zone), calendar, since, last),
            Window(plan.early, plan.late, plan.make_up),
            cast(CatchUp, plan.catch_up),
            now(),
        )
        for batch in _batched(_rows(plan, found), BATCH):
            _write(plan, batch, actor)
            made += sum(one.work_id is not None for one, _work in batch)
            passed_over += sum(one.work_id is None for one, _work in batch)
        plan.made_until = last.isoformat(timespec="seconds")
    plan.look_at = now() + AGAIN
    plan.save(update_fields=["made_until", "look_at"])
    return Expanded(1, made, passed_over)


Row = tuple[Occurrence, WorkOrder | None]


def _rows(plan: Plan, found: Iterable[Due]) -> Iterator[Row]:
    """The rows of each occurrence at each subject, but for those that stand already."""
    subjects = list(PlanSubject.objects.filter(plan=plan, until=None).order_by("id"))
    listed = list(found)
    if not listed:
        return
    standing = set(
        Occurrence.objects.filter(plan=plan, withdrawn=False, named__gte=listed[0].named)
        .values_list("named", "place_id", "asset_id")
    )  # fmt: skip
    for one in listed:
        for n, subject in enumerate(subjects, 1):
            if (one.named, subject.place_id, subject.asset_id) in standing:
                continue
            work = _work(plan, one, subject, n if len(subjects) > 1 else 0) if one.made else None
            yield (
                Occurrence.fresh(
                    company_id=plan.company_id,
                    plan_id=plan.id,
                    place_id=subject.place_id,
                    asset_id=subject.asset_id,
                    named=one.named,
                    at=one.at,
                    opens_at=one.opens_at,
                    closes_at=one.closes_at,
                    work_id=work and work.id,
                    next_at=one.opens_at if work else None,
                ),
                work,
            )


def _work(plan: Plan, one: Due, subject: PlanSubject, n: int) -> WorkOrder:
    """Waiting for whoever holds the post, from the moment its window opens."""
    moment = one.named.translate(str.maketrans("", "", "-:"))[2:13]
    return WorkOrder.fresh(
        id=uuid7(),
        company_id=plan.company_id,
        number=f"{plan.code}-{moment}" + (f"-{n}" if n else ""),
        title=plan.name,
        place_id=subject.place_id,
        asset_id=subject.asset_id,
        post_id=plan.post_id,
        opened_at=one.opens_at,
        lapses_at=one.lapses_at,
    )


def _write(plan: Plan, batch: Sequence[Row], actor: Actor) -> None:
    """The rows of a batch in one statement, and the one event that commits to all of them."""
    rows = [row for pair in batch for row in pair if row is not None]
    prepared(_INSERT, [document(rows)])
    tell(
        "plan.expanded",
        subject=("plan", plan.id),
        actor=actor,
        said={
            "from": batch[0][0].named,
            "to": batch[-1][0].named,
            "made": sum(work is not None for _one, work in batch),
            "passed_over": sum(work is None for _one, work in batch),
        },
        wrote=written(*rows),
    )


def _batched(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    while batch := list(islice(rows, size)):
        yield batch
