"""Live pages: from the answer of one browser's report until another browser shows it.

Two ways: reported by a technician, seen on the desk; reported and sent on at the desk, seen on the
telephone of who has it now.
"""

import time
from typing import Any

from playwright.sync_api import Browser, Page

from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.models import Case, WorkOrder
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.people.testing import a_duty, a_post, a_worker
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from benchmarks import world
from benchmarks.house import House
from benchmarks.measure import percentile, table
from tests.browser import chromium

GOAL = 2.0  # seconds
REPORTS = 20
POLL = 10  # ms between two looks at the page


def run(house: House, *, full: bool) -> bool:
    """20 reports each way (100 in full)."""
    of, count = world.a_world(), REPORTS * (5 if full else 1)
    url = f"http://127.0.0.1:{house.port}"
    with acting(of.actor):
        community = Place.objects.filter(kind="community").earliest("path")
        worker = a_worker(of.actor, place=community)
        a_duty(of.actor, post=a_post(of.actor, place=community), person=worker)
        devices = [an_account(of.actor, role).device for role in ("desk", "technician")]
        devices.append(an_account(of.actor, "technician", person_id=worker.id).device)
    with chromium() as browser:
        desk, reporter, phone = (_page(browser, url, device) for device in devices)
        _open(desk, "/desk")
        to_desk = [_to_desk(desk, reporter, of.places[n][2], n=n) for n in range(count)]
        _open(phone, "/work")
        to_phone = [_to_phone(phone, desk, of, n=n) for n in range(count)]
    rows = [_row("to the desk", to_desk), _row("to the telephone", to_phone)]
    print(table(rows))
    with acting(of.actor):
        written = WorkOrder.objects.filter(title__startswith="第").count()
    return written == 2 * count


def _row(way: str, seconds: list[float]) -> dict[str, Any]:
    longest = max(seconds)
    return {
        "way": way, "reports": len(seconds), "p50 s": percentile(sorted(seconds), 0.5),
        "p95 s": percentile(sorted(seconds), 0.95), "longest s": longest, "goal": GOAL,
        "met": "yes" if longest <= GOAL else "NO",
    }  # fmt: skip


def _page(browser: Browser, url: str, device: str) -> Page:
    context = browser.new_context(locale="en", base_url=url)
    context.add_cookies([{"name": DEVICE_COOKIE, "value": device, "url": url}])
    return context.new_page()


def _open(page: Page, address: str) -> None:
    """Open a page and wait until its stream is."""
    with page.expect_response("**/live?**"):
        page.goto(address)


def _to_desk(desk: Page, reporter: Page, place: str, *, n: int) -> float:
    title = f"第 {n} 处楼道灯不亮"
    reporter.goto("/cases/new")
    reporter.locator("#id_title").fill(title)
    reporter.locator("#id_place").fill(place)
    return _seconds(reporter, "#form footer button", desk, (".desk-queue", title))


def _to_phone(phone: Page, desk: Page, of: world.World, *, n: int) -> float:
    """The case is closed again at once: whoever has a shift's work in hand is sent nothing more."""
    title = f"第 {n} 户水管漏水"
    desk.goto(f"/desk?place={of.places[n][0]}")
    desk.locator("#id_title").fill(title)
    seconds = _seconds(desk, "#form footer button[name=give]", phone, ("#day", title))
    with acting(of.actor):
        case = Case.objects.get(title=title)
    move_case(case.id, "void", actor=of.actor, said={"reason": "measured"})
    return seconds


def _seconds(by: Page, button: str, seen: Page, where: tuple[str, str]) -> float:
    """Seconds from the moment the browser that acts had its answer until the other shows words
    in a part of its page (`where`)."""
    with by.expect_response(lambda answer: answer.request.method == "POST") as answered:
        by.locator(button).first.click(no_wait_after=True)
    began = time.perf_counter()
    if (status := answered.value.status) != 302:
        raise RuntimeError(f"the report was answered with {status}")
    seen.wait_for_function(
        "([where, words]) => document.querySelector(where)?.innerText.includes(words)",
        arg=list(where),
        polling=POLL,
    )
    return time.perf_counter() - began
