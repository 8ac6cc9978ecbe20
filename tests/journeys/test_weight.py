"""How much a telephone on a slow line has to fetch, from the real processes: 250 KB for a first
look with nothing kept, 30 KB for a part that is read anew; script at most 150 KB."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, CDPSession

from anju.foundation.tenancy.actor import Actor
from tests.journeys.hand import PHONE, a_hand
from tests.journeys.pages import LISTS, OTHERS, addresses
from tests.journeys.world import a_world, fill
from tests.sizes import spread

FIRST, SCRIPT, PART = 250_000, 150_000, 30_000  # bytes on the wire
ROWS = 60  # more than a page shows
AWAY = "/work/away"
pytestmark = pytest.mark.browser


class Wire:
    """Bytes that came over the line since `start`, by kind of file."""

    def __init__(self, session: CDPSession) -> None:
        self.kinds: dict[str, str] = {}
        self.bytes: dict[str, int] = {}
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        session.on("Network.responseReceived", self._received)
        session.on("Network.loadingFinished", self._finished)

    def start(self) -> None:
        self.bytes = {}

    def _received(self, event: dict[str, Any]) -> None:
        self.kinds[event["requestId"]] = event["type"]

    def _finished(self, event: dict[str, Any]) -> None:
        kind = self.kinds.get(event["requestId"], "Other")
        self.bytes[kind] = self.bytes.get(kind, 0) + int(event["encodedDataLength"])

    @property
    def all(self) -> int:
        return sum(self.bytes.values())


def test_no_page_is_too_heavy_for_a_slow_line(browser: Browser, address: str, actor: Actor) -> None:
    world = a_world(roles=("admin", "technician"))
    fill(world, ROWS)
    heavy = {}
    with a_hand(browser, address, device=world.devices["admin"], size=PHONE) as hand:
        wire = Wire(hand.page.context.new_cdp_session(hand.page))
        for name, path in addresses(world, spread(LISTS | OTHERS, by_hand=12)).items():
            wire.start()
            hand.page.goto(address + path, wait_until="load")
            assert wire.bytes.get("Document", 0) > 1000, name  # the wire is read at all
            if wire.all > FIRST or wire.bytes.get("Script", 0) > SCRIPT:
                heavy[name] = dict(wire.bytes)
        wire.start()
        hand.page.evaluate("htmx.ajax('GET', '/desk/queue', {target: 'main', swap: 'innerHTML'})")
        hand.page.wait_for_selector(".desk-sums")
        assert 0 < wire.all <= PART
    assert heavy == {}


@pytest.mark.parametrize("worker", ["/sw.js", "/me/worker.js"])
def test_the_workers_keep_what_is_there(address: str, worker: str) -> None:
    """As the real processes name the files: with one that is missing no page is kept at all."""
    answer = httpx.get(address + worker)
    assert answer.status_code == 200
    shell = re.search(r"SHELL = \[(.*?)\]", answer.text, re.DOTALL)
    assert shell is not None
    kept = set(re.findall(r"'([^']+)'", shell[1]))
    assert {path for path in kept if httpx.get(address + path).status_code != 200} == set()
    if worker == "/sw.js":  # pages of work live from what they are drawn with
        drawn = re.findall(r'(?:src|href)="(/static/[^"#?]+)', httpx.get(address + AWAY).text)
        assert any(path.endswith(".js") for path in drawn)
        assert set(drawn) <= kept
