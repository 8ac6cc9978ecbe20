"""The service plan of a year: what is planned month by month, published, what was done of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anju.domains.rounds.commands import publish_year
from anju.domains.rounds.yearly import differs, lines_of, published, published_at, told_in
from anju.engine.loop.commands.work_moves import finish_planned
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.testing import House, a_house
from anju.engine.plans.commands import move_plan
from anju.engine.plans.document import ByHand, When
from anju.engine.plans.testing import a_plan
from anju.foundation.access.testing import an_account
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.lib import frozen
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
WEEKLY = When(start="2026-01-05", rule="FREQ=WEEKLY", times=("09:00",))


@pytest.fixture
def house(actor: Actor) -> Iterator[House]:
    with frozen(NOW):
        yield a_house(actor)


def test_what_is_planned_and_what_was_done_month_by_month(house: House) -> None:
    plan = a_plan(house, "PEST", name="消杀", when=WEEKLY, early=60, late=600)
    a_plan(house, "HAND", name="冲洗", when=ByHand(by="hand"))
    with acting(house.actor):
        work = WorkOrder.objects.filter(occurrence__plan=plan).earliest("opened_at")
        with frozen(work.opened_at + timedelta(hours=1)):
            finish_planned(work.id, actor=house.doer, result="正常")
        lines = {line.code: line for line in lines_of(house.community, 2026)}
    pest = lines["PEST"]
    # Mondays of 2026: four in January from the 5th, five in March ...
    assert [month.planned for month in pest.months] == [4, 4, 5, 4, 4, 5, 4, 5, 4, 4, 5, 4]
    assert (pest.months[2].said, pest.done, pest.planned) == ("1/5", 1, 52)
    assert [month.planned for month in lines["HAND"].months] == [None] * 12


def test_residents_read_what_was_published_with_what_was_done_since(house: House) -> None:
    plan = a_plan(house, "PEST", name="消杀", when=WEEKLY, early=60, late=600)
    home, elsewhere = [house.room.path], ["9.9."]
    with acting(house.actor):
        assert not told_in(home, 2026, actor=house.actor)
    first = publish_year(house.community, 2026, actor=house.actor)
    with pytest.raises(NotYet):
        publish_year(house.community, 2026, actor=house.actor)
    with acting(house.actor):
        assert told_in(home, 2026, actor=house.actor)
        assert published_at(elsewhere, 2026, actor=house.actor) == []
        work = WorkOrder.objects.filter(occurrence__plan=plan).earliest("opened_at")
    with frozen(work.opened_at + timedelta(hours=1)):
        finish_planned(work.id, actor=house.doer, result="正常")
    with acting(house.actor):
        ((line,),) = [one.lines for one in published_at(home, 2026, actor=house.actor)]
        assert (line.name, line.done, line.planned) == ("消杀", 1, 52)
        assert not differs(first, lines_of(house.community, 2026))
        a_plan(house, "WASH", name="冲洗", when=WEEKLY)
        assert differs(first, lines_of(house.community, 2026))
    assert publish_year(house.community, 2026, actor=house.actor).version == 2
    with acting(house.actor):
        newest = published(house.community, 2026)
        assert newest is not None
        assert [line["name"] for line in newest.lines] == ["冲洗", "消杀"]
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def test_a_plan_can_be_left_out_and_stays_left_out(house: House) -> None:
    a_plan(house, "PEST", name="消杀", when=WEEKLY)
    a_plan(house, "KEYS", name="钥匙盘点", when=WEEKLY)
    with pytest.raises(NotYet):
        publish_year(house.community, 2026, without={"PEST", "KEYS"}, actor=house.actor)
    first = publish_year(house.community, 2026, without={"KEYS", "GONE"}, actor=house.actor)
    assert ([line["code"] for line in first.lines], first.without) == (["PEST"], ["KEYS"])
    with acting(house.actor):
        assert not differs(first, lines_of(house.community, 2026))  # it is left out on purpose
    with pytest.raises(NotYet):
        publish_year(house.community, 2026, without={"KEYS"}, actor=house.actor)
    second = publish_year(house.community, 2026, actor=house.actor)
    assert (second.version, len(second.lines)) == (2, 2)
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def test_residents_lines_are_read_of_their_own_community_alone(house: House) -> None:
    a_plan(house, "PEST", name="消杀", when=WEEKLY)
    first = publish_year(house.community, 2026, actor=house.actor)
    a_plan(house, "WASH", name="冲洗", when=WEEKLY)
    publish_year(house.community, 2026, actor=house.actor)
    home = [house.room.path]
    with acting(house.actor):
        with CaptureQueriesContext(connection) as asked:
            assert told_in(home, 2026, actor=house.actor)
        assert [row for row in asked if '"lines"' in row["sql"]] == []
        ((plan, _lines),) = [
            (one.plan, one.lines) for one in published_at(home, 2026, actor=house.actor)
        ]
        assert (first.version, plan.version) == (1, 2)
        with CaptureQueriesContext(connection) as elsewhere:
            assert not told_in(["9.9."], 2026, actor=house.actor)
        assert len(elsewhere) == len(asked) == 1


def test_a_year_is_published_without_holding_back_what_refers_to_its_place(house: House) -> None:
    a_plan(house, "PEST", when=WEEKLY)
    with CaptureQueriesContext(connection) as asked:
        publish_year(house.community, 2026, actor=house.actor)
    held = [row["sql"] for row in asked if "FOR UPDATE" in row["sql"]]
    assert [sql for sql in held if "places_place" in sql] == []


def test_what_cannot_be_published(house: House) -> None:
    with pytest.raises(NotYet):
        publish_year(house.community, 2026, actor=house.actor)
    plan = a_plan(house, "PEST", when=WEEKLY)
    for year in (2025, 2028):
        with pytest.raises(NotYet):
            publish_year(house.community, year, actor=house.actor)
    guard = an_account(house.actor, "guard", house.community.path).actor
    with pytest.raises(Refused):
        publish_year(house.community, 2026, actor=guard)
    move_plan(plan.id, "end", actor=house.actor, why="不再需要")
    with pytest.raises(NotYet):
        publish_year(house.community, 2026, actor=house.actor)
