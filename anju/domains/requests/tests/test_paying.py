"""Who pays, by rule from the part, the day of delivery and the day of the report."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import translation

from anju.domains.requests.commands import settle
from anju.domains.requests.paying import BY_CODE, PARTS, liability, part_meant
from anju.domains.requests.queries import liabilities_of
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.work_moves import finish_planned, move_work
from anju.engine.loop.linked import links_of, settled, warranted
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.loop.testing import House, a_case, a_house
from anju.engine.plans.testing import a_round
from anju.engine.standards.commands import put_in_force
from anju.engine.standards.document import Document, Method
from anju.engine.standards.scope import Scope
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import a_browser, an_account
from anju.foundation.lib import frozen, now
from anju.foundation.places.models import Place
from anju.foundation.places.testing import an_asset
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet

DELIVERED = date(2020, 2, 29)


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.mark.parametrize(
    ("part", "reported", "major", "payer"),
    [
        ("wet", date(2025, 2, 28), False, "developer"),
        ("wet", date(2025, 3, 1), False, "owner"),
        ("pipes", date(2022, 2, 28), False, "developer"),
        ("pipes", date(2022, 3, 1), False, "owner"),
        ("structure", date(2026, 1, 1), True, "developer"),
        ("plant", date(2026, 1, 1), False, "fee"),
        ("plant", date(2026, 1, 1), True, "fund"),
        ("own", date(2020, 3, 1), False, "owner"),
    ],
)
def test_the_day_the_warranty_ends_is_the_last_the_developer_pays(
    part: str, reported: date, major: bool, payer: str
) -> None:
    found = liability(BY_CODE[part], delivered=DELIVERED, reported=reported, major=major)
    assert found.payer == payer
    assert found.basis.startswith("《")
    assert not found.unsure


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.code)
def test_without_a_day_of_delivery_the_warranty_is_not_judged(part: object) -> None:
    found = liability(part, delivered=None, reported=date(2026, 1, 1), major=False)  # type: ignore[arg-type]  # a part
    assert found.payer != "developer"
    assert found.unsure == (found.part != "own")
    assert "%(" not in found.reason


def test_the_part_is_guessed_from_the_words() -> None:
    assert part_meant("报修/水电 水管爆裂", at_home=True).code == "pipes"
    assert part_meant("卫生间漏水", at_home=True).code == "wet"
    assert part_meant("电梯异响", at_home=False).code == "plant"
    assert part_meant("屋面渗水", at_home=False).code == "envelope"
    assert part_meant("不明白", at_home=True).code == "pipes"
    assert part_meant("卫生间漏水", at_home=False).common


def test_the_day_of_delivery_is_that_of_the_nearest_place_above(house: House) -> None:
    case = a_case(house).case
    with acting(house.actor):
        Place.objects.filter(id=house.room.id).update(delivered_on=None)
        Place.objects.filter(id=house.community.id).update(delivered_on=case.day)
        assert liabilities_of(case, [BY_CODE["wet"]], major=False)[0].payer == "developer"


def test_the_rule_decides_unless_somebody_says_why_not(house: House) -> None:
    case = a_case(house).case
    settle(case.id, {"part": "wet"}, actor=house.actor)
    with acting(house.actor):
        first = settled(case)
    assert first is not None
    assert first.value["payer"] == first.value["advised"] == "owner"
    with pytest.raises(NotYet) as refusal:
        settle(case.id, {"part": "wet", "payer": "fund"}, actor=house.actor)
    assert "reason" in refusal.value.fields
    said = {"part": "wet", "payer": "fund", "repairer": "supplier", "reason": "业主大会表决通过"}
    settle(case.id, said, actor=house.actor)
    with acting(house.actor):
        other = settled(case)
    assert other is not None
    assert (other.value["payer"], other.value["advised"]) == ("fund", "owner")


@pytest.mark.parametrize("said", [{"part": "x"}, {"part": "wet", "payer": "x", "reason": "x"}])
def test_what_there_is_not_is_refused(house: House, said: dict[str, str]) -> None:
    with pytest.raises(NotYet):
        settle(a_case(house).case.id, said, actor=house.actor)


def test_the_page_shows_who_pays_why_and_that_it_was_decided_by_hand(house: House) -> None:
    with translation.override("en"):
        client = a_browser(house.actor, "desk", house.community.path)
        case = a_case(house).case
        page = client.get(f"/cases/{case.id}").content.decode()
        assert "Not decided who pays. Likely:" in page
        form = client.get(f"/cases/{case.id}/steps/settle").content.decode()
        assert form.count('name="part"') == len(PARTS)
        sent = {"part": "wet", "payer": "fee", "version": case.version}
        answer = client.post(f"/cases/{case.id}/steps/settle", sent)
        assert answer.status_code == 422
        assert "The rule says otherwise (owner)" in answer.content.decode()
        sent["reason"] = "物业施工造成"
        assert client.post(f"/cases/{case.id}/steps/settle", sent).status_code == 302
        page = client.get(f"/cases/{case.id}").content.decode()
        assert "decided by hand" in page
        assert "the rule said: owner" in page
        assert "物业施工造成" in page


def test_the_page_offers_the_merge_with_its_words_and_shows_both_ways(house: House) -> None:
    with translation.override("en"):
        client = a_browser(house.actor, "desk", house.community.path)
        first, second = a_case(house).case, a_case(house).case
        form = client.get(f"/cases/{second.id}/steps/merge").content.decode()
        assert f'value="{first.number}"' in form
        assert "Others have reported the same matter" in form
        sent = {"into": first.number, "text": "一并处理", "channel": "phone"}
        assert client.post(f"/cases/{second.id}/steps/merge", sent).status_code == 302
        assert "Merged into" in client.get(f"/cases/{second.id}").content.decode()
        page = client.get(f"/cases/{first.id}").content.decode()
        assert "Merged into this one" in page
        assert second.number in page


def test_what_recurs_is_said_with_the_way_to_a_problem_record(house: House) -> None:
    with translation.override("en"):
        client = a_browser(house.actor, "desk", house.community.path)
        cases = [a_case(house, category="报修/漏水").case for _ in range(3)]
        page = client.get(f"/cases/{cases[2].id}").content.decode()
        assert "2 more cases like this within 90 days" in page
        said = {"cause": "防水层老化"}
        move_case(cases[2].id, "problem", actor=house.actor, said=said)
        page = client.get(f"/cases/{cases[0].id}").content.decode()
        assert "within 90 days" not in page
        assert "Problem record" in page


def test_our_own_work_is_done_again_for_nothing_within_its_warranty(house: House) -> None:
    with acting(house.actor):
        good = Document(
            code="good", name="维修", kinds=("repair",), method=Method(warranty=90),
            scope=Scope(categories=("报修/水电", "报修/门窗")),
        )  # fmt: skip
        put_in_force(good, actor=house.actor, why="保修 90 天")
    said: dict[str, Any] = {"category": "报修/水电", "place": house.room}
    first = a_case(house, **said)
    assert first.work
    for name, more in (("claim", {}), ("start", {}), ("finish", {"result": "已更换"})):
        move_work(first.work.id, name, actor=house.doer, said=more)
    with acting(house.actor):
        assert warranted(first.case) is None
    second, other = a_case(house, **said), a_case(house, category="报修/门窗", place=house.room)
    with acting(house.actor):
        assert warranted(other.case) is None
        assert liabilities_of(second.case, [BY_CODE["pipes"]], major=False)[0].payer == "ours"
    settle(second.case.id, {"part": "pipes"}, actor=house.actor)
    with acting(house.actor):
        found = settled(second.case)
        assert found is not None
        assert (found.value["payer"], found.value["basis"]) == ("ours", first.case.number)
        ((link),) = links_of(second.case)
        assert (link.kind, link.other_id) == ("rework", first.case.id)
    theirs = {"part": "pipes", "payer": "developer", "repairer": "developer", "reason": "开发商修"}
    settle(first.case.id, theirs, actor=house.actor)
    with acting(house.actor):
        assert warranted(second.case) is None  # the developer has repaired it
        pump = an_asset(house.actor, place=house.room)
    unsaid, again = a_case(house, asset=pump), a_case(house, asset=pump)
    with acting(house.actor):
        Case.objects.filter(id=unsaid.case.id).update(standard=first.case.standard_id)
        WorkOrder.objects.filter(id=first.work.id).update(case=unsaid.case)
        assert unsaid.case.category == again.case.category == ""
        assert warranted(again.case) is None  # nobody knows of what kind either is
    with pytest.raises(NotYet):  # what is not our work is not done again for nothing
        settle(other.case.id, {"part": "pipes", "payer": "ours", "reason": "x"}, actor=house.actor)
    with frozen(now() + timedelta(days=91)):
        third = a_case(house, **said)
        with acting(house.actor):
            assert warranted(third.case) is None


def test_planned_work_is_done_again_for_nothing_too(house: House) -> None:
    with acting(house.actor), frozen(now() - timedelta(hours=3)):
        care = Document(
            code="care", name="保养", method=Method(warranty=30), verify=False,
            scope=Scope(categories=("报修/水电",)),
        )  # fmt: skip
        put_in_force(care, actor=house.actor, why="保修 30 天")
        pump = an_asset(house.actor, place=house.room)
    work = a_round(house, subjects=((house.room, pump),), standard="care")
    finish_planned(work.id, actor=house.doer, result="已保养")
    other = a_case(house, category="报修/门窗", asset=pump)
    elsewhere = a_case(house, category="报修/水电", asset=an_asset(house.actor, place=house.room))
    for category, more in (("报修/水电", {}), ("报修/水电/水泵", {"asset": pump})):
        opened = a_case(house, category=category, **more)
        with acting(house.actor):
            assert warranted(other.case) is warranted(elsewhere.case) is None
        settle(opened.case.id, {"part": "plant"}, actor=house.actor)
        with acting(house.actor):
            found = settled(opened.case)
            assert found is not None
            assert (found.value["payer"], found.value["basis"]) == ("ours", work.number)
            ((link),) = links_of(opened.case)
            assert (link.kind, link.other, link.work_id) == ("rework", None, work.id)
    with translation.override("en"):
        client = a_browser(house.actor, "desk", house.community.path)
        page = client.get(f"/cases/{opened.case.id}").content.decode()
        assert f'href="/rounds/{work.id}"' in page
        page = client.get(f"/rounds/{work.id}").content.decode()
        assert "Done again, free, as" in page
        assert opened.case.number in page
        client.cookies[DEVICE_COOKIE] = an_account(house.actor, "admin").device
        assert "/indicators/planned_rework?days=30" in client.get("/indicators").content.decode()
        for where in (
            "?by=team&group=-",
            "?by=team&group=cut",
            "?by=standard&group=care&which=hit",
            "?by=community",
        ):
            page = client.get(f"/indicators/planned_rework{where}").content.decode()
            assert f'href="/rounds/{work.id}"' in page
        page = client.get("/indicators/planned_rework?which=miss").content.decode()
        assert f'href="/rounds/{work.id}"' not in page
