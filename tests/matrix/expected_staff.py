"""Rosters: whoever works here reads them, leaders and managers make them."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from anju.domains.staff.commands import ask_for_leave
from anju.domains.staff.models import DutyChange
from anju.domains.staff.testing import Crew, a_crew
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from tests.matrix.row import READERS, Asked, Row
from tests.matrix.world import World

ROSTERERS = "leader manager admin"
_CREWS: dict[int, Crew] = {}


def _crew(world: World) -> Crew:
    """One crew of the home community, however often it is asked for."""
    if id(world) not in _CREWS:
        _CREWS[id(world)] = a_crew(world.machine, place=world.home)
    return _CREWS[id(world)]


def _day(world: World) -> Asked:
    crew, day = _crew(world), timezone.localdate(now()) + timedelta(days=3)
    return {}, {"post": str(crew.post.id), "person": str(crew.people[0].id), "day": f"{day}"}


def _gap(world: World) -> Asked:
    day = timezone.localdate(now()) + timedelta(days=4)
    return {"id": _crew(world).shifts[0].id}, {"day": f"{day}"}


def _fill(world: World) -> Asked:
    args, body = _gap(world)
    return args, {**body, "person": str(_crew(world).people[1].id)}


def _team(world: World) -> Asked:
    return {}, {"scope": str(_crew(world).team.id)}


def _post(world: World) -> Asked:
    return {"id": _crew(world).post.id}, {"what": "close"}


def _asked(world: World) -> DutyChange:
    crew = _crew(world)
    with acting(world.machine):
        mine = DutyChange.objects.filter(person=crew.people[0])
        standing, before = mine.filter(state="asked").first(), mine.count()
    day = now() + timedelta(days=9 + 2 * before)
    return standing or ask_for_leave(
        leave="sick",
        starts_at=day,
        ends_at=day + timedelta(days=1),
        reason="",
        actor=crew.actors[0],
    )


def _change(world: World) -> Asked:
    return {"id": _asked(world).id}, {"do": "approve"}


STAFF = (
    Row("GET", "roster", READERS, "list"),
    Row("GET", "roster/day", ROSTERERS, "thing", _day),
    Row("POST", "roster/day", ROSTERERS, "thing", _day),
    Row("GET", "roster/pattern", ROSTERERS, "list", _team),
    Row("POST", "roster/pattern", ROSTERERS, "list", _team),
    Row("GET", "roster/week", ROSTERERS, "list", _team),
    Row("POST", "roster/week", ROSTERERS, "list", _team),
    Row("GET", "roster/plan", READERS, "list"),
    Row("POST", "roster/plan", READERS, "list", lambda _w: ({}, {"do": "x"})),
    Row("GET", "roster/shifts/<uuid:id>", ROSTERERS, "thing", _post),
    Row("POST", "roster/shifts/<uuid:id>", ROSTERERS, "thing", _post),
    Row("GET", "roster/gaps/<uuid:id>", ROSTERERS, "thing", _gap),
    Row("POST", "roster/gaps/<uuid:id>", ROSTERERS, "thing", _fill),
    Row("GET", "roster/changes", ROSTERERS, "list"),
    Row("GET", "roster/changes/<uuid:id>", ROSTERERS, "thing", _change),
    Row("POST", "roster/changes/<uuid:id>", ROSTERERS, "thing", _change),
    Row("GET", "on-duty", READERS, "list"),
    Row("GET", "shifts", READERS, "list"),
    Row("GET", "shifts/calendar.ics", READERS, "list"),
    Row("GET", "api/v1/on-duty", READERS, "list"),
    Row("GET", "api/v1/shifts", READERS, "list"),
    Row("GET", "api/v1/shifts/calendar.ics", READERS, "list"),
    Row("GET", "api/v1/handovers", READERS, "list"),
    Row("GET", "shifts/leave", READERS, "list"),
    Row("POST", "shifts/leave", READERS, "list"),
    Row("GET", "shifts/<uuid:id>/swap", "", "thing", lambda w: ({"id": _crew(w).post.id}, {})),
    Row("POST", "shifts/<uuid:id>/swap", "", "thing", lambda w: ({"id": _crew(w).post.id}, {})),
    Row("POST", "shifts/changes/<uuid:id>", "", "thing",
        lambda w: ({"id": _asked(w).id}, {"do": "withdraw"})),
)  # fmt: skip
