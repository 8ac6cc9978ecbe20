"""The rounds of `expand_kill9`: three make plans, a fourth changes them, all are killed."""

import argparse
import os
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import IntegrityError, connections
from django.db.models import Count

from anju.engine.loop.models import WorkOrder
from anju.engine.loop.testing import House, a_house
from anju.engine.plans.commands import HORIZON, change_plan, expanding, move_plan
from anju.engine.plans.document import When
from anju.engine.plans.models import Occurrence, Plan
from anju.engine.plans.rules import occurrences
from anju.engine.plans.testing import a_plan, planned
from anju.foundation.calendars.queries import calendars_of
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.lib import frozen
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import found_company
from anju.foundation.tenancy.errors import Refusal

ZONE = ZoneInfo("Asia/Shanghai")
BEGIN = datetime(2026, 3, 2, 8, 0, tzinfo=ZONE)
PER_COMPANY, WORKERS, PLANS = 10, 3, 8
LONGEST = 0.4  # seconds until a process is killed
SAID: tuple[dict[str, Any], ...] = (
    {"when": {"start": "2026-01-01", "times": ("09:00",)}},
    {"when": {"start": "2026-01-01", "every": "2h", "between": ("08:00", "20:00")}},
    {"when": {"start": "2026-01-01", "rule": "FREQ=WEEKLY;BYDAY=MO,TH", "times": ("10:00",)},
     "catch_up": "all"},
    {"when": {"start": "2026-01-31", "rule": "FREQ=MONTHLY", "month_end": "clamp"}},
    {"when": {"start": "2026-01-01", "times": ("07:30", "16:30"), "day_off": "after"},
     "calendar": "office", "catch_up": "last"},
)  # fmt: skip


@dataclass
class Ground:
    """A company with its plans: since when each says what it says, and how it stood then."""

    house: House
    plans: list[UUID]
    moment: datetime
    since: dict[UUID, datetime] = field(default_factory=dict)
    version: dict[UUID, int] = field(default_factory=dict)


