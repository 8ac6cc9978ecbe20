"""Planned work under its clock: begun as the window opens, kept, late, made up, missed."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from io import BytesIO
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from django.db import connections
from django.utils import translation

from anju.engine.clocks.commands import sweep
from anju.engine.clocks.models import Clock
from anju.engine.clocks.rows import LEAST
from anju.engine.forms.rules import Item
from anju.engine.loop.commands.evidence import Given, show_work
from anju.engine.loop.commands.judging import answer_item
from anju.engine.loop.commands.work_moves import finish_planned, move_work
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.loop.testing import House, a_house
from anju.engine.plans.commands import HORIZON, expand, look_at_planned, move_plan
from anju.engine.plans.models import Occurrence
from anju.engine.plans.testing import a_plan
from anju.engine.standards.commands import put_in_force
from anju.engine.standards.document import Document
from anju.engine.standards.scope import Scope
from anju.foundation.events.models import Event
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.files.testing import a_picture
from anju.foundation.lib import frozen
from anju.foundation.people.testing import a_post
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=SHANGHAI)  # a Monday, an hour before the first window
AT = NOW + timedelta(hours=1)  # what falls due at nine


@pytest.fixture
def house(actor: Actor) -> Iterator[House]:
    with frozen(NOW):
        yield a_house(actor)


def looked(at: datetime) -> None:
    with frozen(at):
        look_at_planned()


def first(house: House) -> tuple[WorkOrder, Occurrence]:
    with acting(house.actor):
        made = Occurrence.objects.select_related("work").order_by("at").first()
        assert made
        assert made.work
        return made.work, made


def clock(house: House, work: WorkOrder) -> Clock:
    with acting(house.actor):
        return Clock.objects.get(work_id=work.id)


def done(house: House, work: WorkOrder, heard: datetime, at: datetime | None = None) -> WorkOrder:
    with frozen(heard):
        return finish_planned(work.id, actor=house.doer, result="好", at=at)


def test_its_clock_begins_as_the_window_opens_and_is_kept(house: House) -> None:
    plan = a_plan(house, early=30, late=60, make_up=120)
    work, made = first(house)
    looked(AT - timedelta(minutes=31))
    with acting(house.actor):
        assert not Clock.objects.filter(work_id=work.id).exists()
    looked(AT - timedelta(minutes=25))
    begun = clock(house, work)
    assert (begun.started_at, begun.due_at) == (made.opens_at, made.closes_at)
    assert (begun.kind, begun.case_id, begun.minutes) == ("finish", None, 90)
    over = done(house, work, AT + timedelta(minutes=5))
    assert (over.state, over.person_id) == ("passed", house.worker.id)
    assert clock(house, work).state == "kept"
    seal_all()
    with acting(house.actor):
        names = list(
            Event.objects.filter(subject_id__in=[plan.id, work.id])
            .order_by("id")
            .values_list("name", flat=True)
        )
    assert names[-4:] == ["plan.opened", "work.claim", "work.start", "work.finish"]
    assert codes(verified(house.actor.company_id)) == set()


def test_nobody_does_it_before_its_window(house: House) -> None:
    """Or tomorrow's round would be done tonight; who is to do it may be said before."""
    a_plan(house, early=30)
    work, _made = first(house)
    with pytest.raises(NotYet) as refusal, translation.override("en"):
        done(house, work, AT - timedelta(minutes=31))
    assert (refusal.value.code, "03-02 08:30" in str(refusal.value.message)) == ("too_early", True)
    with frozen(AT - timedelta(minutes=31)):
        move_work(work.id, "claim", actor=house.doer)
        with pytest.raises(NotYet) as refusal:  # what is held counts as begun
            move_work(work.id, "hold", actor=house.doer, said={"reason": "停电"})
        assert refusal.value.code == "too_early"
    assert done(house, work, AT - timedelta(minutes=30)).state == "passed"


