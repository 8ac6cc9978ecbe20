"""Needs, service catalogue and contracts: everybody who works here reads, headquarters writes."""

from __future__ import annotations

from uuid import uuid4

from tests.matrix.row import READERS, Asked, Row
from tests.matrix.world import CANARY, World

WRITERS = "headquarters admin"


def _need(world: World) -> Asked:
    body = {"text": "x", "code": "need", "source": "survey", "state": "open", "edited": 99}
    return {"id": world.need}, body


def _new_need(_world: World) -> Asked:
    return {}, {"text": "x", "code": uuid4().hex[:12], "source": "survey"}


def _catalogue(world: World) -> Asked:
    return {"place": world.home.id}, {}


def _new_service(world: World) -> Asked:
    body = {"name": "x", "code": uuid4().hex[:12], "group": "desk", "state": "offered"}
    return {"place": world.home.id}, body


def _service(world: World) -> Asked:
    body = {"name": "x", "code": "x", "group": "desk", "state": "offered", "edited": 99}
    return {"id": world.service}, body


def _new_contract(world: World) -> Asked:
    return {}, {"place": str(world.home.id), "number": uuid4().hex[:12]}


def _contract(world: World) -> Asked:
    return {"id": world.contract}, {"edited": 99}


PROMISES = (
    Row("GET", "needs", READERS, "list"),
    Row("GET", "needs/new", WRITERS, "whole"),
    Row("POST", "needs/new", WRITERS, "whole", _new_need),
    Row("GET", "needs/<uuid:id>", READERS, "company", _need),
    Row("POST", "needs/<uuid:id>", WRITERS, "whole", _need),
    Row("GET", "catalogue", READERS, "list"),
    Row("GET", "catalogue/at/<uuid:place>", READERS, "thing", _catalogue, sees=CANARY),
    Row("POST", "catalogue/at/<uuid:place>/ship", WRITERS, "thing", _catalogue),
    Row("GET", "catalogue/at/<uuid:place>/new", WRITERS, "thing", _catalogue),
    Row("POST", "catalogue/at/<uuid:place>/new", WRITERS, "thing", _new_service),
    Row("GET", "catalogue/<uuid:id>", WRITERS, "thing", _service, sees=CANARY),
    Row("POST", "catalogue/<uuid:id>", WRITERS, "thing", _service),
    Row("GET", "contracts", READERS, "list", sees=CANARY),
    Row("GET", "contracts/new", WRITERS, "list"),
    Row("POST", "contracts/new", WRITERS, "list", _new_contract),
    Row("GET", "contracts/<uuid:id>", READERS, "thing", _contract, sees=CANARY),
    Row("GET", "contracts/<uuid:id>/grade", READERS, "thing", _contract, sees=CANARY),
    Row("GET", "contracts/<uuid:id>/write", WRITERS, "thing", _contract, sees=CANARY),
    Row("POST", "contracts/<uuid:id>/write", WRITERS, "thing", _contract),
)
