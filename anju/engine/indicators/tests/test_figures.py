"""The quality figures against cases counted by hand, and against the lists behind them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anju.engine.forms.rules import Item
from anju.engine.indicators.beside import recorded
from anju.engine.indicators.figures import (
    BY_CODE,
    DEFINITIONS,
    behind,
    by_week,
    late_steps,
    readings,
    readings_by,
)
from anju.engine.indicators.within import called
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.judging import Answer, judge
from anju.engine.loop.commands.opening import Opened, Report, report
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case
from anju.engine.loop.testing import House, a_case, a_house
from anju.engine.plans.models import MISSED
from anju.foundation.lib import frozen, now
from anju.foundation.lib.wilson import wilson
from anju.foundation.places.models import under
from anju.foundation.places.testing import a_community, a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

TELL = {"text": "好了", "substance": "result", "channel": "phone"}


def through(house: House, opened: Opened, *, fails: int = 0) -> None:
    assert opened.work
    work = opened.work.id
    said = {"assign": {"person": str(house.worker.id)}, "finish": {"result": "换件"}}
    for name in ("assign", "accept", "start", "finish"):
        move_work(work, name, actor=house.doer, said=said.get(name))
    for _n in range(fails):
        move_work(work, "fail", actor=house.judge, said={"reason": "仍漏"})
        move_work(work, "finish", actor=house.doer, said={"result": "返工"})
    move_work(work, "pass", actor=house.judge)


def called_back(house: House, opened: Opened, outcome: str) -> None:
    said = {"outcome": outcome, "reason": "x"}
    move_case(opened.case.id, "callback", actor=house.judge, said=said)


@pytest.fixture
def house(actor: Actor) -> House:
    """Seven cases: four repairs through (one failed check, one dissatisfied), one late and open,
    one complaint told in time, one finding of the staff."""
    house = a_house(actor)
    good, failed, angry, unreached = (a_case(house) for _n in range(4))
    for opened in (good, angry, unreached):
        through(house, opened)
    through(house, failed, fails=1)
    called_back(house, good, "satisfied")
    called_back(house, angry, "dissatisfied")
    called_back(house, unreached, "not_reached")
    with frozen(now() - timedelta(days=9)):
        a_case(house)  # open and late
    complaint = a_case(house, kind="complaint")
    move_case(complaint.case.id, "tell", actor=house.doer, said=TELL)
    patrol = Report(kind="finding", title="灯坏", place=house.room, channel="patrol")
    report(patrol, actor=house.actor)
    return house


HITS = {
    "repair_responded": (4, 5),
    "complaint_responded": (1, 1),
    "repair_timely": (4, 5),  # four finished in time; the late open one counts against
    "repair_first_time": (2, 4),
    "repair_qualified": (3, 4),
    "complaint_feedback": (1, 1),
    "complaint_timely": (0, 0),
    "callback_done": (2, 3),  # the fourth is not due yet; whoever was not reached was not asked
    "not_reached": (1, 3),
    "silent": (0, 0),
    "satisfied": (1, 2),
    "reopened": (1, 4),
    "rework": (0, 0),  # no standard has a warranty here: tests/independent/test_rework.py
    "found_by_staff": (1, 6),
}


def test_the_figures_are_those_counted_by_hand(house: House) -> None:
    with acting(house.actor):
        found = {r.definition.code: (r.hits, r.n) for r in readings(Case.objects.all())}
    assert found == HITS


def test_who_was_called_is_counted_among_closed_cases(house: House) -> None:
    """Whoever was not reached was not asked; by kind and urgency; what is open is in neither."""
    with acting(house.actor):
        cases = Case.objects.all()
        for one in cases.filter(outcome__in=["satisfied", "not_reached"]):
            move_case(one.id, "tell", actor=house.doer, said=TELL)
            move_case(one.id, "close", actor=house.judge)
        closed = cases.filter(kind="repair", state="closed")
        asked = closed.filter(outcome__in=["satisfied", "dissatisfied"])
        found = called(cases, kind="repair")
        assert (found.hits, found.n) == (asked.count(), closed.count()) == (1, 2)
        assert called(cases, kind="repair", urgency=1).n == 0
        assert called(cases, kind="complaint").n == 0
        shown = recorded([("called:repair:3", 30.0), ("called:repair:1", 100.0)], cases)
    assert set(shown) == {("called:repair:3", 30.0)}
    one = shown["called:repair:3", 30.0]
    assert (one.share, one.n) == (found.hits / found.n, found.n)
    assert one.low <= one.share <= one.high


def test_the_open_overdue_repair_counts_as_late(house: House) -> None:
    with acting(house.actor):
        timely = BY_CODE["repair_timely"]
        late = behind(Case.objects.all(), timely, hits=False)
        assert [c.state for c in late if c.at < now() - timedelta(days=8)] == ["open"]


def test_the_lists_behind_a_figure_are_its_numbers(house: House) -> None:
    with acting(house.actor):
        cases = Case.objects.all()
        for reading in readings(cases):
            d = reading.definition
            assert behind(cases, d, hits=None).count() == reading.n
            assert behind(cases, d, hits=True).count() == reading.hits
            assert behind(cases, d, hits=False).count() == reading.n - reading.hits


def test_the_weeks_sum_to_the_whole_and_the_interval_is_wilsons(house: House) -> None:
    with acting(house.actor):
        cases = Case.objects.all()
        for reading in readings(cases):
            weeks = [r for _week, r in by_week(cases, reading.definition, None)]
            assert sum(r.n for r in weeks) == reading.n
            assert sum(r.hits for r in weeks) == reading.hits
            bounds = wilson(reading.hits, reading.n)
            assert reading.interval == (bounds and (100 * bounds[0], 100 * bounds[1]))


def test_every_definition_has_its_own_code_and_says_what_it_rests_on() -> None:
    assert len(BY_CODE) == len(DEFINITIONS)
    assert all(str(d.rests_on) and 0 < d.target <= 100 for d in DEFINITIONS)


def test_communities_side_by_side_are_the_same_figures(house: House) -> None:
    """Each place apart gives what `readings` gives over its cases; the parts sum to the whole."""
    with acting(house.actor):
        other = a_place(house.actor)
        a_case(house, place=other)
        paths = [house.community.path, other.path]
        found = readings_by(Case.objects.all(), paths)
        for path in paths:
            alone = readings(Case.objects.filter(under([path], "place__path")))
            assert [found[path][r.definition.code] for r in alone] == alone
        whole = {r.definition.code: r.n for r in readings(Case.objects.all())}
        assert {code: sum(found[p][code].n for p in paths) for code in whole} == whole
        steps = late_steps(Case.objects.all(), BY_CODE["repair_timely"], paths)
    assert steps == {house.community.path: {"respond": 1, "dispatch": 1, "arrive": 1}}


def test_no_more_queries_for_many_communities(house: House) -> None:
    with acting(house.actor):
        paths = [a_community(house.actor).path for _n in range(50)]
        with CaptureQueriesContext(connection) as asked:
            assert len(readings_by(Case.objects.all(), paths)) == 50
    assert len(asked) == 1


def test_what_a_plan_missed_was_found_by_nobody(house: House) -> None:
    found = []
    for code in (f"{MISSED}pump", "leak"):
        item = Item(code=code, text="漏做", on_fail="case")
        answer = Answer(item, "fail", house.room, judge="machine")
        found.append(judge(answer, actor=house.actor)[1])
    with acting(house.actor):
        counted = Case.objects.filter(BY_CODE["found_by_staff"].among).exclude(item="")
        assert set(counted) == {found[1]}
