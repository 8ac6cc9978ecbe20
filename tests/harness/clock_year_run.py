"""Lives a year of `clock_year_world` on the real tables with the real ticker."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

from django.db import DatabaseError, InterfaceError, connection, connections

from anju.engine.clocks import commands as ticker
from anju.engine.clocks import rows as clock_rows
from anju.engine.clocks.models import Clock
from anju.engine.standards.rules import Limit, Step
from anju.foundation.calendars.commands import found_calendar
from anju.foundation.calendars.queries import calendars_of
from anju.foundation.lib import frozen
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import found_company
from anju.foundation.tenancy.errors import NotYet
from tests.harness.clock_year_world import (
    BEGIN,
    YEAR,
    Course,
    Plan,
    Told,
    a_plan,
    calendars,
    instant,
)

SWEEPS = 300
BATCH = 200
COLUMNS = (
    "id", "company_id", "case_id", "kind", "state", "minutes", "calendar", "pause_cap", "ladder",
    "pauses", "started_at", "due_at", "next_at", "rung",
)  # fmt: skip
CASE = (
    "id", "company_id", "number", "kind", "category", "title", "text", "urgency",
    "urgency_reason", "channel", "state", "version", "at", "noted_at", "day", "reopened",
    "waived", "outcome", "item", "history",
)  # fmt: skip


class Crash(Exception):
    """A ticker falls over."""


def a_year(rng: Random, count: int, counts: Counter[str]) -> list[str]:
    """Live it; what differs from what was counted."""
    company = found_company(code=f"y{uuid4().hex[:12]}", name="物业")
    actor = Actor.machine(company.id, "year")
    known = calendars(rng)
    with frozen(BEGIN), acting(actor):
        for one in known.values():
            found_calendar(
                actor=actor, code=one.code, name=one.code, zone="Asia/Shanghai", week=one.week,
                days=one.days,
            )  # fmt: skip
    plans = {UUID(int=rng.getrandbits(128)): a_plan(rng, known) for _n in range(count)}
    _begin(plans, actor)
    sweeps = _moments(rng, plans)
    refused = _live(rng, plans, sweeps, actor, counts)
    faults = _compare(plans, sweeps, refused, actor, counts)
    _leave(actor)
    return faults


def _begin(plans: dict[UUID, Plan], actor: Actor) -> None:
    """All clocks of the year as they begin, in one COPY."""
    with acting(actor):
        named = calendars_of(actor.company_id)
        clocks = [
            clock_rows.begun(_limit(plan), instant(plan.start), company=actor.company_id, case=case,
                             calendars=named)
            for case, plan in plans.items()
        ]  # fmt: skip
    with connections["owner"].cursor() as cursor:
        with cursor.copy(f"COPY loop_case ({', '.join(CASE)}) FROM STDIN") as copy:
            for number, (case, plan) in enumerate(plans.items()):
                copy.write_row(_case_row(number, case, plan, actor))
        with cursor.copy(f"COPY clocks_clock ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for clock in clocks:
                row = [getattr(clock, name) for name in COLUMNS]
                copy.write_row([json.dumps(v) if isinstance(v, list) else v for v in row])


def _case_row(number: int, case: UUID, plan: Plan, actor: Actor) -> list[Any]:
    """Whose clock it is; nothing here looks at it."""
    at = instant(plan.start)
    return [
        case, actor.company_id, str(number), "repair", "", "漏水", "", 3, "", "desk", "open", 1,
        at, at, at.date(), 0, False, "", "", False,
    ]  # fmt: skip


def _limit(plan: Plan) -> Limit:
    ladder = tuple(Step(after, to) for after, to in plan.ladder)
    return Limit(
        plan.kind, plan.minutes, calendar=plan.calendar.code, pause_cap=plan.cap, ladder=ladder
    )  # type: ignore[arg-type]  # the kind is one of the eight


def _moments(rng: Random, plans: dict[UUID, Plan]) -> list[int]:
    """When the tickers look: at random, at some deadlines exactly, and once at the end."""
    some = rng.sample(list(plans.values()), min(20, len(plans)))
    exact = [plan.calendar.ends(plan.start, plan.minutes, ()) for plan in some]
    return sorted({*rng.sample(range(YEAR), SWEEPS), *exact, YEAR + 7 * 1440})


def _live(
    rng: Random, plans: dict[UUID, Plan], sweeps: Sequence[int], actor: Actor, counts: Counter[str]
) -> dict[UUID, set[int]]:
    """Act and sweep through the year; the acts that were refused, by case and number."""
    acts = sorted(
        (act.noted, case, number)  # of one minute: in the order of the plan, as it is counted
        for case, plan in plans.items()
        for number, act in enumerate(plan.acts)
    )
    refused: dict[UUID, set[int]] = defaultdict(set)
    done = 0
    share = max(0.04, min(0.4, 800 / len(plans)))  # few clocks write seldom: they crash oftener
    with ThreadPoolExecutor(2) as pool, _crashing(rng, share, counts):
        for moment in sweeps:
            first = done
            while done < len(acts) and acts[done][0] <= moment:
                done += 1
            _act([(case, n) for _, case, n in acts[first:done]], plans, refused, actor)
            list(pool.map(_sweep, [moment, moment]))
            counts["sweeps"] += 1
        list(pool.map(lambda _n: connections.close_all(), range(4)))
    return refused


def _act(
    todo: Sequence[tuple[UUID, int]], plans: dict[UUID, Plan], refused: dict[UUID, set[int]],
    actor: Actor,
) -> None:  # fmt: skip
    with acting(actor):
        named = calendars_of(actor.company_id)
        held = Clock.objects.select_for_update().filter(case_id__in={case for case, _n in todo})
        clocks = {clock.case_id: clock for clock in held}
        for case, number in todo:
            act, clock = plans[case].acts[number], clocks[case]
            if not clock.live:
                continue
            try:
                with frozen(instant(act.noted)):
                    _change(clock, act.name, instant(act.at), named)
            except NotYet:
                refused[case].add(number)
        if clocks:
            ticker.save_clocks(list(clocks.values()))


def _change(clock: Clock, name: str, at: Any, named: clock_rows.Calendars) -> None:
    if name == "hold":
        clock_rows.hold(clock, at, "等业主在家", named)
    elif name == "resume":
        clock_rows.resume(clock, at, named)
    elif name == "stop":
        clock_rows.stop(clock, at, named)
    else:
        clock_rows.drop([clock])


def _sweep(moment: int) -> None:
    """One ticker at one moment: it starts anew after each crash, until nothing is due."""
    with frozen(instant(moment)):
        while True:
            try:
                ticker.sweep(limit=BATCH)
            except (Crash, DatabaseError, InterfaceError):
                connections["default"].close()
            else:
                return


@contextmanager
def _crashing(rng: Random, share: float, counts: Counter[str]) -> Iterator[None]:
    """Break this share of the transactions off, before and after each write of the ticker."""

    def torn(right: Callable[..., Any]) -> Callable[..., Any]:
        def write(*args: Any, **named: Any) -> Any:
            _perhaps(rng, share, counts)
            result = right(*args, **named)
            _perhaps(rng, share, counts)
            return result

        return write

    with (
        patch.object(ticker, "save_clocks", torn(ticker.save_clocks)),
        patch.object(ticker, "tell_all", torn(ticker.tell_all)),
    ):
        yield


def _perhaps(rng: Random, share: float, counts: Counter[str]) -> None:
    fate = rng.random()
    if fate < share / 4 and _is_ticker():
        counts["crashes"] += 1
        if fate < share / 20:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        raise Crash


def _is_ticker() -> bool:
    import threading  # only asked here

    return threading.current_thread() is not threading.main_thread()


def _compare(
    plans: dict[UUID, Plan], sweeps: Sequence[int], refused: dict[UUID, set[int]], actor: Actor,
    counts: Counter[str],
) -> list[str]:  # fmt: skip
    told: dict[UUID, list[Told]] = defaultdict(list)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT subject_id, name, coalesce(said->>'to', ''), at, noted_at FROM events_event"
            " WHERE company_id = %s AND name LIKE 'clock.%%'", [actor.company_id]
        )  # fmt: skip
        for case, name, to, at, noted in cursor.fetchall():
            told[case].append(Told(name.removeprefix("clock."), to, at, noted))
            counts["told"] += 1
        cursor.execute(
            "SELECT case_id, state, due_at, broken_at FROM clocks_clock WHERE company_id = %s",
            [actor.company_id],
        )
        rows = {case: rest for case, *rest in cursor.fetchall()}
    faults = []
    for case, plan in plans.items():
        fate = Course(plan, sweeps).fate(frozenset(refused[case]))
        if difference := _difference(fate.told, told[case]):
            faults.append(f"{difference}; {_short(plan)}")
        state, due, broken = rows[case]
        due = None if state == "void" else due
        expected = [fate.state, (fate.due is not None and instant(fate.due)) or None, fate.broken]
        if [state, due, broken] != expected:
            faults.append(f"row {state}, {due}, {broken}; counted {expected}; {_short(plan)}")
    return faults


def _difference(expected: Sequence[Told], told: Sequence[Told]) -> str:
    lacking, more = Counter(expected) - Counter(told), Counter(told) - Counter(expected)
    for one in more.elements():
        if one.noted < one.at:
            return f"early: {one}"
        if told.count(one) > 1:
            return f"double: {one}"
    if lacking and not more:
        return f"missed: {next(iter(lacking))}"
    return f"told {next(iter(more))}, counted {next(iter(lacking), None)}" if more else ""


def _short(plan: Plan) -> str:
    return (
        f"{plan.kind} {plan.minutes} min {plan.calendar.code}, cap {plan.cap}, "
        f"from {instant(plan.start)}, {[(a.name, a.at - plan.start) for a in plan.acts]}"
    )


def _leave(actor: Actor) -> None:
    """Let no later sweep of these tables meet the clocks that are still running."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE clocks_clock SET next_at = NULL WHERE company_id = %s", [actor.company_id]
        )
