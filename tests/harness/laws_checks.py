"""What the tables say, held against the laws: one look before a command, one after it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from django.apps import apps

from anju.engine.clocks.rows import Calendars
from anju.engine.clocks.rules import pauses_from_json
from anju.engine.standards.rules import limits_from_json
from anju.foundation.events.rules import row_digest
from anju.foundation.events.sealed import sealed_models
from anju.foundation.tenancy.actor import Actor
from tests.harness.laws_parts import Pinned, Row, Ticking, hold, instant
from tests.harness.laws_replay import Replay

LIVE = ("open", "answered")
# The ticker's own marks on a clock: caches of what the events say (law 5 recomputes them).
CACHED = {
    "clocks_clock": {"state", "due_at", "next_at", "rung", "broken_at"},
    "loop_caseowner": {"look_at", "stage"},  # when whose it is is asked again
}
UNTOLD = {"loop_caseowner": {"version": 0, "person_id": None}}  # nobody there: nothing to tell
NO_HISTORY = {"events_inbox", "loop_numberblock"}  # queue and counter, not memory
COLUMNS = """
    SELECT table_name FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name IN ('id', 'company_id')
     GROUP BY 1 HAVING count(*) = 2 ORDER BY 1
"""
WRITTEN = "pg_current_wal_insert_lsn()"  # nothing is written without moving it
UPTO = "pg_snapshot_xmin(pg_current_snapshot())"


@cache
def _everything() -> str:
    """One query for all rows of all tables that belong to a company: the words of those written
    since the transaction `since`, of the others that they are still there. A row that changes
    becomes another one, with the number of the transaction that wrote it (`xmin`); numbers do not
    come round again within one server of the tests."""
    from django.db import connections  # the owner sees the catalogue of every table

    with connections["owner"].cursor() as cursor:
        cursor.execute(COLUMNS)
        tables = [row[0] for row in cursor.fetchall()]
    rows = (
        f"SELECT '{t}', id::text, CASE WHEN xmin::text::bigint >= %(since)s"
        f" THEN to_jsonb(t)::text END FROM {t} AS t WHERE company_id = %(company)s"
        for t in tables
    )
    return " UNION ALL ".join([f"SELECT '', {WRITTEN}::text, {UPTO}::text", *rows])


class Look:
    """All rows of a company at one moment. `since`: what was written from this transaction on is
    not in it. `written`: where the server's log ended."""

    def __init__(
        self, tables: Mapping[str, Mapping[str, str]], since: int = 0, written: str = ""
    ) -> None:
        self.tables, self.since, self.written = tables, since, written
        self._parsed: dict[str, dict[str, Row]] = {}

    @classmethod
    def taken(cls, actor: Actor, before: "Look | None" = None) -> "Look":
        """`before`: an earlier look at the same company; what is as it was is not read again."""
        from django.db import connections  # as the owner: below the fence, nothing is hidden

        before, tables = before or cls({}), dict[str, dict[str, str]]()
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"SELECT {WRITTEN}::text")
            if cursor.fetchone() == (before.written,):
                return before
            cursor.execute(_everything(), {"company": actor.company_id, "since": before.since})
            ((_table, written, upto), *rows) = cursor.fetchall()
        for table, id, text in rows:
            tables.setdefault(table, {})[id] = text or before.tables[table][id]
        return cls(tables, int(upto), written)

    def of(self, table: str) -> dict[str, Row]:
        """The rows of one table, by id in the order of ids."""
        if table not in self._parsed:
            rows = sorted(self.tables.get(table, {}).items())
            self._parsed[table] = {id: _parsed(text) for id, text in rows}
        return self._parsed[table]

    def against(self, before: "Look") -> Iterator[tuple[str, str, str | None, str | None]]:
        """What differs: (table, id, text before, text now)."""
        for table in self.tables.keys() | before.tables.keys():
            old, new = before.tables.get(table, {}), self.tables.get(table, {})
            for id in old.keys() | new.keys():
                if old.get(id) != new.get(id):
                    yield table, id, old.get(id), new.get(id)


@lru_cache(maxsize=20_000)
def _parsed(text: str) -> Row:
    row: Row = json.loads(text)
    return row


