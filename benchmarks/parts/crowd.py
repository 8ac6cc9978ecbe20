"""A community and its staff at once: 200 residents and 40 colleagues who read, report and act."""

import re
import ssl
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

import httpx

from anju.domains.community.commands.coming_in import Holder, come_in
from anju.engine.loop.models import Case
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.people.testing import a_person
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from benchmarks import fill, world
from benchmarks.house import House
from benchmarks.measure import memory_mb, percentile, table

RESIDENTS, STAFF = 200, 40
GOAL = 300.0  # ms, at the 95th percentile
CASES = 20_000  # what the community has behind it
# Seconds between two looks of one person, on average: a resident who follows a repair, a desk.
PAUSE = {"resident": 20.0, "staff": 8.0}
LOOKS = {
    "resident": (("/me", 5), ("/me/matters", 2), ("/me/notices", 1), ("/me/report", 2)),
    "staff": (
        ("/desk", 3), ("/desk/queue", 4), ("/cases?state=live&sort=due", 2), ("/work", 3),
        ("/board", 1), ("/cases/new", 2),
    ),
}  # fmt: skip
FORMS = {"/me/report": "tell", "/cases/new": "form"}
# Read once: nobody asks for one here, and 240 people who each read them keep the processors of the
# house busy for as long as ten seconds of the minute that is measured.
CERTIFICATES = ssl.create_default_context()
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
KEY = re.compile(r'name="([a-z_]*key)" value="([^"]+)"')


@dataclass
class Seen:
    """What all of them met: milliseconds by page, and answers that were none."""

    times: dict[str, list[float]] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, page: str, ms: float, status: int, good: tuple[int, ...]) -> None:
        with self.lock:
            self.times.setdefault(page, []).append(ms)
            if status not in good:
                self.wrong[f"{page} {status}"] += 1
            elif page.startswith("POST"):
                self.sent += 1


def run(house: House, *, full: bool) -> bool:
    """60 seconds of it (600 in full): time of an answer, errors, memory before and after."""
    seconds = 600.0 if full else 60.0
    of = world.a_world()
    fill.cases_up_to(CASES, house, of)
    people = _people(of)
    seen, before = Seen(), _cases(of)
    _acting(house, people, Seen(), seconds=15.0, room=of.places[0][2])  # everything warm
    began, lived = sum(memory_mb(house.pid).values()), _cases(of)
    _acting(house, people, seen, seconds=seconds, room=of.places[0][2])
    ended = sum(memory_mb(house.pid).values())
    written = _cases(of) - lived
    rows = [_row(page, times) for page, times in sorted(seen.times.items())]
    every = sorted(ms for times in seen.times.values() for ms in times)
    print(table([*rows, _row("all", every)]))
    print(f"{len(people)} people, {len(every) / seconds:.1f} requests/s, errors {dict(seen.wrong)}")
    print(f"reports sent {seen.sent}, cases written {written}, before them {lived - before}")
    print(f"memory {began:.0f} MB when warm, {ended:.0f} MB after {seconds:.0f} s")
    print(f"p95 {percentile(every, 0.95):.0f} ms of {GOAL:.0f}")
    return not seen.wrong and written == seen.sent


def _people(of: world.World) -> list[tuple[str, str]]:
    """(kind, cookie) of everybody."""
    found = []
    with acting(of.actor):
        rooms = list(Place.objects.filter(kind="room").order_by("path")[:RESIDENTS])
        homes = [a_person(of.actor, lives_at=room, name=f"住户{n}") for n, room in enumerate(rooms)]
        roles = ("desk", "technician", "technician", "leader", "concierge")
        for n in range(STAFF):
            found.append(("staff", an_account(of.actor, roles[n % len(roles)]).device))
    for person in homes:
        found.append(("resident", come_in(Holder(of.company, person.id), device="bench")))
    return found


def _cases(of: world.World) -> int:
    with acting(of.actor):
        return Case.objects.filter(company_id=of.company).count()


def _acting(
    house: House, people: list[tuple[str, str]], seen: Seen, *, seconds: float, room: str
) -> None:
    end = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_one, args=(house.port, who, seen, (end, room, n)))
        for n, who in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _one(port: int, who: tuple[str, str], seen: Seen, day: tuple[float, str, int]) -> None:
    """One person: looks at a page, now and then fills in what it asks, rests."""
    (kind, device), (end, room, number) = who, day
    dice = Random(number)
    pages, weights = zip(*LOOKS[kind], strict=True)
    with httpx.Client(
        base_url=f"http://127.0.0.1:{port}", cookies={DEVICE_COOKIE: device}, timeout=30,
        verify=CERTIFICATES,
    ) as client:  # fmt: skip
        time.sleep(dice.random() * PAUSE[kind])
        while time.monotonic() < end:
            page = dice.choices(pages, weights)[0]
            answer = _timed(seen, page, partial(client.get, page), (200, 403))
            if page in FORMS and answer is not None and answer.status_code == 200:
                said = _filled(answer.text, page, room)
                _timed(seen, f"POST {page}", partial(client.post, page, data=said), (302,))
            rest = dice.expovariate(1 / PAUSE[kind])
            time.sleep(max(0.0, min(rest, end - time.monotonic())))


def _timed(seen: Seen, page: str, ask: Any, good: tuple[int, ...]) -> Any:
    began = time.perf_counter()
    try:
        answer = ask()
    except httpx.HTTPError as error:
        seen.note(page, (time.perf_counter() - began) * 1000, -1, good)
        print(f"{page}: {error!r}")
        return None
    seen.note(page, (time.perf_counter() - began) * 1000, answer.status_code, good)
    return answer


def _filled(text: str, page: str, room: str) -> dict[str, str]:
    """The form of a page as a person sends it."""
    token = TOKEN.search(text)
    said = {"csrfmiddlewaretoken": token[1] if token else ""} | dict(KEY.findall(text))
    if page == "/me/report":
        return said | {"kind": "repair", "words": "厨房水龙头滴水", "end": "1"}
    return said | {
        "title": "楼道灯不亮", "text": "三楼", "kind": "repair", "urgency": "3", "place": room,
        "channel": "phone",
    }  # fmt: skip


def _row(page: str, times: list[float]) -> dict[str, Any]:
    times = sorted(times)
    return {
        "page": page, "n": len(times), "p50 ms": percentile(times, 0.5),
        "p95 ms": percentile(times, 0.95), "max ms": times[-1] if times else 0.0,
    }  # fmt: skip
