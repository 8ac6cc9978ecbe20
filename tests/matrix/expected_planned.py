"""Plans and rounds: everybody who works here reads, who plans writes."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

from anju.engine.loop.commands.evidence import Given, show_work
from anju.foundation.files.testing import a_picture
from tests.matrix.row import READERS, Asked, Row
from tests.matrix.world import CANARY, World

PLANNERS = "leader manager headquarters admin"
WHEN = {"start": "2026-01-01", "times": ["09:00"]}


def _plan(world: World) -> Asked:
    return {"id": world.plan}, {}


def _change(world: World) -> Asked:
    return {"id": world.plan}, {"name": "x", "version": 99}


def _pause(world: World) -> Asked:
    return {"id": world.plan, "name": "pause"}, {"why": ""}


def _round(world: World) -> Asked:
    return {"id": world.round}, {}


def _give(world: World) -> Asked:
    return {"id": world.round, "name": "assign"}, {"version": 99}


def _photo(world: World) -> Asked:
    assert world.round
    kept = show_work(world.round, [Given("a.jpg", BytesIO(a_picture()))], actor=world.machine)
    return {"id": world.round, "record": kept.records[0].id}, {}


def _api_plan(world: World) -> Asked:
    return {"plan_id": world.plan}, {}


def _api_move(world: World) -> Asked:
    return {"plan_id": world.plan}, {"move": "pause", "why": ""}


def _api_new(world: World) -> Asked:
    body = {
        "place": str(world.home.id), "code": uuid4().hex[:10], "name": "x", "when": WHEN,
        "subjects": [{"place": str(world.room.id)}],
    }  # fmt: skip
    return {}, body


PLANNED = (
    Row("GET", "plans", READERS, "list", sees=CANARY),
    Row("GET", "plans/new", PLANNERS, "list"),
    Row("POST", "plans/new", PLANNERS, "list"),
    Row("GET", "plans/<uuid:id>", READERS, "thing", _plan, sees=CANARY),
    Row("GET", "plans/<uuid:id>/edit", PLANNERS, "thing", _plan),
    Row("POST", "plans/<uuid:id>/edit", PLANNERS, "thing", _change),
    Row("POST", "plans/<uuid:id>/steps/<slug:name>", PLANNERS, "thing", _pause),
    Row("GET", "rounds", READERS, "list", sees=CANARY),
    Row("GET", "rounds/<uuid:id>", READERS, "thing", _round, sees=CANARY),
    Row("POST", "rounds/<uuid:id>/steps/<slug:name>", READERS, "thing", _give),
    Row("GET", "rounds/<uuid:id>/photos/<uuid:record>", READERS, "thing", _photo),
    Row("GET", "api/v1/plans", READERS, "list", sees=CANARY),
    Row("POST", "api/v1/plans", PLANNERS, "thing", _api_new),
    Row("GET", "api/v1/plans/<uuidstr:plan_id>", READERS, "thing", _api_plan, sees=CANARY),
    Row("POST", "api/v1/plans/<uuidstr:plan_id>/moves", PLANNERS, "thing", _api_move),
    Row("GET", "api/v1/plans/<uuidstr:plan_id>/calendar.ics", READERS, "thing", _api_plan,
        sees=CANARY),
    Row("GET", "api/v1/work-orders", READERS, "list"),
)  # fmt: skip
