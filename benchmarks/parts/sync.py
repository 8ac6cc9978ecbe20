"""A day's work of a telephone, brought in one go over a shaped line by the app's own queue.

Twelve rounds done without a signal: 60 commands with 60 photos of about 300 KB, kept in a real
browser; then 5 Mbit/s each way and 40 ms there and back. The seconds run from the signal to the
last receipt. What the line alone needs for the photos stands beside it.
"""

from base64 import b64encode
from datetime import timedelta
from io import BytesIO
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import Page

from anju.engine.loop.models import Record, WorkOrder
from anju.engine.plans.commands import Planned, look_at_planned, make_plan
from anju.engine.plans.document import When
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.lib import frozen, now
from anju.foundation.people.testing import a_worker
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from benchmarks import world
from benchmarks.house import House
from benchmarks.measure import table
from tests.browser import chromium

GOAL = 20.0  # seconds
BYTES = 5_000_000 // 8  # a second
LINE = {"offline": False, "downloadThroughput": BYTES, "uploadThroughput": BYTES, "latency": 40}
ROUNDS, SIZE = 12, 300_000
KEEP = """async ([path, subject, name, said, pictures]) => {
    const { keep } = await import(path), who = document.body.dataset.person;
    const files = pictures.map((one, n) => new File(
        [Uint8Array.from(atob(one), (c) => c.charCodeAt(0))], `${n}.jpg`, { type: 'image/jpeg' }));
    await keep({ who, subject, base: null, name, said, pictures: files });
}"""
QUEUE = "/static/field/queue.js"
LEFT = """async (path) => {
    const { flush, kept } = await import(path);
    await flush();
    return (await kept()).filter((one) => one.receipt?.status !== 'taken').length;
}"""


def run(house: House, *, full: bool) -> bool:
    """Once; three times in full."""
    rows = [_day(house, n) for n in range(3 if full else 1)]
    print(table(rows))
    print("5 Mbit/s each way, 40 ms there and back; line: what the photos need on it alone")
    return all(row["brought"] == row["photos"] for row in rows)


def _day(house: House, n: int) -> dict[str, Any]:
    of = world.a_world()
    with acting(of.actor):
        community = Place.objects.filter(kind="community").earliest("path")
        worker = a_worker(of.actor, place=community)
        device = an_account(of.actor, "technician", person_id=worker.id).device
    works = _rounds(of.actor, community)
    rng = Random(n)
    with chromium() as browser:
        url = f"http://127.0.0.1:{house.port}"
        context = browser.new_context(locale="zh-CN", base_url=url, service_workers="block")
        context.add_cookies([{"name": DEVICE_COOKIE, "value": device, "url": url}])
        page = context.new_page()
        with page.expect_response("**/work/phone"):
            page.goto("/work")
        line = context.new_cdp_session(page)
        line.send("Network.enable")
        line.send("Network.emulateNetworkConditions", {**LINE, "offline": True})
        sent = sum(_kept(page, str(work.id), rng) for work in works)
        line.send("Network.emulateNetworkConditions", LINE)
        seconds = _seconds(page)
    with acting(of.actor):
        photos = Record.objects.filter(work_id__in=[w.id for w in works], kind="photo").count()
    return {
        "commands": ROUNDS * 5, "photos": ROUNDS * 5, "MB": round(sent / 1e6, 1),
        "brought": photos, "s": round(seconds, 1), "line s": round(sent / BYTES, 1), "goal": GOAL,
        "met": "yes" if seconds <= GOAL else "NO",
    }  # fmt: skip


def _rounds(actor: Actor, community: Place) -> list[WorkOrder]:
    """Twelve rounds whose windows are open."""
    with acting(actor), frozen(now() - timedelta(minutes=90)):
        start = (now() + timedelta(hours=1)).astimezone(ZoneInfo("Asia/Shanghai"))
        when = When(start=f"{start:%Y-%m-%d}", times=(f"{start:%H:%M}",))
        for n in range(ROUNDS):
            said = Planned(f"巡查 {n}", when, ((community, None),), early=60, late=240)
            make_plan(community, f"SYNC-{actor.company_id.hex[:6]}-{n}", said, actor=actor)
    look_at_planned()
    with acting(actor):
        return list(WorkOrder.objects.filter(case=None).order_by("opened_at", "id")[:ROUNDS])


def _kept(page: Page, work: str, rng: Random) -> int:
    """One round: five photos by four commands, and done. How many bytes the photos have."""
    taken = [_photo(rng) for _n in range(5)]
    for group in (taken[:2], *([one] for one in taken[2:])):
        pictures = [b64encode(one).decode() for one in group]
        page.evaluate(KEEP, [QUEUE, work, "photo", {"stage": "after"}, pictures])
    page.evaluate(KEEP, [QUEUE, work, "done", {}, []])
    return sum(len(one) for one in taken)


def _photo(rng: Random) -> bytes:
    """Noise of about 300 KB as JPEG."""
    out = BytesIO()
    Image.frombytes("L", (620, 620), rng.randbytes(620 * 620)).save(out, "JPEG", quality=88)
    return out.getvalue()


def _seconds(page: Page) -> float:
    begun = now()
    for _try in range(20):
        if page.evaluate(LEFT, QUEUE) == 0:
            break
    return (now() - begun).total_seconds()
