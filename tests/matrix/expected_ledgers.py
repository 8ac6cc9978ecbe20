"""Ledgers: everybody who works here reads, who has hands on the work keeps, who leads sets up."""

from __future__ import annotations

from uuid import UUID, uuid4

from anju.domains.ledgers.commands import Said, write_line
from anju.domains.ledgers.models import Ledger, Line
from anju.domains.ledgers.testing import a_ledger, a_visitor
from anju.foundation.files.testing import a_picture
from anju.foundation.tenancy.acting import acting
from tests.matrix.row import READERS, Asked, Row
from tests.matrix.world import CANARY, World

KEEPERS = "desk concierge technician guard cleaner leader manager admin"
SET_UP = "leader manager admin"
ON_FOOT = "concierge technician guard cleaner leader manager admin"


def _a_ledger(world: World, code: str = "VISITOR") -> Ledger:
    """The same however often it is asked for."""
    with acting(world.machine):
        found = Ledger.objects.filter(place=world.home, code=code).first()
    return found or a_ledger(world.machine, world.home, code, name=f"{CANARY} {code}")


def _a_line(world: World) -> Line:
    ledger = _a_ledger(world)
    with acting(world.machine):
        found = ledger.lines.first()
    return found or a_visitor(ledger, world.machine)


def _seen(world: World) -> Asked:
    _a_line(world)
    return {}, {}


def _ledger(world: World) -> Asked:
    return {"id": _a_ledger(world).id}, {}


def _change(world: World) -> Asked:
    return {"id": _a_ledger(world).id}, {"name": "x", "version": 99}


def _end(world: World) -> Asked:
    _a_line(world)  # still open: it is let in and told so
    return {"id": _a_ledger(world).id}, {}


def _write(world: World) -> Asked:
    return {"id": _a_ledger(world).id}, {"answers.name": ""}


def _review(world: World) -> Asked:
    return {"id": _a_ledger(world).id}, {"month": "2199-01-01"}


def _line(world: World) -> Asked:
    return {"id": _a_line(world).id}, {}


def _add(world: World) -> Asked:
    return {"id": _a_line(world).id}, {"version": 99}


def _picture(world: World) -> Asked:
    goods = _a_ledger(world, "GOODS")
    with acting(world.machine):
        line = goods.lines.first()
    if line is None:
        given = {
            "owner": Said("pass"), "list": Said(value={"rows": [["x", "1"]]}),
            "guard": Said(files=[a_picture()]),
        }  # fmt: skip
        line = write_line(goods.id, given, actor=world.machine)
    return {"id": line.id, "file": UUID(line.answers["guard"]["files"][0])}, {}


def _api_ledger(world: World) -> Asked:
    return {"ledger_id": _a_ledger(world).id}, {}


def _api_write(world: World) -> Asked:
    answers = {"name": {"text": uuid4().hex}}
    return {"ledger_id": _a_ledger(world).id}, {"answers": answers}


LEDGERS = (
    Row("GET", "ledgers", READERS, "list", _seen, sees=CANARY),
    Row("GET", "ledgers/new", SET_UP, "list"),
    Row("POST", "ledgers/new", SET_UP, "list"),
    Row("GET", "ledgers/<uuid:id>", READERS, "thing", _ledger, sees=CANARY),
    Row("GET", "ledgers/<uuid:id>/edit", SET_UP, "thing", _ledger),
    Row("POST", "ledgers/<uuid:id>/edit", SET_UP, "thing", _change),
    Row("POST", "ledgers/<uuid:id>/end", SET_UP, "thing", _end),
    Row("GET", "ledgers/<uuid:id>/write", KEEPERS, "thing", _ledger),
    Row("POST", "ledgers/<uuid:id>/write", KEEPERS, "thing", _write),
    Row("GET", "ledgers/<uuid:id>/months", READERS, "thing", _ledger),
    Row("POST", "ledgers/<uuid:id>/months", SET_UP, "thing", _review),
    Row("GET", "ledgers/lines/<uuid:id>", READERS, "thing", _line, sees=CANARY),
    Row("POST", "ledgers/lines/<uuid:id>", KEEPERS, "thing", _add),
    Row("POST", "ledgers/lines/<uuid:id>/sign", KEEPERS, "thing", _line),
    Row("GET", "ledgers/lines/<uuid:id>/files/<uuid:file>", KEEPERS, "thing", _picture),
    Row("GET", "work/ledgers", ON_FOOT, "list", _seen, sees=CANARY),
    Row("GET", "work/ledgers/<uuid:id>", ON_FOOT, "thing", _ledger, sees=CANARY),
    Row("POST", "work/ledgers/<uuid:id>", ON_FOOT, "thing", _write),
    Row("GET", "work/ledgers/lines/<uuid:id>", ON_FOOT, "thing", _line, sees=CANARY),
    Row("POST", "work/ledgers/lines/<uuid:id>", ON_FOOT, "thing", _add),
    Row("GET", "api/v1/ledgers", READERS, "list", _seen, sees=CANARY),
    Row("GET", "api/v1/ledgers/<uuidstr:ledger_id>/lines", READERS, "thing", _api_ledger),
    Row("POST", "api/v1/ledgers/<uuidstr:ledger_id>/lines", KEEPERS, "thing", _api_write),
)
