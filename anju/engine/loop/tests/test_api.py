"""The REST surface of the loop: what a program outside may rely on."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from anju.engine.loop.models import Case
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.testing import a_token, an_account
from anju.foundation.events.commands import seal_once
from anju.foundation.lib import now
from anju.foundation.people.models import Person
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


class Api:
    """A client with a bearer token of someone in the house."""

    def __init__(
        self,
        house: House,
        role: str = "manager",
        scopes: str = "read write",
        path: str | None = None,
    ) -> None:
        where = house.community.path if path is None else path
        token = a_token(house.actor, an_account(house.actor, role, where), scopes)
        self.client = Client(headers={"Authorization": f"Bearer {token}"})

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        answer = self.client.post(
            f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers
        )
        return answer.status_code, answer.json()

    def get(self, path: str) -> tuple[int, Any]:
        answer = self.client.get(f"/api/v1{path}")
        return answer.status_code, answer.json()


def a_report(house: House, **more: Any) -> dict[str, Any]:
    return {
        "kind": "repair", "category": "水电", "title": "漏水", "text": "厨房", "urgency": 2,
        "place": house.room.full_code, "reporter": {"name": "王芳", "phone": "13912345678"},
        "channel": "phone", **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "meant"), [({"urgency": "P1"}, 1), ({"urgency": None}, 3), ({"urgency": "4"}, 4)]
)
def test_urgency_as_people_write_it(house: House, given: dict[str, Any], meant: int) -> None:
    status, made = Api(house).post("/cases", {**a_report(house), "asset": None, **given})
    assert status == 201
    assert Api(house).get(f"/cases/{made['id']}")[1]["urgency"] == meant


def test_times_are_told_in_utc_whatever_zone_they_came_in(house: House) -> None:
    at = now().astimezone(ZoneInfo("Asia/Shanghai")) - timedelta(hours=1)
    status, made = Api(house).post("/cases", a_report(house, at=at.isoformat()))
    assert status == 201
    assert all(clock["started_at"].endswith("Z") for clock in made["clocks"])


def test_times_are_the_same_wherever_they_are_read(house: House) -> None:
    """To the microsecond: what was read can be sent back, and is not before the report."""
    api = Api(house)
    _, made = api.post("/cases", a_report(house))
    _, read = api.get(f"/cases/{made['id']}")
    assert read["clocks"] == made["clocks"]
    step = {"name": "respond", "version": read["version"], "at": read["at"]}
    assert api.post(f"/cases/{made['id']}/moves", step)[0] == 200


@pytest.mark.parametrize("query", ["state=shut", "kind=wish", "cursor=1", "limit=0"])
def test_a_filter_nobody_knows_is_refused_not_answered_with_nothing(
    house: House, query: str
) -> None:
    status, problem = Api(house).get(f"/cases?{query}")
    assert (status, [f["name"] for f in problem["fields"]]) == (422, [query.partition("=")[0]])


def test_a_case_is_opened_moved_and_explained(house: House) -> None:
    api = Api(house)
    status, made = api.post("/cases", a_report(house))
    assert status == 201
    assert set(made) >= {"id", "number", "state", "clocks"}
    assert {c["kind"] for c in made["clocks"]} >= {"respond", "finish", "feedback"}
    said = {"text": "已派人", "substance": "plan", "by": "2099-01-01", "channel": "phone"}
    status, moved = api.post(
        f"/cases/{made['id']}/moves", {"name": "tell", "version": 1, "said": said}
    )
    assert (status, moved["state"], moved["version"]) == (200, "open", 2)
    status, clocks = api.get(f"/cases/{made['id']}/clocks")
    told = next(c for c in clocks if c["kind"] == "feedback")
    assert (status, told["state"]) == (200, "kept")
    assert told["spans"][0]["counted"] is True
    status, whole = api.get(f"/cases/{made['id']}")
    assert (status, whole["text"], len(whole["work"])) == (200, "厨房", 1)


def test_the_reporter_is_found_again_by_telephone(house: House) -> None:
    api = Api(house)
    for _n in range(2):
        assert api.post("/cases", a_report(house))[0] == 201
    with acting(house.actor):
        assert Person.objects.filter(phone="13912345678").count() == 1


@pytest.mark.parametrize("how", ["id", "path", "code"])
def test_a_place_is_named_in_three_ways(house: House, how: str) -> None:
    place = {"id": str(house.room.id), "path": house.room.path, "code": house.room.full_code}[how]
    status, made = Api(house).post("/cases", a_report(house, place=place))
    assert status == 201
    with acting(house.actor):
        assert Case.objects.get(id=made["id"]).place_id == house.room.id


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"place": "9-9-9999"}, "place"),
        ({"kind": "gossip"}, "kind"),
        ({"urgency": 7}, "urgency"),
        ({"channel": "pigeon"}, "channel"),
        ({"title": " "}, "title"),
        ({"asset": "no-such"}, "asset"),
        ({"at": "2999-01-01T00:00:00Z"}, "at"),
        ({"at": "yesterday"}, "at"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "at"),
        ({"urgency": ["P1"]}, "urgency"),
        ({"reporter": {"name": "王芳", "phone": "not a number"}}, "phone"),
    ],
)
def test_bad_input_is_a_problem_that_names_the_field(
    house: House, change: dict[str, Any], field: str
) -> None:
    status, problem = Api(house).post("/cases", a_report(house, **change))
    assert status == 422
    assert field in json.dumps(problem)
    with acting(house.actor):
        assert Case.objects.count() == 0


def test_a_stale_version_is_a_conflict(house: House) -> None:
    api, case = Api(house), a_case(house).case
    body = {"name": "respond", "version": 9}
    status, problem = api.post(f"/cases/{case.id}/moves", body)
    assert (status, problem["code"]) == (409, "stale_version")


def test_a_wrong_move_says_what_is_possible(house: House) -> None:
    case = a_case(house).case
    status, problem = Api(house).post(f"/cases/{case.id}/moves", {"name": "close"})
    assert (status, problem["code"]) == (422, "wrong_state")
    assert "respond" in problem["detail"]


def test_pages_by_cursor_meet_without_gap_or_double(house: House) -> None:
    made = [str(a_case(house).case.id) for _n in range(5)]
    api, seen, cursor = Api(house), [], ""
    while True:
        _status, page = api.get(f"/cases?limit=2{cursor}")
        seen += [c["id"] for c in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == made[::-1]


def test_what_is_foreign_is_not_found(house: House, other_actor: Actor) -> None:
    theirs = a_case(a_house(other_actor)).case
    api = Api(house)
    assert api.get(f"/cases/{theirs.id}")[0] == 404
    assert api.post(f"/cases/{theirs.id}/moves", {"name": "respond"})[0] == 404
    assert api.get(f"/cases/{uuid4()}")[0] == 404


def test_a_token_needs_its_scope_and_the_role_its_right(house: House) -> None:
    assert Api(house, scopes="read").post("/cases", a_report(house))[0] == 403
    assert Api(house, role="reviewer").post("/cases", a_report(house))[0] == 403
    assert Client().get("/api/v1/cases").status_code == 401


def test_the_same_key_acts_once(house: House) -> None:
    api, key = Api(house), {"Idempotency-Key": str(uuid4())}
    first, again = (api.post("/cases", a_report(house), **key) for _n in range(2))
    assert first == again
    assert api.post("/cases", a_report(house, title="别的"), **key)[0] == 422
    with acting(house.actor):
        assert Case.objects.count() == 1


def test_events_are_read_in_their_sealed_order(house: House) -> None:
    opened = a_case(house)
    while seal_once():
        pass
    assert Api(house).get("/events")[0] == 403  # a manager of one place
    status, page = Api(house, role="reviewer", path="").get("/events?limit=500")
    assert status == 200
    positions = [e["position"] for e in page["items"]]
    assert positions == list(range(1, len(positions) + 1))
    assert str(opened.case.id) in {e["subject_id"] for e in page["items"]}
