"""Pages over a slow line: from the address until somebody can act, on a phone of 400 kbit/s.

400 kbit/s each way, 100 ms there and back, a processor slowed down four times. A page is usable
once its document is read to the end with the scripts it waits for, and its words are drawn: links,
forms and buttons work from then on. Each page is opened for the first time with nothing kept, and
once more with the shell kept.
"""

from typing import Any

from playwright.sync_api import Browser, Page

from anju.domains.community.commands.coming_in import Holder, come_in
from anju.engine.loop.commands.opening import Report, report
from anju.engine.loop.models import WorkOrder
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.people.models import Person
from anju.foundation.people.testing import a_person, a_worker
from anju.foundation.places.commands import make_labels
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from benchmarks import world
from benchmarks.house import House
from benchmarks.measure import percentile, table
from tests.browser import chromium

GOAL = 2.5  # seconds
LINE = {"offline": False, "downloadThroughput": 50_000, "uploadThroughput": 50_000, "latency": 100}
SLOWER = 4  # times
PHONE = {"width": 390, "height": 844}
LOOKS = 5  # of each page, each kind
CASES = 40
USABLE = """async () => {
    const [visit] = performance.getEntriesByType('navigation');
    const drawn = performance.getEntriesByName('first-contentful-paint')[0]
        || await new Promise(seen => new PerformanceObserver(all => {
            for (const one of all.getEntriesByName('first-contentful-paint')) seen(one);
        }).observe({type: 'paint', buffered: true}));
    return Math.max(visit.domContentLoadedEventEnd, drawn.startTime) / 1000;
}"""


def run(house: House, *, full: bool) -> bool:
    """Five looks at each page with nothing kept, five with the shell kept (20 in full)."""
    url, looks = f"http://127.0.0.1:{house.port}", LOOKS * (4 if full else 1)
    who, pages = _people(world.a_world())
    rows = []
    with chromium() as browser:
        for name, (role, path) in pages.items():
            first = [_first(browser, url, who[role], path) for _ in range(looks)]
            again = _again(browser, url, who[role], [path] * looks)
            rows += [_row(name, "first", first), _row(name, "again", again)]
    print(table(rows))
    print(f"400 kbit/s, 100 ms there and back, processor / {SLOWER}")
    return all(seconds > 0 for row in rows for seconds in (row["p50 s"], row["longest s"]))


def _people(of: world.World) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Role -> cookie, and name of a page -> who opens it and where it is."""
    with acting(of.actor):
        room = Place.objects.filter(kind="room").earliest("path")
        community = Place.objects.filter(kind="community").earliest("path")
        worker = a_worker(of.actor, place=community)
        home = a_person(of.actor, lives_at=room, name="住户")
        for n in range(CASES):
            opened = report(_leak(n, room, home), actor=of.actor)
        work = WorkOrder.objects.get(case_id=opened.case.id)
        devices = {role: an_account(of.actor, role).device for role in ("desk", "manager")}
        devices["technician"] = an_account(of.actor, "technician", person_id=worker.id).device
        code = make_labels([room], actor=of.actor)[0].code
    devices["resident"] = come_in(Holder(of.company, home.id), device="bench")
    return {**devices, "nobody": ""}, {
        "work of the day": ("technician", "/work"),
        "a work order": ("technician", f"/work/{work.id}"),
        "resident's home": ("resident", "/me"),
        "resident's report": ("resident", "/me/report"),
        "label": ("nobody", f"/q/{code}"),
        "desk": ("desk", "/desk"),
        "new case": ("desk", "/cases/new"),
        "a case": ("desk", f"/cases/{work.case_id}"),
        "manager's home": ("manager", "/"),
    }


def _leak(n: int, room: Place, home: Person) -> Report:
    return Report(
        kind="repair", urgency=3, title=f"第 {n} 处卫生间漏水", text="楼下也渗水", place=room,
        reporter=home, channel="phone",
    )  # fmt: skip


def _first(browser: Browser, url: str, device: str, path: str) -> float:
    """Seconds until the page is usable on a telephone that has never seen it."""
    page = _slow(browser, url, device)
    try:
        return _seconds(page, path)
    finally:
        page.context.close()


def _again(browser: Browser, url: str, device: str, paths: list[str]) -> list[float]:
    """The same with the style and the scripts kept from the look before."""
    page = _slow(browser, url, device)
    try:
        _seconds(page, paths[0])
        return [_seconds(page, path) for path in paths]
    finally:
        page.context.close()


def _seconds(page: Page, path: str) -> float:
    answer = page.goto(path, wait_until="load")
    if answer is None or answer.status != 200:
        raise RuntimeError(f"{path} was not opened")
    return float(page.evaluate(USABLE))


def _slow(browser: Browser, url: str, device: str) -> Page:
    context = browser.new_context(locale="zh-CN", base_url=url, viewport=PHONE)
    if device:
        context.add_cookies([{"name": DEVICE_COOKIE, "value": device, "url": url}])
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", LINE)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page


def _row(name: str, which: str, seconds: list[float]) -> dict[str, Any]:
    ordered = sorted(seconds)
    return {
        "page": name, "look": which, "n": len(ordered), "p50 s": percentile(ordered, 0.5),
        "longest s": ordered[-1], "goal": GOAL, "met": "yes" if ordered[-1] <= GOAL else "NO",
    }  # fmt: skip
