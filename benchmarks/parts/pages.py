"""List pages, the dashboard and the API's list: time at the client, and queries per page."""

import time
from http.client import HTTPConnection
from typing import Any

from django.db import connection
from django.test import Client

from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from benchmarks import fill, world
from benchmarks.house import House
from benchmarks.measure import cpu_seconds, percentile, table

LIST_GOAL, DASHBOARD_GOAL = 150.0, 300.0  # ms, at the 95th percentile
REPEATS = 40
DEEP = "/cases?at=1000&after="
PAGES = (
    ("cases", "/cases"),
    ("cases, due first", "/cases?state=live&sort=due"),
    ("cases, overdue", "/cases?state=live&late=yes&sort=due"),
    ("cases, complaints", "/cases?kind=complaint&state=live"),
    ("cases, by number", "/cases?q=7"),
    ("cases, row 1,000 on", DEEP),
    ("work orders", "/work-orders"),
    ("places", "/places"),
    ("people", "/people"),
    ("journal", "/journal"),
    ("API, 50 cases", "/api/v1/cases?limit=50"),
    ("home", "/"),
    ("dashboard", "/indicators"),
)


def run(house: House, *, full: bool) -> bool:
    """At 100,000 cases (1,000,000 in full), for a manager of all and for one community's desk."""
    small, big = world.a_world("small"), world.a_world("big")
    fill.cases_up_to(10, house, small, open_share=1.0)
    size = 1_000_000 if full else 100_000
    seconds = fill.cases_up_to(size, house, big)
    print(f"{size:,} cases filled in {seconds:.0f} s; {REPEATS} requests a page, one client")
    good, rows = True, []
    few, many = _manager(small), _manager(big)
    desk = _desk(big)
    deep = {of: DEEP + _nth(house, of, n) for of, n in ((small, 5), (big, 1000))}
    for name, asked in PAGES:
        url, near = (deep[big], deep[small]) if asked == DEEP else (asked, asked)
        all_of_it = _timed(house, url, many, big.token)
        part = _timed(house, url, desk, big.token)
        for at, device, of in ((near, few, small), (url, many, big)):
            _queries(house, at, device, of)  # what is kept in memory is there from now on
        queries = [_queries(house, near, few, small), _queries(house, url, many, big)]
        goal = DASHBOARD_GOAL if name in ("home", "dashboard") else LIST_GOAL
        kept = all_of_it["p95"] <= goal and part["p95"] <= goal
        answered = all_of_it["statuses"] == {200} and part["statuses"] in ({200}, {403})
        good = good and answered and queries[0] == queries[1]
        rows.append({
            "page": name, "p50 ms": all_of_it["p50"], "p95 ms": all_of_it["p95"],
            "cpu ms: web": all_of_it["web"], "postgres": all_of_it["postgres"],
            "one community p95": part["p95"] if part["statuses"] == {200} else "not open",
            "goal": goal, "met": "yes" if kept else "NO", "queries at 10 cases": queries[0],
            f"at {size:,}": queries[1], "answers": "200" if answered else "WRONG",
        })  # fmt: skip
    print(table(rows))
    return good


def _nth(house: House, of: world.World, n: int) -> str:
    """The id of the n-th newest case."""
    with house.owner() as db:
        row = db.execute(
            "SELECT id FROM loop_case WHERE company_id = %s ORDER BY at DESC OFFSET %s LIMIT 1",
            [of.company, n],
        ).fetchone()
    return str(row[0]) if row else ""


def _manager(of: world.World) -> str:
    with acting(of.actor):
        return an_account(of.actor, "manager").device


def _desk(of: world.World) -> str:
    with acting(of.actor):
        path = Place.objects.filter(kind="community").order_by("path")[0].path
        return an_account(of.actor, "desk", path).device


def _headers(url: str, device: str, token: str) -> dict[str, str]:
    if url.startswith("/api/"):
        return {"Authorization": f"Bearer {token}"}
    return {"Cookie": f"{DEVICE_COOKIE}={device}"}


def _timed(house: House, url: str, device: str, token: str) -> dict[str, Any]:
    """One client on one connection, asking again and again; with the processor time of a request,
    which other work on the machine does not blur."""
    client = HTTPConnection("127.0.0.1", house.port, timeout=120)
    headers, times, statuses = _headers(url, device, token), [], set()
    before: dict[str, float] = {}
    for n in range(REPEATS + 3):
        before = cpu_seconds(house.pid) if n == 3 else before
        began = time.perf_counter()
        client.request("GET", url, headers=headers)
        answer = client.getresponse()
        answer.read()
        statuses.add(answer.status)
        if n >= 3:
            times.append((time.perf_counter() - began) * 1000)
    after = cpu_seconds(house.pid)
    client.close()
    times.sort()
    each = {r: (after[r] - before[r]) / REPEATS * 1000 for r in ("web", "postgres")}
    p50, p95 = percentile(times, 0.5), percentile(times, 0.95)
    return {"p50": p50, "p95": p95, "statuses": statuses} | each


def _queries(house: House, url: str, device: str, of: world.World) -> int:
    """Statements of one request, counted in this process by the same code on the same tables."""
    counted: list[str] = []

    # Django decides what an execute wrapper is called with.
    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        counted.append(sql)
        return execute(sql, params, many, context)

    named = {f"HTTP_{k.upper()}": v for k, v in _headers(url, device, of.token).items()}
    with connection.execute_wrapper(count):
        answer = Client().get(url, HTTP_HOST=f"127.0.0.1:{house.port}", **named)
    return len(counted) if answer.status_code == 200 else -answer.status_code
