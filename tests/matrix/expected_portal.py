"""The resident's side. It knows no roles: whoever has no person on record is let into none of its
pages. Who sees whose matter is tried in anju/faces/portal/tests/test_home.py and
anju/domains/community/tests/test_households.py."""

from __future__ import annotations

from tests.matrix.row import EVERYONE, Asked, Row
from tests.matrix.world import World


def _matter(world: World) -> Asked:
    return {"id": world.case["id"], "record": world.photo}, {}


PORTAL = (
    Row("GET", "q/<str:code>", "", "open", lambda _w: ({"code": "NO-SUCH-LABEL"}, {})),
    Row("POST", "q/<str:code>", "", "open", lambda _w: ({"code": "NO-SUCH-LABEL"}, {})),
    Row("GET", "follow/<str:token>", "", "open", lambda _w: ({"token": "wrong"}, {})),
    Row("POST", "follow/<str:token>", "", "open", lambda _w: ({"token": "wrong"}, {})),
    Row("GET", "me/in", EVERYONE, "open"),
    Row("POST", "me/in", EVERYONE, "open"),
    Row("GET", "me/in/code", EVERYONE, "open"),
    Row("POST", "me/in/code", EVERYONE, "open"),
    Row("GET", "me/in/<str:token>", "", "open", lambda _w: ({"token": "wrong"}, {})),
    Row("POST", "me/in/<str:token>", "", "open", lambda _w: ({"token": "wrong"}, {})),
    Row("GET", "me/app.webmanifest", EVERYONE, "open"),
    Row("GET", "me/worker.js", EVERYONE, "open"),
    Row("GET", "me/offline", EVERYONE, "open"),
    Row("POST", "me/face", EVERYONE, "open"),
    Row("GET", "me", "", "self"),
    Row("GET", "me/promises", "", "self"),
    Row("GET", "me/year", "", "self"),
    Row("GET", "me/self", "", "self"),
    Row("POST", "me/self/helpers", "", "self"),
    Row("GET", "me/report", "", "self"),
    Row("POST", "me/report", "", "self"),
    Row("GET", "me/notices", "", "self"),
    Row("GET", "me/notices/<uuid:id>", "", "self", lambda w: ({"id": w.notice}, {})),
    Row("GET", "me/matters", "", "self"),
    Row("GET", "me/matters/<uuid:id>", "", "self", _matter),
    Row("POST", "me/matters/<uuid:id>", "", "self", _matter),
    Row("GET", "me/matters/<uuid:id>/photos/<uuid:record>", "", "self", _matter),
    Row("POST", "me/matters/<uuid:id>/urge", "", "self", _matter),
    Row("POST", "me/matters/<uuid:id>/rate", "", "self", _matter),
    Row("GET", "me/matters/<uuid:id>/reopen", "", "self", _matter),
    Row("POST", "me/matters/<uuid:id>/reopen", "", "self", _matter),
    Row("GET", "me/matters/<uuid:id>/complain", "", "self", _matter),
    Row("POST", "me/matters/<uuid:id>/complain", "", "self", _matter),
)
