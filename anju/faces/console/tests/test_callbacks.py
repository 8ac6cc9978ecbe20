"""The callback list: who is called, what each outcome does, and what headquarters sees of it."""

import pytest
from django.test import Client

from anju.domains.requests.commands import record_call
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case
from anju.engine.loop.testing import House, a_case, a_house
from anju.engine.standards.asking import Asking, Share
from anju.engine.standards.commands import change_asking, install_defaults
from anju.engine.standards.models import Standard
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.events.models import Event
from anju.foundation.people.models import Reveal
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

TELL = {"text": "已更换接头，请留意", "substance": "result", "channel": "phone"}


@pytest.fixture
def house(actor: Actor) -> House:
    found = a_house(actor)
    with acting(actor):
        standard = Standard.objects.get(code="repair", state="published")
        change_asking(standard.id, Asking(attempts=2, silence_days=7), actor=actor)
    return found


def browser(house: House, role: str) -> Client:
    found = Client(headers={"accept-language": "en"})
    found.cookies[DEVICE_COOKIE] = an_account(house.actor, role).device
    return found


def a_done_repair(house: House, *, by: Actor | None = None) -> Case:
    opened = a_case(house)
    assert opened.work is not None
    work = opened.work.id
    doer = by or house.doer
    move_work(work, "assign", actor=doer, said={"person": str(house.worker.id)})
    for name in ("accept", "start"):
        move_work(work, name, actor=doer)
    move_work(work, "finish", actor=doer, said={"result": "换件"})
    move_work(work, "pass", actor=house.judge)
    return move_case(opened.case.id, "tell", actor=house.doer, said=TELL)


def the_case(house: House, case: Case) -> Case:
    with acting(house.actor):
        return Case.objects.get(id=case.id)


def test_the_first_call_is_open_with_all_one_needs(house: House) -> None:
    case = a_done_repair(house)
    shown = browser(house, "desk").get("/callbacks").content.decode()
    assert case.number in shown
    assert "已更换接头，请留意" in shown  # what the reporter was told
    assert house.resident.masked_phone in shown
    assert house.resident.phone not in shown


def test_showing_the_number_is_kept_with_its_reason(house: House) -> None:
    case = a_done_repair(house)
    answer = browser(house, "desk").post("/callbacks", {"case": str(case.id), "reveal": "1"})
    assert house.resident.phone in answer.content.decode()
    with acting(house.actor):
        assert Reveal.objects.filter(person=house.resident).count() == 1


def test_the_satisfied_close_their_case_in_the_same_step(house: House) -> None:
    case = a_done_repair(house)
    client = browser(house, "desk")
    answer = client.post("/callbacks", {"case": str(case.id), "outcome": "satisfied"})
    assert answer.status_code == 302
    assert answer["Location"] == f"/callbacks?done={case.id}"
    found = the_case(house, case)
    assert (found.state, found.outcome) == ("closed", "satisfied")
    assert case.number in client.get(answer["Location"]).content.decode()


def test_calls_in_vain_are_counted_until_nobody_was_reached(house: House) -> None:
    case = a_done_repair(house)
    client = browser(house, "desk")
    client.post("/callbacks", {"case": str(case.id), "heard": "busy"})
    assert the_case(house, case).outcome == ""
    shown = client.get("/callbacks").content.decode()
    assert "1 of 2 calls in vain" in shown
    client.post("/callbacks", {"case": str(case.id), "heard": "no_answer"})
    found = the_case(house, case)
    assert (found.state, found.outcome) == ("closed", "not_reached")
    assert case.number in client.get("/callbacks?show=not_reached").content.decode()


def test_the_dissatisfied_say_with_what_and_headquarters_sees_it(house: House) -> None:
    case = a_done_repair(house)
    client = browser(house, "desk")
    fields = {"case": str(case.id), "outcome": "dissatisfied"}
    refused = client.post("/callbacks", fields)
    assert refused.status_code == 422
    assert "Write down what the reporter is not satisfied with" in refused.content.decode()
    assert the_case(house, case).state == "answered"
    client.post("/callbacks", {**fields, "text": "还在滴水"})
    found = the_case(house, case)
    assert (found.state, found.outcome, found.reopened) == ("open", "dissatisfied", 1)
    shown = browser(house, "headquarters").get("/callbacks?show=dissatisfied").content.decode()
    assert case.number in shown


def test_who_did_the_work_does_not_call(house: House) -> None:
    manager = an_account(house.actor, "manager")
    case = a_done_repair(house, by=manager.actor)
    client = Client(headers={"accept-language": "en"})
    client.cookies[DEVICE_COOKIE] = manager.device
    shown = client.get("/callbacks").content.decode()
    assert "you did this work: a colleague calls" in shown
    assert 'value="satisfied"' not in shown
    answer = client.post("/callbacks", {"case": str(case.id), "outcome": "satisfied"})
    assert answer.status_code == 422
    assert the_case(house, case).outcome == ""


def test_the_shares_are_the_company_s_own(house: House) -> None:
    client = browser(house, "headquarters")
    with acting(house.actor):
        standard = Standard.objects.get(code="repair", state="published")
    shown = client.get("/callbacks/rules").content.decode()
    assert standard.name in shown
    fields = {
        "standard": str(standard.id), "repair-attempts": "4", "repair-silence_days": "5",
        "repair-script": "您好\n满意吗？", "repair-percent_0": "25", "repair-kind_0": "repair",
        "repair-percent_1": "", "repair-percent_2": "",
    }  # fmt: skip
    wrong = client.post("/callbacks/rules", {**fields, "repair-percent_1": "250"})
    assert wrong.status_code == 422
    assert client.post("/callbacks/rules", fields).status_code == 302
    with acting(house.actor):
        now_in_force = Standard.objects.get(code="repair", state="published")
    asks = now_in_force.asks
    assert now_in_force.version == standard.version + 1
    assert asks.shares == (Share(25, kind="repair"),)
    assert (asks.attempts, asks.silence_days) == (4, 5)
    assert asks.script_of("repair", "") == ("您好", "满意吗？")
    assert now_in_force.limits == standard.limits


def test_the_shipped_standards_ask_three_repairs_in_ten(actor: Actor) -> None:
    with acting(actor):
        found = {s.code: s.asks for s in install_defaults(actor=actor)}
    assert found["repair"].share_of("repair", "", 3) == 30
    assert found["complaint"].share_of("complaint", "", 3) == 100
    assert all(asks.attempts == 3 and asks.silence_days for asks in found.values())
    assert all("{reporter}" in asks.script_of("repair", "")[0] for asks in found.values())


def test_one_call_is_all_or_nothing(house: House) -> None:
    case = a_done_repair(house)
    caller = house.judge
    closed = record_call(case.id, actor=caller, outcome="satisfied")
    assert closed.state == "closed"
    with acting(house.actor):
        names = [e.name for e in Event.objects.about("case", case.id)]
    assert names[-2:] == ["case.callback", "case.close"]


@pytest.mark.parametrize("more", [{"text": "a\x00b"}, {"version": "²"}, {"version": "9" * 40}])
def test_what_is_no_text_and_no_number_is_refused_or_left_out(
    house: House, more: dict[str, str]
) -> None:
    case = a_done_repair(house)
    client = browser(house, "desk")
    sent = {"case": str(case.id), "heard": "busy", **more}
    answer = client.post("/callbacks", sent)
    assert answer.status_code == (422 if "text" in more else 302)
    assert client.post("/handover", {"text": "a\x00b"}).status_code == 422
