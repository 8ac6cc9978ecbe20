"""Routes on the console: written by rows, labels that decode, a round with its points on A4."""

import io
import re
from datetime import timedelta

import pytest
import zxingcpp
from django.test import Client
from django.utils import translation
from PIL import Image

from anju.domains.rounds.commands import Said, pass_point
from anju.domains.rounds.models import Route, RoutePoint
from anju.domains.rounds.queries import route_points
from anju.domains.rounds.rhythm import rhythm_said
from anju.domains.rounds.testing import a_round, a_route, opened
from anju.engine.loop.testing import House, a_house
from anju.engine.plans.document import ByHand
from anju.engine.plans.testing import a_plan
from anju.faces.console.planned.sheets import sheet_of
from anju.foundation.access.testing import a_browser, a_token, an_account
from anju.foundation.lib import frozen
from anju.foundation.places.commands import add_places
from anju.foundation.places.models import Label, Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

ROWS = {
    "p-code": ["P1", "", ""], "p-name": ["大堂", "水泵", ""], "p-where": ["", "", ""],
    "p-proof": ["qr", "nfc_photo", "qr_photo"], "p-low": ["", "0.35", ""],
    "p-high": ["", "0.60", ""], "p-unit": ["", "MPa", ""], "p-walk": ["", "90", ""],
    "p-dwell": ["20", "30", ""], "p-minute": ["5", "", ""],
}  # fmt: skip
HEAD = {"code": "NIGHT", "name": "环线", "order": "fixed", "slack": "5"}


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture
def client(house: House) -> Client:
    return a_browser(house.actor, "leader", house.community.path)


def test_a_route_is_written_by_rows_and_empty_ones_are_left_out(
    house: House, client: Client
) -> None:
    plan = a_plan(house)
    assert "Every plan" not in client.get("/routes/new").content.decode()
    more = client.post("/routes/new", {**HEAD, **ROWS, "plan": str(plan.id), "more": "1"})
    assert more.content.decode().count('name="p-code"') == 6
    answer = client.post("/routes/new", {**HEAD, **ROWS, "plan": str(plan.id)})
    assert answer.status_code == 302, answer.content.decode()
    page = client.get(answer["Location"]).content.decode()
    assert "大堂" in page
    assert "0.35" in page
    with acting(house.actor):
        route = Route.objects.get()
        first, second = route_points(route)
    assert (first.code, first.minute, first.dwell) == ("P1", 5, 20)
    assert (second.code, second.walk, second.reads) == ("P2", 90, True)
    edit = f"/routes/{route.id}/edit"
    assert client.get(edit).content.decode().count('name="p-code"') == 6
    changed = {**HEAD, **ROWS, "p-name": ["大厅", "水泵", ""], "version": "1"}
    assert client.post(edit, changed).status_code == 302
    assert client.post(edit, changed).status_code == 422  # somebody had seen an older one
    with acting(house.actor):
        assert [one.name for one in route_points(route)] == ["大厅", "水泵"]


def points_typed(page: str) -> list[tuple[str, ...]]:
    """Name, way and minute of each row of the form, in their order."""
    columns = [re.findall(rf'name="p-{name}"[^>]*value="([^"]*)"', page)
               for name in ("name", "walk", "minute")]  # fmt: skip
    return [row for row in zip(*columns, strict=True) if row[0]]


def test_points_are_put_in_the_order_of_floors_and_moved_by_hand(
    house: House, client: Client
) -> None:
    plan = a_plan(house)
    typed = {
        **ROWS, "p-code": ["P1", "P2", "P3"], "p-name": ["天台门", "5层配电间", "中心花园"],
        "p-where": ["2", "2", ""], "p-walk": ["", "60", "90"], "p-minute": ["1", "", "9"],
    }  # fmt: skip
    with acting(house.actor):
        add_places(
            [Place(parent=house.community, kind="building", code="2", name="2 栋")],
            actor=house.actor,
        )
    said = {**HEAD, **typed, "plan": str(plan.id)}
    answer = client.post("/routes/new", {**said, "walk": "1"})
    assert answer.status_code == 200
    assert points_typed(answer.content.decode()) == [  # a way holds for the point before alone
        ("5层配电间", "", ""), ("天台门", "", "1"), ("中心花园", "", "9")
    ]  # fmt: skip
    moved = client.post("/routes/new", {**said, "p-n": ["3", "2", "1"], "more": "1"})
    assert [row[0] for row in points_typed(moved.content.decode())] == [
        "中心花园", "5层配电间", "天台门"
    ]  # fmt: skip
    made = client.post("/routes/new", {**said, "p-n": ["2", "2", "3"]})
    page = client.get(made["Location"]).content.decode()
    assert page.index("floor 5") > page.index("roof")
    token = a_token(house.actor, an_account(house.actor, "leader", house.community.path))
    reader = Client(headers={"Authorization": f"Bearer {token}"})
    (one,) = reader.get("/api/v1/routes").json()["items"]
    whole = reader.get(f"/api/v1/routes/{one['id']}").json()
    assert (whole["code"], whole["version"], whole["plan_id"]) == ("NIGHT", 1, str(plan.id))
    assert [(p["n"], p["name"], p["walk"], p["minute"]) for p in whole["points"]] == [
        (1, "5层配电间", 0, None), (2, "天台门", 0, 1), (3, "中心花园", 90, 9)
    ]  # fmt: skip


