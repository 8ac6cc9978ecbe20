"""Something seen on the way: a photo and where it is are enough; nothing typed is lost."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anju.engine.loop.models import Case
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import a_browser, an_account
from anju.foundation.files.testing import a_picture
from anju.foundation.people.testing import a_person
from anju.foundation.places.commands import make_labels
from anju.foundation.places.testing import an_asset
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def a_guard(house: House) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    with acting(house.actor):
        person = a_person(house.actor, name="郭卫", kind="staff")
    account = an_account(house.actor, "guard", house.community.path, person_id=person.id)
    client.cookies[DEVICE_COOKIE] = account.device
    return client


def reported(house: House) -> list[Case]:
    with acting(house.actor):
        found = Case.objects.filter(company_id=house.actor.company_id, channel="staff")
        return list(found.select_related("place", "asset"))


def photo(content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("a.jpg", content or a_picture(), content_type="image/jpeg")


def test_a_photo_alone_is_a_report_in_the_likeliest_place(house: House) -> None:
    guard = a_guard(house)
    page = guard.get("/work/report").content.decode()
    assert f'value="{house.community.id}"' in page
    sent = guard.post("/work/report", {"photo": photo(), "place": house.community.id})
    (case,) = reported(house)
    assert (case.place, case.kind, case.title) == (house.community, "repair", "See the photo")
    assert sent["Location"] == f"/work?reported={case.id}"
    assert case.number in guard.get(sent["Location"]).content.decode()
    with acting(house.actor):
        assert case.records.filter(kind="photo").count() == 1


def test_at_a_label_it_is_about_that_thing(house: House) -> None:
    with acting(house.actor):
        pump = an_asset(house.actor, place=house.room)
        code = make_labels([pump], actor=house.actor)[0].code
    guard = a_guard(house)
    scanned = guard.post("/work/scan", {"label": code}).content.decode()
    assert f"/work/report?label={code}" in scanned
    guard.post(f"/work/report?label={code}", {"words": "漏油"})
    (case,) = reported(house)
    assert (case.place, case.asset, case.title) == (house.room, pump, "漏油")


def test_what_is_wrong_is_said_and_the_words_stay(house: House) -> None:
    guard, here = a_guard(house), {"place": house.community.id}
    empty = guard.post("/work/report", here | {"words": " "})
    assert (empty.status_code, "Take a photo or say" in empty.content.decode()) == (422, True)
    damaged = here | {"words": "灯不亮", "photo": photo(a_picture(size=(400, 300))[:600])}
    broken = guard.post("/work/report", damaged)
    assert (broken.status_code, "灯不亮" in broken.content.decode()) == (422, True)
    elsewhere = guard.post("/work/report", {"words": "灯不亮", "place": house.room.id})
    assert elsewhere.status_code == 422  # a place that was not offered
    assert reported(house) == []


def test_the_place_of_the_work_in_hand_comes_first(house: House) -> None:
    opened = a_case(house)
    assert opened.work is not None
    client = Client(headers={"Accept-Language": "en"})
    account = an_account(house.actor, "technician", house.community.path, person_id=house.worker.id)
    client.cookies[DEVICE_COOKIE] = account.device
    client.post(f"/work/{opened.work.id}/steps/claim", {"version": 1})
    page = client.get("/work/report").content.decode()
    assert page.index(str(opened.case.place_id)) < page.index(str(house.community.id))


def test_who_is_for_one_building_reports_there(house: House) -> None:
    client = a_browser(house.actor, "guard", house.room.path)
    assert f'value="{house.room.id}"' in client.get("/work/report").content.decode()
    client.post("/work/report", {"words": "灯不亮", "place": house.room.id})
    assert [case.place for case in reported(house)] == [house.room]
