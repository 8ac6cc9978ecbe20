"""Plans: the work of 1,200 of them made 90 days ahead, made again, the year of one looked at."""

import time
from datetime import timedelta
from itertools import cycle
from typing import Any

from anju.engine.loop.models import WorkOrder
from anju.engine.plans.commands import expand
from anju.engine.plans.document import When
from anju.engine.plans.models import Occurrence, Plan, PlanSubject
from anju.engine.plans.rules import planned_between
from anju.foundation.calendars.queries import calendars_of
from anju.foundation.lib import now, uuid7
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.days import today
from anju.foundation.texts import plain
from benchmarks import world
from benchmarks.house import House
from benchmarks.measure import cpu_seconds, middle, table

PLANS, DAYS, LOOKS = 1_200, 90, 20
STORED_GOAL, AGAIN_GOAL, LOOK_GOAL, RATE_GOAL, RATIO_GOAL = 3.2, 0.6, 0.1, 30_000, 0.3
# About 0.9 a day each, as a company mixes them; days off as the public holidays of China have them.
MIX: tuple[dict[str, Any], ...] = (
    {"times": ("09:00",), "day_off": "after"},
    {"times": ("08:00", "16:00")},
    {"rule": "FREQ=WEEKLY;BYDAY=MO,WE,FR", "times": ("10:00",), "day_off": "before"},
    {"times": ("07:30",), "day_off": "skip"},
    {"rule": "FREQ=DAILY;INTERVAL=2", "times": ("14:00",)},
    {"workday": -1, "times": ("15:00",)},
    {"rule": "FREQ=MONTHLY;BYMONTHDAY=1,16", "times": ("09:30",), "day_off": "after"},
    {"times": ("06:00", "18:00"), "seasons": (("01-01", "12-31"),)},
)


def run(house: House, *, full: bool) -> bool:
    """Seconds end to end under the policies, beside a COPY of the same rows into tables with the
    same keys and indexes."""
    of = world.a_world("plans")
    with acting(of.actor):
        first = _plans(of)
    busy, began = _busy(house), time.perf_counter()
    made = expand(actor=of.actor, until=now() + timedelta(days=DAYS)).made
    seconds, busy = time.perf_counter() - began, _busy(house) - busy
    began = time.perf_counter()
    again = expand(actor=of.actor, until=now() + timedelta(days=DAYS)).made
    idle = time.perf_counter() - began
    floor = _floor(house)
    look = _looked_at(of, first)
    rows = [
        {"what": f"{made:,} work orders of {PLANS:,} plans, s", "measured": seconds,
         "goal": STORED_GOAL},
        {"what": "of it processor time, s", "measured": busy, "goal": ""},
        {"what": "work orders a second", "measured": made / seconds, "goal": RATE_GOAL},
        {"what": "the same rows by COPY, s", "measured": floor, "goal": ""},
        {"what": "share of that floor", "measured": floor / seconds, "goal": RATIO_GOAL},
        {"what": f"made again ({again} new), s", "measured": idle, "goal": AGAIN_GOAL},
        {"what": "a year of one plan, s", "measured": look, "goal": LOOK_GOAL},
    ]  # fmt: skip
    print(table(rows))
    return (
        again == 0 and seconds <= STORED_GOAL and idle <= AGAIN_GOAL and look <= LOOK_GOAL
        and floor / seconds >= RATIO_GOAL
    )  # fmt: skip


def _busy(house: House) -> float:
    """Seconds of processor time so far, of this process and of the database."""
    return time.process_time() + cpu_seconds(house.pid)["postgres"]


def _plans(of: world.World) -> Plan:
    """The plans as rows, nothing made of them yet."""
    start = today(of.actor.company_id)
    place = Place.objects.filter(kind="community").order_by("path")[0]
    plans = [
        Plan(
            id=uuid7(), company_id=of.actor.company_id, place=place, code=f"B-{n}", name="巡查",
            when=plain(When(start=start.isoformat(), **said)), calendar="office", late=60,
            made_until=f"{start.isoformat()}T00:00:00",
        )
        for n, said in zip(range(PLANS), cycle(MIX), strict=False)
    ]  # fmt: skip
    Plan.objects.bulk_create(plans)
    PlanSubject.objects.bulk_create(
        PlanSubject(company_id=of.actor.company_id, plan=plan, place=place) for plan in plans
    )
    return plans[0]


def _floor(house: House) -> float:
    """Seconds for COPY of the same rows into empty tables like theirs, by the owner."""
    total = 0.0
    with house.owner() as db:
        for table_ in (WorkOrder._meta.db_table, Occurrence._meta.db_table):
            db.execute(f"CREATE TABLE bench_copy (LIKE {table_} INCLUDING ALL)")
            with db.cursor().copy(f"COPY {table_} TO STDOUT (FORMAT binary)") as out:
                content = b"".join(bytes(part) for part in out)
            began = time.perf_counter()
            with db.cursor().copy("COPY bench_copy FROM STDIN (FORMAT binary)") as into:
                into.write(content)
            db.commit()
            total += time.perf_counter() - began
            db.execute("DROP TABLE bench_copy")
            db.commit()
    return total


def _looked_at(of: world.World, plan: Plan) -> float:
    with acting(of.actor):
        calendar = calendars_of(of.actor.company_id)(plan.calendar)
    when = When.model_validate(plan.when)
    since = now().replace(tzinfo=None)
    seconds = []
    for _n in range(LOOKS):
        began = time.perf_counter()
        planned_between(when.timetable(calendar.zone), calendar, since, since + timedelta(days=365))
        seconds.append(time.perf_counter() - began)
    return middle(seconds)
