"""My tasks: the day of somebody at a post, and their work over the API, among millions of others.

The work lies in four communities; who asks sees one of them, through the policies. Measured is what
the server needs: the statements of the page, all of a request of the API; its floor is the same
rows asked for by their ids.
"""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.test import Client

from anju.engine.loop.models import WorkOrder
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import a_token, an_account
from anju.foundation.people.models import Person, Post
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from benchmarks import fill, fill_planned, world
from benchmarks.house import House
from benchmarks.measure import cpu_seconds, percentile, table

GOAL = 50.0  # ms, at the 95th percentile
SIZES, FULL = (10_000, 100_000), (100_000, 1_000_000, 10_000_000)
OF_CASES = 100  # one work order in so many is of a case
HELD, POSTED = 8, 5  # work of cases that is theirs, and that waits at their post
REPEATS, WARM = 40, 3
DAY = "/work"
LISTS = (
    ("API: all they may see", "/api/v1/work-orders"),
    ("API: their own", "/api/v1/work-orders?person={person}"),
    ("API: their own, to be done", "/api/v1/work-orders?to_do=true&person={person}"),
)
OTHERS = ("API: of all, to be done", "/api/v1/work-orders?to_do=true")  # nobody's tasks: no goal


@dataclass(frozen=True)
class Worker:
    """Who asks: somebody at the first post of the first community."""

    person: Person
    post: Post
    device: str
    token: str


def run(house: House, *, full: bool) -> bool:
    """At 10,000 and 100,000 work orders; at 100,000, 1,000,000 and 10,000,000 in full."""
    of, worker, rows = world.a_world("mine"), None, []
    for size in FULL if full else SIZES:
        seconds = fill.cases_up_to(size // OF_CASES, house, of)
        lot, took = fill_planned.planned_up_to(size, house, of)
        worker = worker or a_worker_of(lot, of, house)
        print(f"{size:,} work orders filled in {seconds + took:.0f} s", flush=True)
        rows += measured(worker, of, size)
    print(table(rows))
    print(f"goal {GOAL:.0f} ms at the 95th percentile: the statements of the page, all of a list;")
    print("floor: the rows of the first list by their ids, ms at the median")
    return all(row["answers"] == "200" and row["met"] == "yes" for row in rows)


def a_worker_of(lot: fill_planned.Lot, of: world.World, house: House) -> Worker:
    """An account for the first of them, with work of cases given to them and to their post."""
    person, post = lot.people[0], lot.posts[0]
    with acting(of.actor):
        path = Place.objects.filter(kind="community").earliest("path").path
        account = an_account(of.actor, "technician", path, person_id=person.id)
        token = a_token(of.actor, account)
    with house.owner() as db:
        for state, column, id, most in (
            ("accepted", "person_id", person.id, HELD), ("assigned", "post_id", post.id, POSTED),
        ):  # fmt: skip
            db.execute(
                f"""UPDATE loop_workorder SET state = %s, {column} = %s WHERE id IN (
                    SELECT w.id FROM loop_workorder w JOIN places_place p ON p.id = w.place_id
                     WHERE w.company_id = %s AND case_id IS NOT NULL AND state = 'waiting'
                       AND p.path LIKE %s LIMIT %s)""",
                [state, id, of.company, f"{path}%", most],
            )
    return Worker(person, post, account.device, token)


def measured(worker: Worker, of: world.World, size: int) -> list[dict[str, Any]]:
    """A row for the page and for each list."""
    rows = [_row(f"{size:,}: the day", _asked(DAY, worker), judged="sql")]
    shown: list[UUID] = []
    for name, url in (*LISTS, OTHERS):
        found = _asked(url.format(person=worker.person.id), worker)
        rows.append(_row(f"{size:,}: {name}", found, judged="" if name == OTHERS[0] else "all"))
        shown = shown or [UUID(one["id"]) for one in found["answer"].json()["items"]]
    floor = _floor(shown, of)
    for row in rows:
        row["floor"] = floor
    return rows


def _row(name: str, found: dict[str, Any], *, judged: str) -> dict[str, Any]:
    met = not judged or percentile(found[judged], 0.95) <= GOAL
    return {
        "what": name, "statements": found["statements"],
        "sql ms p50": percentile(found["sql"], 0.5), "p95": percentile(found["sql"], 0.95),
        "all ms p50": percentile(found["all"], 0.5), "all p95": percentile(found["all"], 0.95),
        "cpu ms: here": found["here"], "postgres": found["there"],
        "answers": str(found["answer"].status_code), "met": "yes" if met else "NO",
    }  # fmt: skip


def _asked(url: str, worker: Worker) -> dict[str, Any]:
    """One request again and again, in this process: its milliseconds in all, and in the database.
    The same role and policies as the house's own."""
    counted: list[float] = []
    before = (0.0, 0.0)

    # Django decides what an execute wrapper is called with.
    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            counted.append(time.perf_counter() - began)

    how = {"Cookie": f"{DEVICE_COOKIE}={worker.device}"}
    if url.startswith("/api/"):
        how = {"Authorization": f"Bearer {worker.token}"}
    client, spent, in_all = Client(headers=how), [], []
    with connection.execute_wrapper(count):
        for n in range(WARM + REPEATS):
            if n == WARM:
                before = _processor()
            counted.clear()
            began = time.perf_counter()
            answer = client.get(url, HTTP_HOST="127.0.0.1")
            in_all.append((time.perf_counter() - began) * 1000)
            spent.append(sum(counted) * 1000)
    here, there = (
        (after - first) / REPEATS * 1000 for after, first in zip(_processor(), before, strict=True)
    )
    return {
        "all": sorted(in_all[WARM:]), "sql": sorted(spent[WARM:]), "statements": len(counted),
        "answer": answer, "here": here, "there": there,
    }  # fmt: skip


def _processor() -> tuple[float, float]:
    """Seconds of processor time so far, of this process and of its session of the database: other
    work on the machine blurs it less than the clock."""
    session = connection.connection
    return time.process_time(), cpu_seconds(session.info.backend_pid).get("postgres", 0.0)


def _floor(ids: list[UUID], of: world.World) -> float:
    """Milliseconds for these rows by their key, under the same policies."""
    times = []
    for _n in range(WARM + REPEATS):
        with acting(of.actor):
            began = time.perf_counter()
            found = list(WorkOrder.objects.filter(company_id=of.company, id__in=ids).values_list())
            times.append((time.perf_counter() - began) * 1000)
        if len(found) != len(ids):
            raise AssertionError("the same rows are not there")
    return percentile(sorted(times[WARM:]), 0.5)
