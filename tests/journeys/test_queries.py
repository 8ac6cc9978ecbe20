"""How many queries each list costs: the same for 10 rows as for 1,000 (by hand 100), and no more
than is written in `tests/queries.json`. `ANJU_QUERIES=write` writes that file anew; look at what
changed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anju.foundation.access.rules import DEVICE_COOKIE
from tests.journeys.pages import LISTS, addresses
from tests.journeys.world import World, a_world, fill
from tests.sizes import sized

COMMITTED = Path(__file__).resolve().parents[1] / "queries.json"
PAGES = {
    **LISTS,
    "home": "/",
    "board": "/board",
    "desk": "/desk",
    "desk queue": "/desk/queue",
    "desk finds": "/desk/find?q=3-2-1201",
    "desk suggests": "/desk/suggest?title=漏水&place={place}",
    "review": "/review",
    "callbacks": "/callbacks",
    "callbacks dissatisfied": "/callbacks?show=dissatisfied",
    "handover": "/handover",
    "handover of a post": "/work/handover",
    "check of answers": "/answers/checks",
    "minutes": "/cases/meetings/{minutes}",
    "set-up": "/start/case",
    "catalogue": "/catalogue/at/{community}",
    "contract": "/contracts/{contract}",
    "contract beside its grade": "/contracts/{contract}/grade",
    "emergency": "/emergency",
    "emergency card": "/emergency/plans/fire?place={place}",
    "emergency that runs": "/emergency/{emergency}",
    "wall": "/wall",
    "wall, promises": "/wall?page=2",
    "wall, emergency": "/wall?page=3",
    "work on foot": "/work",
    "work at hand": "/work/{work}",
    "indicators": "/indicators?days=365",
    "look back": "/cases/past",
    "look back at a case": "/cases/{case}/past",
    "communities": "/communities?days=365",
    "case": "/cases/{case}",
}
AROUND = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


@pytest.fixture(scope="module")
def worlds() -> tuple[World, World]:
    made = []
    for rows in (10, sized(1_000, by_hand=40)):
        made.append(a_world(roles=("technician", "admin")))
        fill(made[-1], rows)
    return made[0], made[1]


def cost(world: World, path: str) -> list[str]:
    """The statements one view of the page needs; the second one, when what is kept is kept."""
    client = Client()
    client.cookies[DEVICE_COOKIE] = world.devices["admin"]
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    assert answer.status_code == 200
    return [q["sql"] for q in asked.captured_queries if not q["sql"].startswith(AROUND)]


def test_a_list_costs_the_same_however_long_it_is(worlds: tuple[World, World]) -> None:
    counted = {}
    for name in PAGES:
        few, many = (cost(w, addresses(w, {name: PAGES[name]})[name]) for w in worlds)
        assert len(few) == len(many), (name, "\n".join(many))
        counted[name] = len(many)
    if os.environ.get("ANJU_QUERIES") == "write":
        COMMITTED.write_text(json.dumps(counted, indent=1, sort_keys=True) + "\n")
    assert counted == json.loads(COMMITTED.read_text()), "more or fewer than committed"
