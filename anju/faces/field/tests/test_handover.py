"""A post changes hands on the phone: what is open there of every kind, words, things, objection."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from anju.domains.emergency.commands.planning import ship_plans
from anju.domains.emergency.commands.running import start
from anju.domains.emergency.models import Plan
from anju.domains.ledgers.commands import Said as LineSaid
from anju.domains.ledgers.commands import add_to_line
from anju.domains.ledgers.models import Line
from anju.domains.ledgers.testing import a_ledger, a_visitor
from anju.domains.rounds.commands import Said, pass_point
from anju.domains.rounds.queries import points_of
from anju.domains.rounds.testing import a_round, opened
from anju.domains.staff.handover.models import Handover
from anju.domains.staff.testing import Crew, a_crew
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.left_open import left_open, words_of
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import Someone, an_account
from anju.foundation.lib import frozen, now
from anju.foundation.people.commands import change_roster
from anju.foundation.people.models import Duty
from anju.foundation.people.testing import a_post
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

PAGE = "/work/handover"
HOUR = timedelta(hours=1)


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture
def crew(house: House) -> Crew:
    return a_crew(house.actor, place=house.community, people=2)


def phone(house: House, crew: Crew, n: int) -> Client:
    someone: Someone = an_account(
        house.actor, "guard", house.community.path, person_id=crew.people[n].id
    )
    made = Client(headers={"Accept-Language": "en"})
    made.cookies[DEVICE_COOKIE] = someone.device
    return made


def shown(client: Client, path: str = PAGE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_is_open_of_every_kind_stands_in_the_draft(house: House, crew: Crew) -> None:
    ledger = a_ledger(house.actor, house.community, post=crew.post)
    a_visitor(ledger, house.actor, name="钱途")
    gauge = {"low": Decimal(1), "high": Decimal(2), "unit": "MPa"}
    _route, work = a_round(house, gauge, {}, post=crew.post)
    opened(work)
    ship_plans(actor=house.actor)
    with acting(house.actor):
        fire = Plan.objects.get(code="fire")
    running = start(fire, house.room, matter="冒烟", actor=house.doer)
    with frozen(work.opened_at + timedelta(minutes=1)):
        with acting(house.actor):
            row = points_of(work)[0]
        said = Said(point=str(row.id), value="3")
        pass_point(work.id, said, actor=crew.actors[0])
        page = shown(phone(house, crew, 0))
    assert "访客登记 1 钱途" in page
    assert "夜间巡逻" in page
    assert "begun" in page
    assert "1号点 3 MPa" in page
    assert "1–2 MPa" in page
    assert running.case.title in page
    with acting(house.actor):
        assert f'href="/work/ledgers/lines/{Line.objects.get().id}"' in page
    assert "emergency running" in page


def test_of_every_kind_it_is_told_what_is_over(house: House, crew: Crew) -> None:
    line = a_visitor(a_ledger(house.actor, house.community, post=crew.post), house.actor)
    _route, work = a_round(house, {"low": Decimal(1), "high": Decimal(2)}, {}, post=crew.post)
    opened(work)
    case = a_case(house, urgency=1).case

    def over(at: datetime) -> dict[str, bool]:
        with frozen(at), acting(house.actor):
            read = words_of(matters, house.actor)
            return {kind: words.over for (kind, _id), words in read.items()}

    def reads(work: WorkOrder, at: datetime, value: str) -> None:
        with frozen(at):
            opened(work)
            with acting(house.actor):
                row = points_of(work)[0]
            pass_point(work.id, Said(point=str(row.id), value=value), actor=crew.actors[0])

    at = work.opened_at + timedelta(minutes=1)
    reads(work, at, "3")
    with frozen(at), acting(house.actor):
        found = left_open(crew.post.place, crew.post, house.actor)
    matters = [one for one in found if one.kind != "case" or one.id == case.id]
    assert over(at + 48 * HOUR) == {"case": False, "line": False, "reading": False, "work": False}
    with acting(house.actor):
        after = WorkOrder.objects.filter(occurrence__plan__code="NIGHT", opened_at__gt=at).earliest(
            "opened_at"
        )
    reads(after, after.opened_at + HOUR / 60, "1.5")
    later = after.opened_at + HOUR
    with frozen(later):
        move_case(case.id, "void", actor=house.judge, said={"reason": "误报"})
        add_to_line(line.id, {"left": LineSaid(verdict="pass")}, actor=house.actor)
        move_work(work.id, "void", actor=house.judge, said={"reason": "误报"})
    assert over(later) == {"case": True, "line": True, "reading": True, "work": True}


def test_a_post_changes_hands(house: House, crew: Crew) -> None:
    case = a_case(house, urgency=1).case
    goes, comes = phone(house, crew, 0), phone(house, crew, 1)
    said = {
        "post": str(crew.post.id), "do": "give", "drafted": [str(case.id)], "text": "东门车位已满",
        f"beside {case.id}": "水泵已开", "thing": ["钥匙", "对讲机", ""], "n": ["12", "3", ""],
    }  # fmt: skip
    assert goes.post(PAGE, said)["Location"] == f"{PAGE}?post={crew.post.id}"
    assert "I take the shift over" not in shown(goes)  # not one's own
    assert "take the shift over" in shown(comes, "/work")
    page = shown(comes)
    assert all(
        words in page for words in ("东门车位已满", "水泵已开", "钥匙 <b>12</b>", case.number)
    )
    with acting(house.actor):
        given = Handover.objects.get()
    taking = {"take": str(given.id), "post": str(crew.post.id), "found": ["11", "3"]}
    refused = comes.post(PAGE, {**taking, "do": "take", "text": "少一把"})
    assert refused.status_code == 422
    again = refused.content.decode()
    assert "You counted otherwise: 钥匙" in again
    assert 'value="11"' in again
    assert "少一把" in again
    assert comes.post(PAGE, {**taking, "do": "object", "text": "少一把"}).status_code == 302
    with acting(house.actor):
        taken = Handover.objects.get()
        assert (taken.state, taken.objected, taken.taken["found"]) == ("taken", True, {"钥匙": 11})
    assert "objection" in shown(comes)
    assert 'value="11"' in shown(comes)  # what was counted last is what is handed on


def test_what_was_typed_stays_when_giving_is_refused(house: House, crew: Crew) -> None:
    case = a_case(house, urgency=1).case
    said = {
        "post": str(crew.post.id), "thing": ["钥匙", "钥匙"], "n": ["1", "3把"], "text": "留言",
        f"beside {case.id}": "水泵已开",
    }  # fmt: skip
    refused = phone(house, crew, 0).post(PAGE, said)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "stands in the list twice" in page
    assert all(words in page for words in ("留言", "水泵已开", 'value="钥匙"', 'value="3把"'))
    nameless = phone(house, crew, 0).post(PAGE, {**said, "thing": [""], "n": ["3"]})
    assert nameless.status_code == 422
    assert "Name each thing" in nameless.content.decode()


def test_another_post_is_refused_and_never_signed_for(house: House, crew: Crew) -> None:
    case = a_case(house, urgency=1).case
    with acting(house.actor):
        other = a_post(house.actor, place=house.community)
    said = {
        "post": str(other.id), "thing": ["钥匙"], "n": ["3把"], "text": "留言",
        "drafted": [str(case.id)], f"beside {case.id}": "水泵已开",
    }  # fmt: skip
    guard = phone(house, crew, 0)
    refused = guard.post(PAGE, said)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "You are not at this post now" in page
    assert all(words in page for words in ("留言", "水泵已开", 'value="钥匙"', 'value="3把"'))
    assert f'name="post" value="{other.id}"' in page  # sent again it is no other post's either
    assert "大门岗" in page  # where one is
    taking = guard.post(PAGE, {"post": str(other.id), "take": str(other.id), "text": "少一把"})
    assert (taking.status_code, "少一把" in taking.content.decode()) == (422, True)
    with acting(house.actor):
        assert not Handover.objects.exists()


def test_near_the_end_of_a_shift_it_is_offered_once(house: House, crew: Crew) -> None:
    at = now()
    with acting(house.actor):
        duty = Duty(
            person=crew.people[0], post=crew.post, starts_at=at + HOUR / 2, ends_at=at + 3 * HOUR
        )
        change_roster(on=[duty], actor=house.actor)
    guard, offer = phone(house, crew, 0), "大门岗: hand the shift over"
    with frozen(at + HOUR):
        assert offer not in shown(guard, "/work")
    with frozen(at + 2.5 * HOUR):
        assert offer in shown(guard, "/work")
        guard.post(PAGE, {"post": str(crew.post.id)})
        assert offer not in shown(guard, "/work")


def test_who_is_at_no_post_is_told_so(house: House) -> None:
    someone = an_account(house.actor, "cleaner", house.community.path, person_id=house.worker.id)
    client = Client(headers={"Accept-Language": "en"})
    client.cookies[DEVICE_COOKIE] = someone.device
    assert "You are at no post now" in shown(client)
    assert client.post(PAGE, {}).status_code == 422


@pytest.mark.parametrize(
    "said",
    [
        {"thing": ["a\0"], "n": ["1"]},
        {"text": "a\0b"},
        {"text": "长" * 9_000},
        {"drafted": ["x", "work:zz", f"case:{'1' * 40}"]},
        {"thing": ["钥匙"] * 500, "n": ["1"] * 500},
        {"take": "zz"},
        {"post": "\0"},
    ],
)
def test_whatever_is_sent_is_taken_or_refused(
    house: House, crew: Crew, said: dict[str, object]
) -> None:
    given = a_case(house, urgency=1).case
    said = {"post": str(crew.post.id), f"beside {given.id}": "a\0b", **said}
    assert phone(house, crew, 0).post(PAGE, said).status_code in (302, 404, 422)


def test_it_is_said_which_shift_is_handed_over(house: House, crew: Crew) -> None:
    """To who goes by the roster, to who comes by what was signed, and afterwards in the list."""
    at, person = now(), crew.people[0]
    with acting(house.actor):
        shift = Duty(person=person, post=crew.post, starts_at=at + HOUR / 2, ends_at=at + 3 * HOUR)
        change_roster(on=[shift], actor=house.actor)
    here = ZoneInfo("Asia/Shanghai")
    begins, ends = shift.starts_at.astimezone(here), shift.ends_at.astimezone(here)
    whole = f"Shift {begins:%m-%d %H:%M}–{ends:%H:%M}"
    with frozen(shift.ends_at - timedelta(minutes=10)):
        giver = phone(house, crew, 0)
        assert whole in shown(giver)
        giver.post(PAGE, {"post": str(crew.post.id), "do": "give", "text": ""})
    with frozen(shift.ends_at + timedelta(minutes=10)):
        taker = phone(house, crew, 1)
        assert whole in shown(taker)
        with acting(house.actor):
            one = Handover.objects.get(post=crew.post)
        taker.post(PAGE, {"post": str(crew.post.id), "take": str(one.id), "do": "take"})
        assert f"shift until {ends:%m-%d %H:%M}" in shown(taker)