def test_whoever_is_faster_than_the_ticker_finds_it_opened(house: House) -> None:
    """It is asked and checked as its standard says, and its clock stands, kept."""
    items = (Item(code="leak", text="无渗漏", required=True),)
    document = Document(
        code="pump", name="泵房", kinds=("alarm",), items=items, scope=Scope(categories=("泵房",))
    )
    put_in_force(document, actor=house.actor, why="开始")
    a_plan(house, standard="pump")
    work, _made = first(house)
    with pytest.raises(NotYet) as refusal:
        done(house, work, AT + timedelta(seconds=1))
    assert set(refusal.value.fields) == {"leak"}
    with frozen(AT + timedelta(seconds=2)):
        move_work(work.id, "claim", actor=house.doer)
        answer_item(work.id, "leak", actor=house.doer, verdict="pass", value={})
    assert done(house, work, AT + timedelta(seconds=3)).state == "done"
    looked(AT + timedelta(seconds=4))
    assert clock(house, work).state == "kept"


def test_what_nobody_begins_is_missed_and_one_finding_stands_for_all_of_it(house: House) -> None:
    a_plan(house, late=60, make_up=60)
    work, _made = first(house)
    looked(AT)
    looked(AT + timedelta(minutes=120))
    with acting(house.actor):
        assert not Case.objects.filter(kind="finding").exists()
    looked(AT + timedelta(minutes=121))
    held = clock(house, work)
    assert (held.state, held.stopped_at) == ("broken", AT + timedelta(minutes=120) + LEAST)
    looked(AT + timedelta(days=1))
    looked(AT + timedelta(days=1, hours=3))
    with acting(house.actor):
        finding = Case.objects.get(kind="finding")
        assert (finding.item, finding.place_id) == ("missed-pump", house.room.id)
        assert finding.records.filter(verdict="fail", judge="machine").count() == 2
        lapsed = WorkOrder.objects.get(id=work.id)
        assert lapsed.lapsed(AT + timedelta(minutes=121))
        assert not lapsed.lapsed(AT + timedelta(minutes=120))
        assert not WorkOrder.objects.to_do(AT + timedelta(hours=3)).filter(id=work.id).exists()
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def test_what_was_missed_goes_to_the_post_of_its_plan(house: House) -> None:
    with acting(house.actor):
        post = a_post(house.actor, place=house.community)
    a_plan(house, post=post)
    looked(AT)
    looked(AT + timedelta(hours=2))
    with acting(house.actor):
        finding = Case.objects.get(kind="finding")
        work = finding.work.get()
        assert (work.state, work.post_id) == ("assigned", post.id)


def test_what_somebody_has_begun_is_late_and_never_missed(house: House) -> None:
    a_plan(house)
    work, _made = first(house)
    looked(AT)
    with frozen(AT + timedelta(minutes=50)):
        move_work(work.id, "claim", actor=house.doer)
        move_work(work.id, "start", actor=house.doer)
    looked(AT + timedelta(hours=2))
    with acting(house.actor):
        assert not Case.objects.filter(kind="finding").exists()
        assert WorkOrder.objects.to_do(AT + timedelta(hours=3)).filter(id=work.id).exists()
    done(house, work, AT + timedelta(hours=3))
    assert clock(house, work).state == "broken"


def test_work_declared_void_owes_nothing(house: House) -> None:
    a_plan(house)
    work, _made = first(house)
    looked(AT)
    with frozen(AT + timedelta(minutes=5)):
        move_work(work.id, "void", actor=house.actor, said={"reason": "停水"})
    assert clock(house, work).state == "void"
    looked(AT + timedelta(hours=2))
    with acting(house.actor):
        assert not Case.objects.filter(kind="finding").exists()


def test_what_was_withdrawn_is_not_looked_at(house: House) -> None:
    plan = a_plan(house)
    move_plan(plan.id, "pause", actor=house.actor, why="停用")
    looked(AT + timedelta(days=1))
    with acting(house.actor):
        assert not Clock.objects.exclude(work_id=None).filter(case_id=None).exists()


