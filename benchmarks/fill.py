"""Past cases by the hundred thousand, written as the owner of the tables in a few statements.

Each case has what a real one has: its work order, five clocks that agree with it, its events with
their places in the company's order under a seal, which the live sealer goes on from. Made up are
the words, and the leaves are no digests (`anju verify` would say so).
"""

import time
from uuid import UUID

from psycopg import Connection

from anju.foundation.events.commands.sealing import LOCK
from anju.foundation.events.registry import listeners
from anju.foundation.events.rules import SealForm, next_seal
from anju.foundation.lib import now
from benchmarks.house import House
from benchmarks.world import World

CHUNK = 50_000
OPEN_SHARE = 0.03  # of the newest; of three years' cases nearly all are closed

_UID = """
    CREATE OR REPLACE FUNCTION pg_temp.uid(at timestamptz, salt text) RETURNS uuid
    LANGUAGE sql IMMUTABLE AS $$
      SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
              || substr(md5(salt), 1, 3) || '8' || substr(md5(salt), 4, 15))::uuid $$;
    CREATE TEMPORARY TABLE IF NOT EXISTS filling (
      n bigint, id uuid, work uuid, place uuid, at timestamptz, live boolean, kind text,
      urgency int, late boolean);
    TRUNCATE filling
"""
# From the oldest to the newest over three years; the newest share of them is still open.
_DRAW = """
    INSERT INTO filling
    SELECT n, pg_temp.uid(at, n || 'case'), pg_temp.uid(at, n || 'work'),
           (%(rooms)s::uuid[])[1 + n %% %(room_count)s], at, n > %(total)s * (1 - %(open)s),
           (ARRAY['repair','repair','repair','complaint','enquiry'])[1 + n %% 5],
           2 + (n * 7 %% 3)::int, n %% 9 = 0
      FROM (SELECT n, %(until)s::timestamptz
                      - (%(total)s::bigint - n) * (interval '3 years' / %(total)s::float) AS at
              FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n) s
"""
_CASES = """
    INSERT INTO loop_case (id, company_id, number, kind, category, title, text, urgency,
        urgency_reason, place_id, channel, standard_id, state, version, at, noted_at, day, told_at,
        answered_at, closed_at, reopened, waived, outcome, item, history)
    SELECT id, %(company)s, 'BF-' || to_char(at, 'YYMMDD') || '-' || n, kind,
           (ARRAY['给排水','电梯','保洁','噪音'])[1 + n %% 4], '卫生间漏水 ' || n, '楼下也渗水',
           urgency, '', place, (ARRAY['phone','desk','app','wechat'])[1 + n %% 4], %(standard)s,
           CASE WHEN NOT live THEN 'closed' WHEN n %% 4 = 0 THEN 'answered' ELSE 'open' END,
           CASE WHEN live THEN 1 ELSE 5 END, at, at, (at AT TIME ZONE 'Asia/Shanghai')::date,
           CASE WHEN NOT live THEN at + interval '1 hour' END,
           CASE WHEN NOT live OR n %% 4 = 0 THEN at + interval '2 hours' END,
           CASE WHEN NOT live THEN at + interval '1 day' END, 0, false, '', '', false
      FROM filling
"""
_WORKS = """
    INSERT INTO loop_workorder (id, company_id, case_id, number, title, place_id, state, version,
        opened_at, done_at, held_reason, failed)
    SELECT work, %(company)s, id, 'BF-' || to_char(at, 'YYMMDD') || '-' || n || '-1',
           '卫生间漏水 ' || n, place, CASE WHEN live THEN 'waiting' ELSE 'passed' END,
           CASE WHEN live THEN 1 ELSE 6 END, at,
           CASE WHEN NOT live THEN at + interval '2 hours' END, '', 0
      FROM filling
"""
_CLOCKS = """
    INSERT INTO clocks_clock (id, company_id, case_id, kind, state, minutes, calendar, pause_cap,
        ladder, pauses, started_at, due_at, stopped_at, broken_at, next_at, rung)
    SELECT pg_temp.uid(f.at, f.n || k.kind), %(company)s, f.id, k.kind,
           CASE WHEN f.live AND f.at + k.span > %(until)s THEN 'running'
                WHEN f.live OR f.late THEN 'broken' ELSE 'kept' END,
           (extract(epoch FROM k.span) / 60)::int, 'always', 0, '[]', '[]', f.at, f.at + k.span,
           CASE WHEN NOT f.live THEN f.at + k.span * CASE WHEN f.late THEN 1.5 ELSE 0.5 END END,
           CASE WHEN f.at + k.span <= %(until)s AND (f.live OR f.late) THEN f.at + k.span END,
           CASE WHEN f.live AND f.at + k.span > %(until)s THEN f.at + k.span END, 0
      FROM filling f
     CROSS JOIN (VALUES ('respond', interval '30 minutes'), ('dispatch', interval '1 hour'),
                        ('arrive', interval '4 hours'), ('finish', interval '40 days'),
                        ('feedback', interval '1 day')) AS k(kind, span)
"""
_EVENTS = """
    WITH made AS (
      INSERT INTO events_event (id, company_id, name, subject_kind, subject_id, by, at, noted_at,
                                said, wrote, "values", leaf)
      SELECT pg_temp.uid(t.at, f.n || t.name), %(company)s, t.name, 'case', f.id, %(company)s, t.at,
             t.at, jsonb_build_object('kind', f.kind, 'urgency', f.urgency), '{}', '{}',
             sha256((f.n || t.name)::bytea)
        FROM filling f
       CROSS JOIN LATERAL (VALUES ('case.reported', f.at), ('case.closed', f.at + interval '1 day'))
             AS t(name, at)
       WHERE t.name = 'case.reported' OR NOT f.live
      RETURNING id, leaf),
    placed AS (
      INSERT INTO events_position (company_id, n, event_id)
      SELECT %(company)s, %(position)s + row_number() OVER (ORDER BY id), id FROM made
      RETURNING n, event_id)
    SELECT made.leaf FROM placed JOIN made ON made.id = placed.event_id ORDER BY placed.n
"""
_SEAL = "SELECT company_id, n, first, last, root, previous, at FROM events_seal"


