"""What the pages of work on foot say and do; who may open them stands in the matrix."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from anju.engine.loop.commands.opening import Opened
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case, Record, WorkOrder
from anju.engine.loop.queries import effort_of
from anju.engine.loop.testing import House, a_case, a_house, photos_are_asked
from anju.engine.plans.testing import a_round
from anju.foundation.access.commands import create_account, grant_role, open_device
from anju.foundation.access.queries import by_login
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.files.testing import a_picture
from anju.foundation.people.commands import assign
from anju.foundation.people.testing import a_post
from anju.foundation.places.commands import make_labels
from anju.foundation.places.testing import a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> House:
    made = a_house(actor)
    photos_are_asked(actor)
    return made


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def phone(house: House) -> Client:
    """The telephone of the worker, a technician of the community."""
    login = f"w{house.worker.id.hex[-12:]}"
    account = create_account(
        actor=house.actor, login=login, name="张师傅", person_id=house.worker.id
    )
    grant_role(account.id, actor=house.actor, role="technician", path=house.community.path)
    found = by_login(login)
    assert found is not None
    client = Client(headers={"Accept-Language": "en"})
    client.cookies[DEVICE_COOKIE] = open_device(
        found[0], actor=found[0].actor, device="test", mine=True
    )
    return client


def given(house: House) -> Opened:
    """Work that the worker was given."""
    opened = a_case(house)
    assert opened.work is not None
    said = {"person": str(house.worker.id)}
    move_work(opened.work.id, "assign", actor=house.actor, said=said)
    return opened


def work_of(house: House, opened: Opened) -> WorkOrder:
    assert opened.work is not None
    with acting(house.actor):
        return WorkOrder.objects.get(id=opened.work.id)


def url(opened: Opened, *parts: str) -> str:
    assert opened.work is not None
    return "/".join(["/work", str(opened.work.id), *parts])


def accepted(house: House, phone: Client) -> Opened:
    opened = given(house)
    phone.post(url(opened, "steps", "accept"))
    return opened


def a_photo(name: str = "a.jpg", colour: str = "teal") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, a_picture(colour=colour), "image/jpeg")


def test_the_day_shows_what_is_given_with_its_time_left_and_what_may_be_taken(
    house: House, phone: Client
) -> None:
    given(house)
    a_case(house)
    page = phone.get("/work").content.decode()
    assert "Today 1 piece of work" in page
    assert "3-2-1201" in page
    assert 'class="clock' in page
    assert "Nobody has it yet" in page
    assert "/steps/accept" in page
    assert "/steps/claim" in page


def test_a_day_without_work_says_so(phone: Client) -> None:
    assert "You have no work to do now" in phone.get("/work").content.decode()


def test_from_accepting_to_finished(house: House, phone: Client) -> None:
    opened = accepted(house, phone)
    code = make_labels([house.room], actor=house.actor)[0].code
    answer = phone.post(url(opened, "arrive"), {"label": f"https://anju.example/q/{code.lower()}/"})
    assert answer.status_code == 302
    sent = {
        "before": a_photo(),
        "after": a_photo(colour="red"),
        "result": "fixed",
        "remark": "换角阀",
    }
    assert phone.post(url(opened, "finish"), sent).status_code == 302
    assert work_of(house, opened).state in ("done", "passed")
    with acting(house.actor):
        kinds = list(Record.objects.filter(case_id=opened.case.id).values_list("kind", flat=True))
        assert effort_of(opened.case).photos == {"before": 1, "after": 1}
    assert sorted(kinds) == ["photo", "photo", "result", "scan"]
    assert "This work is finished" in phone.get(url(opened)).content.decode()


def test_a_wrong_label_is_said_with_both_places_and_what_was_typed_stays(
    house: House, phone: Client
) -> None:
    opened = accepted(house, phone)
    with acting(house.actor):
        other = a_place(house.actor, number="3-2-1101", community=house.community)
    code = make_labels([other], actor=house.actor)[0].code
    answer = phone.post(url(opened, "arrive"), {"label": code})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This label belongs to 3-2-1101. Your work is at 3-2-1201" in page
    assert f'value="{code}"' in page
    assert work_of(house, opened).state == "accepted"


def test_one_photo_short_keeps_the_other_and_what_was_said(house: House, phone: Client) -> None:
    opened = accepted(house, phone)
    phone.post(url(opened, "steps", "arrive"))
    sent = {"before": a_photo(), "result": "fixed", "remark": "换角阀"}
    answer = phone.post(url(opened, "finish"), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This photo is missing" in page
    assert "换角阀" in page
    assert work_of(house, opened).state == "arrived"
    sent = {"after": a_photo(colour="red"), "result": "fixed"}
    assert phone.post(url(opened, "finish"), sent).status_code == 302
    with acting(house.actor):
        assert effort_of(opened.case).photos == {"before": 1, "after": 1}


def test_a_broken_photo_is_named_and_finishing_waits(house: House, phone: Client) -> None:
    opened = accepted(house, phone)
    phone.post(url(opened, "steps", "arrive"))
    broken = SimpleUploadedFile("b.jpg", b"\xff\xd8\xff broken", "image/jpeg")
    answer = phone.post(
        url(opened, "finish"), {"before": a_photo(), "after": broken, "result": "fixed"}
    )
    assert answer.status_code == 422
    assert "did not arrive whole" in answer.content.decode()
    assert work_of(house, opened).state == "arrived"


def test_without_photos_only_with_the_reason(house: House, phone: Client) -> None:
    opened = accepted(house, phone)
    phone.post(url(opened, "steps", "arrive"))
    sent = {"result": "no_fault", "without": "nothing"}
    assert phone.post(url(opened, "finish"), sent).status_code == 302
    page = phone.get(f"/cases/{opened.case.id}").content.decode()
    assert "No photo: There is nothing to see" in page


def test_what_left_somebody_dissatisfied_is_finished_with_its_root_cause(
    house: House, phone: Client
) -> None:
    opened = accepted(house, phone)
    phone.post(url(opened, "steps", "arrive"))
    with acting(house.actor):
        Case.objects.filter(id=opened.case.id).update(outcome="dissatisfied")
    sent = {"result": "fixed", "without": "nothing"}
    refused = phone.post(url(opened, "finish"), sent)
    assert refused.status_code == 422
    assert "Root cause" in refused.content.decode()
    why = {"cause": "旧接头只拧紧", "prevention": "更换同批接头"}
    assert phone.post(url(opened, "finish"), {**sent, **why}).status_code == 302
    assert work_of(house, opened).state == "done"


def test_a_preset_reason_holds_the_work_and_no_reason_does_not(house: House, phone: Client) -> None:
    opened = accepted(house, phone)
    answer = phone.post(url(opened, "steps", "hold"), {"reason": "nonsense"})
    assert answer.status_code == 422
    assert "Choose one of the reasons" in answer.content.decode()
    assert phone.post(url(opened, "steps", "hold"), {"reason": "#part_ordered"}).status_code == 302
    held = work_of(house, opened)
    assert (held.state, held.held_reason) == ("held", "#part_ordered")
    for language, words in (("en", "Part must be ordered"), ("zh-hans", "无货，需采购")):
        page = phone.get(url(opened), headers={"accept-language": language}).content.decode()
        assert words in page
        assert "#part_ordered" not in page
    assert phone.post(url(opened, "steps", "resume")).status_code == 302


def test_what_is_gone_on_meanwhile_is_said_and_nothing_changes(house: House, phone: Client) -> None:
    opened = accepted(house, phone)
    answer = phone.post(url(opened, "steps", "accept"))
    assert answer.status_code == 422
    assert "gone on without you" in answer.content.decode()


def test_materials_time_and_signature(house: House, phone: Client) -> None:
    opened = accepted(house, phone)
    line = {"what": "material", "name": "角阀", "quantity": "2", "unit": "个", "price": "18.5"}
    assert phone.post(url(opened, "used"), line).status_code == 302
    assert phone.post(url(opened, "used"), {"what": "minutes", "minutes": "45"}).status_code == 302
    bad = phone.post(url(opened, "used"), {**line, "quantity": "-3"})
    assert bad.status_code == 422
    assert 'value="角阀"' in bad.content.decode()
    page = phone.get(url(opened, "used")).content.decode()
    assert "¥37.00" in page
    with acting(house.actor):
        used = effort_of(opened.case).used[0]
    assert phone.post(url(opened, "used"), {"line": str(used.id)}).status_code == 302
    assert phone.post(url(opened, "used"), {"line": "x"}).status_code == 404
    assert phone.post(url(opened, "signature"), {"signer": "reporter"}).status_code == 422
    drawn = SimpleUploadedFile("s.png", a_picture("PNG"), "image/png")
    sent = {"signer": "household", "signature": drawn}
    assert phone.post(url(opened, "signature"), sent).status_code == 302
    assert phone.post(url(opened, "signature"), {"absent": "nobody_home"}).status_code == 302
    page = phone.get(f"/cases/{opened.case.id}").content.decode()
    assert "45 min" in page
    assert "Resident absent" in page


def test_a_label_opens_ones_own_work_there(house: House, phone: Client) -> None:
    code = make_labels([house.room], actor=house.actor)[0].code
    assert "You have no work there" in phone.post("/work/scan", {"label": code}).content.decode()
    opened = given(house)
    assert phone.post("/work/scan", {"label": code})["Location"] == url(opened)
    given(house)
    assert phone.post("/work/scan", {"label": code}).content.decode().count("field-place") == 2
    assert phone.post("/work/scan", {"label": "NOSUCH"}).status_code == 422


def test_somebody_elses_work_can_be_read_and_not_done(house: House, phone: Client) -> None:
    opened = a_case(house)
    assert opened.work is not None
    with acting(house.actor):
        WorkOrder.objects.filter(id=opened.work.id).update(
            person_id=house.resident.id, state="arrived"
        )
    page = phone.get(url(opened)).content.decode()
    assert "Nothing of this work is yours" in page
    answer = phone.post(url(opened, "finish"), {"result": "fixed", "without": "nothing"})
    assert answer.status_code == 422
    assert "given to someone else" in answer.content.decode()


def test_planned_work_is_there_when_its_window_opens_and_done_in_one_press(
    house: House, phone: Client
) -> None:
    work = a_round(house)
    today = phone.get("/work").content.decode()
    assert today.count("泵房巡查") == 1  # not the days ahead
    page = phone.get(f"/work/{work.id}").content.decode()
    assert "Something is wrong here" in page
    picture = SimpleUploadedFile("p.jpg", a_picture(), "image/jpeg")
    answer = phone.post(f"/work/{work.id}/done", {"after": picture})
    assert answer["Location"] == f"/work?done={work.id}"
    assert "done and kept" in phone.get(answer["Location"]).content.decode()
    over = phone.get(f"/work/{work.id}").content.decode()
    assert "done in time" in over
    with acting(house.actor):
        kept = Record.objects.filter(work_id=work.id)
        assert sorted(kept.values_list("kind", flat=True)) == ["photo", "result"]


def test_a_scan_opens_planned_work_and_stands_as_its_arrival(house: House, phone: Client) -> None:
    work = a_round(house)
    code = make_labels([house.room], actor=house.actor)[0].code
    page = phone.post("/work/scan", {"label": code})["Location"]
    assert page == f"/work/{work.id}?label={code}"
    assert f'value="{code}"' in phone.get(page).content.decode()
    phone.post(f"/work/{work.id}/done", {"label": code})
    with acting(house.actor):
        assert Record.objects.filter(work_id=work.id, kind="scan").exists()


def test_what_is_wrong_on_a_round_is_reported_from_it(house: House, phone: Client) -> None:
    work = a_round(house)
    answer = phone.post(f"/work/report?work={work.id}", {"words": "水泵漏水"})
    assert answer["Location"].startswith(f"/work/{work.id}?reported=")
    assert "We have it" in phone.get(answer["Location"]).content.decode()
    with acting(house.actor):
        assert Case.objects.get(title="水泵漏水").place_id == work.place_id


def test_a_photo_that_is_none_is_said_and_nothing_is_done(house: House, phone: Client) -> None:
    work = a_round(house)
    answer = phone.post(
        f"/work/{work.id}/done", {"after": SimpleUploadedFile("p.jpg", b"words", "image/jpeg")}
    )
    assert answer.status_code == 422
    with acting(house.actor):
        assert WorkOrder.objects.get(id=work.id).state == "waiting"


def test_who_is_not_of_the_post_does_not_find_its_rounds(house: House, phone: Client) -> None:
    with acting(house.actor):
        post = a_post(house.actor, place=house.community)
    a_round(house, post=post)
    assert "泵房巡查" not in phone.get("/work").content.decode()
    with acting(house.actor):
        assign(house.worker, post=post, since=None, actor=house.actor)
    assert "泵房巡查" in phone.get("/work").content.decode()


def test_a_round_of_lifts_asks_for_no_certificate(house: House, phone: Client) -> None:
    """To look at a lift is no work on a lift: its post says who may."""
    work = a_round(house, name="电梯巡查")
    assert phone.post(f"/work/{work.id}/done", {})["Location"] == f"/work?done={work.id}"


def test_who_is_not_of_the_post_does_its_round_only_with_a_reason(
    house: House, phone: Client
) -> None:
    with acting(house.actor):
        post = a_post(house.actor, place=house.community, name="消防控制室")
    work = a_round(house, post=post)
    refused = phone.post(f"/work/{work.id}/done", {})
    assert refused.status_code == 422
    assert "not of the post" in refused.content.decode()
    assert phone.post(f"/work/{work.id}/done", {"remark": "值班员送医，代做"}).status_code == 302


def test_work_given_to_a_post_is_there_for_who_holds_it(house: House, phone: Client) -> None:
    with acting(house.actor):
        post = a_post(house.actor, place=house.community)
    opened = a_case(house)
    assert opened.work
    move_work(opened.work.id, "assign", actor=house.actor, said={"post": str(post.id)})
    assert url(opened) not in phone.get("/work").content.decode()
    with acting(house.actor):
        assign(house.worker, post=post, since=None, actor=house.actor)
    today = phone.get("/work").content.decode()
    assert url(opened, "steps/accept") in today
    assert phone.post(url(opened, "steps/accept"), {}).status_code == 302
    with acting(house.actor):
        assert WorkOrder.objects.get(id=opened.work.id).person_id == house.worker.id
