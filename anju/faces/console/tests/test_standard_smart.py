"""The part of a standard's page that says what an expert would say."""

from collections.abc import Iterator

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from anju.domains.promises.commands.services import ship_services
from anju.domains.promises.models import Service
from anju.engine.loop.testing import a_house
from anju.engine.standards.commands import draft_standard
from anju.engine.standards.defaults import DEFAULTS
from anju.engine.standards.document import Document, Requirement
from anju.engine.standards.models import Standard
from anju.engine.standards.rules import Limit
from anju.faces.console.standards.smart import element, smart_part
from anju.foundation.tenancy.acting import acting

LIMITS = (Limit("arrive", 60, urgency=2), Limit("arrive", 30, urgency=3))


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    """Whatever language a page was asked for in before."""
    with translation.override("zh-hans"):
        yield


def shown(part) -> str:
    return render_to_string("console/standard_smart.html", {"smart": part})


def test_a_draft_is_told_what_stops_it_and_what_is_advice(actor) -> None:
    a_house(actor)
    old = next(one for one in DEFAULTS if "repair" in one.kinds)
    method = {"text": "及时处理", "labour": [{"post": "fitter", "minutes": 30}], "times_a_year": 40}
    said = {**old.model_dump(), "limits": LIMITS, "method": method}
    draft = draft_standard(type(old).model_validate(said), actor=actor)
    page = shown(smart_part(draft, actor))
    stops, _heading, advice = page.partition("<h3>建议</h3>")
    assert "更急的 P2" in stops
    assert "“及时”约束不了任何人" in advice
    assert "近 90 天没有可以对照的记录" in advice
    assert "20 (" in page or "20（" in page  # hours a year, beside today's none


def test_what_the_catalogue_offers_without_a_standard_is_named(actor) -> None:
    house = a_house(actor)
    draft = draft_standard(Document(code="lobby", name="大堂"), actor=actor)
    with acting(actor):
        ship_services(house.community, actor=actor, ruled={"cleaning": ["lobby"]})
        page = shown(smart_part(draft, actor))
        offered = Service.objects.filter(place=house.community)
        names = {one.name for one in offered.filter(group="cleaning")}
    filled, _sep, left = page.partition("尚无标准：")
    assert all(name in filled for name in names)
    assert not any(name in left for name in names)
    assert "门岗值守" in left
    assert reverse("console:catalogue", args=[house.community.id]) in page


def test_each_requirement_stands_once_over_what_is_said_of_it(actor) -> None:
    a_house(actor)
    text = "大堂保持干净整洁"
    said = Document(code="lobby", name="大堂", requirements=(Requirement(text=text),))
    page = shown(smart_part(draft_standard(said, actor=actor), actor))
    assert page.count(text) == 1
    assert "没有周期。请写明按多长时间计算" in page
    assert "无法衡量：缺" in page


def test_what_is_in_force_is_decided_and_not_asked_again(actor) -> None:
    a_house(actor)
    with acting(actor):
        assert smart_part(Standard.objects.filter(state="published")[0], actor) is None
    assert shown(None).strip() == ""


def test_places_are_said_as_on_the_page() -> None:
    assert element("limits/arrive/2/电梯") == "时限 · 到场 · P2 · 电梯"
    assert element("limits/feedback/*").count("·") == 1
    assert element("requirements/sweep") == "质量要求"
