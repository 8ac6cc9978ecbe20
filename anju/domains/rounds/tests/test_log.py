"""The operating log of a plan: what was read, what is out of its limits, where the gaps are."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from openpyxl import load_workbook

from anju.domains.rounds.commands import (
    PointSaid,
    RouteSaid,
    Said,
    change_route,
    look_at_points,
    pass_point,
)
from anju.domains.rounds.log import items_of_log, log_of, readings_of
from anju.domains.rounds.models import Route
from anju.domains.rounds.queries import route_points
from anju.domains.rounds.testing import a_round, opened
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.testing import House, a_house
from anju.engine.plans.commands import look_at_planned
from anju.engine.plans.models import Plan
from anju.engine.plans.testing import a_plan
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.lib import frozen
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = timedelta(days=1)
PRESSURE: dict[str, Any] = {
    "name": "出口压力", "low": Decimal("0.3"), "high": Decimal("0.6"), "unit": "MPa",
}  # fmt: skip


@pytest.fixture
def house(actor: Actor) -> Iterator[House]:
    with frozen(NOW):
        yield a_house(actor)


@pytest.fixture
def plan(house: House) -> Plan:
    """Four days of a pump room: read, read out of its limits, missed, and not over yet."""
    _route, first = a_round(house, PRESSURE, {"name": "无渗漏"}, early=10, late=60)
    with acting(house.actor):
        plan = Plan.objects.get(occurrences__work=first)
        works = list(WorkOrder.objects.filter(occurrence__plan=plan).order_by("opened_at")[:4])
    for work, pressure in zip(works, ("0.42", "0.71"), strict=False):
        opened(work)
        with frozen(work.opened_at + timedelta(minutes=12)):
            pass_point(work.id, Said("P1", value=pressure), actor=house.doer)
            pass_point(work.id, Said("P2", "pass"), actor=house.doer)
    opened(works[2])
    with frozen(works[2].opened_at + timedelta(hours=6)):
        look_at_planned()
        look_at_points()
    opened(works[3])
    return plan


def test_what_was_read_and_where_it_has_gaps(house: House, plan: Plan) -> None:
    with acting(house.actor):
        items = items_of_log(plan)
        assert [item.text for item in items] == ["出口压力", "无渗漏"]
        log = log_of(plan, NOW, NOW + 3 * DAY + timedelta(hours=1, minutes=30))
    assert (log.planned, log.read, log.gaps) == (3, 2, 1)
    pressure, leaks = log.series
    assert (pressure.n, pressure.failed) == (2, 1)
    assert (pressure.least, pressure.most) == (0.42, 0.71)
    assert pressure.mean == pytest.approx(0.565)
    assert (leaks.n, leaks.failed, leaks.mean) == (2, 0, None)


def test_a_plan_that_asks_nothing_has_an_empty_log(house: House) -> None:
    plan = a_plan(house, "SWEEP")
    with acting(house.actor):
        log = log_of(plan, NOW - DAY, NOW)
    assert (log.planned, log.series) == (0, ())


def test_on_its_page_and_as_a_workbook(house: House, plan: Plan) -> None:
    client = Client(headers={"Accept-Language": "zh-hans"})
    with frozen(NOW + 4 * DAY):
        someone = an_account(house.actor, "reviewer", house.community.path)
        client.cookies[DEVICE_COOKIE] = someone.device
        page = client.get(f"/plans/{plan.id}/log").content.decode()
        assert "0.71 MPa" in page
        assert "0.3–0.6 MPa" in page
        missed = client.get(f"/plans/{plan.id}/log?show=missed").content.decode()
        assert "0.71 MPa" not in missed.split('class="list"')[1]
        answer = client.get(f"/plans/{plan.id}/log?format=xlsx&sort=at")
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    head, *rows = load_workbook(BytesIO(content)).active.iter_rows(values_only=True)
    assert [row[head.index("出口压力")] for row in rows[:3]] == [0.42, 0.71, None]


def test_an_item_is_drawn_between_its_limits(house: House, plan: Plan) -> None:
    """Out of them is marked, what was missed leaves a gap, the limits are lines; the numbers lie
    beside it."""
    client = Client(headers={"Accept-Language": "en"})
    with frozen(NOW + 4 * DAY):
        someone = an_account(house.actor, "reviewer", house.community.path)
        client.cookies[DEVICE_COOKIE] = someone.device
        page = client.get(f"/plans/{plan.id}/log").content.decode()
        other = client.get(f"/plans/{plan.id}/log?item=no.such").content.decode()
    (svg,) = re.findall(r'<svg class="g ".*?</svg>', page, re.DOTALL)
    assert svg.count('class="lim"') == 2
    assert svg.count('class="out"') == 1
    assert "2 readings, 1 not in order, 2 times without one" in svg
    assert "0.71" in page.split("data:text/csv")[1].split('"')[0]
    assert re.search(r'<a href="\?item=[\w.%]+" aria-current="true">出口压力</a>', page)
    assert 'class="lim"' in other  # what nobody asks for is the first


def test_what_was_read_is_marked_by_the_limits_of_its_own_time(house: House, plan: Plan) -> None:
    """Limits that are changed later change nothing of what was read before."""
    with acting(house.actor), frozen(NOW + 3 * DAY):
        route = Route.objects.get(plan=plan)
        (point, leaks) = route_points(route)
        points = [
            PointSaid("P1", point.name, point.place, proof="hand", low=Decimal("0.1"),
                      high=Decimal("0.4"), unit="MPa"),
            PointSaid("P2", leaks.name, leaks.place, proof="hand"),
        ]  # fmt: skip
        change_route(route.id, RouteSaid(route.name, points), actor=house.actor, version=1)
        item = items_of_log(plan)[0]
        assert (item.min, item.max) == (0.1, 0.4)
        (read,) = readings_of(plan, item, NOW, NOW + 3 * DAY).values()
    assert [(one.number, one.bad) for one in read[:2]] == [(0.42, False), (0.71, True)]