def events_since(before: Look, after: Look) -> list[Row]:
    """New events, in the order in which they were written."""
    old = before.tables.get("events_event", {})
    return [event for id, event in after.of("events_event").items() if id not in old]


def check_refused(before: Look, after: Look) -> None:
    """A refused command leaves no trace."""
    changed = sorted(f"{table}:{id}" for table, id, _old, _new in after.against(before))
    hold(4, not changed, f"a refused command left a trace: {changed}")


def check_accepted(before: Look, after: Look, names: Iterable[str]) -> list[Row]:
    """Law 4: one event per subject, committing to every row written; nothing is gone."""
    told = events_since(before, after)
    hold(4, [e["name"] for e in told] == list(names), f"told {[e['name'] for e in told]}")
    wrote: dict[str, str] = {}
    for event in told:
        wrote.update(event["wrote"])
    waiting = {row["event_id"] for row in after.of("events_inbox").values()}
    hold(4, all(e["id"] in waiting for e in told), "an event without a row in the inbox")
    sealed = {m._meta.db_table for m in sealed_models()}
    for table, id, old, new in after.against(before):
        hold(4, new is not None or table in NO_HISTORY, f"{table}:{id} is gone")
        said_nothing = table in UNTOLD and new and UNTOLD[table].items() <= _parsed(new).items()
        if said_nothing or table not in sealed or not new:
            continue
        if _differs(old, new, CACHED.get(table, set())):
            hold(4, f"{table}:{id}" in wrote, f"{table}:{id} written, and no event says so")
    _check_digests(wrote, after)
    return told


def _differs(before: str | None, after: str, ignored: set[str]) -> bool:
    if before is None:
        return True
    old, new = _parsed(before), _parsed(after)
    return any(old[name] != new[name] for name in new if name not in ignored)


def _check_digests(wrote: Mapping[str, str], after: Look) -> None:
    for key, said in wrote.items():
        table, _, id = key.partition(":")
        hold(4, id in after.of(table), f"{key} is said to be written and is not there")
        digest = row_digest(_as_model(table, after.of(table)[id]).sealed_fields())
        hold(4, said == digest, f"{key} is not as its event says")


def _as_model(table: str, row: Row) -> Any:
    """The row as Django would have read it."""
    model = _models()[table]
    fields = model._meta.concrete_fields
    return model(**{f.attname: f.to_python(row[f.column]) for f in fields})


@cache
def _models() -> Mapping[str, Any]:
    return {model._meta.db_table: model for model in apps.get_models()}


def check_findings(look: Look, on_fail: Mapping[str, str]) -> None:
    """Law 1: one live finding per item and subject; every failing answer belongs to one."""
    live: set[tuple[Any, ...]] = set()
    cases = look.of("loop_case")
    for case in cases.values():
        subject = (case["item"], case["place_id"], case["asset_id"])
        if case["item"] and case["state"] in LIVE:
            hold(1, subject not in live, f"two open findings about {subject}")
            live.add(subject)
    for record in look.of("loop_record").values():
        asks = record["kind"] == "check" and on_fail.get(record["item"])
        if not asks or record["verdict"] != "fail":
            continue
        case = cases.get(record["case_id"])
        if asks == "case":
            hold(1, case is not None, "a failing verdict opened no finding")
            same = case and all(case[n] == record[n] for n in ("item", "place_id", "asset_id"))
            hold(1, same and case["kind"] == "finding", "a failing verdict went to another case")
        else:
            hold(1, case is None, f"an item with on_fail={asks} opened a case")


def along(look: Look, case: Row) -> list[Row]:
    """Whose cases ended in this one and were somebody else's report."""
    cases = look.of("loop_case")
    merged = [
        cases[link["case_id"]] for link in look.of("loop_caselink").values()
        if link["kind"] == "merged" and link["other_id"] == case["id"]
    ]  # fmt: skip
    others = (None, case["reporter_id"])
    return [x for x in merged if x["state"] == "closed" and x["reporter_id"] not in others]


