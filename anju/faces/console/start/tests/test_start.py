"""The set-up: what is done is read from the facts, each step does what it says, all or nothing."""

from datetime import timedelta
from re import findall

import pytest
from django.http import HttpResponse
from django.test import Client

from anju.domains.answers.models import Answer
from anju.domains.answers.queries import blanks_left
from anju.domains.emergency.queries import numbers_left
from anju.domains.promises.models import Contract, Service
from anju.engine.clocks.models import Clock
from anju.engine.indicators.figures import BY_CODE
from anju.engine.library.grading import JUDGED
from anju.engine.loop.commands.opening import Report, report
from anju.engine.loop.testing import a_case, a_house
from anju.engine.standards.models import Standard
from anju.faces.console.start.forms import ROWS
from anju.faces.console.start.steps import NAMES, steps
from anju.faces.furnishing import JOBS, furnish
from anju.foundation.access.models import Account
from anju.foundation.access.rules import DEVICE_COOKIE, ROLES
from anju.foundation.access.testing import an_account
from anju.foundation.people.models import Duty, Person, Post, Team
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today

EAST = {
    "name": "东湖花园", "use": "住宅", "phone": "0571-8888 0110",
    "buildings": 2, "units": 1, "floors": 3, "rooms": 2,
}  # fmt: skip
CREW = {
    "name_0": "王静", "phone_0": "13800000001", "job_0": "desk", "name_1": "张伟",
    "job_1": "technician", "name_2": "张伟", "job_2": "technician", "on_duty": "on",
}  # fmt: skip


@pytest.fixture
def client(actor: Actor) -> Client:
    found = Client(headers={"accept-language": "en"})
    found.cookies[DEVICE_COOKIE] = an_account(actor, "admin").device
    return found


def looks(actor: Actor) -> dict[str, str]:
    with acting(actor):
        return {step.name: step.look for step in steps(actor)}


def take_on(client: Client, actor: Actor) -> HttpResponse:
    with acting(actor):
        place = Place.objects.get(kind="community")
    return client.post("/start/people", {**CREW, "community": str(place.id)})


def test_the_home_leads_on_until_the_first_case(actor: Actor, client: Client) -> None:
    empty = client.get("/").content.decode()
    assert empty.index("Community and buildings") < empty.index("The first case")
    assert '<li class="current"><span>1</span>' in empty
    assert client.get("/start")["Location"] == "/start/community"
    house = a_house(actor)
    begun = client.get("/").content.decode()
    assert '<li class="current"><span>2</span>' in begun
    assert client.get("/start")["Location"] == "/start/people"
    a_case(house)
    assert "Community and buildings" not in client.get("/").content.decode()


def test_who_cannot_take_the_steps_does_not_see_them(actor: Actor) -> None:
    guard = Client(headers={"accept-language": "en"})
    guard.cookies[DEVICE_COOKIE] = an_account(actor, "guard").device
    assert "Community and buildings" not in guard.get("/").content.decode()
    assert guard.get("/start").status_code == 403


@pytest.mark.parametrize("name", NAMES)
def test_every_step_can_be_opened_in_an_empty_company(client: Client, name: str) -> None:
    page = client.get(f"/start/{name}")
    assert page.status_code == 200
    assert page.content.decode().count('aria-current="step"') == 1
    assert ("Skip for now" in page.content.decode()) == (name not in ("case", "wording"))
    assert client.get("/start/nowhere").status_code == 404


def test_a_community_is_made_of_four_numbers(actor: Actor, client: Client) -> None:
    made = client.post("/start/community", EAST)
    assert (made.status_code, made["Location"]) == (302, "/start/people")
    with acting(actor):
        rooms = Place.objects.filter(kind="room").order_by("full_code")
        assert [r.full_code for r in rooms[:3]] == ["1-1-101", "1-1-102", "1-1-201"]
        assert (len(rooms), Place.objects.filter(kind="public").count()) == (12, 2)
        assert Place.objects.get(kind="community").code == "DHHY"
    assert looks(actor)["community"] == "done"
    page = client.get("/start/community").content.decode()
    assert "12 rooms" in page
    again = client.post("/start/community", EAST)
    assert again.status_code == 422
    assert EAST["phone"] in again.content.decode()  # nothing typed is lost


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Please fill this in"),
        ({"floors": 0}, "greater than or equal to 1"),
        ({"phone": "call me"}, "no telephone number"),
        ({"buildings": 99, "units": 20, "floors": 60, "rooms": 40}, "4752000 rooms"),
    ],
)
def test_what_makes_no_community_leaves_no_trace(
    actor: Actor, client: Client, wrong: dict[str, object], said: str
) -> None:
    answer = client.post("/start/community", {**EAST, **wrong})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    with acting(actor):
        assert not Place.objects.exists()