def test_what_is_wrong_stands_in_its_row_and_nothing_typed_is_lost(
    house: House, client: Client
) -> None:
    plan = a_plan(house)
    bad = {**ROWS, "p-where": ["", "NOWHERE", ""], "p-low": ["x", "", ""]}
    answer = client.post("/routes/new", {**HEAD, **bad, "plan": str(plan.id)})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Write numbers" in page
    assert 'value="NOWHERE"' in page
    twice = {**ROWS, "p-code": ["P1", "p1", ""]}
    page = client.post("/routes/new", {**HEAD, **twice, "plan": str(plan.id)}).content.decode()
    assert page.count("Two points have this code") == 2
    with acting(house.actor):
        assert not RoutePoint.objects.exists()


def test_a_route_of_a_plan_that_begins_by_hand_shows_how_often(
    house: House, client: Client
) -> None:
    route = a_route(house, a_plan(house, when=ByHand(by="hand")), {})
    page = client.get(f"/routes/{route.id}")
    assert page.status_code == 200
    with translation.override("en"):
        said = rhythm_said(ByHand(by="hand"))
    assert said in page.content.decode()


def test_a_report_is_of_31_days_and_longer_by_the_command_line(
    house: House, client: Client
) -> None:
    asked = "/rounds/report?format=json&from=2026-03-01&to=2026-{}"
    assert client.get(asked.format("03-31")).status_code == 200
    refused = client.get(asked.format("04-01"))
    assert refused.status_code == 422
    assert "anju rounds report" in refused.content.decode()


def test_its_labels_are_printed_and_decode(house: House, client: Client) -> None:
    route, _work = a_round(house)
    made = client.post(f"/routes/{route.id}/labels")
    content = b"".join(made.streaming_content)  # type: ignore[attr-defined]  # a file's answer
    assert content.startswith(b"%PDF")
    with acting(house.actor):
        codes = set(Label.objects.values_list("code", flat=True))
    assert len(codes) == 3
    again = b"".join(client.post(f"/routes/{route.id}/labels").streaming_content)  # type: ignore[attr-defined]  # a file's answer
    assert again.startswith(b"%PDF")
    with acting(house.actor):
        assert set(Label.objects.values_list("code", flat=True)) == codes


def test_the_sheet_of_a_round_has_its_points_and_a_code_that_leads_to_it(
    house: House, client: Client
) -> None:
    _route, work = a_round(house, {"name": "大堂"}, {"name": "天台门"}, early=10)
    with acting(house.actor):
        ahead = sheet_of(work, company="物业", url="https://anju.example", kind="png")
    opened(work)
    with acting(house.actor):
        laid = sheet_of(work, company="物业", url="https://anju.example", kind="png")
    for pages in (ahead, laid):
        assert isinstance(pages, list)
        (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(pages[0])))
        assert code.text == f"https://anju.example/work/{work.id}"
    answer = client.get(f"/rounds/{work.id}/sheet")
    assert b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]  # a file's answer


def test_a_round_shows_its_points_and_what_is_odd(house: House, client: Client) -> None:
    _route, work = a_round(house, {"proof": "nfc"}, {}, early=10)
    opened(work)
    with frozen(work.opened_at + timedelta(minutes=11)):
        pass_point(work.id, Said("P1"), actor=house.doer)
    page = client.get(f"/rounds/{work.id}").content.decode()
    assert "weaker proof than asked" in page
    assert "done in time" in page
    day = f"{work.opened_at:%Y-%m-%d}"
    report = client.get(f"/rounds/report?from={day}&to={day}&format=json").json()
    assert [one["flags"] for one in report["rounds"][0]["points"]] == [["proof"], []]
    book = client.get(f"/rounds/report?from={day}&to={day}")
    assert b"".join(book.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]  # a file's answer