def test_it_is_asked_what_its_standard_said_as_the_window_opened(house: House) -> None:
    """And a later version asks nothing of it (law 6)."""
    items = (Item(code="leak", text="无渗漏", required=True),)
    document = Document(
        code="pump", name="泵房", kinds=("alarm",), items=items, scope=Scope(categories=("泵房",))
    )
    put_in_force(document, actor=house.actor, why="开始")
    a_plan(house, standard="pump")
    work, _made = first(house)
    looked(AT)
    later = document.model_copy(
        update={"items": (*items, Item(code="seal", text="封条", required=True))}
    )
    with frozen(AT + timedelta(minutes=1)):
        put_in_force(later, actor=house.actor, why="多看一项")
    with pytest.raises(NotYet) as refusal:
        done(house, work, AT + timedelta(minutes=5))
    assert set(refusal.value.fields) == {"leak"}
    with acting(house.actor):
        assert WorkOrder.objects.get(id=work.id).state == "waiting"  # all steps or none
    with frozen(AT + timedelta(minutes=6)):
        answer_item(work.id, "leak", actor=house.doer, verdict="pass", value={})
    assert done(house, work, AT + timedelta(minutes=7)).state == "done"
    with frozen(AT + timedelta(minutes=8)):  # a second person releases it (D10)
        assert move_work(work.id, "pass", actor=house.judge).state == "passed"


def test_its_photos_are_its_own(house: House) -> None:
    a_plan(house)
    work, _made = first(house)
    looked(AT)
    with frozen(AT):
        added = show_work(work.id, [Given("a.jpg", BytesIO(a_picture()))], actor=house.doer)
    assert [(one.case_id, one.work_id) for one in added.records] == [(None, work.id)]


def test_that_it_was_late_is_told_though_it_lapses_at_the_same_look(house: House) -> None:
    """Else it would be chance which look comes first, and whether anybody hears of it."""
    a_plan(house)
    work, _made = first(house)
    looked(AT)
    looked(AT + timedelta(hours=2))
    with frozen(AT + timedelta(hours=2)):
        sweep()
    with acting(house.actor):
        told = Event.objects.filter(subject_id=work.id, name__startswith="clock.")
        assert list(told.order_by("id").values_list("name", flat=True)) == [
            "clock.warned", "clock.broken"
        ]  # fmt: skip
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def test_who_hands_planned_work_back_leaves_it_at_its_post(house: House) -> None:
    with acting(house.actor):
        post = a_post(house.actor, place=house.community)
    a_plan(house, post=post)
    work, _made = first(house)
    with frozen(AT):
        move_work(work.id, "claim", actor=house.doer, said={"reason": "代班"})
        given = move_work(work.id, "hand_back", actor=house.doer, said={"reason": "换班"})
    assert (given.state, given.person_id, given.post_id) == ("waiting", None, post.id)


def test_what_is_made_up_after_an_outage_has_its_whole_time(house: House) -> None:
    a_plan(house, catch_up="last", late=60, make_up=30)
    later = NOW + HORIZON + timedelta(days=3)
    with frozen(later):
        expand(actor=house.actor)
        look_at_planned()
    with acting(house.actor):
        past = Occurrence.objects.filter(closes_at__lt=later, at__gt=NOW + HORIZON)
        works = [one.work for one in past.select_related("work").order_by("at") if one.work]
        assert len(works) == 1
        assert works[0].lapses_at == later + timedelta(minutes=90)
        assert WorkOrder.objects.to_do(later).filter(id=works[0].id).exists()
    assert done(house, works[0], later + timedelta(minutes=10)).state == "passed"


def at_once(*acts: Callable[[], object]) -> list[BaseException]:
    """Let all of them begin at one moment; what they raised."""
    wrong: list[BaseException] = []
    together = Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        try:
            together.wait()
            with frozen(AT + timedelta(minutes=5)):
                act()
        except BaseException as error:
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


@pytest.mark.parametrize("round_", range(3))
def test_tickers_a_step_and_a_change_at_once_leave_each_clock_once(
    house: House, round_: int
) -> None:
    """Two tickers, whoever does it and a manager who pauses the plan: no deadlock, one clock."""
    plan = a_plan(house)
    work, _made = first(house)
    wrong = at_once(
        look_at_planned,
        look_at_planned,
        lambda: finish_planned(work.id, actor=house.doer, result="好"),
        lambda: move_plan(plan.id, "pause", actor=house.actor, why="停用"),
    )
    looked(AT + timedelta(minutes=6))
    assert wrong == []
    with acting(house.actor):
        assert WorkOrder.objects.get(id=work.id).state == "passed"
        assert Clock.objects.filter(case_id=None).count() == 1
    assert clock(house, work).state == "kept"
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()