def test_people_get_posts_duty_and_a_way_in(actor: Actor, client: Client) -> None:
    client.post("/start/community", EAST)
    page = take_on(client, actor)
    shown = page.content.decode()
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert (shown.count("/link/"), shown.count("<title>QR</title>")) == (3, 3)
    with acting(actor):
        logins = Account.objects.exclude(person_id=None).order_by("id")
        assert [a.login for a in logins] == ["wangjing", "zhangwei", "zhangwei2"]
        assert set(Post.objects.values_list("code", flat=True)) == {"DHHY-KF-1", "DHHY-GC-1"}
        assert (Team.objects.count(), Duty.objects.count()) == (2, 3)
    assert looks(actor)["people"] == "done"
    link = shown.split("/link/")[1].split("<")[0]
    word = "a long enough sentence"
    someone = Client()
    assert someone.post(f"/link/{link}", {"password": word, "again": word}).status_code == 302
    assert someone.post("/sign-in", {"login": "wangjing", "password": word})["Location"] == "/"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "at least one name"),
        ({"phone_3": "13800000009"}, "Whose telephone"),
        ({"name_0": "王静", "phone_0": "twelve"}, "no telephone number"),
    ],
)
def test_half_a_line_is_said_and_nobody_is_taken_on(
    actor: Actor, client: Client, given: dict[str, str], said: str
) -> None:
    client.post("/start/community", EAST)
    with acting(actor):
        place = Place.objects.get(kind="community")
    answer = client.post("/start/people", {"community": str(place.id), **given})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    with acting(actor):
        assert not Person.objects.exists()


def promised(client: Client, actor: Actor, **other: object) -> HttpResponse:
    """The contract step as it stands when it is opened, with other answers where some are given."""
    page = client.get("/start/contract", {"grade": "grade-2004/二级"}).content.decode()
    typed = dict(findall(r'<input type="(?:text|date|number)" name="(\w+)" value="([^"]*)"', page))
    parts = findall(r'name="parts" value="([^"]*)"[^>]* checked', page)
    given = {**typed, "grade": "grade-2004/二级", "parts": parts}
    return client.post("/start/contract", {**given, **other})


