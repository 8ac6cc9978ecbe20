"""Who may do what with what comes in from other systems and from meetings."""

from __future__ import annotations

from tests.matrix.row import DISPATCHERS, Asked, Row
from tests.matrix.world import CANARY, World


def _arrival(world: World) -> Asked:
    return {"id": world.arrival}, {}


def _source(world: World) -> Asked:
    return {"id": world.source}, {}


def _minutes(world: World) -> Asked:
    return {"id": world.minutes}, {}


INTAKE = (
    # Whoever signs with the secret of the source; its tests stand beside it.
    Row("POST", "api/v1/hooks/<str:channel>", "", "open", lambda _w: ({"channel": "none"}, {})),
    Row("GET", "api/v1/hooks/<str:channel>", "", "open", lambda _w: ({"channel": "none"}, {})),
    Row("GET", "arrivals", DISPATCHERS, "list", sees=CANARY),
    Row("GET", "arrivals/<uuid:id>", DISPATCHERS, "thing", _arrival, sees=CANARY),
    Row("POST", "arrivals/<uuid:id>", DISPATCHERS, "thing", _arrival),
    Row("GET", "calls", DISPATCHERS, "list"),
    Row("GET", "calls/ringing", DISPATCHERS, "list"),
    Row("GET", "cases/meetings", DISPATCHERS, "list", sees=CANARY),
    Row("GET", "cases/meetings/new", DISPATCHERS, "list"),
    Row("POST", "cases/meetings/new", DISPATCHERS, "list"),
    Row("GET", "cases/meetings/<uuid:id>", DISPATCHERS, "thing", _minutes, sees=CANARY),
    Row("POST", "cases/meetings/<uuid:id>", DISPATCHERS, "thing", _minutes),
    Row("POST", "cases/meetings/<uuid:id>/erase", "admin", "thing", _minutes),
    # Who may tell us is a matter of the whole company.
    Row("GET", "sources", "admin", "whole"),
    Row("GET", "sources/new", "admin", "whole"),
    Row("POST", "sources/new", "admin", "whole"),
    Row("GET", "sources/<uuid:id>", "admin", "whole", _source),
    Row("POST", "sources/<uuid:id>", "admin", "whole", _source),
    Row("POST", "sources/<uuid:id>/secret", "admin", "whole", _source),
)
