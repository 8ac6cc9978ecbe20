"""What a resident does about a matter: each does it, refuses in words, and leaves no trace then."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from anju.domains.community.commands.matters import (
    Said,
    complain,
    say_own,
    urge,
)
from anju.domains.community.commands.settled import pulse_of, rate, reopen
from anju.domains.community.progress import progress_of
from anju.domains.community.queries import story_of
from anju.domains.community.testing import a_resident
from anju.engine.clocks.models import Clock
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.evidence import Given
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case, Record, WorkOrder
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.commands.limits import TooMany
from anju.foundation.access.testing import an_account
from anju.foundation.events.models import Event
from anju.foundation.files.testing import a_picture
from anju.foundation.lib import frozen
from anju.foundation.messages.models import Message
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def settled(house: House) -> Case:
    """A repair that was done and passed."""
    opened = a_case(house)
    assert opened.work is not None
    move_work(opened.work.id, "claim", actor=house.doer)
    move_work(opened.work.id, "start", actor=house.doer)
    move_work(opened.work.id, "finish", actor=house.doer, said={"result": "换了接头"})
    move_work(opened.work.id, "pass", actor=house.judge)
    with acting(house.actor):
        return Case.objects.get(id=opened.case.id)


def told(house: House, kind: str) -> list[Message]:
    with acting(house.actor):
        return list(Message.objects.filter(company_id=house.actor.company_id, kind=kind))


def test_urging_reaches_a_named_person_and_not_again_within_half_an_hour(house: House) -> None:
    desk = an_account(house.actor, "concierge", house.community.path)
    case = a_case(house).case
    household = a_resident(house, house.resident).household
    found = urge(case.id, household=household)
    assert found.name == desk.name
    (message,) = told(house, "case.urged")
    assert (message.account_id, message.priority) == (desk.id, 2)
    with pytest.raises(TooMany):
        urge(case.id, household=household)
    with frozen(datetime.now(UTC) + timedelta(minutes=31)):
        urge(case.id, household=household)
    with acting(house.actor):
        events = Event.objects.filter(name="case.urged", subject_id=case.id)
        assert [e.said["to"] for e in events] == [[str(desk.id)]] * 2


def test_talking_back_stands_in_the_story_and_reaches_who_answers(house: House) -> None:
    desk = an_account(house.actor, "desk", house.community.path)
    case = a_case(house).case
    resident = a_resident(house, house.resident)
    broken = Given("b.jpg", BytesIO(a_picture(size=(400, 300))[:500]))
    photo = Given("a.jpg", BytesIO(a_picture()))
    refused = say_own(case.id, Said("水更大了", [photo, broken]), household=resident.household)
    assert [name for name, _why in refused] == ["b.jpg"]
    assert [m.account_id for m in told(house, "case.said")] == [desk.id]
    with acting(house.actor):
        move_case(case.id, "note", actor=house.doer, said={"text": "内部：业主难缠"})
        story = story_of(case, actor=resident.actor, mine={resident.actor.id})
    words = " ".join(entry.text for entry in story)
    assert "水更大了" in words
    assert "难缠" not in words  # what colleagues write to each other is not shown


def test_the_one_question_is_answered_once_when_it_is_settled(house: House) -> None:
    household = a_resident(house, house.resident).household
    fresh = a_case(house).case
    with pytest.raises(NotYet, match="when the work is done"):
        rate(fresh.id, good=True, household=household)
    case = settled(house)
    rate(case.id, good=True, household=household)
    with pytest.raises(NotYet, match="rated this already"):
        rate(case.id, good=False, household=household)
    with acting(house.actor):
        assert Record.objects.filter(case_id=case.id, kind="pulse").count() == 1
        found = pulse_of(case)
        assert found is not None
        assert (found.verdict, found.judge) == ("pass", "resident")
    late = settled(house)
    with frozen(datetime.now(UTC) + timedelta(days=31)), pytest.raises(NotYet, match="30 days"):
        rate(late.id, good=True, household=household)


def test_not_good_reaches_staff_and_is_asked_again_after_the_work_is_done_anew(
    house: House,
) -> None:
    desk = an_account(house.actor, "desk", house.community.path)
    household = a_resident(house, house.resident).household
    case = settled(house)
    rate(case.id, good=False, household=household)
    assert desk.id in {m.account_id for m in told(house, "case.rated")}
    reopen(case.id, reason="又漏了", household=household)
    with acting(house.actor):
        again = Case.objects.get(id=case.id)
        assert (again.state, again.reopened) == ("open", 1)
        assert pulse_of(again) is None


def test_opening_again_has_its_limit_and_says_what_to_do_then(house: House) -> None:
    household = a_resident(house, house.resident).household
    case = settled(house)
    with pytest.raises(NotYet) as silent:
        reopen(case.id, reason=" ", household=household)
    assert "reason" in silent.value.fields
    with frozen(datetime.now(UTC) + timedelta(days=16)):
        with pytest.raises(NotYet, match="new matter") as late:
            reopen(case.id, reason="又漏了", household=household)
    assert case.number in str(late.value)
    with acting(house.actor):
        assert Case.objects.get(id=case.id).state == "answered"


def test_a_complaint_goes_one_level_up_as_a_case_of_its_own(house: House) -> None:
    an_account(house.actor, "desk", house.community.path)
    manager = an_account(house.actor, "manager", house.community.path)
    household = a_resident(house, house.resident).household
    case = a_case(house).case
    complaint, found = complain(case.id, reason="一直没人来。", household=household)
    assert (complaint.kind, complaint.urgency, found.above_name) == ("complaint", 2, manager.name)
    assert case.number in complaint.title
    assert [m.account_id for m in told(house, "case.complained")] == [manager.id]
    for _again in range(2):
        complain(case.id, reason="还是没人来。", household=household)
    with pytest.raises(TooMany):
        complain(case.id, reason="还是没人来。", household=household)


def test_progress_says_what_was_promised_beside_what_happened(house: House) -> None:
    case = settled(house)
    with acting(house.actor):
        works = list(WorkOrder.objects.filter(case_id=case.id).select_related("person"))
        clocks = list(Clock.objects.filter(case_id=case.id))
    progress = progress_of(case, works, clocks)
    assert [step.state for step in progress.steps] == ["kept"] * 4
    assert all(step.promised for step in progress.steps[1:])
    assert all(step.happened for step in progress.steps)
    fresh = a_case(house)
    steps = progress_of(fresh.case, [fresh.work], fresh.clocks).steps if fresh.work else []
    assert [step.state for step in steps] == ["kept", "run", "todo", "todo"]
    late = [c for c in fresh.clocks if c.kind == "dispatch"]
    late[0].state = "broken"
    found = progress_of(fresh.case, [fresh.work] if fresh.work else [], fresh.clocks)
    assert found.over