def test_a_grade_becomes_contract_standards_clocks_and_catalogue(
    actor: Actor, client: Client
) -> None:
    furnish(actor)
    client.post("/start/community", EAST)
    page = client.get("/start/contract").content.decode()
    assert 'value="grade-2004/一级" selected' in page
    assert promised(client, actor)["Location"] == "/start/wording"
    with acting(actor):
        place = Place.objects.get(kind="community")
        contract = Contract.objects.get()
        assert (contract.grade, contract.number) == (
            "grade-2004/二级",
            f"DHHY-{today(actor.company_id).year}-01",
        )
        assert (contract.first, contract.dates[0].on) == (
            today(actor.company_id), contract.last - timedelta(days=90),
        )  # fmt: skip
        codes = [code for clause in contract.says for code in clause.standards]
        assert codes[:2] == ["dhhy-repair", "dhhy-basics"]
        assert "不超过60分钟" in contract.says[0].text
        cleaning = Service.objects.filter(place=place, group="cleaning")
        assert {tuple(one.standards) for one in cleaning} == {("dhhy-cleaning",)}
        assert Service.objects.get(code="repair").standards == ["dhhy-repair"]
        drafts = Standard.objects.filter(state="draft")
        assert all(
            "建议值" in r.text for one in drafts for r in one.document.requirements
        )  # nothing that is confirmed waits
        room = Place.objects.filter(kind="room").first()
        leak = Report(kind="repair", urgency=2, title="漏水", place=room, channel="phone")
        case = report(leak, actor=actor).case
        assert case.standard.code == "dhhy-repair"
        arrive = Clock.objects.get(case_id=case.id, kind="arrive")
        assert arrive.due_at - arrive.started_at == timedelta(minutes=60)
    assert looks(actor)["contract"] == "done"
    assert contract.number in client.get("/start/contract").content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"parts": []}, "at least one part"),
        ({"last": "2020-01-01"}, "before the first"),
        ({"number": ""}, "Please fill this in"),
        ({"grade": "none/x"}, "Select a valid choice"),
    ],
)
def test_what_makes_no_contract_leaves_no_trace(
    actor: Actor, client: Client, wrong: dict[str, object], said: str
) -> None:
    furnish(actor)
    client.post("/start/community", EAST)
    answer = promised(client, actor, fee_basis="包干制", **wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "包干制" in answer.content.decode()
    with acting(actor):
        assert not Contract.objects.exists()
        assert Standard.objects.count() == 2


def test_the_next_community_begins_with_the_grade_of_the_last(actor: Actor, client: Client) -> None:
    furnish(actor)
    client.post("/start/community", EAST)
    promised(client, actor)
    client.post("/start/community", {**EAST, "name": "西湖花园"})
    page = client.get("/start/contract").content.decode()
    assert 'value="grade-2004/二级" selected' in page
    assert "XHHY-" in page
    assert promised(client, actor).status_code == 302
    with acting(actor):
        assert Contract.objects.count() == 2
        assert Standard.objects.filter(code="xhhy-repair", state="published").exists()


def test_the_figures_of_a_graded_standard_are_defined() -> None:
    assert {code for codes in JUDGED.values() for code in codes} <= set(BY_CODE)


def test_every_job_is_a_role_and_every_line_begins_with_one() -> None:
    assert set(JOBS) <= set(ROLES)
    assert len({post for _team, _name, post, _label in JOBS.values()}) == len(JOBS)
    assert ROWS >= 5


def test_a_blank_is_said_once_and_stands_wherever_it_is_asked(actor: Actor, client: Client) -> None:
    furnish(actor)
    with acting(actor):
        open_, numbers = blanks_left(actor), numbers_left(actor)
    assert open_
    assert numbers
    given = {f"blank_{n}": f"words {n}" for n in range(len(open_))}
    given |= {f"blank_{len(open_) + n}": f"96000{n}" for n in range(len(numbers))}
    wrong = client.post("/start/wording", {**given, f"blank_{len(open_)}": "ask the firm"})
    assert wrong.status_code == 422
    with acting(actor):
        assert (blanks_left(actor), numbers_left(actor)) == (open_, numbers)  # all or nothing
    assert client.post("/start/wording", {**given, "blank_0": ""}).status_code == 302
    with acting(actor):
        assert (blanks_left(actor), numbers_left(actor)) == (open_[:1], [])
        changed = Answer.objects.filter(state="current", version=2)
        assert any("words 1" in answer.text for answer in changed)
    client.post("/start/wording", {"blank_0": "words 0"})
    assert looks(actor)["wording"] == "done"


def test_an_announcement_begins_with_a_kept_text_and_no_blank_goes_out(
    actor: Actor, client: Client
) -> None:
    furnish(actor)
    client.post("/start/community", EAST)
    with acting(actor):
        kept = Answer.objects.seen_by(actor).current("notice").get(question="停水通知")
    page = client.get(f"/notices/new?from={kept.id}").content.decode()
    assert kept.text in page
    refused = client.post("/notices/new", {"place": "DHHY", "title": "停水通知", "text": kept.text})
    assert refused.status_code == 422
    assert "【楼栋】" in refused.content.decode()


@pytest.mark.parametrize("sheet", ["places", "residents"])
def test_the_upload_page_offers_its_template(client: Client, sheet: str) -> None:
    page = client.get(f"/imports/lists/{sheet}").content.decode()
    assert f"/imports/lists/{sheet}/template.xlsx" in page
