"""The library's pages: found, marked as a suggestion, taken over, compared, adopted."""

import pytest
from django.test import Client

from anju.engine.indicators.beside import promised
from anju.engine.library.models import Adopted, Installed
from anju.engine.loop.testing import House, a_house
from anju.engine.standards.commands import move_standard, put_in_force
from anju.engine.standards.document import Document, Requirement, Where
from anju.engine.standards.models import Standard
from anju.engine.standards.rules import Limit
from anju.engine.standards.scope import Scope
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture
def client(actor: Actor) -> Client:
    client = Client()
    client.cookies[DEVICE_COOKIE] = an_account(actor, "admin").device
    return client


def said(client: Client, path: str) -> str:
    answer = client.get(path, headers={"accept-language": "en"})
    assert answer.status_code == 200, path
    return answer.content.decode()


def alone(text: Document, actor: Actor) -> None:
    """Put a standard into force after all others were retired."""
    with acting(actor):
        for one in Standard.objects.seen_by(actor).in_force():
            move_standard(one.id, "retire", actor=actor, why="for tests")
    put_in_force(text, actor=actor, why="for tests")


def test_what_is_asked_is_found_in_either_script(client: Client) -> None:
    assert "BASIC.URGENT" in said(client, "/library?q=急修到达")
    assert "BASIC.URGENT" in said(client, "/library?q=急修到達")
    assert "LIFT.CREW" in said(client, "/library?section=2.3&basis=law")
    assert "LIFT.CREW" not in said(client, "/library?section=2.3&certainty=suggested")
    assert "Nothing in the library" in said(client, "/library?q=nothing-of-the-kind")


def test_a_suggestion_says_that_it_is_one(client: Client) -> None:
    assert "nobody has confirmed it" in said(client, "/library/facts/CLEAN.MOP")
    confirmed = said(client, "/library/facts/BASIC.URGENT")
    assert "nobody has confirmed it" not in confirmed
    assert "https://m.shutu.cn/" in confirmed
    assert client.get("/library/facts/NO.SUCH").status_code == 404


def test_a_piece_is_taken_over_from_its_page(client: Client, actor: Actor) -> None:
    assert (
        client.post("/library/pieces/grade-2004/install", {"script": "zh-Hans"}).status_code == 422
    )
    answer = client.post(
        "/library/pieces/grade-2004/install", {"script": "zh-Hans", "level": "二级"}
    )
    assert answer.status_code == 302
    with acting(actor):
        draft = Standard.objects.get(code="grade-2004")
        assert Installed.objects.count() == 1
    assert answer["Location"].endswith(f"/standards/{draft.id}")
    assert "taken over" in said(client, "/library/pieces/grade-2004")


def test_a_community_beside_a_grade(client: Client, actor: Actor, house: House) -> None:
    page = said(client, f"/library/compare?place={house.community.id}&level=一级")
    assert "met by rule" in page
    assert "repair" in page or "报修服务标准" in page
    assert "missing" in page


@pytest.mark.parametrize(
    ("scope", "counts"),
    [
        (Scope(), True),
        (Scope(categories=("水电",)), False),
        (Scope(urgencies=(1,)), False),
        (Scope(urgencies=(2,)), True),
        (Scope(places=("elsewhere/",)), False),
    ],
)
def test_only_what_rules_the_community_is_its_promise(
    client: Client, actor: Actor, house: House, scope: Scope, counts: bool
) -> None:
    strict = (Limit("arrive", 7, urgency=2),)
    text = Document(code="quick", name="七分钟", kinds=("repair",), scope=scope, limits=strict)
    alone(text, actor)
    page = said(client, f"/library/compare?place={house.community.id}&level=一级")
    assert ("七分钟 v1: 7 min" in page) == counts


@pytest.mark.parametrize(
    ("scope", "counts"),
    [
        (Where(), True),
        (Where(kind="repair"), True),
        (Where(category="水电"), False),
        (Where(urgency=1), False),
        (Where(place="elsewhere/"), False),
    ],
)
def test_a_requirement_scoped_elsewhere_is_no_promise(
    actor: Actor, house: House, scope: Where, counts: bool
) -> None:
    promise = Requirement(
        text="满意", metric="indicator.satisfied", op=">=", value=97, unit="%", scope=scope
    )
    text = Document(code="happy", name="满意", kinds=("repair",), requirements=(promise,))
    alone(text, actor)
    with acting(actor):
        standing = Standard.objects.seen_by(actor).in_force()
        found = promised({"indicator:satisfied"}, house.community, standing)
    assert ("indicator:satisfied" in found) == counts


def test_a_fact_is_adopted_with_a_reason_for_another_number(
    client: Client, actor: Actor, house: House
) -> None:
    path, place = "/library/facts/BASIC.URGENT/adopt", str(house.community.id)
    ask = {"place": place, "level": "一级", "value_0": "20"}
    refused = client.post(path, ask)
    assert refused.status_code == 422
    assert 'value="20"' in refused.content.decode()
    assert client.post(path, {**ask, "value_0": "soon", "why": "x"}).status_code == 422
    assert client.post(path, {**ask, "why": "驻场电工"}).status_code == 302
    with acting(actor):
        row = Adopted.objects.get(item="BASIC.URGENT")
        assert (row.values[0]["value"], row.changed, row.why) == (20, True, "驻场电工")
    assert "adopted" in said(client, f"/library/compare?place={place}&level=一级")
