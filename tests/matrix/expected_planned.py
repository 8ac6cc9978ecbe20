"""Plans and rounds: everybody who works here reads, who plans writes."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

from anju.engine.loop.commands.evidence import Given, show_work
from anju.foundation.files.testing import a_picture
from tests.matrix.row import DISPATCHERS, READERS, STAFF, Asked, Row
from tests.matrix.world import CANARY, World

PLANNERS = "leader manager headquarters admin"
TELLERS = "desk concierge manager admin"  # who announces
WHEN = {"start": "2026-01-01", "times": ["09:00"]}


def _plan(world: World) -> Asked:
    return {"id": world.plan}, {}


def _change(world: World) -> Asked:
    return {"id": world.plan}, {"name": "x", "version": 99}


def _pause(world: World) -> Asked:
    return {"id": world.plan, "name": "pause"}, {"why": ""}


def _tell(world: World) -> Asked:
    return {"id": world.plan}, {"title": "x", "text": "x", "ahead": "24", "version": "99"}


def _begin(world: World) -> Asked:
    return {"id": world.plan}, {"why": "x"}


def _read(world: World) -> Asked:
    return {"id": world.plan}, {"number": "1"}


def _round(world: World) -> Asked:
    return {"id": world.round}, {}


def _give(world: World) -> Asked:
    return {"id": world.round, "name": "assign"}, {"version": 99}


def _photo(world: World) -> Asked:
    assert world.round
    kept = show_work(world.round, [Given("a.jpg", BytesIO(a_picture()))], actor=world.machine)
    return {"id": world.round, "record": kept.records[0].id}, {}


def _route(world: World) -> Asked:
    return {"id": world.route}, {}


def _change_route(world: World) -> Asked:
    return {"id": world.route}, {"name": "x", "order": "fixed", "slack": 5, "version": 99}


def _api_plan(world: World) -> Asked:
    return {"plan_id": world.plan}, {}


def _api_route(world: World) -> Asked:
    return {"route_id": world.route}, {}


def _api_move(world: World) -> Asked:
    return {"plan_id": world.plan}, {"move": "pause", "why": ""}


def _api_begin(world: World) -> Asked:
    return {"plan_id": world.plan}, {"why": "x"}


def _api_reading(_world: World) -> Asked:
    return {}, {"asset": "none", "number": 1}


def _api_new(world: World) -> Asked:
    body = {
        "place": str(world.home.id), "code": uuid4().hex[:10], "name": "x", "when": WHEN,
        "subjects": [{"place": str(world.room.id)}],
    }  # fmt: skip
    return {}, body


PLANNED = (
    Row("GET", "plans", READERS, "list", sees=CANARY),
    Row("GET", "plans/uncovered", READERS, "list"),
    Row("GET", "plans/greening", READERS, "list"),
    Row("GET", "plans/service", READERS, "list", sees=CANARY),
    Row("POST", "plans/service", PLANNERS, "list"),
    Row("GET", "plans/new", PLANNERS, "list"),
    Row("POST", "plans/new", PLANNERS, "list"),
    Row("GET", "plans/<uuid:id>", READERS, "thing", _plan, sees=CANARY),
    Row("GET", "plans/<uuid:id>/log", READERS, "thing", _plan, sees=CANARY),
    Row("GET", "plans/<uuid:id>/edit", PLANNERS, "thing", _plan),
    Row("POST", "plans/<uuid:id>/edit", PLANNERS, "thing", _change),
    Row("POST", "plans/<uuid:id>/steps/<slug:name>", PLANNERS, "thing", _pause),
    Row("GET", "plans/<uuid:id>/told", TELLERS, "thing", _plan),
    Row("POST", "plans/<uuid:id>/told", TELLERS, "thing", _tell),
    Row("POST", "plans/<uuid:id>/told/stop", TELLERS, "thing", _plan),
    Row("POST", "plans/<uuid:id>/begin", DISPATCHERS, "thing", _begin),
    Row("POST", "plans/<uuid:id>/readings", STAFF, "thing", _read),
    Row("GET", "rounds", READERS, "list", sees=CANARY),
    Row("GET", "rounds/<uuid:id>", READERS, "thing", _round, sees=CANARY),
    Row("POST", "rounds/<uuid:id>/steps/<slug:name>", READERS, "thing", _give),
    Row("GET", "rounds/<uuid:id>/photos/<uuid:record>", READERS, "thing", _photo),
    Row("GET", "rounds/report", READERS, "list"),
    Row("GET", "rounds/<uuid:id>/sheet", READERS, "thing", _round),
    Row("GET", "routes", READERS, "list", sees=CANARY),
    Row("GET", "visits", READERS, "list"),
    Row("GET", "routes/new", PLANNERS, "list"),
    Row("POST", "routes/new", PLANNERS, "list"),
    Row("GET", "routes/<uuid:id>", READERS, "thing", _route, sees=CANARY),
    Row("GET", "routes/<uuid:id>/edit", PLANNERS, "thing", _route),
    Row("POST", "routes/<uuid:id>/edit", PLANNERS, "thing", _change_route),
    Row("POST", "routes/<uuid:id>/labels", READERS, "thing", _route),
    Row("GET", "api/v1/plans", READERS, "list", sees=CANARY),
    Row("POST", "api/v1/plans", PLANNERS, "thing", _api_new),
    Row("GET", "api/v1/plans/<uuidstr:plan_id>", READERS, "thing", _api_plan, sees=CANARY),
    Row("POST", "api/v1/plans/<uuidstr:plan_id>/moves", PLANNERS, "thing", _api_move),
    Row("POST", "api/v1/plans/<uuidstr:plan_id>/begin", DISPATCHERS, "thing", _api_begin),
    Row("POST", "api/v1/readings", STAFF, "list", _api_reading),
    Row("GET", "api/v1/plans/<uuidstr:plan_id>/calendar.ics", READERS, "thing", _api_plan,
        sees=CANARY),
    Row("GET", "api/v1/plans/<uuidstr:plan_id>/rule.ics", READERS, "thing", _api_plan, sees=CANARY),
    Row("GET", "api/v1/work-orders", READERS, "list"),
    Row("GET", "api/v1/routes", READERS, "list", sees=CANARY),
    Row("GET", "api/v1/routes/<uuidstr:route_id>", READERS, "thing", _api_route, sees=CANARY),
)  # fmt: skip
