"""The benchmark of "my tasks", small: what it fills is what plans make, and the schema stays."""

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from anju.engine.clocks.models import Clock
from anju.engine.loop.models import WorkOrder
from anju.engine.plans.models import Occurrence
from anju.foundation.lib import now
from anju.foundation.server.connections import dsn
from anju.foundation.tenancy.acting import acting
from benchmarks import fill, fill_planned, world
from benchmarks.bare import bare, schema_of
from benchmarks.house import House
from benchmarks.parts import mine

TOTAL, OF_CASES = 2_000, 100


class Here(House):
    """The database of this run."""

    def owner(self) -> psycopg.Connection[Any]:
        return psycopg.connect(dsn(os.environ, name=os.environ["ANJU_DATABASE"]), autocommit=True)


@pytest.fixture
def house() -> Here:
    return Here(Path(os.environ["ANJU_DATA"]), 0, 0, Path(os.devnull))


def test_a_worker_finds_their_day_among_what_is_filled(
    house: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mine, "REPEATS", 1)
    of = world.a_world(f"m{uuid4().hex[:8]}")
    fill.cases_up_to(OF_CASES, house, of, open_share=1.0)
    with house.owner() as db:
        before = schema_of(db, fill_planned.MODELS)
        lot, _seconds = fill_planned.planned_up_to(TOTAL, house, of)
        assert schema_of(db, fill_planned.MODELS) == before
    worker = mine.a_worker_of(lot, of, house)
    moment = now()
    with acting(of.actor):
        works = WorkOrder.objects.filter(company_id=of.company)
        planned = works.filter(case=None)
        assert (works.count(), planned.count()) == (TOTAL, TOTAL - OF_CASES)
        assert Occurrence.objects.filter(work__in=planned).count() == planned.count()
        opened = planned.filter(opened_at__lte=moment)
        assert Clock.objects.filter(work_id__in=opened.values("id")).count() == opened.count()
        assert opened.count() < planned.count(), "some are still to come"
        missed = [one for one in opened.filter(state="waiting") if one.lapsed(moment)]
        assert missed
        assert not works.to_do(moment).filter(id__in=[one.id for one in missed]).exists()
        held = works.to_do(moment).filter(person=worker.person, case__isnull=False)
        assert held.count() == mine.HELD
    rows = mine.measured(worker, of, TOTAL)
    assert [row["answers"] for row in rows] == ["200"] * (2 + len(mine.LISTS))
    assert all(row["statements"] for row in rows)


def test_a_schema_that_became_another_is_seen(house: Here) -> None:
    with house.owner() as db:
        try:
            with pytest.raises(AssertionError, match="odd_one"), bare(db, [WorkOrder]):
                db.execute("CREATE INDEX odd_one ON loop_workorder (title)")
        finally:
            db.execute("DROP INDEX odd_one")
