"""What was written about a person when shifts changed: found, and of nobody else."""

import json
import zipfile
from datetime import date
from io import BytesIO

from anju.domains.staff.handover.about import Called
from anju.domains.staff.handover.commands import give_over
from anju.domains.staff.handover.models import Handover
from anju.engine.loop.commands.opening import Opened
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.events.models import EventValue
from anju.foundation.people.commands import assign, erase_person, export_person
from anju.foundation.people.models import Person
from anju.foundation.people.testing import a_person, a_post
from anju.foundation.places.testing import a_community, a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

NAME, PHONE, LONGER = "王建国", "13911112222", "王建国庆"


def _next_door(house: House) -> tuple[Person, Opened]:
    """Who lives next door, and what they report there."""
    with acting(house.actor):
        room = a_place(house.actor, number="3-2-1202", community=house.community)
    lives = a_person(house.actor, name=LONGER, lives_at=room)
    return lives, a_case(house, place=room, reporter=lives, urgency=2)


def _left(actor: Actor) -> set[str]:
    with acting(actor):
        values = EventValue.objects.filter(event__subject_kind="handover")
        things = {name for one in Handover.objects.all() for name, _n in one.things}
        return {*values.values_list("text", flat=True), *things}


def _exported(person: Person, actor: Actor) -> set[str]:
    with zipfile.ZipFile(BytesIO(export_person(person.id, actor=actor))) as file:
        parts = json.loads(file.read("data.json"))["parts"]
    return {row["text"] for row in parts["handovers"]}


def test_words_go_with_whom_they_are_about_and_with_nobody_else(actor: Actor) -> None:
    """The telephone wherever it stands, the name where they belong; handed out is only the
    first."""
    house = a_house(actor)
    person = a_person(actor, name=NAME, phone=PHONE, lives_at=house.room)
    their, (_lives, other) = a_case(house, reporter=person, urgency=2), _next_door(house)
    at_home = a_case(house, urgency=2)  # which somebody else has reported
    known: dict[str, Opened | str] = {
        "门口密码 5678": their, f"楼下 139-1111 2222 {NAME} 说的": other,
        f"物业已回 +86{PHONE}": "shift", f"{PHONE} 的钥匙": "thing",
    }  # fmt: skip
    named: dict[str, Opened | str] = {
        f"{NAME}八点到家": at_home,
        f"{NAME}来取钥匙": "shift",
        f"{NAME}的门卡": "thing",
    }
    others: dict[str, Opened | str] = {
        f"{NAME}隔壁老人独居，门锁密码 1234": other, f"{LONGER}家漏水": "shift",
        f"{LONGER}的钥匙": "thing", f"单号 9{PHONE}": "shift", f"{PHONE}0 是表号": "thing",
    }  # fmt: skip
    elsewhere = f"{NAME}来过"
    give_over(a_community(actor), actor=house.doer, text=elsewhere)
    rows = [*known.items(), *named.items(), *others.items()]
    things = [(text, 1) for text, at in rows if at == "thing"]
    loose = [text for text, at in rows if at == "shift"]
    for text, at in rows:
        if isinstance(at, Opened):
            give_over(house.community, actor=house.doer, beside={str(at.case.id): text})
    for text in loose:
        give_over(house.community, actor=house.doer, text=text)
    give_over(house.community, actor=house.doer, things=things)
    assert _left(actor) == {*known, *named, *others, elsewhere}
    assert _exported(person, actor) == set(known)
    looked = erase_person(person.id, actor=actor, dry_run=True)
    assert looked.rows["handovers"] == len(known) + len(named)
    erase_person(person.id, actor=actor)
    gone = {text for text in _left(actor) if not text.startswith("— ")}
    assert gone == {*others, elsewhere}


def test_a_colleague_is_named_in_the_shifts_of_their_post(actor: Actor) -> None:
    house = a_house(actor)
    post = a_post(actor, place=a_community(actor))
    assign(house.worker, post=post, since=date(2020, 1, 1), actor=actor)
    give_over(None, actor=house.doer, post=post, text=f"{house.worker.name}已回电")
    give_over(post.place, actor=house.doer, text=f"{house.worker.name}来过")
    assert _exported(house.worker, actor) == set()
    erase_person(house.worker.id, actor=actor)
    assert _left(actor) == {f"{house.worker.name}来过"}


def test_no_name_that_is_a_word_for_many_and_no_short_number(actor: Actor) -> None:
    with acting(actor):
        for name, phone in (("业主", "10086"), ("業主", "95598"), ("王", "")):
            called = Called.of(a_person(actor, name=name, phone=phone))
            assert not called.by_name(f"{name}来电")
            assert not called.by_phone(f"请回电 {phone}")
        ann = Called.of(a_person(actor, name="Ann", phone="13911112222"))
        assert ann.by_name("请Ann来")
        assert not ann.by_name("Anna 来电")
