"""A small company's record for the tamperings, and how one who owns the database rebuilds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID, uuid4

from django.db.backends.utils import CursorWrapper

from anju.foundation.events import rules
from anju.foundation.events.commands import advance, erase_values, sealing, tell
from anju.foundation.events.models import Event
from anju.foundation.events.registry import Listener
from anju.foundation.files.commands import keep_file
from anju.foundation.tenancy.across import across
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import found_company


class OutOfOrder(Exception):
    """The sealer did not keep the order in which the events were told."""


@dataclass
class World:
    """A company's record. `anchors`: one seal known outside, over events 1..`vouched`."""

    company: UUID
    events: list[tuple[int, UUID]]  # position, id
    seals: list[rules.SealForm]
    waiting: list[UUID]
    anchors: dict[int, bytes]
    vouched: int

    @property
    def last(self) -> int:
        return len(self.events)


def a_world(rng: Random) -> World:
    """Told, sealed in batches, partly erased; read to the end by one listener; some wait."""
    company = found_company(code=f"h{uuid4().hex[:12]}", name="篡改试验").id
    actor = Actor.machine(company, "harness")
    told: list[UUID] = []
    anchors: dict[int, bytes] = {}
    vouched = 0
    batches = rng.randint(4, 7)
    for batch in range(batches):
        told += [_told(rng, actor) for _ in range(rng.randint(2, 12))]
        if batch == 1:
            _erased(rng, actor, told)
        _seal()
        if batch == batches - 3:
            seal = _seals(company)[-1]
            anchors, vouched = {seal.n: seal.digest}, seal.last
    advance(Listener("harness", lambda _actor, _events: None, ()), company, 10_000)
    placed, seals = _placed(company), _seals(company)
    if told != [id for _, id in placed if id in set(told)]:
        raise OutOfOrder
    waiting = [_told(rng, actor, small=True) for _ in range(2)]
    return World(company, placed, seals, waiting, anchors, vouched)


def _seal() -> None:
    while sealing.seal_once():
        pass


def _told(rng: Random, actor: Actor, *, small: bool = False) -> UUID:
    if not small and rng.random() < 0.15:
        content = b"%PDF-1.7\n" + rng.randbytes(40)
        kept = keep_file(content, actor=actor, name="a.pdf")
        with acting(actor):
            return Event.objects.get(subject_id=kept.id).id
    values = {"name": f"王{rng.randrange(999)}", "phone": str(rng.randrange(10**10))}
    with acting(actor):
        event = tell(
            rng.choice(["case.opened", "case.answered", "case.closed"]),
            subject=("case", UUID(int=rng.getrandbits(128))),
            actor=actor,
            said={"n": rng.randrange(10**6), "text": rng.choice(["水", "电", "卫生"])},
            values=values if rng.random() < 0.5 and not small else {},
        )
        return event.id


def _erased(rng: Random, actor: Actor, told: Sequence[UUID]) -> None:
    erase_values(actor=actor, events=rng.sample(list(told), 2))


def _rows(sql: str, company: UUID) -> list[tuple[Any, ...]]:
    with across("owner", "the harness reads its company") as cursor:
        cursor.execute(sql, [company])
        return cursor.fetchall()


PLACED = "SELECT n, event_id FROM events_position WHERE company_id = %s ORDER BY n"
SEALED = (
    "SELECT company_id, n, first, last, root, previous, at FROM events_seal"
    " WHERE company_id = %s ORDER BY n"
)


def _placed(company: UUID) -> list[tuple[int, UUID]]:
    return [(n, id) for n, id in _rows(PLACED, company)]


def _seals(company: UUID) -> list[rules.SealForm]:
    return [rules.SealForm.of(row) for row in _rows(SEALED, company)]


def rebuild(cursor: CursorWrapper, world: World, *, one_seal: bool = False) -> None:
    """Make the record whole again after a change, with all the product's own arithmetic:
    leaves, positions 1, 2, 3 ..., roots, the chain. Only what is kept outside tells."""
    company = world.company
    cursor.execute(
        "WITH t AS (SELECT id, row_number() OVER (ORDER BY n, id) AS k FROM events_position"
        " WHERE company_id = %s) UPDATE events_position p SET n = t.k FROM t"
        " WHERE p.id = t.id AND p.company_id = %s",
        [company, company],
    )
    cursor.execute(
        "SELECT p.n, e.id, e.leaf FROM events_position p JOIN events_event e"
        " ON e.company_id = p.company_id AND e.id = p.event_id"
        " WHERE p.company_id = %s ORDER BY p.n",
        [company],
    )
    leaves = [bytes(leaf) for _, _, leaf in cursor.fetchall()]
    cursor.execute("DELETE FROM events_seal WHERE company_id = %s", [company])
    ends = [seal.last for seal in world.seals[:-1] if seal.last < len(leaves)]
    before, last = None, None
    for start, end in (
        zip([0, *ends], [*ends, len(leaves)], strict=True) if not one_seal else [(0, len(leaves))]
    ):
        if start == end:
            continue
        last = world.seals[min((before.n if before else 0), len(world.seals) - 1)]
        before = rules.next_seal(company, before, leaves=leaves[start:end], at=last.at)
        write_seal(cursor, before)
    cursor.execute("UPDATE events_cursor SET n = %s WHERE company_id = %s", [len(leaves), company])


def write_seal(cursor: CursorWrapper, seal: rules.SealForm, digest: bytes | None = None) -> None:
    cursor.execute(
        "INSERT INTO events_seal (company_id, n, first, last, root, previous, digest, at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        [
            seal.company, seal.n, seal.first, seal.last, seal.root, seal.previous,
            digest or seal.digest, seal.at,
        ],
    )  # fmt: skip


def fit_leaf(cursor: CursorWrapper, world: World, event: UUID) -> None:
    """Give an edited event the leaf that fits it, as one who knows the code would."""
    stored = Event.objects.using("owner").get(company_id=world.company, id=event)
    cursor.execute(
        "UPDATE events_event SET leaf = %s WHERE company_id = %s AND id = %s",
        [rules.leaf_of(stored), world.company, event],
    )
