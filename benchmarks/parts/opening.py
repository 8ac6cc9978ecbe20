"""Opening a case over the API with all that belongs to it, against a bare validated POST."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from benchmarks import fill, floor_table, world
from benchmarks.house import House, served
from benchmarks.measure import cpu_seconds, middle, table

WORKERS = 2
CLIENTS = 16
PATH = "/api/v1/cases"


@dataclass
class Lag:
    """The longest that events waited: for their seal, and sealed ones for a listener."""

    seal: float = 0.0
    listeners: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)


_LAG = """
    SELECT coalesce((SELECT extract(epoch FROM clock_timestamp() - e.noted_at)
                       FROM events_inbox i
                       JOIN events_event e ON e.company_id = i.company_id AND e.id = i.event_id
                      ORDER BY i.id LIMIT 1), 0),
           coalesce((SELECT max(extract(epoch FROM clock_timestamp() - e.noted_at))
                       FROM events_cursor c
                       JOIN events_position p ON p.company_id = c.company_id AND p.n = c.n + 1
                       JOIN events_event e ON e.company_id = p.company_id AND e.id = p.event_id), 0)
"""


@contextmanager
def watched(house: House) -> Iterator[Lag]:
    """Look twice a second how far sealer and listeners are behind."""
    lag = Lag()

    def look() -> None:
        with house.owner() as db:
            while not lag.stop.wait(0.5):
                seal, listeners = db.execute(_LAG).fetchone() or (0, 0)
                lag.seal = max(lag.seal, float(seal))
                lag.listeners = max(lag.listeners, float(listeners))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield lag
    finally:
        lag.stop.set()
        thread.join()


def loaded(job: dict[str, Any]) -> dict[str, Any]:
    """What the load generator, a process of its own, says of a job."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"],
        input=json.dumps(job), capture_output=True, text=True, check=True,
    )  # fmt: skip
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def one_run(house: House, name: str, job: dict[str, Any], pid: int) -> dict[str, Any]:
    """One run as a row of the table; `pid`: whose processor time is counted."""
    before = cpu_seconds(pid) | ({} if pid == house.pid else _postgres(house))
    with watched(house) as lag:
        said = loaded(job)
    after = cpu_seconds(pid) | ({} if pid == house.pid else _postgres(house))
    each = {k: (v - before.get(k, 0)) / said["all"] * 1000 for k, v in after.items()}
    return {
        "run": name,
        "clients": job["clients"],
        "n": said["n"],
        "req/s": said["per_second"],
        "p50 ms": said["p50"],
        "p99 ms": said["p99"],
        "max ms": said["max"],
        "cpu/req: web": each.get("web", 0.0),
        "postgres": each.get("postgres", 0.0),
        "ticker": each.get("ticker", 0.0),
        "worker": each.get("worker", 0.0),
        "load gen.": said["cpu_ms_each"],
        "seal lag s": lag.seal,
        "listener lag s": lag.listeners,
        "_statuses": said["statuses"],
        "_all": said["all"],
    }


def _postgres(house: House) -> dict[str, float]:
    return {"postgres": cpu_seconds(house.pid).get("postgres", 0.0)}


