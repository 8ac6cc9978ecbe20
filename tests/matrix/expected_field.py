"""Who may open the pages of work on foot, written by hand."""

from __future__ import annotations

from tests.matrix.row import EVERYONE, Asked, Row
from tests.matrix.world import CANARY, World

HANDS = "technician guard cleaner leader manager admin"


def _work(world: World) -> Asked:
    return {"id": world.work}, {}


def _round(world: World) -> Asked:
    return {"id": world.round}, {"label": "NOSUCH"}


def _resume(world: World) -> Asked:
    return {"id": world.work, "name": "resume"}, {"version": 99}


def _label(world: World) -> Asked:
    return {"id": world.work}, {"label": "NOSUCH"}


def _minutes(world: World) -> Asked:
    return {"id": world.work}, {"what": "minutes", "minutes": "x"}


def _hash(_world: World) -> Asked:
    return {"sha256": "ab" * 32}, {}


def _nothing_brought(_world: World) -> Asked:
    return {}, {"sent_at": "2026-11-29T08:00:00+08:00", "commands": []}


FIELD = (
    Row("POST", "api/v1/commands", EVERYONE, "self", _nothing_brought),
    Row("PUT", "api/v1/files/<sha256>", EVERYONE, "self", _hash),
    Row("GET", "field", HANDS, "list"),
    Row("POST", "work/phone", HANDS, "list"),
    Row("GET", "work", HANDS, "list"),
    Row("GET", "work/scan", HANDS, "list"),
    Row("POST", "work/scan", HANDS, "list"),
    Row("GET", "work/report", HANDS, "list"),
    Row("POST", "work/report", HANDS, "list"),
    Row("GET", "work/<uuid:id>", HANDS, "thing", _work, sees=CANARY),
    Row("POST", "work/<uuid:id>/steps/<slug:name>", HANDS, "thing", _resume),
    Row("GET", "work/<uuid:id>/arrive", HANDS, "thing", _work),
    Row("POST", "work/<uuid:id>/arrive", HANDS, "thing", _label),
    Row("POST", "work/<uuid:id>/finish", HANDS, "thing", _work),
    Row("POST", "work/<uuid:id>/done", HANDS, "thing", _round),
    Row("GET", "work/<uuid:id>/items", HANDS, "thing", _work),
    Row("POST", "work/<uuid:id>/items", HANDS, "thing", _work),
    Row("GET", "work/<uuid:id>/how", HANDS, "thing", _work),
    Row("GET", "work/<uuid:id>/used", HANDS, "thing", _work),
    Row("POST", "work/<uuid:id>/used", HANDS, "thing", _minutes),
    Row("GET", "work/<uuid:id>/signature", HANDS, "thing", _work),
    Row("POST", "work/<uuid:id>/signature", HANDS, "thing", _work),
)
