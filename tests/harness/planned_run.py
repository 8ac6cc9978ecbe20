"""Lives a week of `planned_world` on the real tables: commands, telephones, tickers, listeners."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

from django.db import DatabaseError, InterfaceError, connection, connections

from anju.engine.clocks import commands as clocks
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.work_moves import finish_planned, hold_planned, move_work
from anju.engine.loop.models import Case
from anju.engine.loop.testing import a_house
from anju.engine.offline.testing import Phone
from anju.engine.plans.commands import change_plan, expanding, looking, making, move_plan, writing
from anju.engine.plans.models import Occurrence, Plan
from anju.engine.plans.testing import a_plan, planned
from anju.foundation.access.testing import an_account
from anju.foundation.events.commands import advance
from anju.foundation.events.registry import listeners
from anju.foundation.events.testing import seal_all
from anju.foundation.lib import frozen
from anju.foundation.messages.commands import queueing
from anju.foundation.people.commands import assign, put_on_duty
from anju.foundation.people.testing import a_post, a_worker
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import found_company
from anju.foundation.tenancy.errors import Refusal
from tests.harness.planned_stands import BEGIN, Ground, differences, instant, odd
from tests.harness.planned_world import AHEAD, DAY, END, Act, Life, Said, a_life, looks

SHARE = 0.04  # of the writes of a ticker at which it falls over
NEWS = ("plans.news", "rounds.late")


class Crash(Exception):
    """A ticker falls over."""


def a_week(rng: Random, count: int, counts: Counter[str]) -> list[str]:
    """Live it; what differs from what was counted."""
    lives = [a_life(rng, n) for n in range(count)]
    moments = looks(rng, lives)
    with frozen(BEGIN - timedelta(days=1)):
        ground = _ground()
    try:
        with _small_world(ground.actor.company_id), _crashing(rng, counts):
            taken = _live(ground, lives, moments)
        counts["looks"] += len(moments)
        with frozen(instant(END)):
            faults = [*differences(ground, lives, moments, taken, counts), *odd(ground)]
    except Exception as error:  # whatever it is: nothing may break by itself
        faults = [f"{type(error).__name__}: {error}"]
    finally:
        _leave(ground.actor)
    return faults


def _ground() -> Ground:
    """A leader, A who holds the post, and B who is on duty at it by day."""
    company = found_company(code=f"w{uuid4().hex[:12]}", name="物业")
    house = a_house(Actor.machine(company.id, "week"))
    actor, path = house.actor, house.community.path
    with acting(actor):
        post = a_post(actor, place=house.community)
        other = a_worker(actor, place=house.community)
        assign(house.worker, post=post, since=BEGIN.date() - timedelta(days=9), actor=actor)
        for day in range(END // DAY + 1):
            from_, until = (instant(day * DAY + minute) for minute in (480, 1200))
            put_on_duty(other, post=post, starts_at=from_, ends_at=until, actor=actor)
    people = {
        "L": an_account(actor, "leader", path),
        "A": an_account(actor, "technician", path, person_id=house.worker.id),
        "B": an_account(actor, "technician", path, person_id=other.id),
    }
    return Ground(house, post, people)


@contextmanager
def _small_world(company: UUID) -> Iterator[None]:
    """Work stands two days ahead, no hour has too many messages, and other companies of a test's
    database are let alone."""
    mine = [company]
    with ExitStack() as stack:
        for owner, name, value in (
            (expanding, "HORIZON", timedelta(minutes=AHEAD)),
            (writing, "HORIZON", timedelta(minutes=AHEAD)),
            (queueing, "STORM", 1_000_000),
            (looking, "companies_waiting", lambda _moment: mine),
            (clocks, "companies_due", lambda _moment: mine),
        ):
            stack.enter_context(patch.object(owner, name, value))
        yield


def _live(ground: Ground, lives: Sequence[Life], moments: Sequence[int]) -> list[list[bool | None]]:
    """Act and look through the week; of each plan which acts were taken, None where they had no
    work to be done to."""
    order = sorted(
        (act.noted, life.n, number) for life in lives for number, act in enumerate(life.acts)
    )
    taken: list[list[bool | None]] = [[] for _life in lives]
    done = 0
    with ThreadPoolExecutor(2) as pool:
        for moment in moments:
            while done < len(order) and order[done][0] <= moment:
                _noted, n, number = order[done]
                act = lives[n].acts[number]
                with frozen(instant(act.noted)):
                    taken[n].append(_taken(ground, n, act))
                done += 1
            list(pool.map(partial(_tick, ground.actor), [moment, moment]))
            with frozen(instant(moment)):
                _read_on(ground.actor)
        list(pool.map(lambda _n: connections.close_all(), range(4)))
    return taken


# What people do


def _taken(ground: Ground, n: int, act: Act) -> bool | None:
    try:
        if act.of is None:
            return _done_to_plan(ground, n, act)
        return _done_to_work(ground, n, act)
    except Refusal:
        return False


def _said(ground: Ground, n: int, said: Said) -> dict[str, Any]:
    times = tuple(f"{minute // 60:02}:{minute % 60:02}" for minute in said.times)
    return {
        "name": f"巡查 {n}", "when": {"start": "2026-01-01", "times": times},
        "early": said.early, "late": said.late, "make_up": said.make_up,
        "catch_up": said.catch_up, "post": ground.post if said.post else None,
    }  # fmt: skip


def _done_to_plan(ground: Ground, n: int, act: Act) -> bool:
    actor = ground.actor
    if act.name == "make" and act.said:
        ground.plans[n] = a_plan(ground.house, f"P{n}", **_said(ground, n, act.said)).id
    elif act.name == "change" and act.said:
        with acting(actor):
            version = Plan.objects.get(id=ground.plans[n]).version
        said = planned(ground.house, **_said(ground, n, act.said))
        change_plan(ground.plans[n], said, actor=actor, version=version)
    elif act.name == "dismiss":
        with acting(actor):
            found = Case.objects.filter(item=f"missed-p{n}").live().first()
        if found is None:
            return False
        move_case(found.id, "void", actor=actor, said={"reason": "停水"})
    else:
        move_plan(ground.plans[n], act.name, actor=actor, why="检修")
    return True


def _done_to_work(ground: Ground, n: int, act: Act) -> bool | None:
    named = instant(act.of or 0).replace(tzinfo=None).isoformat()
    with acting(ground.actor):
        made = Occurrence.objects.filter(plan=ground.plans[n], named=named, withdrawn=False)
        work = made.values_list("work_id", flat=True).first()
    if work is None:
        return None
    who = ground.actor if act.name == "void" else ground.people[act.who].actor
    if act.far:
        return _brought(Phone(who), work, act)
    if act.name == "finish":
        finish_planned(work, actor=who, result="好", reason="代班")
    elif act.name == "hold":
        hold_planned(work, actor=who, reason="进不去")
    else:
        move_work(work, act.name, actor=who, said={"reason": "代班"})
    return True


def _brought(phone: Phone, work: UUID, act: Act) -> bool:
    """By a telephone that has more to bring: its times are those of then."""
    name = "done" if act.name == "finish" else act.name
    did = phone.does(name, work, at=instant(act.at), remark="代班", reason="进不去")
    (receipt,) = phone.brings(did, left=1)
    if receipt["status"] not in ("taken", "refused"):
        raise AssertionError(f"a telephone was told {receipt}")
    return bool(receipt["status"] == "taken")


# What the machine does


def _tick(actor: Actor, moment: int) -> None:
    """One ticker at one moment: it starts anew after each crash, until nothing is due."""
    duties: tuple[Callable[[], object], ...] = (
        lambda: expanding.expand(actor=Actor.machine(actor.company_id, "plans")),
        looking.look_at_planned,
        clocks.sweep,
    )
    with frozen(instant(moment)):
        for duty in (*duties, *duties[1:]):  # what the other one held meanwhile
            while not _over(duty):
                connections["default"].close()


def _over(duty: Callable[[], object]) -> bool:
    try:
        duty()
    except (Crash, DatabaseError, InterfaceError):
        return False
    return True


def _read_on(actor: Actor) -> None:
    seal_all()
    for name in NEWS:
        while advance(listeners()[name], actor.company_id):
            pass


@contextmanager
def _crashing(rng: Random, counts: Counter[str]) -> Iterator[None]:
    """Break transactions of the tickers off, before and after each of their writes."""

    def torn(right: Callable[..., Any]) -> Callable[..., Any]:
        def write(*args: Any, **named: Any) -> Any:
            _perhaps(rng, counts)
            result = right(*args, **named)
            _perhaps(rng, counts)
            return result

        return write

    with ExitStack() as stack:
        for owner, name in (
            (looking, "save_clocks"), (looking, "find_missed"), (looking, "tell"),
            (looking, "tell_all"), (clocks, "save_clocks"), (clocks, "tell_all"),
            (making, "copy_in"),
        ):  # fmt: skip
            stack.enter_context(patch.object(owner, name, torn(getattr(owner, name))))
        yield


def _perhaps(rng: Random, counts: Counter[str]) -> None:
    if threading.current_thread() is threading.main_thread():
        return
    fate = rng.random()
    if fate < SHARE:
        counts["crashes"] += 1
        if fate < SHARE / 5:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        raise Crash


def _leave(actor: Actor) -> None:
    """Let no later ticker of these tables meet what is still ahead."""
    with connections["owner"].cursor() as cursor:
        for table, column in (
            ("clocks_clock", "next_at"), ("plans_occurrence", "next_at"), ("plans_plan", "look_at"),
        ):  # fmt: skip
            cursor.execute(
                f"UPDATE {table} SET {column} = NULL WHERE company_id = %s", [actor.company_id]
            )