def run(asked: argparse.Namespace) -> int:
    """Rounds `first` to `n`, until one has a fault; then 1."""
    begun, number, faults, killed = time.monotonic(), asked.first, [], Counter[str]()
    while number < asked.n and not faults:
        until = min(asked.n, (number // PER_COMPANY + 1) * PER_COMPANY)
        # A company begins at the beginning of its ten rounds, wherever the run goes on.
        ground = _ground()
        for each in range(number // PER_COMPANY * PER_COMPANY, until):
            faults = _round(ground, Random(f"{asked.seed}:{each}"), killed)
            if faults:
                number = each
                break
        else:
            number, faults = until, _verified(ground)
            print(f"  {number} of {asked.n}", flush=True)
    for fault in faults[:5]:
        print(f"BROKEN: {fault}")
    if faults:
        print(f"  --seed {asked.seed} --first {number}")
    print(
        f"expand_kill9: seed {asked.seed}, first {asked.first}, n {number - asked.first} rounds, "
        f"{time.monotonic() - begun:.1f} s, {killed['killed']} processes killed, "
        f"{killed['whole']} ended by themselves, {len(faults)} faults"
    )
    return 1 if faults else 0


def _ground() -> Ground:

    with frozen(BEGIN):
        company = found_company(code=f"k{uuid4().hex[:12]}", name="测试物业")
        house = a_house(Actor.machine(company.id, "test"))
        plans = [a_plan(house, f"P{n}", **SAID[n % len(SAID)]) for n in range(PLANS)]
    return Ground(
        house,
        [plan.id for plan in plans],
        BEGIN,
        {plan.id: BEGIN for plan in plans},
        {plan.id: plan.version for plan in plans},
    )


def _round(ground: Ground, rng: Random, killed: Counter[str]) -> list[str]:

    ground.moment += rng.choice(
        [timedelta(hours=rng.randrange(7, 60)), timedelta(days=rng.randrange(2, 60))]
    )
    actor, moment = ground.house.actor, ground.moment
    children = [_child(moment, lambda: expanding.expand(actor=actor)) for _n in range(WORKERS)]
    seed = rng.random()
    children.append(_child(moment, lambda: _change(ground, Random(seed))))
    faults = _struck(children, rng, killed)
    with frozen(moment):
        try:
            expanding.expand(actor=actor)
            expanding.expand(actor=actor, until=moment + HORIZON)
        except IntegrityError as twice:
            faults.append(f"it is made twice: {twice}")
        return faults + list(_findings(ground))


def _child(moment: datetime, do: Callable[[], Any]) -> int:
    """A process of its own, with a connection of its own; ends with 1 where something broke."""

    connections.close_all()  # or both would speak on one line
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        # Where a browser's event loop runs beside, Django holds one line for that and another
        # without it: the child has no loop, and would speak on the parent's other one.
        for inherited in connections.all(initialized_only=True):
            inherited.connection = None
        with frozen(moment):
            do()
        code = 0
    except BaseException:
        os.write(2, traceback.format_exc().encode())  # whatever it was: told before it ends
    finally:
        os._exit(code)  # nothing of the parent's is cleaned up here


def _change(ground: Ground, rng: Random) -> None:
    """Somebody changes, pauses and resumes plans while they are made."""

    actor = ground.house.actor
    for id in rng.sample(ground.plans, 3):
        with acting(actor):
            plan = Plan.objects.get(id=id)
        with suppress(Refusal):
            if plan.state == "paused":
                move_plan(id, "resume", actor=actor)
            elif rng.random() < 0.4:
                move_plan(id, "pause", actor=actor, why="试")
            else:
                said = planned(ground.house, **rng.choice(SAID))
                change_plan(id, said, actor=actor, version=plan.version)


def _struck(children: Sequence[int], rng: Random, killed: Counter[str]) -> list[str]:
    """Kill each at a moment of its own, or let it end; what broke by itself is a fault."""
    begun, faults = time.monotonic(), []
    ends = [(rng.uniform(0, LONGEST) if rng.random() < 0.7 else 60.0, pid) for pid in children]
    for after, pid in sorted(ends):
        end = begun + after
        status = _waited(pid, end)
        if status is None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            _pid, status = os.waitpid(pid, 0)
        if os.WIFSIGNALED(status):
            killed["killed"] += 1
        else:
            killed["whole"] += 1
            if os.WEXITSTATUS(status):
                faults.append("a process that made plans broke by itself")
    return faults


def _waited(pid: int, end: float) -> int | None:
    while time.monotonic() < end:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return status
        time.sleep(0.002)
    return None


def _findings(ground: Ground) -> Iterator[str]:
    """What stands, beside what each plan says."""

    with acting(ground.house.actor):
        for plan in Plan.objects.filter(id__in=ground.plans).order_by("id"):
            if plan.version != ground.version[plan.id]:
                ground.version[plan.id], ground.since[plan.id] = plan.version, ground.moment
            yield from _of_plan(plan, ground)
        twice = Occurrence.objects.filter(withdrawn=False).values("plan", "named", "place", "asset")
        for row in twice.annotate(n=Count("id")).filter(n__gt=1)[:3]:
            yield f"{row['named']} stands {row['n']} times"
        alone = WorkOrder.objects.filter(case=None, occurrence=None).count()
        if alone:
            yield f"{alone} work orders of no occurrence"
        void = Occurrence.objects.filter(withdrawn=False, work__state="void").count()
        live = Occurrence.objects.filter(withdrawn=True).exclude(work__state="void")
        if void or live.exclude(work=None).exists():
            yield "work is void where its occurrence stands, or the other way round"


def _of_plan(plan: Plan, ground: Ground) -> Iterator[str]:

    since, moment = (
        at.astimezone(ZONE).replace(tzinfo=None) for at in (ground.since[plan.id], ground.moment)
    )
    # What has begun at that very moment stays, whatever the plan says from then on.
    rows = plan.occurrences.filter(withdrawn=False, named__gt=since.isoformat())
    stands = sorted(rows.values_list("named", flat=True))
    want: list[str] = []
    if plan.state == "active":
        calendar = calendars_of(plan.company_id)(plan.calendar)
        table = When.model_validate(plan.when).timetable(calendar.zone)
        found = occurrences(table, calendar, since, moment + HORIZON)
        want = [one.nominal.isoformat() for one in found if one.nominal > since]
    if stands != want:
        less, more = Counter(want) - Counter(stands), Counter(stands) - Counter(want)
        yield (
            f"{plan.code} ({plan.state}, v{plan.version}): left out {sorted(less)[:3]}, "
            f"too many {sorted(more)[:3]}"
        )


def _verified(ground: Ground) -> list[str]:

    seal_all()
    return [f"verify: {code}" for code in sorted(codes(verified(ground.house.actor.company_id)))]
