"""Who may open the pages of work on foot, written by hand."""

from __future__ import annotations

from uuid import uuid4

from anju.engine.offline.commands.bringing import bring, hear
from anju.engine.offline.models import Device
from anju.engine.offline.rules import Heard
from anju.engine.offline.testing import Phone
from anju.foundation.access.commands import share_phone
from anju.foundation.access.queries import actor_then
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from tests.matrix.row import DISPATCHERS, EVERYONE, KEEPERS, Asked, Row
from tests.matrix.world import CANARY, World

HANDS = "concierge technician guard cleaner leader manager admin"


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


def _hand(world: World) -> Actor:
    with acting(world.machine):
        return actor_then(world.a_guard(), now(), company=world.machine.company_id)


def _phone(world: World) -> Asked:
    """A phone of somebody of the home community, which still holds something."""
    device = uuid4()
    hear(device, Heard(now(), now(), None), actor=_hand(world), left=2)
    with acting(world.machine):
        return {"id": Device.objects.get(device=device).id}, {"reason": "x"}


def _shared(world: World) -> Asked:
    """A shared phone of the home community."""
    made, _token = share_phone(actor=world.machine, name="门岗", path=world.home.path)
    return {"id": made.id}, {}


def _late(world: World) -> Asked:
    """A photo of a round that has not come."""
    assert world.round
    hand = _hand(world)
    photo = Phone(hand).does("photo", world.round, file="ab" * 32)
    bring([photo], Heard(now(), now(), None), actor=hand)
    return {"id": photo.id}, {"reason": "x"}


def _hash(_world: World) -> Asked:
    return {"sha256": "ab" * 32}, {}


def _nothing_brought(_world: World) -> Asked:
    return {}, {"sent_at": "2026-11-29T08:00:00+08:00", "commands": []}


def _point(world: World) -> Asked:
    return {"id": world.round, "point": world.point}, {"verdict": "x"}


FIELD = (
    Row("POST", "api/v1/commands", EVERYONE, "self", _nothing_brought),
    Row("PUT", "api/v1/files/<sha256>", EVERYONE, "self", _hash),
    Row("GET", "phones", DISPATCHERS, "list"),
    Row("POST", "phones/share", KEEPERS, "list"),
    Row("POST", "phones/<uuid:id>/unshare", KEEPERS, "thing", _shared),
    Row("POST", "phones/<uuid:id>/lost", DISPATCHERS, "thing", _phone),
    Row("POST", "phones/photos/<uuid:id>/waive", DISPATCHERS, "thing", _late),
    Row("GET", "field", HANDS, "list"),
    Row("GET", "sw.js", EVERYONE, "open"),
    Row("GET", "manifest.webmanifest", EVERYONE, "open"),
    Row("GET", "work/lost", EVERYONE, "open"),
    Row("GET", "work/uploads", HANDS, "list"),
    Row("GET", "work/away", EVERYONE, "open"),
    Row("GET", "work/join/<str:token>", "", "open", lambda _w: ({"token": "wrong"}, {})),
    Row("POST", "work/join/<str:token>", "", "open", lambda _w: ({"token": "wrong"}, {})),
    Row("GET", "work/take", EVERYONE, "open"),
    Row("POST", "work/take", EVERYONE, "open"),
    Row("GET", "work/ahead", HANDS, "list"),
    Row("POST", "work/phone", HANDS, "list"),
    Row("GET", "work", HANDS, "list"),
    Row("GET", "work/handover", HANDS, "list"),
    Row("POST", "work/handover", HANDS, "list"),
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
    Row("POST", "work/<uuid:id>/add", HANDS, "thing", _work),
    Row("GET", "work/<uuid:id>/points/<uuid:point>", HANDS, "thing", _point),
    Row("POST", "work/<uuid:id>/points/<uuid:point>", HANDS, "thing", _point),
    Row("GET", "work/<uuid:id>/items", HANDS, "thing", _work),
    Row("POST", "work/<uuid:id>/items", HANDS, "thing", _work),
    Row("GET", "work/<uuid:id>/how", HANDS, "thing", _work),
    Row("GET", "work/<uuid:id>/used", HANDS, "thing", _work),
    Row("POST", "work/<uuid:id>/used", HANDS, "thing", _minutes),
    Row("GET", "work/<uuid:id>/signature", HANDS, "thing", _work),
    Row("POST", "work/<uuid:id>/signature", HANDS, "thing", _work),
)
