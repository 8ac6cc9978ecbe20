"""A standard that is published rules the next case; the API says which would, and why; a trial is
measured beside it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anju.engine.clocks.models import Clock
from anju.engine.loop.beside import Beside, measured_beside
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case
from anju.engine.loop.queries import Spot, opening_facts
from anju.engine.loop.testing import House, a_case, a_house
from anju.engine.loop.tests.test_api import Api
from anju.engine.standards.commands import draft_standard, move_standard, put_in_force
from anju.engine.standards.document import Document
from anju.engine.standards.models import Standard
from anju.engine.standards.rules import Limit
from anju.engine.standards.scope import Scope
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def narrow(house: House, **said: object) -> Document:
    return Document.model_validate(
        {
            "code": "water", "name": "漏水急修", "kinds": ("repair",),
            "scope": Scope((house.community.path,), ("水电/漏水",)),
            "limits": (Limit("arrive", 20), Limit("finish", 90)), **said,
        }
    )  # fmt: skip


def arrival(house: House, case: Case) -> int | None:
    with acting(house.actor):
        found = Clock.objects.filter(case_id=case.id, kind="arrive").first()
        return found.minutes if found else None


def test_a_published_standard_rules_the_next_case_and_not_the_open_one(house: House) -> None:
    before = a_case(house, category="水电/漏水")
    new = put_in_force(narrow(house), actor=house.actor, why="客户要求")
    after = a_case(house, category="水电/漏水")
    beside = a_case(house, category="水电")
    assert after.case.standard_id == new.id
    assert arrival(house, after.case) == 20
    assert before.case.standard_id == beside.case.standard_id != new.id
    assert arrival(house, before.case) == arrival(house, beside.case) == 120


def test_the_api_says_which_version_would_rule_and_why(house: House) -> None:
    put_in_force(narrow(house), actor=house.actor, why="客户要求")
    api = Api(house)
    place = house.room.full_code
    asked = "/standards/match?kind=repair&urgency=2&category={}&place=" + place
    _, wet = api.get(asked.format("水电/漏水/厨房"))
    assert wet["standard"]["code"] == "water"
    assert [(m["standard"]["code"], m["why"]) for m in wet["considered"]] == [
        ("water", "rules"), ("repair", "less_specific"),
    ]  # fmt: skip
    _, dry = api.get(asked.format("绿化"))
    assert [(m["standard"]["code"], m["why"]) for m in dry["considered"]] == [
        ("repair", "rules"), ("water", "other_category"),
    ]  # fmt: skip
    assert api.get(asked.format("绿化").replace("repair", "nonsense"))[0] == 422


def test_a_version_is_listed_read_and_moved_over_the_api(house: House) -> None:
    draft = draft_standard(narrow(house), actor=house.actor)
    api = Api(house, "headquarters", path="")
    _, listed = api.get("/standards?state=draft")
    assert [s["id"] for s in listed["items"]] == [str(draft.id)]
    _, whole = api.get(f"/standards/{draft.id}")
    assert Document.model_validate(whole["document"]) == narrow(house)
    step = {"move": "submit", "why": "写好了"}
    assert api.post(f"/standards/{draft.id}/moves", step)[1]["state"] == "review"
    assert api.post(f"/standards/{draft.id}/moves", step)[0] == 422
    assert Api(house, "desk").post(f"/standards/{draft.id}/moves", step)[0] == 403
    assert api.get("/standards?state=nonsense")[0] == 422


def test_matching_asks_the_database_once(house: House) -> None:

    for n in range(5):
        put_in_force(
            narrow(house, code=f"w{n}", scope={"categories": (f"水电/{n}",)}),
            actor=house.actor,
            why="x",
        )
    spot = Spot(house.room.id, house.room.path)
    with acting(house.actor), CaptureQueriesContext(connection) as asked:
        facts = opening_facts(spot, "repair", actor=house.actor)
    assert len(asked) <= 1  # a prepared statement of psycopg is not counted by Django
    assert len(facts.standing) == 6


def test_a_trial_is_measured_beside_the_version_in_force(house: House) -> None:
    """Four cases arrived at after 10, 25, 60 and 200 minutes: 120 are promised, 30 are on trial."""
    start = now()
    with acting(house.actor):
        old = Standard.objects.get(code="repair", state="published")
    text = old.document.model_copy(update={"limits": (Limit("arrive", 30),)})
    trial = draft_standard(text, actor=house.actor)
    move_standard(trial.id, "submit", actor=house.actor, why="x")
    trial = move_standard(
        trial.id, "try", actor=house.actor, why="先试", places=[house.community.path]
    )
    for minutes in (10, 25, 60, 200):
        with frozen(start + timedelta(minutes=1)):
            opened = a_case(house, urgency=1)  # day and night
            with acting(house.actor):
                Clock.objects.filter(case_id=opened.case.id, kind="arrive").update(minutes=120)
        assert opened.work
        with frozen(start + timedelta(minutes=1 + minutes)):
            move_work(
                opened.work.id, "assign", actor=house.doer, said={"person": str(house.worker.id)}
            )
            move_work(opened.work.id, "accept", actor=house.doer)
            move_work(opened.work.id, "arrive", actor=house.doer)
    with acting(house.actor):
        before = Clock.objects.count()
        (one,) = measured_beside(trial, actor=house.actor)
        assert Clock.objects.count() == before
    assert one == Beside("arrive", 4, ruled=3, tried=2)
