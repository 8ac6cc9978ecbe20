"""The sealer: gives events their positions and seals them, a batch per company at a time.

Only the ticker's role may do this. NOTIFY stands here and nowhere else: in a business transaction
it would make all commits of the database wait in one line (D3).
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from django.db.backends.utils import CursorWrapper

from anju.foundation.events.rules import SealForm, next_seal
from anju.foundation.lib import now
from anju.foundation.tenancy.across import across

CHANNEL = "anju_sealed"
LOCK = 0x616E6A75_7365616C  # "anjuseal": one sealer per database
NAMED_COMPANIES = 200  # a notification holds 8,000 bytes; with more companies it says "*"

Taken = tuple[UUID, UUID, bytes]  # company, event, leaf


def seal_once(limit: int = 5_000) -> int:
    """Seal up to `limit` events that wait; the number sealed, 0 when another sealer is at work.

    Takes the committed inbox rows in their order, over all companies; gives each company's events
    the next positions without gaps and seals them on the company's last seal, all in one
    transaction. An event that commits later gets a later position. Then says on the channel
    `anju_sealed` whose events they were (comma-separated ids, "*" for many).

    No actor: the machine seals for all companies.
    """
    with across("ticker", "one sealer for all companies") as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        taken = _take(cursor, limit)
        if not taken:
            return 0
        seals = _seals(cursor, taken, now())
        _write(cursor, taken, seals)
    companies = {str(seal.company) for seal in seals}
    payload = ",".join(sorted(companies)) if len(companies) <= NAMED_COMPANIES else "*"
    with across("ticker", "wake whoever waits, after the seals are there") as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])
    return len(taken)


def _take(cursor: CursorWrapper, limit: int) -> list[Taken]:
    """Empty the oldest inbox rows; their events by company in inbox order, each once.

    An inbox row without an event, or of one that has its position, is cleared away: it must not
    stop the sealing of all others.
    """
    cursor.execute(
        "DELETE FROM events_inbox AS i USING"
        " (SELECT company_id, id FROM events_inbox ORDER BY id LIMIT %s) AS due"
        " WHERE i.company_id = due.company_id AND i.id = due.id"
        " RETURNING i.company_id, i.id, i.event_id",
        [limit],
    )
    rows = sorted(cursor.fetchall())
    order = list(dict.fromkeys((company, event) for company, _id, event in rows))
    # The arrays tell the planner how many rows there are: never a scan of all events.
    cursor.execute(
        "SELECT e.company_id, e.id, e.leaf FROM unnest(%s::uuid[], %s::uuid[]) AS t(c, e)"
        " JOIN events_event e ON e.company_id = t.c AND e.id = t.e"
        " WHERE NOT EXISTS (SELECT FROM events_position p"
        " WHERE p.company_id = t.c AND p.event_id = t.e)",
        [[c for c, _ in order], [e for _, e in order]],
    )
    leaves = {(company, event): bytes(leaf) for company, event, leaf in cursor.fetchall()}
    return [(c, e, leaves[c, e]) for c, e in order if (c, e) in leaves]


def _seals(cursor: CursorWrapper, taken: Sequence[Taken], at: datetime) -> list[SealForm]:
    batches = {c: [leaf for _, _, leaf in rows] for c, rows in groupby(taken, itemgetter(0))}
    cursor.execute(
        "SELECT c.id, s.n, s.first, s.last, s.root, s.previous, s.at"
        " FROM unnest(%s::uuid[]) AS c(id) CROSS JOIN LATERAL"
        " (SELECT * FROM events_seal WHERE company_id = c.id ORDER BY n DESC LIMIT 1) AS s",
        [list(batches)],
    )
    before = {row[0]: SealForm.of(row) for row in cursor.fetchall()}
    return [next_seal(c, before.get(c), leaves=batch, at=at) for c, batch in batches.items()]


def _write(cursor: CursorWrapper, taken: Sequence[Taken], seals: Sequence[SealForm]) -> None:
    places = [n for seal in seals for n in range(seal.first, seal.last + 1)]
    cursor.execute(
        "INSERT INTO events_position (company_id, n, event_id)"
        " SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::uuid[])",
        [[c for c, _, _ in taken], places, [e for _, e, _ in taken]],
    )
    cursor.executemany(
        "INSERT INTO events_seal (company_id, n, first, last, root, previous, digest, at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        [(s.company, s.n, s.first, s.last, s.root, s.previous, s.digest, s.at) for s in seals],
    )
