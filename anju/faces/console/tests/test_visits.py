"""The page of visits: who was left out, and a plan that is begun for them."""

import pytest
from django.test import Client

from anju.engine.loop.models import WorkOrder
from anju.engine.loop.testing import House, a_house
from anju.engine.plans.models import Plan
from anju.engine.standards.models import Standard
from anju.foundation.access.testing import a_browser
from anju.foundation.people.testing import a_person
from anju.foundation.places.testing import a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def browser(house: House, role: str) -> Client:
    return a_browser(house.actor, role, house.community.path)


def test_a_plan_is_begun_for_who_was_left_out(house: House) -> None:
    with acting(house.actor):
        other = a_place(house.actor, number="8-801", community=house.community)
        a_person(house.actor, name="孙阿姨", lives_at=other)
    leader = browser(house, "leader")
    page = leader.get("/visits?state=left").content.decode()
    assert all(home.full_code in page for home in (house.room, other))
    assert "0 of 2 visited this year (0 %)" in page
    url = f"/plans/new?place={house.community.id}&amp;from=VISIT&amp;left=1"
    assert url in page
    begun = leader.get(url.replace("&amp;", "&")).content.decode()
    lines = f"{house.room.full_code}\n{other.full_code}"
    assert lines in begun
    assert '<option value="visit" selected>' in begun
    first = today(house.actor.company_id).isoformat()
    typed = {
        "code": "VISIT", "name": "住户走访", "subjects": lines, "standard": "visit",
        "start": first, "repeat": "month", "interval": "6", "times": "23:59", "calendar": "always",
        "day_off": "keep", "month_end": "skip", "early": "0", "late": "4320", "make_up": "0",
        "catch_up": "none", "labour": "15",
    }  # fmt: skip
    answer = leader.post("/plans/new", typed)
    assert answer.status_code == 302
    with acting(house.actor):
        assert Plan.objects.get(code="VISIT").standard == "visit"
        assert Standard.objects.get(code="visit").state == "published"
        assert WorkOrder.objects.filter(case=None, place=other).exists()


def test_who_plans_nothing_sees_the_list_alone(house: House) -> None:
    concierge = browser(house, "concierge")
    page = concierge.get("/visits")
    assert page.status_code == 200
    assert house.room.full_code in page.content.decode()
    assert "from=VISIT" not in page.content.decode()