def alike(look: Look, case: Row) -> list[Row]:
    """Other cases of the same trouble: of the same thing, else of the same place and category.
    (No history is as long as the 90 days within which trouble counts as the same.)"""
    links = look.of("loop_caselink").values()
    merged = {link["case_id"] for link in links if link["kind"] == "merged"}

    def same(other: Row) -> bool:
        names = ("asset_id",) if case["asset_id"] else ("place_id", "category")
        return all(case[name] and case[name] == other[name] for name in names)

    return [
        other for id, other in look.of("loop_case").items()
        if id != case["id"] and same(other) and other["state"] != "void"
        and other["kind"] not in ("finding", "praise") and id not in merged
    ]  # fmt: skip


def explained(look: Look, cases: Iterable[Row]) -> list[Row]:
    """The live problem records that say why one of these cases came about."""
    ids, found = {case["id"] for case in cases}, look.of("loop_case")
    to = {
        link["other_id"] for link in look.of("loop_caselink").values()
        if link["kind"] == "problem" and link["case_id"] in ids
    }  # fmt: skip
    return [found[id] for id in sorted(to) if found[id]["state"] in LIVE]


def check_recurring(look: Look, event: Row) -> None:
    """Law 2 of trouble that recurs: one record says why, and every case of it points there."""
    cases = look.of("loop_case")
    case = cases[event["subject_id"]]
    records = explained(look, [case])
    numbers = [one["number"] for one in records]
    hold(2, event["said"]["to"] in numbers, f"explained by {event['said']['to']}, not {numbers}")
    record = next(one for one in records if one["number"] == event["said"]["to"])
    hold(2, record["kind"] == "finding", "a problem record that is no finding")
    for one in alike(look, case):
        hold(2, record in explained(look, [one]), "of the same trouble, and not explained")


def check_together(look: Look) -> None:
    """Laws 2 and 5 across cases: what was merged ends where somebody goes on with it, and nobody
    of it is left untold; what was split is owed since the same report; a case is whose it became.
    """
    cases = look.of("loop_case")
    numbers = {case["number"]: case for case in cases.values()}
    pointing = look.of("loop_caselink").values()
    kinds = {(link["case_id"], link["other_id"], link["kind"]) for link in pointing}
    into: dict[str, Row] = {}
    owner: dict[str, str] = {}
    for event in look.of("events_event").values():
        name, case, said = event["name"], event["subject_id"], event["said"]
        if name == "case.merge":
            into[case] = numbers[said["to"]]
        elif name == "case.reopen":
            into.pop(case, None)
        elif name == "case.split":
            same = all(numbers[said["to"]][n] == cases[case][n] for n in ("at", "reporter_id"))
            hold(5, same, "what was split is not owed as its report was")
        elif name in ("case.own", "case.owned"):
            owner[case] = said["person"]
        elif name == "case.link":
            to = (case, numbers[said["to"]]["id"], "related")
            hold(4, to in kinds, "linked, and no link says so")
    rows = look.of("loop_caseowner").values()
    owners = {row["case_id"]: row["person_id"] for row in rows if row["person_id"]}
    hold(4, owners == owner, f"owned by {owners}, events say {owner}")
    links = {(case, other) for case, other, _kind in kinds}
    for id, taken_by in into.items():
        case, first = cases[id], taken_by
        for _step in into:
            first = into.get(first["id"], first)
        hold(2, first["id"] not in into, "merged in a circle: nobody goes on with it")
        hold(4, (id, first["id"]) in links, "merged, and no link leads there")
        owed = case["reporter_id"] not in (None, first["reporter_id"])
        ended = owed and first["state"] in ("closed", "void")
        hold(2, case["told_at"] or not ended, "the case ended, and who was merged is not told")


def check_case(look: Look, case: Row, calendars: Calendars) -> None:
    """Laws 1, 2, 3, 5 and 6 of one case: its rows are what its events tell."""
    standards = look.of("standards_standard")
    events = [e for e in look.of("events_event").values() if e["subject_id"] == case["id"]]
    opening = events[0]
    hold(4, opening["name"] == "case.reported", "a case without its opening event")
    pinned = _pinned(standards, case, opening)
    paths = look.of("places_place")
    replay = Replay(opening, pinned, look.of("loop_record"), paths[case["place_id"]]["path"])
    replay.by_person = case["reporter_id"] is not None
    for event in events[1:]:
        replay.take(event)
    row = {n: case[n] for n in ("state", "reopened", "waived", "urgency", "category")}
    model = {n: getattr(replay, n) for n in row}
    hold(4, row == model, f"case {row}, its events say {model}")
    hold(2, (case["told_at"] is not None) == replay.told, "told, or not")
    work = {
        w["id"]: w["state"]
        for w in look.of("loop_workorder").values()
        if w["case_id"] == case["id"]
    }
    said = {id: w.state for id, w in replay.work.items()}
    hold(3, work == said, f"work {work}, its events say {said}")
    clocks = [c for c in look.of("clocks_clock").values() if c["case_id"] == case["id"]]
    _check_clocks(clocks, replay.clocks, calendars)