class Bench:
    """The house, its world and the floor's server, and every run so far."""

    def __init__(self, house: House, floor_port: int, floor_pid: int, seconds: float) -> None:
        self.house, self.world = house, world.a_world()
        self.floor_port, self.floor_pid, self.seconds = floor_port, floor_pid, seconds
        self.rows: list[dict[str, Any]] = []
        self.good = True

    def product(self, name: str, *, clients: int = CLIENTS, seconds: float = 0.0) -> dict[str, Any]:
        """Open cases; then count that each acknowledged one is whole."""
        before = self._counts()
        job = {
            "port": self.house.port, "path": PATH, "token": self.world.token, "clients": clients,
            "seconds": seconds or self.seconds, "warm": 2.0, "bodies": self.world.bodies(),
        }  # fmt: skip
        row = one_run(self.house, name, job, self.house.pid)
        gained = [b - a for a, b in zip(before, self._counts(), strict=True)]
        cases, events, works, clocks, keys = gained
        whole = cases == events == keys == row["_all"] and works > 0 and clocks > cases
        self._check(row, {"201": row["_all"]}, whole)
        return row

    def floor(self, *, clients: int = CLIENTS) -> dict[str, Any]:
        """The bare POST."""
        job = {
            "port": self.floor_port, "path": "/rows", "clients": clients, "warm": 1.0,
            "seconds": self.seconds, "bodies": self.world.bodies(),
        }  # fmt: skip
        with self.house.owner() as db:
            db.execute(f"TRUNCATE {floor_table.TABLE}")
            row = one_run(self.house, "floor", job, self.floor_pid)
            count = db.execute(f"SELECT count(*) FROM {floor_table.TABLE}").fetchone()
        self._check(row, {"201": row["_all"]}, count == (row["_all"],))
        return row

    def _check(self, row: dict[str, Any], statuses: dict[str, int], whole: bool) -> None:
        row["rows"] = "all" if whole and row["_statuses"] == statuses else "WRONG"
        if row["rows"] == "WRONG":
            self.good = False
            print("wrong:", row["_statuses"], "of", row["_all"])
        self.rows.append(row)
        shown = {k: v for k, v in row.items() if not k.startswith("_")}
        print(table([shown]).splitlines()[-1] if len(self.rows) > 1 else table([shown]), flush=True)

    def _counts(self) -> list[int]:
        with self.house.owner() as db:
            return list(
                db.execute(
                    """SELECT (SELECT count(*) FROM loop_case),
                              (SELECT count(*) FROM events_event WHERE name = 'case.reported'),
                              (SELECT count(*) FROM loop_workorder),
                              (SELECT count(*) FROM clocks_clock),
                              (SELECT count(*) FROM access_answer)"""
                ).fetchone()
                or ()
            )

    def pair(self, name: str, *, clients: int = CLIENTS, repeats: int = 3) -> dict[str, float]:
        """Floor and product in turn; the medians and their ratio."""
        floors, products = [], []
        for _ in range(repeats):
            floors.append(self.floor(clients=clients))
            products.append(self.product(name, clients=clients))
            time.sleep(1)
        at = middle(r["req/s"] for r in products)
        under = middle(r["req/s"] for r in floors)
        return {
            "req/s": at,
            "floor req/s": under,
            "ratio": at / under,
            "p50 ms": middle(r["p50 ms"] for r in products),
            "p99 ms": middle(r["p99 ms"] for r in products),
        }


def run(house: House, *, full: bool) -> bool:
    """At 1,000 and 100,000 cases (1,000,000 in full), with 16 clients and one, on a slow disk."""
    results: list[dict[str, Any]] = []
    with house.owner() as db:
        db.execute(floor_table.CREATE)
    with served("benchmarks.floor_wsgi:application", workers=WORKERS) as (port, pid):
        bench = Bench(house, port, pid, seconds=20.0 if full else 8.0)
        for size in (1_000, 100_000, *([1_000_000] if full else [])):
            fill.cases_up_to(size, house, bench.world)
            at = f"{size:,} cases"
            results.append({"at": at, "clients": CLIENTS} | bench.pair(at))
        results.append({"at": at, "clients": 1} | bench.pair(at, clients=1, repeats=1))
        house.set_postgres(commit_delay="3000", commit_siblings="0")
        for clients in (CLIENTS, 1):
            name = "flush of 3 ms"
            pair = bench.pair(name, clients=clients, repeats=1)
            results.append({"at": name, "clients": clients} | pair)
    print("\n" + table(results))
    print(_flat(results))
    return bench.good


def _flat(results: list[dict[str, Any]]) -> str:
    first, *_rest = results
    last = [r for r in results if r["clients"] == CLIENTS and r["at"].endswith("cases")][-1]
    ratio = last["p50 ms"] / first["p50 ms"]
    return f"p50 at {last['at']} against {first['at']}: {ratio:.2f}"
