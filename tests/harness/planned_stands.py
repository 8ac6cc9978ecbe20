"""What stands on the real tables after a week of plans, beside what was counted."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from anju.domains.rounds.queries import standing_of
from anju.engine.clocks.models import Clock
from anju.engine.clocks.rows import LEAST
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.loop.testing import House
from anju.engine.plans.models import Occurrence
from anju.foundation.events.models import Cursor, Event
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.messages.models import Message
from anju.foundation.people.models import Post
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from tests.harness.planned_oracle import Course, Work
from tests.harness.planned_world import END, Life

ZONE = ZoneInfo("Asia/Shanghai")
BEGIN = datetime(2026, 3, 2, tzinfo=ZONE)
Told = dict[UUID | None, list[Any]]


@dataclass
class Ground:
    """A company with its plans by number, and the accounts of its people by their letter."""

    house: House
    post: Post
    people: Mapping[str, Any]
    plans: dict[int, UUID] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        return self.house.actor


def instant(minute: int) -> datetime:
    return BEGIN + timedelta(minutes=minute)


def differences(
    ground: Ground,
    lives: Sequence[Life],
    moments: Sequence[int],
    taken: Sequence[Sequence[bool | None]],
    counts: Counter[str],
) -> Iterator[str]:
    """Plan by plan: its acts, its work, its findings."""
    told, heard = _told(ground), _heard(ground)
    for life in lives:
        course = Course(life, moments)
        counts["works"] += len(course.works)
        counts["acts"] += len(life.acts)
        counts["refused"] += taken[life.n].count(False)
        counts["findings"] += len(course.findings)
        counts["told"] += sum(len(work.told) for work in course.works.values())
        for act, right, was in zip(life.acts, course.taken, taken[life.n], strict=True):
            if right != was:
                yield f"{act} was {was}, counted {right}; {life.short()}"
        yield from _of_plan(ground, life, course, told, heard)


def _of_plan(ground: Ground, life: Life, course: Course, told: Told, heard: Told) -> Iterator[str]:
    with acting(ground.actor):
        rows = list(Occurrence.objects.filter(plan=ground.plans[life.n]).select_related("work"))
        ids = [one.work_id for one in rows]
        clocks = dict(Clock.objects.filter(work_id__in=ids).values_list("work_id", "state"))
        found = list(_findings(life.n))
    stands = {_minute(one.named): one for one in rows if not one.withdrawn}
    gone = [one for one in rows if one.withdrawn]
    if len(gone) != course.withdrawn or any(one.work.state != "void" for one in gone):
        yield f"{len(gone)} withdrawn, counted {course.withdrawn}; {life.short()}"
    if stands.keys() != course.works.keys():
        yield f"stands {sorted(stands.keys() ^ course.works.keys())}; {life.short()}"
    for of in sorted(stands.keys() & course.works.keys()):
        one, work = stands[of], course.works[of]
        is_ = (*_row(one), clocks.get(one.work_id, ""), told[one.work_id], heard[one.work_id])
        want = (*_want(course, work), sorted(work.told), sorted(work.heard.items()))
        if is_ != want:
            acts = [act for act in life.acts if act.of in (of, None)]
            yield f"P{life.n} at {of}: {is_}, counted {want}; {acts}"
    counted = [
        (one.state, sorted(course.works[of].lapses for of in one.failed), one.notes, one.post)
        for one in course.findings
    ]
    if found != counted:
        yield f"findings of P{life.n}: {found}, counted {counted}"


def _row(one: Occurrence) -> tuple[Any, ...]:
    """When it may be done, its state, how it stands to its window."""
    work = one.work
    times = (_since(one.opens_at), _since(one.closes_at))
    lapses = _since(work.lapses_at) if work and work.lapses_at else None
    state = work.state if work else ""
    return (*times, lapses, state, standing_of(one, instant(END).astimezone(UTC)))


def _want(course: Course, work: Work) -> tuple[Any, ...]:
    times = (work.opens, work.closes, work.lapses if work.made else None)
    state = work.state if work.made else ""
    return (*times, state, course.verdict(work), course.clock(work))


def _findings(n: int) -> Iterator[tuple[Any, ...]]:
    """Each finding of a plan: its state, what it stands for, what was noted, whose it is."""
    for case in Case.objects.filter(item=f"missed-p{n}").order_by("id"):
        failed = case.records.filter(verdict="fail").values_list("at", flat=True)
        notes = Event.objects.filter(subject_id=case.id, name="case.note").count()
        post = WorkOrder.objects.filter(case=case, post__isnull=False).exists()
        yield (case.state, sorted(_since(at - LEAST) for at in failed), notes, post)


def _told(ground: Ground) -> Told:
    """What was told of the clock of each piece of planned work: what, for when, at which look."""
    found: Told = defaultdict(list)
    with acting(ground.actor):
        rows = Event.objects.filter(name__startswith="clock.", subject_kind="work").order_by("name")
        for one in rows:
            at = one.at - LEAST if one.name == "clock.broken" else one.at
            name = one.name.removeprefix("clock.")
            found[one.subject_id].append((name, _since(at), _since(one.noted_at)))
    return defaultdict(list, {id: sorted(told) for id, told in found.items()})


def _heard(ground: Ground) -> Told:
    """Who was told that work is late, and when."""
    names = {one.id: letter for letter, one in ground.people.items()}
    found: Told = defaultdict(list)
    with acting(ground.actor):
        for one in Message.objects.filter(kind="round.late", channel="inapp"):
            found[one.subject_id].append((names[one.account_id], _since(one.created_at)))
    return defaultdict(list, {id: sorted(told) for id, told in found.items()})


def odd(ground: Ground) -> Iterator[str]:
    """Listeners that failed, and what `anju verify` finds."""
    with acting(ground.actor):
        for cursor in Cursor.objects.filter(tries__gt=0):
            yield f"the listener {cursor.listener} failed"
    seal_all()
    for code in sorted(codes(verified(ground.actor.company_id))):
        yield f"verify: {code}"


def _minute(named: str) -> int:
    return _since(datetime.fromisoformat(named).replace(tzinfo=ZONE))


def _since(at: datetime) -> int:
    return (at - BEGIN) // timedelta(minutes=1)
