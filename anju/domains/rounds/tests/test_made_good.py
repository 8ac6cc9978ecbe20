"""What was left out of a round and made good: checked by who comes later; news that come late."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import connection, connections

from anju.domains.rounds.commands import look_at_points
from anju.domains.rounds.queries import points_of, reasons_of
from anju.domains.rounds.testing import a_round, opened
from anju.domains.rounds.tests.test_points import (
    NOW,
    WINDOW,
    findings,
    fine,
    looked,
    minutes,
    passed,
    repaired,
    state,
    stood,
)
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.loop.testing import House, a_house
from anju.engine.plans.models import Occurrence
from anju.foundation.files.testing import a_picture
from anju.foundation.lib import frozen
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> Iterator[House]:
    with frozen(NOW):
        yield a_house(actor)


def left_out_and_mended(house: House, by: Actor) -> tuple[WorkOrder, WorkOrder]:
    """P2 was left out, what its finding asks for is done; the next round has begun."""
    _route, work = a_round(house, {}, {}, **WINDOW)
    opened(work)
    passed(house, work, "P1", minutes(1))
    looked(minutes(121))
    with acting(house.actor):
        repair = Case.objects.get(item="missed-night.P2").work.get()
        later = WorkOrder.objects.filter(case=None).order_by("opened_at")[1]
    with frozen(minutes(200)):
        repaired(house, repair, by)
    opened(later)
    return later, repair


def test_the_next_round_checks_what_was_done_about_a_point_left_out(house: House) -> None:
    later, repair = left_out_and_mended(house, house.judge)
    passed(house, later, "P2", minutes(24 * 60 + 20))
    assert findings(house) == {"missed-night.P2": "closed"}
    assert state(house, repair) == "passed"
    assert fine(house)


def test_who_made_up_for_a_point_does_not_check_that_by_walking_past(house: House) -> None:
    later, repair = left_out_and_mended(house, house.doer)
    assert passed(house, later, "P2", minutes(24 * 60 + 20)).state == "on_time"
    assert state(house, repair) == "done"
    passed(house, later, "P2", minutes(24 * 60 + 30), by=house.judge)
    assert state(house, repair) == "passed"
    assert findings(house) == {"missed-night.P2": "closed"}
    assert fine(house)


def test_a_finding_answered_already_hears_that_somebody_came(house: House) -> None:
    _route, work = a_round(house, {}, {}, **WINDOW)
    opened(work)
    passed(house, work, "P1", minutes(1))
    looked(minutes(121))
    with frozen(minutes(200)):
        with acting(house.actor):
            case = Case.objects.get(item="missed-night.P2")
            waiting = case.work.get()
        move_work(waiting.id, "void", actor=house.actor, said={"reason": "已补巡"})
        move_case(case.id, "answer", actor=house.actor, said={"text": "已补巡"})
    with acting(house.actor):
        later = WorkOrder.objects.filter(case=None).order_by("opened_at")[1]
    opened(later)
    passed(house, later, "P2", minutes(24 * 60 + 20))
    assert findings(house) == {"missed-night.P2": "closed"}
    assert fine(house)


def test_a_point_that_cannot_be_reached_is_not_passed_and_is_found_unless_it_is_later(
    house: House,
) -> None:
    _route, work = a_round(house, **WINDOW)
    opened(work)
    passed(house, work, "P1", minutes(1))
    barred = passed(house, work, "P2", minutes(2), verdict="na", note="门锁着")
    assert (barred.at, barred.state, barred.unreached) == (None, "open", True)
    passed(house, work, "P3", minutes(3), verdict="na", note="在施工")
    assert state(house, work) == "doing"
    with acting(house.actor):
        why = reasons_of(points_of(work), company=house.actor.company_id)
        assert sorted(why.values()) == ["在施工", "门锁着"]
    passed(house, work, "P3", minutes(30))
    looked(minutes(121))
    assert [one[1] for one in stood(house, work)] == ["on_time", "missed", "on_time"]
    assert findings(house) == {"missed-night.P2": "open"}
    passed(house, work, "P2", minutes(125), verdict="na")
    assert findings(house) == {"missed-night.P2": "open"}
    assert passed(house, work, "P2", minutes(130)).state == "too_late"
    assert findings(house) == {"missed-night.P2": "closed"}
    assert state(house, work) in ("done", "passed")
    assert fine(house)


def test_a_round_that_is_begun_while_the_ticker_waits_for_it_owes_each_point(house: House) -> None:
    """What the ticker decides by is read after its hold is sure (law 1)."""
    _route, work = a_round(house, {}, {}, **WINDOW)
    opened(work)

    def begun(execute: Any, sql: str, *more: Any) -> Any:
        answer = execute(sql, *more)
        if "FOR UPDATE" in sql and "plans_occurrence" in sql:
            WorkOrder.objects.filter(id=work.id).update(state="doing")
        return answer

    with frozen(minutes(121)), connection.execute_wrapper(begun):
        look_at_points()
    assert findings(house) == {"missed-night.P1": "open", "missed-night.P2": "open"}


def test_what_is_left_out_is_found_though_more_news_come_before_the_ticker(house: House) -> None:
    _route, work = a_round(house, {}, {}, {}, **WINDOW)
    looked(minutes(-10))
    looked(minutes(121))
    passed(house, work, "P1", minutes(3), heard=minutes(300))
    passed(house, work, "P2", minutes(6), heard=minutes(310))  # the rest is due, and nobody looked
    looked(minutes(311))
    assert findings(house) == {"missed-night": "open", "missed-night.P3": "open"}
    with frozen(minutes(312)):
        assert look_at_points() == 0
    assert fine(house)


def test_news_of_a_photo_waits_for_no_round_that_is_held_and_judges_it_after(
    house: House,
) -> None:
    _route, work = a_round(house, {}, {}, **WINDOW)
    opened(work)
    with acting(house.actor):
        second = WorkOrder.objects.filter(case=None).order_by("opened_at")[1]
    opened(second)
    picture, tomorrow = a_picture(colour="green"), timedelta(days=1)
    assert passed(house, second, "P1", minutes(5) + tomorrow, files=[picture]).flags == []

    def brings() -> None:
        try:
            passed(house, work, "P1", minutes(5), heard=minutes(9) + tomorrow, files=[picture])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with acting(house.actor):
            assert list(Occurrence.objects.select_for_update().filter(work=second.id))
            going, until = pool.submit(brings), monotonic() + 10
            while points_of(work)[0].at is None and monotonic() < until:
                sleep(0.02)
            assert points_of(work)[0].at  # written, though the other is held
        going.result()
    assert stood(house, second)[0] == ("P1", "on_time", ["photo"])
