"""Cases that belong together: merged, linked, split, explained by one problem record."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections
from django.utils import translation

from anju.engine.clocks.models import Clock
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.linked import alike_before, links_of, settled
from anju.engine.loop.models import Case, CaseLink, WorkOrder
from anju.engine.loop.testing import a_case, a_house
from anju.foundation.events.models import Event, EventValue
from anju.foundation.events.testing import seal_all, verified
from anju.foundation.lib import frozen, now
from anju.foundation.people.testing import a_person
from anju.foundation.places.testing import an_asset
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.errors import NotYet, Refused

TOLD = {"text": "与先报的是同一件事，一并处理", "channel": "phone"}


@pytest.fixture
def house(actor):
    return a_house(actor)


def again(house, **more):
    """The same matter, reported by somebody else of the room."""
    with acting(house.actor):
        other = a_person(house.actor, lives_at=house.room)
    return a_case(house, reporter=other, **more)


def merged(house, second, first):
    said = {"into": first.case.number, **TOLD}
    return move_case(second.case.id, "merge", actor=house.actor, said=said)


def words(actor, case, name):
    with acting(actor):
        found = EventValue.objects.filter(event__subject_id=case.id, event__name=name)
        return list(found.values_list("name", "text"))


def whole(actor):
    seal_all()
    return verified(actor.company_id).problems == []


def test_a_merged_case_closes_its_reporter_is_told_and_nothing_of_it_is_owed(actor, house):
    first, second = a_case(house), again(house)
    case = merged(house, second, first)
    assert case.state == "closed"
    with acting(actor):
        assert {w.state for w in WorkOrder.objects.filter(case=case)} == {"void"}
        assert {c.state for c in Clock.objects.filter(case_id=case.id)} == {"void"}
        link = links_of(case)[0]
    assert (link.kind, link.other_id) == ("merged", first.case.id)
    assert ("text", TOLD["text"]) in words(actor, case, "case.merge")
    assert whole(actor)


def test_what_was_late_stays_late_when_it_is_merged(actor, house):
    first, second = a_case(house), again(house)
    with frozen(now() + timedelta(days=9)):
        case = merged(house, second, first)
    with acting(actor):
        states = dict(Clock.objects.filter(case_id=case.id).values_list("kind", "state"))
    assert states["respond"] == "broken"
    assert "kept" not in states.values()


def test_whoever_was_merged_is_told_what_the_first_is_told(actor, house):
    first, second, third = a_case(house), again(house), again(house)
    merged(house, third, second)
    merged(house, second, first)
    said = {"text": "已修好，请留意", "substance": "result", "channel": "phone"}
    move_case(first.case.id, "tell", actor=actor, said=said)
    for one in (second, third):
        assert ("text", "已修好，请留意") in words(actor, one.case, "case.told_along")
    assert whole(actor)
    move_case(second.case.id, "reopen", actor=actor, said={"reason": "不是同一件事"})
    move_case(first.case.id, "tell", actor=actor, said=said)
    assert len(words(actor, second.case, "case.told_along")) == 1


def test_whoever_was_merged_into_what_was_told_is_told_before_it_ends(actor, house):
    first, second = a_case(house, kind="enquiry"), again(house, kind="enquiry")
    said = {"text": "明天九点恢复供水", "substance": "reason", "channel": "phone"}
    move_case(first.case.id, "tell", actor=actor, said=said)
    merged(house, second, first)
    with pytest.raises(NotYet) as refusal:
        move_case(first.case.id, "void", actor=actor, said={"reason": "误报"})
    assert refusal.value.code == "untold"
    move_case(first.case.id, "answer", actor=actor, said={"text": "已恢复"})
    move_case(first.case.id, "callback", actor=house.judge, said={"outcome": "satisfied"})
    with pytest.raises(NotYet) as refusal:
        move_case(first.case.id, "close", actor=actor)
    assert list(refusal.value.fields) == ["told"]
    move_case(first.case.id, "tell", actor=actor, said=said)
    assert move_case(first.case.id, "close", actor=actor).state == "closed"
    with acting(actor):
        assert Case.objects.get(id=second.case.id).told_at is not None
    assert whole(actor)


def test_of_two_merged_into_each_other_at_once_one_stays(actor, house):
    first, second = a_case(house), again(house)
    together = Barrier(2)

    def one(pair):
        together.wait(5)
        try:
            return merged(house, *pair).state
        except NotYet:
            return "refused"
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, [(first, second), (second, first)])) == ["closed", "refused"]


@pytest.mark.parametrize("given", ["NO-SUCH-1", "itself", "over"])
def test_merging_into_nothing_itself_or_what_is_over_is_refused(actor, house, given):
    first, second = a_case(house), again(house)
    if given == "over":
        move_case(first.case.id, "void", actor=actor, said={"reason": "误报"})
    into = {"itself": second.case.number, "over": first.case.number}.get(given, given)
    with pytest.raises(NotYet) as refusal:
        move_case(second.case.id, "merge", actor=actor, said={"into": into, **TOLD})
    assert "into" in refusal.value.fields
    with acting(actor):
        assert Case.objects.get(id=second.case.id).state == "open"
        assert not CaseLink.objects.exists()


def test_work_that_has_begun_is_not_merged_away(actor, house):
    first, second = a_case(house), again(house)
    said = {"person": str(house.worker.id)}
    move_work(second.work.id, "assign", actor=actor, said=said)
    move_work(second.work.id, "accept", actor=house.doer)
    move_work(second.work.id, "arrive", actor=house.doer)
    with pytest.raises(NotYet) as refusal:
        merged(house, second, first)
    assert "into" in refusal.value.fields
    assert merged(house, first, second).state == "closed"


def test_merging_needs_the_right_to_void(actor, house):
    first, second = a_case(house), again(house)
    hand = type(actor)(
        id=house.doer.id, name="hand", company_id=actor.company_id,
        grants={"case.see": ("",), "case.note": ("",)},
    )  # fmt: skip
    with pytest.raises(Refused):
        said = {"into": first.case.number, **TOLD}
        move_case(second.case.id, "merge", actor=hand, said=said)
    move_case(second.case.id, "link", actor=hand, said={"to": first.case.number})
    move_case(second.case.id, "link", actor=hand, said={"to": first.case.number})
    with acting(actor):
        assert [k.kind for k in links_of(first.case)] == ["related"]


def test_a_second_matter_is_owed_since_the_same_report(actor, house):
    first = a_case(house)
    with frozen(now() + timedelta(hours=3)):
        move_case(first.case.id, "split", actor=actor, said={"title": "厨房灯不亮"})
    with acting(actor):
        other = CaseLink.objects.get(kind="split").case
        begun = Clock.objects.filter(case_id=other.id).values_list("started_at", flat=True)
        assert set(begun) == {first.case.at}
    assert (other.title, other.reporter_id) == ("厨房灯不亮", house.resident.id)
    assert whole(actor)


def test_the_third_time_is_found_and_explained_by_one_problem_record(actor, house):
    with acting(actor):
        lift = an_asset(actor, place=house.room)
    cases = [a_case(house, asset=lift) for _ in range(3)]
    with acting(actor):
        assert alike_before(cases[2].case).count() == 2
    said = {"cause": "门机皮带老化，整批更换"}
    move_case(cases[2].case.id, "problem", actor=actor, said=said)
    with acting(actor):
        record = Case.objects.get(kind="finding")
        assert record.asset_id == lift.id
        pointing = CaseLink.objects.filter(other=record, kind="problem")
        assert {k.case_id for k in pointing} == {c.case.id for c in cases}
        assert Event.objects.about("case", record.id).last().name == "case.cause"
    assert words(actor, record, "case.cause") == [("cause", "门机皮带老化，整批更换")]
    late = a_case(house, asset=lift)
    move_case(late.case.id, "problem", actor=actor, said={"cause": "又一次"})
    with pytest.raises(NotYet, match="record that says why"), translation.override("en"):
        move_case(record.id, "problem", actor=actor, said={"cause": "导轨也歪了"})
    with acting(actor):
        assert Case.objects.filter(kind="finding").count() == 1
    assert whole(actor)


def test_a_case_without_thing_or_category_recurs_with_nothing(actor, house):
    first, _second = a_case(house), again(house)
    with acting(actor):
        assert list(alike_before(first.case)) == []


def test_who_pays_stands_as_a_record_and_a_change_of_mind_beside_it(actor, house):
    case = a_case(house).case
    said = {"payer": "developer", "repairer": "developer", "part": "wet", "advised": "developer"}
    move_case(case.id, "settle", actor=actor, said=said)
    move_case(case.id, "settle", actor=actor, said={**said, "payer": "owner", "reason": "人为"})
    with acting(actor):
        assert settled(case).value["payer"] == "owner"
        assert case.records.filter(kind="liability").count() == 2
    assert words(actor, case, "case.settle") == [("reason", "人为")]
    assert whole(actor)
