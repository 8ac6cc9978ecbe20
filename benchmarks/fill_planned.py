"""Planned work by the million, written as the owner of the tables: what plans made in three years
and for the 35 days to come, each work order with its occurrence and, once opened, its clock.

About 44 a day at each post, whose three people did most of it: two in a hundred were missed, one
called off. The number of posts grows with the number of work orders, as companies grow.
"""

import time
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from uuid import UUID

from psycopg import Connection

from anju.engine.clocks.models import Clock
from anju.engine.loop.models import WorkOrder
from anju.engine.plans.commands import HORIZON
from anju.engine.plans.document import When
from anju.engine.plans.models import Occurrence, Plan
from anju.foundation.lib import now, uuid7
from anju.foundation.people.commands import assign
from anju.foundation.people.models import Person, Post
from anju.foundation.people.testing import a_post, a_worker
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.texts import plain
from benchmarks.bare import bare
from benchmarks.house import House
from benchmarks.world import World

MODELS = (WorkOrder, Occurrence, Clock)
CHUNK, EACH, HANDS = 100_000, 50_000, 3  # rows of a statement, work of a post, people at it
PAST = timedelta(days=3 * 365)
_lots = count(1)


@dataclass(frozen=True, eq=False)
class Lot:
    """Posts of one filling, the people at them and a plan of each, in one order."""

    posts: list[Post]
    people: list[Person]
    plans: list[UUID]


# `over`: until when it could be made up has passed. `did`: whose it became.
_DRAW = """
    WITH drawn AS MATERIALIZED (
      SELECT n, 1 + n %% %(posts)s AS p, n * 7919 %% 100 AS k, %(since)s::timestamptz
             + (n - %(first)s::bigint) * (%(span)s::interval / %(total)s::float) AS at
        FROM generate_series(%(low)s::bigint, %(high)s::bigint) AS n),
    told AS MATERIALIZED (
      SELECT n, p, at, at - interval '30 minutes' AS opens, at + interval '1 hour' AS closes,
             at + interval '4 hours' AS lapses,
             lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') AS stem,
             '8' || lpad(to_hex(n), 15, '0') AS tail,
             (%(people)s::uuid[])[1 + (p - 1) * %(hands)s + n / %(posts)s %% %(hands)s] AS did,
             (%(rooms)s::uuid[])[1 + (p - 1) %% %(places)s * %(each)s + n %% %(each)s] AS place,
             CASE WHEN at - interval '30 minutes' > %(until)s THEN 'waiting'
                  WHEN at + interval '4 hours' < %(until)s
                  THEN CASE WHEN k < 2 THEN 'waiting' WHEN k = 2 THEN 'void' ELSE 'passed' END
                  ELSE (ARRAY['waiting','accepted','doing','passed'])[1 + k %% 4] END AS state
        FROM drawn),
    found AS MATERIALIZED (
      SELECT *, (stem || '7001' || tail)::uuid AS work, state IN ('accepted', 'doing', 'passed')
             AS begun, CASE WHEN state = 'passed' THEN
                            least(at + (n %% 50 - 20) * interval '1 minute', %(until)s) END AS done,
             CASE WHEN opens > %(until)s THEN opens
                  WHEN lapses >= %(until)s THEN lapses + interval '1 microsecond' END AS next
        FROM told),
    works AS (
      INSERT INTO loop_workorder (id, company_id, number, title, place_id, post_id, person_id,
          state, version, opened_at, lapses_at, done_at, done_by, held_reason, failed)
      SELECT work, %(company)s, 'P' || p || '-' || to_char(at, 'YYMMDDHH24MI'), '公共区域巡查',
             place, (%(post_ids)s::uuid[])[p], CASE WHEN begun THEN did END, state,
             CASE WHEN begun THEN 4 ELSE 1 END, opens, lapses, done,
             CASE WHEN done IS NOT NULL THEN did END, '', 0
        FROM found),
    planned AS (
      INSERT INTO plans_occurrence (id, company_id, plan_id, place_id, named, at, opens_at,
          closes_at, work_id, withdrawn, next_at)
      SELECT (stem || '7002' || tail)::uuid, %(company)s, (%(plans)s::uuid[])[p], place,
             to_char(at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS'), at, opens,
             closes, work, state = 'void', next
        FROM found)
    INSERT INTO clocks_clock (id, company_id, work_id, kind, state, minutes, calendar, pause_cap,
        ladder, pauses, started_at, due_at, stopped_at, broken_at, next_at, rung)
    SELECT (stem || '7003' || tail)::uuid, %(company)s, work, 'finish',
           CASE WHEN state = 'void' THEN 'void' WHEN done <= closes THEN 'kept'
                WHEN closes < %(until)s THEN 'broken' ELSE 'running' END,
           90, 'always', 0, '[]', '[]', opens, closes,
           coalesce(done, CASE WHEN lapses < %(until)s THEN lapses END),
           CASE WHEN done IS NULL AND closes < %(until)s THEN closes END,
           CASE WHEN done IS NULL AND closes >= %(until)s THEN closes END, 0
      FROM found WHERE opens <= %(until)s
"""


def planned_up_to(total: int, house: House, world: World) -> tuple[Lot, float]:
    """Fill in planned work until the company has `total` work orders; whose it is, and the seconds
    it took with its indexes."""
    began = time.monotonic()
    with house.owner() as db:
        have = _works(db, world.company)
        lot = _lot(world, max(1, (total - have) // EACH))
        given = _given(world, lot, first=have + 1, total=total - have)
        with bare(db, MODELS):
            for low in range(have + 1, total + 1, CHUNK):
                db.execute(_DRAW, {**given, "low": low, "high": min(low + CHUNK - 1, total)})
        db.execute("VACUUM ANALYZE")
    return lot, time.monotonic() - began


def _works(db: Connection, company: UUID) -> int:
    row = db.execute("SELECT count(*) FROM loop_workorder WHERE company_id = %s", [company])
    return int((row.fetchone() or (0,))[0])


def _given(world: World, lot: Lot, *, first: int, total: int) -> dict[str, object]:
    moment = now()
    tops = len({path.split(".")[0] for _id, path, _code in world.places})
    return {
        "company": world.company, "first": first, "total": total, "until": moment,
        "since": moment - PAST, "span": PAST + HORIZON, "posts": len(lot.posts), "hands": HANDS,
        "people": [one.id for one in lot.people], "post_ids": [one.id for one in lot.posts],
        "plans": lot.plans, "rooms": [one[0] for one in world.places], "places": tops,
        "each": len(world.places) // tops,
    }  # fmt: skip


def _lot(world: World, posts: int) -> Lot:
    """So many posts, in the communities in turn, three people at each and one plan."""
    actor, lot = world.actor, Lot([], [], [])
    code, when = next(_lots), plain(When(start="2026-01-01", times=("09:00",)))
    with acting(actor):
        tops = list(Place.objects.filter(kind="community").order_by("path"))
        for n in range(posts):
            place = tops[n % len(tops)]
            post = a_post(actor, place=place)
            plan = Plan(
                id=uuid7(), company_id=actor.company_id, place=place, code=f"F{code}-{n}",
                name="公共区域巡查", when=when, post=post, early=30, make_up=180,
                made_until=f"{now() + HORIZON:%Y-%m-%dT00:00:00}",
            )  # fmt: skip
            plan.save()
            people = [a_worker(actor, place=place) for _n in range(HANDS)]
            for person in people:
                assign(person, post=post, since=None, actor=actor)
            lot.posts.append(post)
            lot.people.extend(people)
            lot.plans.append(plan.id)
    return lot
