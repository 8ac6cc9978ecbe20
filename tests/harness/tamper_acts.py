"""What one who owns the database may do to a record: edit, delete, reorder, insert, truncate,
rebuild. Each act changes something for certain and says what; it returns None where it has
nothing to work on.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import UUID

from django.db.backends.utils import CursorWrapper

from tests.harness.tamper_world import World, fit_leaf, rebuild, write_seal

Act = Callable[[CursorWrapper, World, Random], str | None]

EDITS = {
    "name": "name = name || 'x'",
    "subject_kind": "subject_kind = subject_kind || 'x'",
    "subject_id": "subject_id = gen_random_uuid()",
    "by": '"by" = gen_random_uuid()',
    "at": "at = at - interval '1 microsecond'",
    "noted_at": "noted_at = noted_at + interval '1 day'",
    "said": """said = said || '{"x": 1}'""",
    "wrote": """wrote = wrote || '{"files_storedfile:00000000-0000-0000-0000-000000000000": ""}'""",
    "values": """values = values || '{"x": "00"}'""",
}


def _pick(world: World, rng: Random, up_to: int | None = None) -> tuple[int, UUID]:
    return rng.choice(world.events[: up_to or world.last])


def _do(cursor: CursorWrapper, sql: str, *params: object) -> int:
    cursor.execute(sql, list(params))
    return cursor.rowcount


def _edit(cursor: CursorWrapper, world: World, rng: Random, event: UUID) -> str:
    column = rng.choice(list(EDITS))
    sql = f"UPDATE events_event SET {EDITS[column]} WHERE company_id = %s AND id = %s"
    _do(cursor, sql, world.company, event)
    return column


def edit_event(cursor: CursorWrapper, world: World, rng: Random) -> str:
    n, event = _pick(world, rng)
    return f"{_edit(cursor, world, rng, event)} of event {n}"


def edit_waiting(cursor: CursorWrapper, world: World, rng: Random) -> str:
    return f"{_edit(cursor, world, rng, rng.choice(world.waiting))} of a waiting event"


def edit_event_and_leaf(cursor: CursorWrapper, world: World, rng: Random) -> str:
    n, event = _pick(world, rng)
    column = _edit(cursor, world, rng, event)
    fit_leaf(cursor, world, event)
    return f"{column} of event {n}, leaf fitted"


def edit_leaf(cursor: CursorWrapper, world: World, rng: Random) -> str:
    n, event = _pick(world, rng)
    sql = "UPDATE events_event SET leaf = %s WHERE company_id = %s AND id = %s"
    _do(cursor, sql, rng.randbytes(32), world.company, event)
    return f"leaf of event {n}"


def _changed_seal(world: World, rng: Random, up_to: int) -> tuple[int, dict[str, object]]:
    seal = rng.choice(world.seals[:up_to])
    part = rng.choice(["n", "first", "last", "root", "previous", "at"])
    value: object = {
        "n": seal.n + 100, "first": seal.first + 1, "last": seal.last + 1,
        "root": rng.randbytes(32), "previous": rng.randbytes(32),
        "at": seal.at + timedelta(seconds=1),
    }[part]  # fmt: skip
    return seal.n, {part: value}


def edit_seal(cursor: CursorWrapper, world: World, rng: Random) -> str:
    n, change = _changed_seal(world, rng, len(world.seals))
    if rng.random() < 0.2:
        change = {"digest": rng.randbytes(32)}
    ((part, value),) = change.items()
    sql = f"UPDATE events_seal SET {part} = %s WHERE company_id = %s AND n = %s"
    _do(cursor, sql, value, world.company, n)
    return f"{part} of seal {n}"


def edit_seal_and_digest(cursor: CursorWrapper, world: World, rng: Random) -> str:
    # Not the very last one: nothing after it, and nothing outside, would remember it.
    n, change = _changed_seal(world, rng, len(world.seals) - 1)
    old = world.seals[n - 1]
    _do(cursor, "DELETE FROM events_seal WHERE company_id = %s AND n = %s", world.company, n)
    write_seal(cursor, replace(old, **change))  # type: ignore[arg-type]  # one field of its own
    return f"{next(iter(change))} of seal {n}, digest fitted"


def _values(cursor: CursorWrapper, world: World) -> list[UUID]:
    sql = "SELECT id FROM events_eventvalue WHERE company_id = %s ORDER BY id"
    cursor.execute(sql, [world.company])
    return [row[0] for row in cursor.fetchall()]


def edit_value(cursor: CursorWrapper, world: World, rng: Random) -> str | None:
    values = _values(cursor, world)
    if not values:
        return None
    change = rng.choice(["text = text || '1'", r"salt = salt || '\x00'", "name = 'x'"])
    sql = f"UPDATE events_eventvalue SET {change} WHERE company_id = %s AND id = %s"
    _do(cursor, sql, world.company, rng.choice(values))
    return f"a value: {change}"


def delete_value(cursor: CursorWrapper, world: World, rng: Random) -> str | None:
    values = _values(cursor, world)
    if not values:
        return None
    sql = "DELETE FROM events_eventvalue WHERE company_id = %s AND id = %s"
    _do(cursor, sql, world.company, rng.choice(values))
    return "a value, and no event says so"


def insert_value(cursor: CursorWrapper, world: World, rng: Random) -> str:
    n, event = _pick(world, rng)
    _do(
        cursor,
        "INSERT INTO events_eventvalue (company_id, id, event_id, name, salt, text)"
        " VALUES (%s, gen_random_uuid(), %s, 'note', %s, 'x')",
        world.company, event, rng.randbytes(16),
    )  # fmt: skip
    return f"a value put beside event {n}"


def delete_event(cursor: CursorWrapper, world: World, rng: Random) -> str:
    n, event = _pick(world, rng)
    _forget(cursor, world, event, position=False)
    return f"event {n}, its position left"


def delete_event_and_position(cursor: CursorWrapper, world: World, rng: Random) -> str:
    n, event = _pick(world, rng)
    _forget(cursor, world, event)
    return f"event {n} and its position"


def delete_position(cursor: CursorWrapper, world: World, rng: Random) -> str:
    n, event = _pick(world, rng)
    sql = "DELETE FROM events_position WHERE company_id = %s AND event_id = %s"
    _do(cursor, sql, world.company, event)
    return f"position {n}, its event left"


def delete_event_and_close_up(cursor: CursorWrapper, world: World, rng: Random) -> str:
    n, event = _pick(world, rng)
    _forget(cursor, world, event)
    _shift(cursor, world, n, -1)
    return f"event {n}, later ones moved up"


def delete_seal(cursor: CursorWrapper, world: World, rng: Random) -> str:
    n = rng.choice(world.seals).n
    _do(cursor, "DELETE FROM events_seal WHERE company_id = %s AND n = %s", world.company, n)
    return f"seal {n}"


def delete_inbox(cursor: CursorWrapper, world: World, rng: Random) -> str:
    sql = "DELETE FROM events_inbox WHERE company_id = %s AND event_id = %s"
    _do(cursor, sql, world.company, rng.choice(world.waiting))
    return "the inbox row of a waiting event"


def _forget(cursor: CursorWrapper, world: World, event: UUID, *, position: bool = True) -> None:
    tables = ["events_eventvalue", *(["events_position"] if position else [])]
    for table in tables:
        sql = f"DELETE FROM {table} WHERE company_id = %s AND event_id = %s"
        _do(cursor, sql, world.company, event)
    sql = "DELETE FROM events_event WHERE company_id = %s AND id = %s"
    _do(cursor, sql, world.company, event)


def _shift(cursor: CursorWrapper, world: World, after: int, by: int) -> None:
    sql = "UPDATE events_position SET n = n + %s WHERE company_id = %s AND n > %s"
    _do(cursor, sql, by, world.company, after)


def _swap(cursor: CursorWrapper, world: World, a: int, b: int) -> None:
    sql = (
        "UPDATE events_position SET n = CASE n WHEN %s THEN %s ELSE %s END"
        " WHERE company_id = %s AND n IN (%s, %s)"
    )
    _do(cursor, sql, a, b, a, world.company, a, b)


def swap_events(cursor: CursorWrapper, world: World, rng: Random) -> str:
    a, b = rng.sample(range(1, world.last + 1), 2)
    _swap(cursor, world, a, b)
    return f"events {a} and {b} change places"


def swap_neighbours(cursor: CursorWrapper, world: World, rng: Random) -> str:
    seal = rng.choice(world.seals)
    if seal.last == seal.first:
        return swap_events(cursor, world, rng)
    a = rng.randrange(seal.first, seal.last)
    _swap(cursor, world, a, a + 1)
    return f"events {a} and {a + 1} change places"


def swap_seals(cursor: CursorWrapper, world: World, rng: Random) -> str:
    a, b = rng.sample([seal.n for seal in world.seals], 2)
    sql = (
        "UPDATE events_seal SET n = CASE n WHEN %s THEN %s ELSE %s END"
        " WHERE company_id = %s AND n IN (%s, %s)"
    )
    _do(cursor, sql, a, b, a, world.company, a, b)
    return f"seals {a} and {b} change places"


def move_event(cursor: CursorWrapper, world: World, rng: Random) -> str:
    n, _event = _pick(world, rng)
    sql = "UPDATE events_position SET n = %s WHERE company_id = %s AND n = %s"
    _do(cursor, sql, world.last + rng.randint(1, 5), world.company, n)
    return f"event {n} moved to the end"


def _forge(cursor: CursorWrapper, world: World, rng: Random) -> UUID:
    """A made-up event with a leaf that fits, like another one of the company."""
    _n, model = _pick(world, rng)
    cursor.execute("SELECT gen_random_uuid()")
    event: UUID = cursor.fetchone()[0]
    sql = (
        "INSERT INTO events_event (company_id, id, name, subject_kind, subject_id, by, at,"
        " noted_at, said, wrote, values, leaf) SELECT company_id, %s, 'case.praised',"
        " subject_kind, subject_id, by, at, noted_at, %s::jsonb, '{}', '{}', leaf"
        " FROM events_event WHERE company_id = %s AND id = %s"
    )
    said = json.dumps({"n": rng.randrange(10**6)})
    _do(cursor, sql, event, said, world.company, model)
    fit_leaf(cursor, world, event)
    return event


def _place(cursor: CursorWrapper, world: World, event: UUID, n: int) -> None:
    sql = "INSERT INTO events_position (company_id, n, event_id) VALUES (%s, %s, %s)"
    _do(cursor, sql, world.company, n, event)


def insert_event(cursor: CursorWrapper, world: World, rng: Random) -> str:
    n, _event = _pick(world, rng)
    _shift(cursor, world, n - 1, 1)
    _place(cursor, world, _forge(cursor, world, rng), n)
    return f"an event put in at {n}"


def append_event(cursor: CursorWrapper, world: World, rng: Random) -> str:
    _place(cursor, world, _forge(cursor, world, rng), world.last + 1)
    return "an event put behind the last seal"


def insert_unplaced(cursor: CursorWrapper, world: World, rng: Random) -> str:
    _forge(cursor, world, rng)
    return "an event without a position"


def repeat_event(cursor: CursorWrapper, world: World, rng: Random) -> str:
    n, event = _pick(world, rng)
    place = rng.choice([n, rng.randint(1, world.last), world.last + 1])
    _place(cursor, world, event, place)
    return f"event {n} once more at {place}"


def insert_seal(cursor: CursorWrapper, world: World, rng: Random) -> str:
    last = world.seals[-1]
    forged = replace(last, n=last.n + 1, previous=last.digest, root=rng.randbytes(32))
    if rng.random() < 0.5:
        forged = replace(forged, first=last.last + 1, last=last.last + rng.randint(1, 3))
    write_seal(cursor, forged)
    return "a seal over nothing"


def _cut(cursor: CursorWrapper, world: World, after: int) -> None:
    """Everything behind a position goes, with what belongs to it."""
    for event in [*(id for n, id in world.events if n > after), *world.waiting]:
        _forget(cursor, world, event)
        sql = "DELETE FROM events_inbox WHERE company_id = %s AND event_id = %s"
        _do(cursor, sql, world.company, event)
    sql = "DELETE FROM events_seal WHERE company_id = %s AND last > %s"
    _do(cursor, sql, world.company, after)


def cut_end(cursor: CursorWrapper, world: World, rng: Random) -> str:
    seal = rng.choice(world.seals[:-1])
    _cut(cursor, world, seal.last)
    return f"everything behind seal {seal.n}"


def cut_end_below_the_anchor(cursor: CursorWrapper, world: World, rng: Random) -> str | None:
    below = [seal for seal in world.seals if seal.last < world.vouched]
    if not below:
        return None
    seal = rng.choice(below)
    _cut(cursor, world, seal.last)
    sql = "UPDATE events_cursor SET n = least(n, %s) WHERE company_id = %s"
    _do(cursor, sql, seal.last, world.company)
    return f"everything behind seal {seal.n}, and whatever had read it"


def cut_all(cursor: CursorWrapper, world: World, _rng: Random) -> str:
    _cut(cursor, world, 0)
    _do(cursor, "DELETE FROM events_cursor WHERE company_id = %s", world.company)
    return "everything"


def cut_beginning(cursor: CursorWrapper, world: World, rng: Random) -> str:
    n = rng.randint(1, world.last - 1)
    for _n, event in world.events[:n]:
        _forget(cursor, world, event)
    return f"the first {n} events"


def rebuild_edited(cursor: CursorWrapper, world: World, rng: Random) -> str:
    n, event = _pick(world, rng, world.vouched)
    column = _edit(cursor, world, rng, event)
    fit_leaf(cursor, world, event)
    rebuild(cursor, world)
    return f"{column} of event {n}, all seals rebuilt"


def rebuild_without(cursor: CursorWrapper, world: World, rng: Random) -> str:
    n, event = _pick(world, rng, world.vouched)
    _forget(cursor, world, event)
    rebuild(cursor, world)
    return f"event {n} gone, all seals rebuilt"


def rebuild_with(cursor: CursorWrapper, world: World, rng: Random) -> str:
    n, _event = _pick(world, rng, world.vouched)
    _shift(cursor, world, n - 1, 1)
    _place(cursor, world, _forge(cursor, world, rng), n)
    rebuild(cursor, world)
    return f"an event put in at {n}, all seals rebuilt"


def rebuild_reordered(cursor: CursorWrapper, world: World, rng: Random) -> str:
    a, b = rng.sample(range(1, world.vouched + 1), 2)
    _swap(cursor, world, a, b)
    rebuild(cursor, world)
    return f"events {a} and {b} change places, all seals rebuilt"


def rebuild_as_one(cursor: CursorWrapper, world: World, _rng: Random) -> str:
    rebuild(cursor, world, one_seal=True)
    return "one seal over everything"


def _files(cursor: CursorWrapper, world: World) -> list[UUID]:
    sql = "SELECT id FROM files_storedfile WHERE company_id = %s ORDER BY id"
    cursor.execute(sql, [world.company])
    return [row[0] for row in cursor.fetchall()]


def change_row(cursor: CursorWrapper, world: World, rng: Random) -> str | None:
    files = _files(cursor, world)
    if not files:
        return None
    sql = rng.choice(
        [
            "UPDATE files_storedfile SET made_at = made_at - interval '1 day'",
            "DELETE FROM files_storedfile",
            "INSERT INTO files_storedfile (company_id, id, sha256, size, kind, name, taken, dhash,"
            " by, made_at) SELECT company_id, gen_random_uuid(), sha256, size, kind, name, taken,"
            " dhash, by, made_at FROM files_storedfile",
        ]
    )
    _do(cursor, f"{sql} WHERE company_id = %s AND id = %s", world.company, rng.choice(files))
    return f"a row: {sql.split()[0].lower()}"


ACTS: list[Act] = [
    edit_event, edit_event_and_leaf, edit_waiting, edit_leaf, edit_seal, edit_seal_and_digest,
    edit_value, delete_value, insert_value, delete_event, delete_event_and_position,
    delete_position, delete_event_and_close_up, delete_seal, delete_inbox, swap_events,
    swap_neighbours, swap_seals, move_event, insert_event, append_event, insert_unplaced,
    repeat_event, insert_seal, cut_end, cut_end_below_the_anchor, cut_all, cut_beginning,
    rebuild_edited, rebuild_without, rebuild_with, rebuild_reordered, rebuild_as_one, change_row,
]  # fmt: skip
