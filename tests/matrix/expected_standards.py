"""Who may do what with standards. They hold for the whole company: who edits one somewhere only
would decide for all."""

from __future__ import annotations

from anju.engine.standards.commands.manuals import ask_manual, keep_manual, take_manual
from tests.matrix.row import READERS, Asked, Row
from tests.matrix.world import World

RULERS = "headquarters admin"


def _one(world: World) -> Asked:
    return {"id": world.standard}, {}


def _draft(world: World) -> Asked:
    return {"id": world.draft}, {}


def _manual(world: World) -> Asked:
    asked = ask_manual(actor=world.machine, language="zh-hans", zone="Asia/Shanghai")
    while waiting := take_manual(actor=world.machine):
        keep_manual(waiting, b"%PDF-1.7 manual", actor=world.machine, name="manual.pdf")
    return {"id": asked.id}, {}


def _two(world: World) -> Asked:
    return {"id": world.draft, "other": world.standard}, {}


def _step(world: World) -> Asked:
    return {"id": world.draft}, {"move": "submit", "why": ""}


def _api_step(world: World) -> Asked:
    return {"standard_id": world.draft}, {"move": "retire", "why": "x"}


def _api_one(world: World) -> Asked:
    return {"standard_id": world.standard}, {}


STANDARDS = (
    Row("GET", "standards", READERS, "list"),
    Row("GET", "standards/manual", READERS, "list"),
    Row("POST", "standards/manual", READERS, "list"),
    Row("GET", "standards/manual/<uuid:id>", READERS, "company", _manual),
    Row("GET", "standards/manual/<uuid:id>/progress", READERS, "company", _manual),
    Row("GET", "standards/new", RULERS, "whole"),
    Row("POST", "standards/new", RULERS, "whole"),
    Row("GET", "standards/<uuid:id>", READERS, "company", _one),
    Row("POST", "standards/<uuid:id>", RULERS, "whole", _step),
    Row("GET", "standards/<uuid:id>/write", RULERS, "whole", _draft),
    Row("POST", "standards/<uuid:id>/write", RULERS, "whole", _draft),
    Row("POST", "standards/<uuid:id>/next", RULERS, "whole", _draft),
    Row("GET", "standards/<uuid:id>/text", READERS, "company", _one),
    Row("GET", "standards/<uuid:id>/compare/<uuid:other>", READERS, "company", _two),
    Row("GET", "api/v1/standards", READERS, "list"),
    Row("GET", "api/v1/standards/match", READERS, "list"),
    Row("GET", "api/v1/standards/<uuidstr:standard_id>", READERS, "company", _api_one),
    Row("POST", "api/v1/standards/<uuidstr:standard_id>/moves", RULERS, "whole", _api_step),
)
