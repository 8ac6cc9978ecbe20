"""Importing a company's past, with events and clocks, against a bare COPY of the same rows."""

import csv
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from anju.domains.requests.history.commands import import_cases
from anju.domains.requests.history.testing import HEADER, a_file, a_mapping, a_row
from benchmarks import world
from benchmarks.house import House
from benchmarks.measure import cpu_seconds, table

GOAL = 5000.0
REPEATS = 3


def run(house: House, *, full: bool) -> bool:
    """30,000 rows three times, each into a company of its own (200,000 in full)."""
    count = 200_000 if full else 30_000
    path = _rows(house.data.parent, count)
    rows, good = [], True
    for n in range(REPEATS):
        floor = _floor(house, path)
        product, spent, right = _imported(house, path, count, n)
        good = good and right
        rows.append({
            "run": n + 1, "n": count, "floor rows/s": floor, "import rows/s": product,
            "ratio": f"{product / floor:.3f}", "goal": GOAL,
            "met": "yes" if product >= GOAL else "NO", "rows": "all" if right else "WRONG",
            "cpu ms/1,000: import": spent["import"], "postgres": spent["postgres"],
            "ticker": spent["ticker"], "worker": spent["worker"],
            "two free cores": f"{2 * 1e6 / sum(spent.values()):,.0f}",
        })  # fmt: skip
    print(table(rows))
    print("two free cores: rows/s if nothing else ran and all processors were busy (computed)")
    return good


def _rows(folder: Path, count: int) -> Path:
    """A table as an old system would give it: minutes, two answers, rooms, a sentence."""
    draw, at = Random(20261120), datetime(2023, 1, 1, tzinfo=UTC)
    made = []
    for n in range(count):
        at += timedelta(seconds=draw.randrange(600))
        first, last = (at + timedelta(minutes=draw.randrange(1, 9000)) for _ in range(2))
        made.append(
            a_row(
                n,
                f"{at:%Y-%m-%d %H:%M}",
                Answered=f"{min(first, last):%Y-%m-%d %H:%M}" if n % 10 else "",
                Closed=f"{max(first, last):%Y-%m-%d %H:%M}" if n % 7 else "",
                Class=("给排水", "电梯", "保洁", "噪音")[n % 4],
                Channel=("phone", "web", "visit")[n % 3],
                Building=f"{n % 40}号楼",
                Room=f"{1 + n % 18}0{1 + n % 4}",
                Text=f"厨房水龙头漏水第{n}次，物业答复：已派人维修并回访业主。",
            )
        )
    return a_file(folder, made)


def _floor(house: House, path: Path) -> float:
    """Rows a second of COPY into a table with nothing but a primary key."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    columns = ", ".join(f'"{name}" text' for name in HEADER[1:])
    with house.owner() as db:
        db.execute("DROP TABLE IF EXISTS bench_copy")
        db.execute(f'CREATE TABLE bench_copy ("No" text PRIMARY KEY, {columns})')
        began = time.monotonic()
        with (
            db.transaction(),
            db.cursor() as cursor,
            cursor.copy("COPY bench_copy FROM STDIN") as c,
        ):
            for row in rows:
                c.write_row(row)
        return len(rows) / (time.monotonic() - began)


def _imported(house: House, path: Path, count: int, n: int) -> tuple[float, dict[str, float], bool]:
    """Rows a second of the whole import, processor time by process, in ms per 1,000 rows (that of
    sealing and reading on while it ran included), and whether every row is there whole."""
    of = world.a_world(f"past{n}")
    before, own = cpu_seconds(house.pid), time.process_time()
    began = time.monotonic()
    account = import_cases(path, a_mapping(), actor=of.actor)
    seconds = time.monotonic() - began
    after = cpu_seconds(house.pid) | {"import": time.process_time() - own}
    spent = {
        role: (after[role] - before.get(role, 0.0)) * 1e6 / count
        for role in ("import", "postgres", "ticker", "worker")
    }
    with house.owner() as db:
        found = db.execute(
            """SELECT (SELECT count(*) FROM loop_case WHERE company_id = %(of)s AND history),
                      (SELECT count(*) FROM events_event
                        WHERE company_id = %(of)s AND name = 'case.imported'),
                      (SELECT count(DISTINCT case_id) FROM clocks_clock WHERE company_id = %(of)s)
            """,
            {"of": of.company},
        ).fetchone()
    return count / seconds, spent, found == (count,) * 3 and account.imported == count
