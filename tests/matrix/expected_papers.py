"""Who may do what with forms and procedures."""

from __future__ import annotations

from uuid import uuid4

from anju.engine.forms.commands import draft_form
from anju.engine.forms.rules import Form, Item
from anju.engine.procedures.commands import draft_procedure
from anju.engine.procedures.rules import Procedure, Step
from tests.matrix.row import READERS, Asked, Row
from tests.matrix.world import World

WRITERS = "headquarters admin"


def _form(world: World) -> Asked:
    item = Item(code="on", text="灯亮")
    form = Form(code=uuid4().hex, name="灯具", items=(item,))
    return {"id": draft_form(form, actor=world.machine).id}, {}


def _procedure(world: World) -> Asked:
    step = Step(code="do", name="做", role="desk", brief="做。")
    procedure = Procedure(code=uuid4().hex, name="流程", steps=(step,))
    return {"id": draft_procedure(procedure, actor=world.machine).id}, {}


def _publish_form(world: World) -> Asked:
    return {**_form(world)[0], "name": "publish"}, {}


def _publish_procedure(world: World) -> Asked:
    return {**_procedure(world)[0], "name": "publish"}, {}


def _nothing_written(_world: World) -> Asked:
    return {}, {"text": ""}


PAPERS = (
    Row("GET", "forms", READERS, "list"),
    Row("GET", "forms/new", WRITERS, "whole"),
    Row("POST", "forms/new", WRITERS, "whole", _nothing_written),
    Row("GET", "forms/<uuid:id>", READERS, "company", _form),
    Row("GET", "forms/<uuid:id>/edit", WRITERS, "whole", _form),
    Row("POST", "forms/<uuid:id>/edit", WRITERS, "whole", _form),
    Row("POST", "forms/<uuid:id>/<slug:name>", WRITERS, "whole", _publish_form),
    Row("GET", "procedures", READERS, "list"),
    Row("GET", "procedures/new", WRITERS, "whole"),
    Row("POST", "procedures/new", WRITERS, "whole", _nothing_written),
    Row("GET", "procedures/<uuid:id>", READERS, "company", _procedure),
    Row("GET", "procedures/<uuid:id>/print", READERS, "company", _procedure),
    Row("GET", "procedures/<uuid:id>/edit", WRITERS, "whole", _procedure),
    Row("POST", "procedures/<uuid:id>/edit", WRITERS, "whole", _procedure),
    Row("POST", "procedures/<uuid:id>/<slug:name>", WRITERS, "whole", _publish_procedure),
)
