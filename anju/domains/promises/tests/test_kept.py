"""What was promised beside what was kept, and the dates managers are told of."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connections
from django.utils import timezone
from django.utils.timezone import localdate

from anju.domains.promises.commands.contracts import tell_dates, write_contract
from anju.domains.promises.models import Contract
from anju.domains.promises.queries import (
    beside_grade,
    complaints_by_category,
    compliance_of,
    in_force_at,
    needs_answered,
    proposals,
)
from anju.domains.promises.rules import Clause, NoticeDate
from anju.domains.promises.tasks import tell_all_dates
from anju.domains.promises.testing import CONTRACT, a_contract, a_need
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.testing import House, a_case, a_house
from anju.engine.standards.commands import put_in_force
from anju.engine.standards.defaults import DEFAULTS
from anju.engine.standards.document import Requirement
from anju.engine.standards.offers import world_of
from anju.engine.standards.scope import Scope
from anju.foundation.access.testing import an_account
from anju.foundation.lib import frozen, now
from anju.foundation.messages.models import Message
from anju.foundation.places.testing import a_community
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

NEAR = NoticeDate(date(2028, 10, 2), "书面通知是否续约", 90)


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def today(actor: Actor) -> date:
    return (now() + timedelta(hours=8)).date()


def holding(house: House) -> Contract:
    day = today(house.actor)
    return a_contract(
        house.actor,
        house.community,
        first=day - timedelta(days=200),
        last=day + timedelta(days=200),
    )


def test_complaints_of_twelve_months_propose_needs_until_one_is_taken(house: House) -> None:
    for category in ["保洁"] * 4 + ["噪声"] * 3 + ["宠物"]:
        a_case(house, kind="complaint", category=category)
    void = a_case(house, kind="complaint", category="宠物").case
    move_case(void.id, "void", actor=house.doer, said={"reason": "误报"})
    a_case(house, kind="repair", category="保洁")
    with frozen(now() - timedelta(days=400)):
        a_case(house, kind="complaint", category="保洁")
    with acting(house.actor), timezone.override(ZoneInfo("Asia/Shanghai")):
        assert complaints_by_category(actor=house.actor) == {"保洁": 4, "噪声": 3, "宠物": 1}
        assert [(p.category, p.n) for p in proposals(actor=house.actor)] == [
            ("保洁", 4), ("噪声", 3),
        ]  # fmt: skip
    a_need(house.actor, code="clean", source="complaints", category="保洁", heard=4)
    with acting(house.actor), timezone.override(ZoneInfo("Asia/Shanghai")):
        assert [p.category for p in proposals(actor=house.actor)] == ["噪声"]


def test_a_need_is_answered_by_the_standards_in_force_that_name_it(house: House) -> None:
    for code in ("quick", "clean", "old"):
        a_need(house.actor, code=code, state="dropped" if code == "old" else "open")
    repair = next(one for one in DEFAULTS if one.code == "repair")
    named = Requirement(text="30 分钟到场", needs=("quick", "old"))
    put_in_force(
        repair.model_copy(update={"requirements": (named,)}), actor=house.actor, why="for tests"
    )
    with acting(house.actor):
        found = needs_answered(actor=house.actor)
    assert found.needs == ("clean",)
    assert found.standards == ("complaint",)
    assert found.answers == {"quick": ("repair",), "clean": ()}
    assert world_of(house.actor).needs == {"quick": 2.25, "clean": 2.25, "old": 2.25}


def test_each_clause_beside_what_was_kept_of_its_standards(house: House) -> None:
    contract = holding(house)
    for _n in range(2):
        work = a_case(house).work
        assert work is not None
        for name, said in (
            ("claim", {}),
            ("start", {}),
            ("finish", {"result": "好了", "without": "nothing"}),
        ):
            move_work(work.id, name, actor=house.doer, said=said)
    with frozen(now() + timedelta(days=20)), acting(house.actor):
        a_case(house)  # still running
        found = compliance_of([contract], actor=house.actor)[0]
    assert [one.verdict for one in found.clauses] == ["kept", "unmeasured", "nothing"]
    figures = {
        j.reading.definition.code: (j.reading.hits, j.reading.n)
        for j in found.clauses[0].standards[0].figures
    }
    assert figures["repair_timely"] == (2, 2)
    assert sum(found.counts.values()) == 3
    # Whoever sees no figures there sees none here, and what lies beyond 90 days is not counted.
    with acting(house.actor):
        blind = compliance_of([contract], actor=an_account(house.actor, "technician").actor)[0]
        assert blind.clauses[0].verdict == "unmeasured"
    with frozen(now() + timedelta(days=120)), acting(house.actor):
        assert compliance_of([contract], actor=house.actor)[0].clauses[0].verdict == "unmeasured"


def test_a_broken_promise_is_the_communitys_own(house: House) -> None:
    contract = holding(house)
    with acting(house.actor):
        second = a_community(house.actor, name="二期")
    beside = a_contract(
        house.actor, second, number="HT-2", first=contract.first, last=contract.last
    )
    for _n in range(8):
        a_case(house)
    with frozen(now() + timedelta(days=30)), acting(house.actor):
        one, other = compliance_of([contract, beside], actor=house.actor)
    assert (one.clauses[0].verdict, other.clauses[0].verdict) == ("broken", "unmeasured")


@pytest.mark.parametrize(
    ("begins", "ends", "ended"),
    [(-200, -20, None), (20, 200, None), (-200, 200, -20)],
)
def test_outside_its_term_a_contract_is_not_measured(
    house: House, begins: int, ends: int, ended: int | None
) -> None:
    day = today(house.actor)
    contract = a_contract(
        house.actor,
        house.community,
        first=day + timedelta(days=begins),
        last=day + timedelta(days=ends),
    )
    if ended is not None:
        contract.ended_on = day + timedelta(days=ended)
    for _n in range(8):
        a_case(house)
    with frozen(now() + timedelta(days=10)), acting(house.actor):
        found = compliance_of([contract], actor=house.actor)[0]
    assert found.clauses[0].verdict == "unmeasured"


def test_two_contracts_of_a_community_have_each_their_own_days(house: House) -> None:
    day = today(house.actor)
    old = a_contract(
        house.actor, house.community, first=day - timedelta(days=300), last=day - timedelta(days=1)
    )
    new = a_contract(
        house.actor, house.community, number="HT-2", first=day, last=day + timedelta(days=300)
    )
    for _n in range(8):
        a_case(house)
    with frozen(now() + timedelta(days=30)), acting(house.actor):
        found = compliance_of([old, new], actor=house.actor)
    assert [one.clauses[0].verdict for one in found] == ["unmeasured", "broken"]


def test_ninety_local_days_also_in_the_small_hours(house: House) -> None:
    contract = holding(house)
    noon = datetime.combine(today(house.actor), time(4), UTC)
    with frozen(noon):
        a_case(house)
    for days, counted in ((89, True), (90, False)):
        at = noon + timedelta(days=days, hours=-11)  # one o'clock at night in China
        with frozen(at), acting(house.actor), timezone.override(ZoneInfo("Asia/Shanghai")):
            clause = compliance_of([contract], actor=house.actor)[0].clauses[0]
        assert (clause.verdict != "unmeasured") == counted, days


def test_the_contract_that_holds_where_somebody_lives(house: House) -> None:
    contract = holding(house)
    with acting(house.actor):
        assert in_force_at([house.room.path], actor=house.actor) == [contract]
        other = a_community(house.actor, name="二期")
        assert in_force_at([other.path], actor=house.actor) == []
    with frozen(now() + timedelta(days=300)), acting(house.actor):
        assert in_force_at([house.room.path], actor=house.actor) == []


def test_managers_are_told_once_of_a_date_that_comes_near(house: House) -> None:
    actor, place = house.actor, house.community
    row = a_contract(actor, place, notices=(NEAR,))
    with acting(actor):
        other = a_community(actor, name="二期")
    with frozen(datetime(2028, 7, 4, 12, tzinfo=UTC)):
        assert tell_dates(actor=actor) == 0  # nobody is there to be told
    chief = an_account(actor, "manager", place.path)
    quarters = an_account(actor, "headquarters")
    for role, path in (("guard", place.path), ("manager", other.path)):
        an_account(actor, role, path)
    with frozen(datetime(2028, 7, 3, 12, tzinfo=UTC)):
        assert tell_dates(actor=actor) == 0

    def tell(_n: int) -> int:
        try:
            with frozen(datetime(2028, 7, 4, 12, tzinfo=UTC)):
                return tell_dates(actor=actor)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(tell, range(8))) == 1
    with acting(actor):
        told = Message.objects.filter(kind="contract.date", subject_id=row.id)
        assert set(told.values_list("account_id", flat=True)) == {chief.id, quarters.id}
        row.refresh_from_db()
    assert row.told == [NEAR.key]
    moved = replace(CONTRACT, notices=(replace(NEAR, on=date(2028, 9, 1)),))
    write_contract(place, moved, contract_id=row.id, edited=1, actor=actor)
    assert tell(0) == 1
    with frozen(datetime(2029, 1, 1, tzinfo=UTC)):
        assert tell_all_dates() == 0


def test_a_contract_stands_beside_its_own_grade(house: House) -> None:
    """More, the same, less or nothing of what the grade asks; by record what the cases show."""
    strict = DEFAULTS[0].model_copy(
        update={
            "code": "home-repair",
            "scope": Scope(places=(house.community.path,)),
            "requirements": (
                Requirement(text="满意", metric="indicator.satisfied", op=">=", value=70, unit="%"),
                Requirement(text="公示", rests_on=("BASIC.DISCLOSE",)),
            ),
        }
    )
    with acting(house.actor):
        put_in_force(strict, actor=house.actor, why="合同")
    a_case(house, urgency=2, at=now() - timedelta(hours=5))
    clauses = (Clause("1", "报修", ("home-repair",)),)
    contract = a_contract(
        house.actor, house.community, grade="grade-2004/二级", clauses=clauses,
        first=localdate(now()) - timedelta(days=9), last=localdate(now()) + timedelta(days=9),
    )  # fmt: skip
    with acting(house.actor):
        found = {one.line.item.id: one for one in beside_grade(contract, actor=house.actor)}
        none = a_contract(house.actor, a_community(house.actor), number="HT-9", grade="")
        assert beside_grade(none, actor=house.actor) == []
    assert {one.line.value.level for one in found.values()} == {"二级"}
    urgent, happy = found["BASIC.URGENT"], found["BASIC.SATIS"]
    assert (urgent.stands, urgent.line.promised.value) == ("more", 30)
    assert (urgent.line.recorded.n, urgent.line.recorded.share) == (1, 0)  # late by hours already
    assert (happy.stands, happy.line.recorded) == ("less", None)
    assert found["BASIC.DISCLOSE"].stands == "same"
    assert found["BASIC.STAFF"].stands == "absent"
    assert found["HOUSE.PATROL"].line.met == "planned"
