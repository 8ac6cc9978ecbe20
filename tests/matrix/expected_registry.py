"""Who may do what in the registry: places, equipment, people, staff, lists in and out."""

from __future__ import annotations

from tests.matrix.row import EVERYONE, KEEPERS, PLANNERS, READERS, Asked, Row
from tests.matrix.world import CANARY, World

KNOWERS = "desk concierge leader manager headquarters admin"
CLERKS = "desk manager admin"


def _room(world: World) -> Asked:
    return {"id": world.room.id}, {}


def _asset(world: World) -> Asked:
    return {"id": world.asset}, {}


def _person(world: World) -> Asked:
    return {"id": world.person}, {}


def _occupancy(world: World) -> Asked:
    return {"id": world.occupancy}, {}


def _batch(world: World) -> Asked:
    return {"id": world.batch}, {}


def _sheet(_world: World) -> Asked:
    return {"sheet": "places", "kind": "csv"}, {}


REGISTRY = (
    Row("GET", "search", EVERYONE, "list", lambda _w: ({}, {"q": CANARY[:-1]})),
    Row("GET", "places", EVERYONE, "list", sees=CANARY),
    Row("GET", "places/new", PLANNERS, "list"),
    Row("POST", "places/new", PLANNERS, "list"),
    Row("POST", "places/labels", EVERYONE, "list", lambda w: ({}, {"pick": str(w.room.id)})),
    Row("GET", "places/<uuid:id>", EVERYONE, "thing", _room, sees=CANARY),
    Row("GET", "places/<uuid:id>/edit", PLANNERS, "thing", _room),
    Row("POST", "places/<uuid:id>/edit", PLANNERS, "thing", _room),
    Row("GET", "places/<uuid:id>/move", PLANNERS, "thing", _room),
    Row("POST", "places/<uuid:id>/move", PLANNERS, "thing", _room),
    Row("GET", "places/<uuid:id>/retire", PLANNERS, "thing", _room),
    Row("POST", "places/<uuid:id>/retire", PLANNERS, "thing", _room),
    Row("POST", "places/<uuid:id>/reinstate", PLANNERS, "thing", _room),
    Row("GET", "places/<uuid:id>/telephone", PLANNERS, "thing", _room),
    Row("POST", "places/<uuid:id>/telephone", PLANNERS, "thing", _room),
    Row("GET", "places/<uuid:id>/residents", CLERKS, "thing", _room),
    Row("POST", "places/<uuid:id>/residents", CLERKS, "thing", _room),
    Row("GET", "equipment", EVERYONE, "list", sees=CANARY),
    Row("GET", "equipment/new", PLANNERS, "list"),
    Row("POST", "equipment/new", PLANNERS, "list"),
    Row("POST", "equipment/labels", EVERYONE, "list", lambda w: ({}, {"pick": str(w.asset)})),
    Row("GET", "equipment/<uuid:id>", EVERYONE, "thing", _asset, sees=CANARY),
    Row("GET", "equipment/<uuid:id>/edit", PLANNERS, "thing", _asset),
    Row("POST", "equipment/<uuid:id>/edit", PLANNERS, "thing", _asset),
    Row("GET", "people", KNOWERS, "list", sees=CANARY),
    Row("GET", "people/new", CLERKS, "list"),
    Row("POST", "people/new", CLERKS, "list"),
    Row("GET", "people/<uuid:id>", KNOWERS, "thing", _person, sees=CANARY),
    Row("GET", "people/<uuid:id>/edit", CLERKS, "thing", _person),
    Row("POST", "people/<uuid:id>/edit", CLERKS, "thing", _person),
    Row("POST", "people/<uuid:id>/reveal", "desk concierge manager admin", "thing", _person),
    Row("POST", "people/<uuid:id>/invite", CLERKS, "thing", _person),
    Row("GET", "people/<uuid:id>/vehicles", CLERKS, "thing", _person),
    Row("POST", "people/<uuid:id>/vehicles", CLERKS, "thing", _person),
    Row("POST", "people/<uuid:id>/export", KEEPERS, "thing", _person),
    Row("GET", "people/<uuid:id>/erase", "admin", "thing", _person),
    Row("POST", "people/<uuid:id>/erase", "admin", "thing", _person),
    Row("GET", "occupancies/<uuid:id>/end", CLERKS, "thing", _occupancy),
    Row("POST", "occupancies/<uuid:id>/end", CLERKS, "thing", _occupancy),
    Row("GET", "staff", READERS, "list"),
    Row("GET", "staff/teams", READERS, "list"),
    Row("GET", "staff/duty", READERS, "list"),
    Row("GET", "staff/qualifications", READERS, "list"),
    Row("GET", "staff/new/<slug:kind>", KEEPERS, "list", lambda _w: ({"kind": "team"}, {})),
    Row("POST", "staff/new/<slug:kind>", KEEPERS, "list", lambda _w: ({"kind": "team"}, {})),
    Row("GET", "imports", PLANNERS, "list"),
    Row("GET", "imports/lists/<slug:sheet>", PLANNERS, "list", _sheet),
    Row("POST", "imports/lists/<slug:sheet>", PLANNERS, "list", _sheet),
    Row("GET", "imports/lists/<slug:sheet>/template.<slug:kind>", PLANNERS, "list", _sheet),
    Row("GET", "imports/<uuid:id>", PLANNERS, "whole", _batch),
    Row("GET", "imports/<uuid:id>/errors", PLANNERS, "whole", _batch),
    Row("POST", "imports/<uuid:id>/columns", PLANNERS, "whole", _batch),
    Row("POST", "imports/<uuid:id>/confirm", PLANNERS, "whole", _batch),
    Row("POST", "imports/<uuid:id>/undo", PLANNERS, "whole", _batch),
    Row("POST", "imports/<uuid:id>/drop", PLANNERS, "whole", _batch),
)