def cases_up_to(total: int, house: House, world: World, *, open_share: float = OPEN_SHARE) -> float:
    """Fill in past cases until the company has `total`; seconds it took."""
    began = time.monotonic()
    with house.owner() as db:
        have = _one(db, "SELECT count(*) FROM loop_case WHERE company_id = %s", world.company)
        while have < total:
            count = min(CHUNK, total - have)
            with db.transaction():
                # Ours alone: the sealer waits, and its next seal follows the last of these.
                db.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
                _chunk(db, world, (have + 1, have + count), total, open_share=open_share)
            have += count
        db.execute("VACUUM ANALYZE")
    return time.monotonic() - began


def _chunk(
    db: Connection, world: World, span: tuple[int, int], total: int, *, open_share: float
) -> None:
    moment = now()
    rooms = [room[0] for room in world.places]
    standard = "SELECT id FROM standards_standard WHERE company_id = %s AND kinds @> '\"repair\"'"
    given = {
        "company": world.company, "rooms": rooms, "room_count": len(rooms), "first": span[0],
        "last": span[1], "total": total, "open": open_share, "until": moment,
        "standard": _one(db, standard, world.company),
    }  # fmt: skip
    db.execute(_UID)
    for statement in (_DRAW, _CASES, _WORKS, _CLOCKS):
        db.execute(statement, given)
    row = db.execute(f"{_SEAL} WHERE company_id = %s ORDER BY n DESC LIMIT 1", [world.company])
    found = row.fetchone()
    before = SealForm.of(found) if found else None
    placed = db.execute(_EVENTS, {**given, "position": before.last if before else 0})
    seal = next_seal(world.company, before, leaves=[bytes(r[0]) for r in placed], at=moment)
    db.execute(
        """INSERT INTO events_seal (company_id, n, first, last, root, previous, at, digest)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s)""",
        [seal.company, seal.n, seal.first, seal.last, seal.root, seal.previous, seal.at,
         seal.digest],
    )  # fmt: skip
    for name in listeners():  # they have heard it all
        db.execute(
            """INSERT INTO events_cursor (company_id, listener, n, tries) VALUES (%s, %s, %s, 0)
               ON CONFLICT (company_id, listener) DO UPDATE SET n = excluded.n""",
            [world.company, name, seal.last],
        )


def _one(db: Connection, sql: str, company: UUID) -> int:
    row = db.execute(sql, [company]).fetchone()
    return row[0] if row else 0
