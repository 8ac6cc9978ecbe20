"""Clocks that fall due together: all told with their escalations, by one worker and by two."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from psycopg.types.json import Jsonb

from anju.engine.clocks.models import Clock
from anju.engine.clocks.rows import begun
from anju.engine.standards.rules import Limit, Step
from anju.foundation.calendars.queries import calendars_of
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from benchmarks import fill, world
from benchmarks.house import House
from benchmarks.measure import cpu_seconds, descendants, middle, role_of, table

LADDER = (Step(0, "leader"), Step(30, "manager"))
LOOKS = 4  # warned, broken, escalated twice: all of them due
CLAIM = """
    UPDATE clocks_clock SET rung = rung + 1, next_at = NULL WHERE (company_id, id) IN (
      SELECT company_id, id FROM clocks_clock WHERE next_at <= %s ORDER BY next_at LIMIT %s
         FOR UPDATE SKIP LOCKED) RETURNING id, case_id, kind, started_at, due_at, ladder, pauses
"""


def run(house: House, *, full: bool) -> bool:
    """100,000 running clocks, 1,000 due (in full 1,000,000 and 10,000)."""
    running, due = (1_000_000, 10_000) if full else (100_000, 1_000)
    of = world.a_world()
    with stopped_ticker(house), house.owner() as db:
        fill.cases_up_to(running // 5, house, of)
        db.execute("UPDATE clocks_clock SET next_at = NULL")
        _put_clocks(db, of, running, due)
        rows, good = [], True
        for workers in (1, 2, 1, 2):
            row = _swept(db, house, workers, due)
            good = good and row["told"] == "each once"
            rows.append(row)
        rows += [_floor(db, due), _idle(db)]
    print(f"{running:,} running clocks, {due:,} of them due with {LOOKS} things to tell each")
    print(table(rows))
    worst = max(r["seconds"] for r in rows[:4])
    print(f"longest {worst:.2f} s; floor is the bare claim of the same rows in one statement")
    return good


@contextmanager
def stopped_ticker(house: House) -> Iterator[None]:
    """The house's own ticker holds still, so that only ours sweep."""
    (pid,) = [p for p in descendants(house.pid) if role_of(p) == "ticker"]
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _put_clocks(db: Any, of: world.World, running: int, due: int) -> None:
    """Clocks as the engine begins them, spread over the cases; the due ones began a day ago."""
    moment = now()
    with acting(of.actor):
        calendars = calendars_of(of.company)
        limit = Limit("finish", 60, "always", ladder=LADDER)
        cases = [r[0] for r in db.execute("SELECT id FROM loop_case ORDER BY id DESC").fetchall()]
        fields = list(Clock._meta.concrete_fields)
        names = ", ".join(f'"{f.column}"' for f in fields)
        with db.transaction(), db.cursor() as cursor:
            with cursor.copy(f"COPY clocks_clock ({names}) FROM STDIN") as copy:
                for n in range(running):
                    at = moment - timedelta(days=1, seconds=n) if n < due else moment
                    case = cases[n % len(cases)]
                    clock = begun(limit, at, company=of.company, case=case, calendars=calendars)
                    copy.write_row([_cell(getattr(clock, f.attname)) for f in fields])
    db.execute("CREATE TABLE bench_due AS SELECT * FROM clocks_clock WHERE next_at <= %s", [moment])
    db.execute("ANALYZE clocks_clock")


def _cell(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, list) else value


def _reset(db: Any) -> None:
    """As before: the due clocks due, nothing told."""
    with db.transaction():
        db.execute(
            """UPDATE clocks_clock c SET state = d.state, next_at = d.next_at, rung = d.rung,
                      due_at = d.due_at, broken_at = d.broken_at
                 FROM bench_due d WHERE d.company_id = c.company_id AND d.id = c.id"""
        )
    db.execute("VACUUM ANALYZE clocks_clock")


def _swept(db: Any, house: House, workers: int, due: int) -> dict[str, Any]:
    """Let that many workers loose together; then count what was told."""
    _reset(db)
    last = db.execute("SELECT coalesce(max(id), 0) FROM events_inbox").fetchone()[0]
    sweepers = [
        subprocess.Popen([sys.executable, "-m", "benchmarks.sweeper"], stdin=subprocess.PIPE,
                         stdout=subprocess.PIPE, text=True)
        for _ in range(workers)
    ]  # fmt: skip
    for one in sweepers:
        assert one.stdout is not None
        one.stdout.readline()
    before = cpu_seconds(house.pid)["postgres"]
    for one in sweepers:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    said = [json.loads(one.communicate()[0]) for one in sweepers]
    spent = cpu_seconds(house.pid)["postgres"] - before
    told, different = db.execute(
        """SELECT count(*), count(DISTINCT (e.name, e.subject_id, e.said->>'due_at', e.said->>'to'))
             FROM events_inbox i JOIN events_event e ON (e.company_id, e.id) = (i.company_id,
                  i.event_id) WHERE i.id > %s AND e.name LIKE 'clock.%%'""",
        [last],
    ).fetchone()
    left = db.execute("SELECT count(*) FROM clocks_clock WHERE next_at <= %s", [now()]).fetchone()
    each_once = told == different == due * LOOKS and left == (0,)
    return {
        "run": f"{workers} worker{'s' if workers > 1 else ''}",
        "seconds": max(s["ended"] for s in said) - min(s["began"] for s in said),
        "cpu s: workers": sum(s["cpu"] for s in said),
        "postgres": spent,
        "seen": sum(s["seen"] for s in said),
        "shares": " + ".join(str(s["seen"]) for s in said),
        "events": told,
        "told": "each once" if each_once else f"WRONG ({different} different, {left[0]} left)",
    }


def _floor(db: Any, due: int) -> dict[str, Any]:
    """Claiming the same rows in batches of 1,000, and nothing else."""
    times = []
    for _ in range(3):
        _reset(db)
        began = time.monotonic()
        for _batch in range(0, due, 1000):
            db.execute(CLAIM, [now(), 1000]).fetchall()
        times.append(time.monotonic() - began)
    return {"run": "floor", "seconds": middle(times), "seen": due, "shares": "", "events": 0,
            "told": ""}  # fmt: skip


def _idle(db: Any) -> dict[str, Any]:
    """Asking when nothing is due."""
    db.execute("UPDATE clocks_clock SET next_at = NULL WHERE next_at <= %s", [now()])
    db.execute("VACUUM ANALYZE clocks_clock")
    times = []
    for _ in range(200):
        began = time.monotonic()
        db.execute("SELECT DISTINCT company_id FROM clocks_clock WHERE next_at <= %s", [now()])
        times.append(time.monotonic() - began)
    return {"run": "idle look", "seconds": middle(times), "seen": 0, "shares": "", "events": 0,
            "told": ""}  # fmt: skip
