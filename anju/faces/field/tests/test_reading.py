"""The pages of who has something to read."""

import pytest
from django.test import Client

from anju.domains.documents.commands.quizzes import write_quiz
from anju.domains.documents.commands.readers import distribute
from anju.domains.documents.models import Attempt, Reading
from anju.domains.documents.testing import QUESTIONS, a_document
from anju.engine.loop.testing import House, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def signed_in(house: House, role: str, **more: object) -> Client:
    found = Client(headers={"accept-language": "en"})
    found.cookies[DEVICE_COOKIE] = an_account(house.actor, role, **more).device  # type: ignore[arg-type]  # a person's id
    return found


def test_reading_signing_and_being_examined(house: House) -> None:
    row = a_document(house.actor)
    distribute("document", row.code, [f"person:{house.worker.id}"], actor=house.actor)
    write_quiz("document", row.id, QUESTIONS, mark=2, actor=house.actor)
    with acting(house.actor):
        mine = Reading.objects.get(person=house.worker)
    client = signed_in(house, "desk", person_id=house.worker.id)
    assert row.title in client.get("/reading").content.decode()
    assert "1 paper for you to read" in client.get("/").content.decode()
    page = f"/reading/{mine.id}"
    assert row.text in client.get(page).content.decode()
    questions = f"{page}/questions"
    assert client.get(questions)["Location"] == page  # to be read first
    assert client.post(page)["Location"] == questions
    assert client.post(page).status_code == 409  # once
    half = client.post(questions, {"q0": "2", "edited": "1"})
    assert half.status_code == 422
    assert 'value="2" checked' in half.content.decode()
    with acting(house.actor):
        assert not Attempt.objects.filter(reading=mine).exists()
    old = client.post(questions, {"q0": "2", "q1": "0", "edited": "7"})
    assert old.status_code == 422
    assert "changed meanwhile" in old.content.decode()
    assert 'value="2" checked' in old.content.decode()
    told = client.post(questions, {"q0": "2", "q1": "0", "edited": "1"}).content.decode()
    assert "Not passed yet" in told
    assert "三下" in told  # what is right, and why
    assert "第 1 条" in told
    right = {"q0": "1", "q1": "0", "edited": "1"}
    assert "Passed" in client.post(questions, right).content.decode()
    assert client.post(questions, right).status_code == 422
    assert "You have read everything" in client.get("/reading").content.decode()
    other = signed_in(house, "technician")
    assert other.get(page).status_code == 404
    assert other.get(questions).status_code == 404
    assert client.get(f"{page}/file").status_code == 404
