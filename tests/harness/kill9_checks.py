"""What must be true of the tables whenever everybody rests: read by SQL alone, on one snapshot."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg

from tests.harness.kill9_load import Ledger

Rows = psycopg.Connection[Any]

_KEYS = """
    SELECT DISTINCT key FROM events_event, jsonb_object_keys(wrote) AS key
     WHERE split_part(key, ':', 1) IN
           ('loop_case', 'loop_workorder', 'loop_record', 'clocks_clock')"""
_ROWS = """
    SELECT 'loop_case:' || id AS key FROM loop_case
     UNION ALL SELECT 'loop_workorder:' || id FROM loop_workorder
     UNION ALL SELECT 'loop_record:' || id FROM loop_record
     UNION ALL SELECT 'clocks_clock:' || id FROM clocks_clock"""

# Each finds what must not be there.
HALVES = {
    "a case without exactly one event that opened it": """
        SELECT c.id FROM loop_case c LEFT JOIN events_event e
            ON e.company_id = c.company_id AND e.subject_id = c.id
           AND e.name IN ('case.reported', 'case.imported')
         GROUP BY c.id HAVING count(e.id) <> 1""",
    "a case without the work order of its kind": """
        SELECT id FROM loop_case c
         WHERE NOT history AND kind IN ('repair', 'complaint', 'finding', 'alarm', 'incident')
           AND NOT EXISTS (SELECT FROM loop_workorder w WHERE w.case_id = c.id)""",
    "a case without clocks": """
        SELECT id FROM loop_case c
         WHERE NOT EXISTS (SELECT FROM clocks_clock k WHERE k.case_id = c.id)""",
    "a row no event tells of": f"{_ROWS} EXCEPT {_KEYS}",
    "an event of a row that is not there": f"{_KEYS} EXCEPT ({_ROWS})",
    "an event that neither has its place nor waits, or both": """
        SELECT e.id FROM events_event e
          LEFT JOIN events_position p ON p.company_id = e.company_id AND p.event_id = e.id
          LEFT JOIN events_inbox i ON i.company_id = e.company_id AND i.event_id = e.id
         GROUP BY e.id HAVING count(p.id) + count(i.id) <> 1""",
    "places with a gap": """
        SELECT company_id FROM events_position GROUP BY 1 HAVING count(*) <> max(n)""",
    "an event without its values": """
        SELECT e.id FROM events_event e WHERE
            (SELECT count(*) FROM jsonb_object_keys(e."values")) <>
            (SELECT count(*) FROM events_eventvalue v WHERE v.event_id = e.id)""",
    "a promise told twice": """
        SELECT subject_id, name FROM events_event WHERE name LIKE 'clock.%'
         GROUP BY subject_id, name, at, said HAVING count(*) > 1""",
    "an imported case without its key, or a key without its case": """
        SELECT coalesce(k.id, c.id) FROM requests_historykey k
          FULL JOIN (SELECT id FROM loop_case WHERE history) c ON c.id = k.id
         WHERE k.id IS NULL OR c.id IS NULL""",
    "a number given twice": """
        SELECT number FROM loop_case GROUP BY company_id, number HAVING count(*) > 1""",
}


def await_quiet(dsn: str, patience: float) -> str:
    """Wait until everything told so far is sealed, heard by all listeners, and nothing due waits.

    What is still owed when the time is over; empty when nothing is.
    """
    with psycopg.connect(dsn, autocommit=True) as db:
        end = time.monotonic() + patience
        told = _number(db, "SELECT max(id) FROM events_inbox")
        while waiting := _number(db, "SELECT count(*) FROM events_inbox WHERE id <= %s", told):
            if time.monotonic() > end:
                return f"{waiting} events are not sealed after {patience:.0f} s"
            time.sleep(0.02)
        place = _number(db, "SELECT max(n) FROM events_position")
        while behind := _names(db, "SELECT listener FROM events_cursor WHERE n < %s", place):
            if time.monotonic() > end:
                return f"{', '.join(behind)} did not read on in {patience:.0f} s"
            time.sleep(0.02)
        due = "SELECT count(*) FROM clocks_clock WHERE next_at < now() - interval '2 seconds'"
        while waiting := _number(db, due):
            if time.monotonic() > end:
                return f"{waiting} clocks are due and not looked at after {patience:.0f} s"
            time.sleep(0.02)
    return ""


def imported(db: Rows) -> int:
    """How many rows of the past there are."""
    return _number(db, "SELECT count(*) FROM requests_historykey")


def findings(dsn: str, ledger: Ledger) -> Iterator[str]:
    """Everything that is not as it must be."""
    with psycopg.connect(dsn) as db:
        db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield from _acknowledged(db, ledger)
        yield from _halves(db)


def findings_restored(dsn: str, told: Mapping[str, tuple[int, str]]) -> Iterator[str]:
    """What is not whole in a house restored from a backup, or older there than `told`."""
    with psycopg.connect(dsn) as db:
        db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield from _lost(_there(db), told)
        yield from _halves(db)


def _halves(db: Rows) -> Iterator[str]:
    for what, query in HALVES.items():
        if found := db.execute(f"{query} LIMIT 3").fetchall():
            yield f"{what}: {', '.join(str(row[0]) for row in found)}"


def _there(db: Rows) -> dict[str, tuple[str, int, str]]:
    rows = db.execute(
        "SELECT id::text, number, version, state FROM loop_case WHERE NOT history"
        " UNION ALL SELECT id::text, number, version, state FROM loop_workorder"
    ).fetchall()
    return {id: (number, version, state) for id, number, version, state in rows}


def _lost(
    there: Mapping[str, tuple[str, int, str]], told: Mapping[str, tuple[int, str]]
) -> Iterator[str]:
    for id, (version, state) in told.items():
        _number, now, is_now = there.get(id, ("", 0, "nothing"))
        # Work that was passed also moves its case, whose answer did not name it.
        if now < version or (now == version and is_now != state):
            yield f"{id} was acknowledged as {(version, state)}, there is {(now, is_now)}"


def _acknowledged(db: Rows, ledger: Ledger) -> Iterator[str]:
    """Everybody rests, so what was told and what is there are one and the same."""
    there = _there(db)
    yield from _lost(there, ledger.last)
    for id, number in ledger.numbers.items():
        if id in there and there[id][0] != number:
            yield f"{id} was acknowledged as {number}, it is {there[id][0]}"
    counted = db.execute(
        "SELECT subject_id::text, name, count(*) FROM events_event WHERE subject_kind = 'case'"
        " AND name NOT LIKE 'clock.%' AND name <> 'case.imported' GROUP BY 1, 2"
    ).fetchall()
    events = Counter({(case, name): n for case, name, n in counted})
    for (case, name), n in sorted((ledger.events - events).items())[:3]:
        yield f"{name} of {case} was acknowledged, {n} of its events are missing"
    for (case, name), n in sorted((events - ledger.events).items())[:3]:
        yield f"{name} of {case} happened {n} times more than it was asked for"
    kept = _number(db, "SELECT count(*) FROM access_answer")
    if kept != len(ledger.told):
        yield f"{len(ledger.told)} answers were given, {kept} are kept for repetition"


def _number(db: Rows, query: str, *values: Any) -> int:
    row = db.execute(query, values).fetchone()
    return int(row[0] or 0) if row else 0


def _names(db: Rows, query: str, *values: Any) -> list[str]:
    return [str(row[0]) for row in db.execute(query, values).fetchall()]