def _pinned(standards: Mapping[str, Row], case: Row, opening: Row) -> Pinned:
    """Law 6: the version that was in force when the case was opened, whatever came later."""
    noted = instant(opening["noted_at"])
    in_force = [
        s for s in standards.values()
        if case["kind"] in s["kinds"] and s["published_at"] and instant(s["published_at"]) <= noted
        and (s["retired_at"] is None or instant(s["retired_at"]) > noted)
    ]  # fmt: skip
    hold(6, [s["id"] for s in in_force] == [case["standard_id"]], "pinned to another version")
    row = in_force[0]
    return Pinned(
        id=row["id"],
        limits=limits_from_json(row["limits"]),
        required=frozenset(item["code"] for item in row["items"] if item.get("required")),
        verify=row["verify"],
        callback=row["callback"],
        asking=row["asking"],
    )


def _check_clocks(rows: list[Row], told: list[Ticking], calendars: Calendars) -> None:
    """Law 5: kind, limit, start, stop, deadline and verdict are a function of the events."""
    shape = [(c["kind"], instant(c["started_at"])) for c in rows]
    hold(5, shape == [(t.limit.clock, t.started) for t in told], f"clocks {shape}")
    for row, clock in zip(rows, told, strict=True):
        clock.settle(calendars(clock.limit.calendar))
        _check_clock(row, clock, calendars)


def _check_clock(row: Row, clock: Ticking, calendars: Calendars) -> None:
    name = f"{row['kind']} of {row['started_at']}"
    limit = {n: row[n] for n in ("minutes", "calendar", "pause_cap")}
    expected = {n: getattr(clock.limit, n) for n in limit}
    hold(6, limit == expected, f"{name}: limit {limit}, its version says {expected}")
    stopped = row["stopped_at"] and instant(row["stopped_at"])
    hold(5, stopped == clock.stopped, f"{name}: stopped {stopped}, events say {clock.stopped}")
    pauses = [(p.at, p.until) for p in pauses_from_json(row["pauses"])]
    hold(5, pauses == clock.pauses, f"{name}: pauses {pauses}, events say {clock.pauses}")
    if clock.void:
        hold(5, row["state"] == "void", f"{name}: {row['state']}, events say void")
        return
    due = clock.due(calendars(clock.limit.calendar))
    if row["state"] == "paused":
        hold(5, bool(pauses) and pauses[-1][1] is None, f"{name}: paused without a pause")
        hold(5, row["due_at"] is None, f"{name}: paused with a deadline")
    else:
        hold(5, instant(row["due_at"]) == due, f"{name}: due {row['due_at']}, computed {due}")
    if clock.stopped:
        verdict = "kept" if clock.stopped <= due else "broken"
        hold(5, row["state"] == verdict, f"{name}: {row['state']}, computed {verdict}")
    else:
        hold(5, row["state"] in ("running", "paused", "broken"), f"{name}: {row['state']}")


def check_swept(look: Look, moment: Any, calendars: Calendars) -> None:
    """Law 5 after the ticker has looked: what still runs is as late as it is."""
    for row in look.of("clocks_clock").values():
        if row["stopped_at"] or row["state"] == "void":
            continue
        limit = limits_from_json([{"clock": row["kind"], **{
            n: row[n] for n in ("minutes", "calendar", "pause_cap")}}])[0]  # fmt: skip
        pauses = pauses_from_json(row["pauses"])
        clock = Ticking(limit, instant(row["started_at"]))
        clock.pauses = [(p.at, p.until) for p in pauses]
        due = clock.due(calendars(limit.calendar))
        hold(5, (row["state"] == "broken") == (moment > due), f"{row['state']}, due {due}")
