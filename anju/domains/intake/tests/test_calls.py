"""Telephone calls: who rings, how long, and that nobody missed is forgotten."""

from datetime import timedelta

import pytest
from django.test import Client

from anju.domains.intake.commands import erase_traces
from anju.domains.intake.models import Call, Source
from anju.domains.intake.queries import call_figures
from anju.domains.intake.testing import a_source, told
from anju.engine.loop.models import Case
from anju.engine.loop.testing import House, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import a_browser, an_account
from anju.foundation.events.models import Event
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

NUMBER = "13866661234"
BEGAN = now() - timedelta(minutes=5)  # the same for every step, however slow the machine is


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture
def exchange(house: House) -> Source:
    return a_source(house.actor, "telephone", house.community)


def step(call: str, event: str, seconds: int = 0, number: str = NUMBER) -> dict[str, str]:
    at = BEGAN + timedelta(seconds=seconds)
    return {"call": call, "event": event, "number": number, "at": at.isoformat()}


def the_call(house: House, id: object) -> Call:
    with acting(house.actor):
        return Call.objects.select_related("case").get(id=id)


def cases(house: House) -> list[Case]:
    with acting(house.actor):
        found = Case.objects.filter(company_id=house.actor.company_id)
        return list(found.select_related("reporter", "place"))


def test_a_ring_gives_the_callers_card_and_an_answer_its_time(
    house: House, exchange: Source
) -> None:
    rang = told(exchange, step("c1", "ring"))
    assert (rang.state, rang.caller) == ("ringing", NUMBER)
    answered = told(exchange, step("c1", "answer", 9))
    told(exchange, step("c1", "end", 60))
    call = the_call(house, rang.id)
    assert answered.state == "answered"
    assert 8 < call.rang_for.total_seconds() < 10
    assert not call.missed
    assert cases(house) == []


def test_a_missed_call_becomes_one_case_however_often_it_is_told(
    house: House, exchange: Source
) -> None:
    told(exchange, step("c1", "ring"))
    got = told(exchange, step("c1", "abandon", 20))
    told(exchange, step("c1", "abandon", 20), now() + timedelta(seconds=1))  # signed anew
    told(exchange, step("c1", "end", 21))
    (case,) = cases(house)
    assert (got.state, got.number) == ("missed", case.number)
    assert (case.kind, case.channel) == ("enquiry", "phone")
    assert case.reporter is not None
    assert case.reporter.phone == NUMBER
    assert NUMBER not in case.title
    told(exchange, step("c2", "ring", 60))
    again = told(exchange, step("c2", "abandon", 80))
    assert again.number == case.number  # the same caller, the same matter
    told(exchange, step("c3", "abandon", 90, number=""))
    assert len(cases(house)) == 2  # a number that is withheld is nobody we know


def test_the_home_of_a_known_caller_is_the_place(house: House, exchange: Source) -> None:
    with acting(house.actor):
        house.resident.phone = NUMBER
        house.resident.save()
    told(exchange, step("c1", "abandon"))
    (case,) = cases(house)
    assert case.reporter == house.resident
    assert case.place == house.room


def test_steps_in_the_wrong_order_are_the_same_call(house: House, exchange: Source) -> None:
    told(exchange, step("c1", "end", 60))
    (case,) = cases(house)  # nobody had answered, as far as was known
    told(exchange, step("c1", "answer", 5))
    rang = told(exchange, step("c1", "ring", 0))
    call = the_call(house, rang.id)
    assert 4 < call.rang_for.total_seconds() < 6
    assert call.case == case


def test_no_event_names_a_number(house: House, exchange: Source) -> None:
    told(exchange, step("c1", "ring"))
    told(exchange, step("c1", "abandon", 9))
    with acting(house.actor):
        said = [e.said for e in Event.objects.filter(name__startswith="call.")]
        assert len(said) == 2
    assert NUMBER not in str(said)


def test_figures_say_how_many_were_answered_within_three_rings(
    house: House, exchange: Source
) -> None:
    for n, seconds in enumerate((5, 10, 40)):
        told(exchange, step(f"c{n}", "ring"))
        told(exchange, step(f"c{n}", "answer", seconds))
    told(exchange, step("c9", "ring"))
    told(exchange, step("c9", "abandon", 30))
    with acting(house.actor):
        figures = call_figures(house.actor)
    assert (figures.calls, figures.soon, figures.missed) == (4, 2, 1)
    assert figures.median_seconds == pytest.approx(10, abs=0.1)


def test_the_desk_shows_who_rings_and_lists_show_no_number(house: House, exchange: Source) -> None:
    client = a_browser(house.actor, "desk")
    at = now().isoformat()
    told(exchange, {"call": "now", "event": "ring", "number": NUMBER, "at": at})
    strip = client.get("/calls/ringing").content.decode()
    assert "It rings:" in strip
    assert f"/desk?caller={NUMBER}" in strip
    assert f">{NUMBER}" not in strip
    told(exchange, {"call": "now", "event": "answer", "number": NUMBER, "at": at})
    assert "It rings:" not in client.get("/calls/ringing").content.decode()
    page = client.get("/calls").content.decode()
    assert "answered" in page
    assert f">{NUMBER}" not in page
    assert 'hx-get="/calls/ringing"' in client.get("/desk").content.decode()
    stranger = Client()
    stranger.cookies[DEVICE_COOKIE] = an_account(house.actor, "guard").device
    assert stranger.get("/calls").status_code == 403


def test_what_is_no_call_waits_for_a_person(house: House, exchange: Source) -> None:
    assert told(exchange, {"call": "c1", "event": "fax"}).state == "kept"
    client = a_browser(house.actor, "desk")
    listed = client.get("/arrivals?state=kept").content.decode()
    assert "waits for a person" in listed
    id = told(exchange, {"call": "c1", "event": "fax", "x": 1}).id
    page = client.get(f"/arrivals/{id}").content.decode()
    assert "fax" in page
    assert "It names no call, or no step of one." in page
    assert "/cases/new?text=" in page
    assert client.post(f"/arrivals/{id}").status_code == 302
    assert "fax" not in client.get(f"/arrivals/{id}").content.decode()


def test_an_erased_persons_number_is_in_no_call(house: House, exchange: Source) -> None:
    rang = told(exchange, step("c1", "ring"))
    assert erase_traces("", NUMBER, actor=house.actor) == 1
    assert the_call(house, rang.id).number == ""
