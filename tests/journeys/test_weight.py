"""How much a telephone on a slow line has to fetch, from the real processes: 250 KB for a first
look with nothing kept, 30 KB for a part that is read anew; script at most 150 KB."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession

from anju.foundation.tenancy.actor import Actor
from tests.journeys.hand import PHONE, a_hand
from tests.journeys.pages import LISTS, OTHERS, addresses
from tests.journeys.world import a_world, fill
from tests.sizes import spread

FIRST, SCRIPT, PART = 250_000, 150_000, 30_000  # bytes on the wire
ROWS = 60  # more than a page shows
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
