"""The pages of the registry, through the whole stack."""

import io
import zipfile
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anju.foundation.access.testing import a_browser
from anju.foundation.people.models import Occupancy, Person, Post, Reveal
from anju.foundation.people.testing import a_person, a_worker
from anju.foundation.places.models import Asset, Place
from anju.foundation.places.testing import a_community, a_place, an_asset
from anju.foundation.registry.models import Batch
from anju.foundation.registry.testing import a_csv
from anju.foundation.registry.tests.test_imports import HEADER, ROWS
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def browser(actor: Actor, role: str = "admin", path: str = "") -> Client:
    """Somebody with this role, in English so that words can be compared."""
    return a_browser(actor, role, path)


def text(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return str(answer.content.decode())


@pytest.mark.parametrize(
    "url",
    [
        "/places", "/places/new", "/equipment", "/equipment/new", "/people", "/people/new",
        "/staff", "/staff/teams", "/staff/duty", "/staff/qualifications", "/imports",
        "/imports/lists/places", "/search", "/search?q=3-2-1201", "/staff/new/team",
        "/staff/new/post", "/staff/new/assignment", "/staff/new/deputy", "/staff/new/duty",
        "/staff/new/qualification",
    ],
)  # fmt: skip
def test_every_page_opens_empty(actor: Actor, url: str) -> None:
    page = text(browser(actor), url)
    assert "<h1>" in page
    assert " style=" not in page


def test_a_place_is_added_shown_changed_moved_and_retired(actor: Actor) -> None:
    with acting(actor):
        room = a_place(actor, number="3-2-1201")
        a_person(actor, name="王芳", phone="13800138000", lives_at=room)
    client = browser(actor)
    added = client.post("/places/new", {"kind": "room", "parent": "3-2", "code": "1202"})
    assert added.status_code == 302
    assert "3-2-1202" in text(client, added["Location"])
    page = text(client, f"/places/{room.id}")
    assert "王芳" in page
    assert "138****8000" in page
    assert "13800138000" not in page
    stale = {"code": "1201", "name": "新", "version": 99, "area": "89.5"}
    refused = client.post(f"/places/{room.id}/edit", stale)
    assert refused.status_code == 422
    assert "新" in refused.content.decode()
    client.post(f"/places/{room.id}/edit", {**stale, "version": room.version})
    wrong = client.post(f"/places/{room.id}/move", {"to": "9-9"})
    assert wrong.status_code == 422
    assert client.post(f"/places/{room.id}/retire", {"on": "2026-11-20"}).status_code == 302
    with acting(actor):
        room.refresh_from_db()
        assert (room.name, room.retired_on) == ("新", date(2026, 11, 20))
    assert client.post(f"/places/{room.id}/reinstate").status_code == 302


def test_lists_filter_sort_and_search(actor: Actor) -> None:
    with acting(actor):
        community = a_community(actor)
        for number in ("3-2-1201", "3-2-1202", "4-101"):
            a_place(actor, number=number, community=community)
        a_person(actor, name="翟小明", phone="13800138000", place=community)
        an_asset(actor, place=community, code="L-1")
    client = browser(actor)
    page = text(client, "/places?kind=room&place=3-2&sort=-code&state=standing")
    assert page.index(">3-2-1202<") < page.index(">3-2-1201<")
    assert ">4-101<" not in page
    assert "翟小明" in text(client, "/people?q=dxm")
    assert "翟小明" not in text(client, "/people?q=zhang&kind=owner")
    assert "L-1" in text(client, "/equipment?system=LE&importance=A")
    assert "翟小明" in text(client, "/search?q=8000")
    assert client.get("/search?q=L-1&go=1").status_code == 302


def test_equipment_is_added_and_changed(actor: Actor) -> None:
    with acting(actor):
        room = a_place(actor)
    client = browser(actor)
    values = {
        "code": "L-1", "name": "1号梯", "system": "LE", "place": "3-2-1201", "importance": "A",
        "status": "in_use", "serves": "3-2; 3-2-1201",
    }  # fmt: skip
    added = client.post("/equipment/new", values)
    assert added.status_code == 302, added.content.decode()
    assert "3-2-1201" in text(client, added["Location"])
    taken = client.post("/equipment/new", values)
    assert taken.status_code == 422
    with acting(actor):
        asset = Asset.objects.get()
    changed = {**values, "status": "repair", "version": asset.version, "serves": ""}
    assert client.post(f"/equipment/{asset.id}/edit", changed).status_code == 302
    with acting(actor):
        asset.refresh_from_db()
        assert asset.status == "repair"
        assert not asset.served.exists()
    assert room.path


def test_a_number_is_shown_for_a_reason_and_only_once(actor: Actor) -> None:
    with acting(actor):
        person = a_person(actor, phone="13800138000", lives_at=a_place(actor))
    client = browser(actor)
    url = f"/people/{person.id}"
    assert client.post(f"{url}/reveal", {"reason": ""}).status_code == 422
    shown = client.post(f"{url}/reveal", {"reason": "漏水回电"})
    assert "13800138000" in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    page = text(client, url)
    assert "13800138000" not in page
    assert "漏水回电" in page
    with acting(actor):
        assert Reveal.objects.count() == 1


def test_who_may_only_see_places_learns_nothing_about_people(actor: Actor) -> None:
    with acting(actor):
        room = a_place(actor)
        person = a_person(actor, name="欧阳娜娜", phone="13800138000", lives_at=room)
    client = browser(actor, "guard", room.path)
    assert "欧阳娜娜" not in text(client, f"/places/{room.id}")
    assert "欧阳娜娜" not in text(client, "/search?q=欧阳")
    for url in (f"/people/{person.id}", "/people", "/imports"):
        assert client.get(url).status_code == 403
    assert client.post(f"/people/{person.id}/reveal", {"reason": "x y"}).status_code == 403


def test_people_move_in_and_out_and_have_vehicles(actor: Actor) -> None:
    with acting(actor):
        room = a_place(actor)
    client = browser(actor)
    values = {"name": "李娜", "phone": "13800138000", "role": "tenant", "since": "2024-01-01"}
    assert client.post(f"/places/{room.id}/residents", values).status_code == 302
    with acting(actor):
        held = Occupancy.objects.select_related("person").get()
    bad = client.post(f"/occupancies/{held.id}/end", {"on": "2023-01-01"})
    assert bad.status_code == 422
    assert client.post(f"/occupancies/{held.id}/end", {"on": "2025-01-01"}).status_code == 302
    vehicle = {"plate": "沪A12345", "place": "", "note": "B1"}
    assert client.post(f"/people/{held.person_id}/vehicles", vehicle).status_code == 302
    page = text(client, f"/people/{held.person_id}")
    assert "沪A**345" in page
    edit = {"name": "李娜娜", "phone": "", "note": "", "version": held.person.version}
    assert client.post(f"/people/{held.person_id}/edit", edit).status_code == 302
    with acting(actor):
        person = Person.objects.get()
        assert (person.name, person.phone) == ("李娜娜", "13800138000")


def test_a_person_is_exported_and_erased(actor: Actor) -> None:
    with acting(actor):
        person = a_person(actor, name="欧阳娜", lives_at=a_place(actor))
    client = browser(actor)
    answer = client.post(f"/people/{person.id}/export")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a file
    assert "欧阳娜" in zipfile.ZipFile(io.BytesIO(content)).read("data.json").decode()
    assert "欧阳娜" in text(client, f"/people/{person.id}/erase")
    assert client.post(f"/people/{person.id}/erase", {}).status_code == 422
    assert client.post(f"/people/{person.id}/erase", {"sure": "on"}).status_code == 302
    assert "欧阳娜" not in text(client, f"/people/{person.id}")


def test_staff_rows_are_added(actor: Actor) -> None:
    with acting(actor):
        community = a_community(actor, name="东湖一期")
        a_worker(actor, place=community, name="李强")
        a_worker(actor, place=community, name="赵敏")
    client = browser(actor)
    given = [
        ("team", {"code": "G1", "name": "工程班", "place": "东湖一期", "leader": "李强"}),
        ("post", {"code": "SD", "name": "水电", "place": "东湖一期", "team": "G1", "headcount": 2}),
        ("assignment", {"person": "李强", "post": "SD", "since": "2024-01-01"}),
        ("deputy", {"person": "李强", "stands_in": "赵敏", "since": "2020-01-01"}),
        (
            "duty",
            {
                "post": "SD",
                "person": "李强",
                "day": "2026-11-20",
                "begins": "20:00",
                "ends": "08:00",
            },
        ),
        ("qualification", {"person": "李强", "type": "电工证", "expires_on": "2020-01-01"}),
    ]
    for kind, values in given:
        answer = client.post(f"/staff/new/{kind}", values)
        assert answer.status_code == 302, (kind, answer.content.decode())
    unknown = client.post("/staff/new/assignment", {"person": "无此人", "post": "SD"})
    assert unknown.status_code == 422
    assert "无此人" in unknown.content.decode()
    assert "工程班" in text(client, "/staff/teams")
    assert "1 / 2" in text(client, "/staff")
    assert "赵敏" in text(client, "/staff/duty")
    assert "expired" in text(client, "/staff/qualifications")
    with acting(actor):
        assert Post.objects.get().team is not None


def upload(client: Client, sheet: str, content: bytes) -> str:
    file = SimpleUploadedFile("表.csv", content)
    answer = client.post(f"/imports/lists/{sheet}", {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_a_list_is_imported_from_template_to_undo(actor: Actor) -> None:
    client = browser(actor)
    for kind in ("xlsx", "csv"):
        answer = client.get(f"/imports/lists/places/template.{kind}")
        assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a file
    url = upload(client, "places", a_csv(HEADER, *ROWS, [*ROWS[0][:4], "x", "", "big", ""]))
    page = text(client, url)
    assert "4 rows: 3 can be imported, 1 have a problem" in page
    assert "confirm" not in page
    table = client.get(f"{url}/errors")
    assert b"".join(table.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]  # a file
    refused = client.post(f"{url}/confirm", {"digest": ""})
    assert refused.status_code == 422
    url = upload(client, "places", a_csv(HEADER, *ROWS))
    with acting(actor):
        assert Place.objects.count() == 0
    page = text(client, url)
    digest = page.split('name="digest" value="')[1].split('"')[0]
    assert client.post(f"{url}/confirm", {"digest": digest}).status_code == 302
    with acting(actor):
        assert Place.objects.count() == 7
    assert "it can be undone" in text(client, url)
    again = text(client, upload(client, "places", a_csv(HEADER, *ROWS)))
    assert "brings nothing new" in again
    assert client.post(f"{url}/undo").status_code == 302
    with acting(actor):
        assert Place.objects.count() == 0
        assert Batch.objects.filter(state="undone").count() == 1
    assert "imported" in text(client, "/imports")


def test_columns_are_matched_by_hand(actor: Actor) -> None:
    client = browser(actor)
    url = upload(client, "places", a_csv(["甲", "乙"], ["东湖", "101"]))
    assert "has no column for" in text(client, url)
    chosen = {"column-community": "0", "column-room": "1"}
    assert client.post(f"{url}/columns", chosen).status_code == 302
    assert 'name="digest"' in text(client, url)
    assert client.post(f"{url}/drop").status_code == 302


@pytest.mark.parametrize("content", [b"PK\x03\x04 broken", b"\x00\x01", b"a"])
def test_a_broken_file_is_refused_beside_its_field(actor: Actor, content: bytes) -> None:
    client = browser(actor)
    answer = client.post("/imports/lists/places", {"file": SimpleUploadedFile("x.xlsx", content)})
    if answer.status_code == 302:  # readable, but without our columns
        assert "has no column for" in text(client, answer["Location"])
    else:
        assert answer.status_code == 422
        assert "Nothing was imported" in answer.content.decode()


def test_labels_are_printed(actor: Actor) -> None:
    with acting(actor):
        room = a_place(actor)
    client = browser(actor)
    answer = client.post("/places/labels", {"pick": [str(room.id)]})
    assert b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]  # a file
    assert client.post("/equipment/labels", {}).status_code == 422
    assert "by a button only" in text(client, "/places/labels", 405)  # read anew: not a white page


def test_the_telephone_of_the_desk_is_set_and_taken_away(actor: Actor) -> None:
    with acting(actor):
        room = a_place(actor)
    client, url = browser(actor), f"/places/{room.id}/telephone"
    wrong = client.post(url, {"phone": "abc", "hours": "24 小时"})
    assert wrong.status_code == 422
    assert "24 小时" in wrong.content.decode()
    assert client.post(url, {"phone": "0571-8888 0110", "hours": "24 小时"}).status_code == 302
    assert "057188880110" in text(client, url)
    assert client.post(url, {"phone": ""}).status_code == 302
    assert "057188880110" not in text(client, url)
