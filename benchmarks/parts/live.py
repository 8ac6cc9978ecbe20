"""Live pages: from the answer of one browser's report until another browser shows it."""

import time
from typing import Any

from playwright.sync_api import BrowserContext, Page

from anju.engine.loop.models import WorkOrder
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.tenancy.acting import acting
from benchmarks import world
from benchmarks.house import House
from benchmarks.measure import percentile, table
from tests.browser import chromium

GOAL = 2.0  # seconds
REPORTS = 20
POLL = 10  # ms between two looks at the page


def run(house: House, *, full: bool) -> bool:
    """20 reports (100 in full) typed into one browser, each awaited on the desk of another."""
    of = world.a_world()
    with acting(of.actor):
        devices = [an_account(of.actor, role).device for role in ("desk", "technician")]
    with chromium() as browser:
        pages = []
        for device in devices:
            context: BrowserContext = browser.new_context(locale="en")
            url = f"http://127.0.0.1:{house.port}"
            context.add_cookies([{"name": DEVICE_COOKIE, "value": device, "url": url}])
            pages.append(context.new_page())
        desk, reporter = pages
        with desk.expect_response("**/live?**"):
            desk.goto(f"{url}/desk")
        count = REPORTS * (5 if full else 1)
        seconds = sorted(
            _seen_after(
                desk, reporter, f"{url}/cases/new", (of.places[n][2], f"第 {n} 处楼道灯不亮")
            )
            for n in range(count)
        )
    with acting(of.actor):
        written = WorkOrder.objects.filter(title__startswith="第").count()
    row: dict[str, Any] = {
        "reports": count, "p50 s": percentile(seconds, 0.5), "p95 s": percentile(seconds, 0.95),
        "longest s": seconds[-1], "goal": GOAL, "met": "yes" if seconds[-1] <= GOAL else "NO",
    }  # fmt: skip
    print(table([row]))
    return written == count


def _seen_after(desk: Page, reporter: Page, form: str, case: tuple[str, str]) -> float:
    """Seconds from the moment the reporter's browser had its answer. `case`: place and title."""
    place, title = case
    reporter.goto(form)
    reporter.locator("#id_title").fill(title)
    reporter.locator("#id_place").fill(place)
    with reporter.expect_response(lambda answer: answer.request.method == "POST") as answered:
        reporter.locator("#form footer button").first.click(no_wait_after=True)
    began = time.perf_counter()
    status = answered.value.status
    if status != 302:
        raise RuntimeError(f"the report was answered with {status}")
    desk.wait_for_function(
        "words => document.querySelector('.desk-queue').innerText.includes(words)",
        arg=title,
        polling=POLL,
    )
    return time.perf_counter() - began
