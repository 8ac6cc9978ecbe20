"""The shift of a post: who hands it over, things counted, an objection, and what nobody gave."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from anju.domains.staff.handover import commands
from anju.domains.staff.handover.commands import give_over, take_over, tell_missing
from anju.domains.staff.handover.models import Handover
from anju.domains.staff.handover.queries import (
    as_it_stands,
    last_handovers,
    not_handed_over,
    posts_to_hand,
    things_last,
    waiting_handover,
    waits_at_posts,
    written_beside,
)
from anju.domains.staff.handover.rules import counts_typed, things_fault, things_typed
from anju.domains.staff.testing import Crew, a_crew
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.left_open import left_open
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.testing import a_token, an_account
from anju.foundation.events.models import Event
from anju.foundation.lib import frozen, now
from anju.foundation.messages.models import Message
from anju.foundation.messages.registry import words_of
from anju.foundation.people.commands import change_roster
from anju.foundation.people.models import Duty
from anju.foundation.people.testing import a_post, a_worker
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import zone_of_company
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused, Unknown

HOUR = timedelta(hours=1)


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture
def crew(house: House) -> Crew:
    """Its first guard is on duty for another hour, its second follows."""
    made = a_crew(house.actor, place=house.community)
    at = now()
    with acting(house.actor):
        spans = ((at + timedelta(minutes=1), at + HOUR), (at + HOUR, at + 9 * HOUR))
        on = [
            Duty(person=person, post=made.post, starts_at=begin, ends_at=end)
            for person, (begin, end) in zip(made.people, spans, strict=False)
        ]
        change_roster(on=on, actor=house.actor)
    return made


def test_what_a_post_leaves_open_is_its_own_work_and_what_is_urgent(
    house: House, crew: Crew
) -> None:
    ours, others = a_case(house), a_case(house)
    urgent = a_case(house, urgency=1)
    for one, said in (
        (ours, {"post": str(crew.post.id)}),
        (others, {"person": str(house.worker.id)}),
    ):
        assert one.work is not None
        move_work(one.work.id, "assign", actor=house.doer, said=said)
    guard = crew.actors[0]
    with acting(guard):
        found = {one.id: one.why for one in left_open(crew.post.place, crew.post, guard)}
    assert "ours" in found[ours.case.id]
    assert "urgent" in found[urgent.case.id]
    assert others.case.id not in found


def test_work_of_who_has_just_gone_is_handed_over_and_not_called_gone(
    house: House, crew: Crew
) -> None:
    given_to, other = a_case(house), a_case(house)
    assert given_to.work is not None
    assert other.work is not None
    for one in (given_to.work, other.work):
        move_work(one.id, "assign", actor=house.doer, said={"person": str(crew.people[0].id)})
    giver, taker = crew.actors[:2]
    late = now() + HOUR + timedelta(minutes=10)
    with frozen(late), acting(giver):
        found = {one.id: one.why for one in left_open(crew.post.place, crew.post, giver)}
        assert "ours" in found[given_to.case.id]  # the shift is over and may still be signed
    with frozen(late):
        given = give_over(None, post=crew.post, actor=giver)
    move_case(other.case.id, "void", actor=house.judge, said={"reason": "误报"})
    with frozen(late + timedelta(hours=6)):  # who gave is long at home
        with acting(taker):
            waits = waiting_handover(taker, post=crew.post)
            assert waits is not None
            stands = as_it_stands(waits, left_open(crew.post.place, crew.post, taker), taker)
            assert [one.id for one in stands.signed] == [given_to.case.id]
        taken = take_over(given.id, actor=taker)
    assert taken.taken["gone"] == [str(other.case.id)]


def test_each_shift_of_a_giver_waits_for_its_own_signature(house: House, crew: Crew) -> None:
    giver, taker = crew.actors[:2]
    at = now()
    with acting(house.actor):
        again = Duty(person=crew.people[0], post=crew.post, starts_at=at + 24 * HOUR,
                     ends_at=at + 32 * HOUR)  # fmt: skip
        change_roster(on=[again], actor=house.actor)
    with frozen(at + HOUR / 2):
        first = give_over(None, post=crew.post, actor=giver)
    with frozen(at + 31 * HOUR):
        second = give_over(None, post=crew.post, actor=giver)
        corrected = give_over(None, post=crew.post, actor=giver)
        with acting(giver):
            states = dict(Handover.objects.values_list("id", "state"))
        assert states == {first.id: "given", second.id: "replaced", corrected.id: "given"}
        assert take_over(first.id, actor=taker).state == "taken"


def test_two_of_a_post_sign_and_count(house: House, crew: Crew) -> None:
    giver, taker = crew.actors[:2]
    case = a_case(house, urgency=1)
    with frozen(now() + HOUR / 2):
        given = give_over(
            None, post=crew.post, actor=giver, things=[("钥匙", 12), ("对讲机", 3)],
            beside={str(case.case.id): "水泵已开"}, text="东门车位已满",
        )  # fmt: skip
        assert given.until is not None
        with acting(taker):
            assert waits_at_posts(taker) == crew.post
            waiting = waiting_handover(taker, post=crew.post)
            assert waiting is not None
            told = written_beside(waiting)
        assert told.beside == {str(case.case.id): "水泵已开"}
        assert told.given == "东门车位已满"
        with pytest.raises(NotYet) as refusal:
            take_over(given.id, actor=taker, found={"钥匙": 11})
        assert refusal.value.code == "counts"
        taken = take_over(given.id, actor=taker, found={"钥匙": 12, "对讲机": 3})
        with acting(taker):
            assert not taken.objected
            assert waits_at_posts(taker) is None
            assert things_last(crew.post, None, taker) == [("钥匙", 12), ("对讲机", 3)]


def test_who_objects_takes_the_shift_and_the_leader_is_told(house: House, crew: Crew) -> None:
    giver, taker = crew.actors[:2]
    given = give_over(None, post=crew.post, actor=giver, things=[("钥匙", 12)])
    with pytest.raises(NotYet):
        take_over(given.id, actor=taker, objects=True, found={"钥匙": 11})
    taken = take_over(given.id, actor=taker, objects=True, found={"钥匙": 11}, text="少一把水泵房")
    assert taken.objected
    assert [(one.name, one.n, one.found) for one in taken.counts] == [("钥匙", 12, 11)]
    with acting(crew.leader):
        told = list(Event.objects.about("handover", given.id).values_list("name", flat=True))
        assert told == ["handover.given", "handover.objected"]
        assert written_beside(taken).taken == "少一把水泵房"
        assert last_handovers(crew.leader, 1)[0].objected
        assert things_last(crew.post, None, crew.leader) == [("钥匙", 11)]
        accounts = Message.objects.filter(kind="handover.objected").values_list(
            "account", flat=True
        )
        assert set(accounts) == {crew.leader.id}


def test_nobody_of_another_post_hands_it_over_or_takes_it(house: House, crew: Crew) -> None:
    stranger = an_account(
        house.actor, "guard", house.community.path, person_id=house.worker.id
    ).actor
    with pytest.raises(Refused):
        give_over(None, post=crew.post, actor=stranger)
    given = give_over(None, post=crew.post, actor=crew.actors[0])
    with pytest.raises(Unknown):
        take_over(given.id, actor=stranger)
    with acting(stranger):
        assert posts_to_hand(stranger) == []
        assert Handover.objects.get(id=given.id).state == "given"
    taken = take_over(given.id, actor=crew.leader)  # who hands work out there may
    assert taken.taker == crew.leader.id


def test_a_desk_does_not_wait_for_what_guards_hand_over(house: House, crew: Crew) -> None:
    give_over(None, post=crew.post, actor=crew.actors[0])
    with acting(crew.leader):
        assert waiting_handover(crew.leader) is None
        assert last_handovers(crew.leader, 1, desks=True) == []
        assert len(last_handovers(crew.leader, 5)) == 1


def test_what_was_signed_again_replaces_only_ones_own(house: House, crew: Crew) -> None:
    one, other = crew.actors[0], crew.actors[2]
    old = give_over(None, post=crew.post, actor=one)
    colleague = give_over(None, post=crew.post, actor=other)
    give_over(None, post=crew.post, actor=one)
    with pytest.raises(Conflict):
        take_over(old.id, actor=crew.actors[1])
    assert take_over(colleague.id, actor=crew.actors[1]).state == "taken"


def test_a_shift_that_nobody_handed_over_is_missing_until_somebody_does(
    house: House, crew: Crew
) -> None:
    def missing(who: Actor = crew.leader) -> list[tuple[list[str], list[str]]]:
        with acting(who):
            return [(one.went, one.came) for one in not_handed_over(who)]

    with frozen(now() + HOUR + timedelta(minutes=20)):
        assert missing() == []  # still time
    with frozen(now() + HOUR + timedelta(minutes=40)):
        assert missing() == [([crew.people[0].name], [crew.people[1].name])]
        assert missing(crew.actors[0]) == []  # a guard hands out no work
        give_over(None, post=crew.post, actor=crew.actors[0])
        assert missing() == []
    with frozen(now() + 10 * HOUR):
        assert missing() == []  # nobody follows the second


def used(crew: Crew) -> None:
    """The post has handed over before, by somebody who is not on its roster."""
    with frozen(now() - HOUR):
        give_over(None, post=crew.post, actor=crew.actors[2])


def messages(house: House) -> set[tuple[str, object, str]]:
    with acting(house.actor):
        rows = Message.objects.filter(kind__in=["handover.late", "handover.missing"])
        return set(rows.values_list("kind", "account_id", "subject_kind"))


def test_who_was_to_hand_over_is_told_in_time_and_the_leader_afterwards(
    house: House, crew: Crew
) -> None:
    used(crew)
    machine, over = house.actor, now() + HOUR
    late = ("handover.late", crew.actors[0].id, "own_shift")
    missing = ("handover.missing", crew.leader.id, "shifts")
    for after, n, told in (
        (timedelta(minutes=29), 0, set()),  # still time
        (timedelta(minutes=31), 1, {late}),
        (timedelta(hours=3, minutes=59), 0, {late}),
        (timedelta(hours=4, minutes=1), 1, {late, missing}),
        (timedelta(hours=13), 0, {late, missing}),
    ):
        with frozen(over + after):
            assert [tell_missing(actor=machine), tell_missing(actor=machine)] == [n, 0]
        assert messages(house) == told
    with acting(machine), translation.override("en"):
        row = Message.objects.get(kind="handover.late")
        duty = Duty.objects.get(person=crew.people[0])
        assert row.expires_at == duty.ends_at + 4 * HOUR
        by = row.expires_at.astimezone(zone_of_company(machine.company_id))
        words = words_of(row.kind, row.version, row.facts)
        assert words.lines == (f"Hand it over now: it can be signed until {by:%m-%d %H:%M}.",)
        names = Event.objects.about("post", crew.post.id).values_list("name", flat=True)
        assert {name: list(names).count(name) for name in set(names) if "handover" in name} == {
            "handover.late": 1, "handover.missing": 1,
        }  # fmt: skip


def test_nobody_is_told_of_a_post_that_hands_nothing_over_nor_of_shifts_before_it_did(
    house: House, crew: Crew
) -> None:
    for after in (HOUR / 2, 4.5 * HOUR):
        with frozen(now() + HOUR + after):
            assert tell_missing(actor=house.actor) == 0
    with frozen(now() + 6 * HOUR):
        give_over(None, post=crew.post, actor=crew.actors[1])
        assert tell_missing(actor=house.actor) == 0
    assert messages(house) == set()


def test_where_nobody_leads_the_nearest_managers_are_told_as_many_as_fit_in_a_tick(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = an_account(house.actor, "manager", house.community.path).actor
    an_account(house.actor, "manager", "")
    at = now()
    posts = [a_post(house.actor, place=house.community) for _n in range(2)]
    with acting(house.actor):
        people = [a_worker(house.actor, place=house.community) for _n in range(4)]
        on = [
            Duty(person=people[2 * n + k], post=post, starts_at=at + (1 + k) * HOUR,
                 ends_at=at + (2 + k) * HOUR)
            for n, post in enumerate(posts) for k in range(2)
        ]  # fmt: skip
        change_roster(on=on, actor=house.actor)
    for post in posts:
        give_over(None, post=post, actor=near)
    monkeypatch.setattr(commands, "TOLD_MOST", 1)
    with frozen(at + 7 * HOUR):
        assert [tell_missing(actor=house.actor) for _n in range(3)] == [1, 1, 0]
    assert messages(house) == {("handover.missing", near.id, "shifts")}


def test_a_shift_is_handed_over_by_who_was_on_it_and_not_for_who_is_on_the_next(
    house: House, crew: Crew
) -> None:
    first, other = crew.actors[0], crew.actors[2]
    over = now() + HOUR
    with acting(house.actor):
        ends = Duty.objects.get(person=crew.people[0]).ends_at
    with frozen(over + 10 * HOUR / 60):
        assert give_over(None, post=crew.post, actor=other).until == ends  # stands in, unplanned
        assert give_over(None, post=crew.post, actor=first).until == ends
    with frozen(over + 5 * HOUR):  # too late, and somebody else is on duty
        assert give_over(None, post=crew.post, actor=first).until is None


def test_handovers_are_read_over_the_api_page_by_page(house: House, crew: Crew) -> None:
    def asked(client: Client, **more: object) -> dict[str, Any]:
        answer = client.get("/api/v1/handovers", more)
        assert answer.status_code == 200
        return answer.json()  # type: ignore[no-any-return]  # a test client answers with anything

    old = give_over(None, post=crew.post, actor=crew.actors[0])
    case = a_case(house, urgency=1)
    new = give_over(None, post=crew.post, actor=crew.actors[0], things=[("钥匙", 12)])
    words = {"text": "少一把", "objects": True, "found": {"钥匙": 11}}
    take_over(new.id, actor=crew.leader, **words)  # type: ignore[arg-type]  # of three kinds
    leads = an_account(house.actor, "leader", house.community.path)
    client = Client(headers={"Authorization": f"Bearer {a_token(house.actor, leads)}"})
    first = asked(client, limit=1)
    assert [one["id"] for one in first["items"]] == [str(new.id)]
    second = asked(client, limit=1, cursor=first["next"])
    assert ([one["id"] for one in second["items"]], second["next"]) == ([str(old.id)], None)
    one = first["items"][0]
    assert (one["state"], one["objected"], one["post_name"]) == ("taken", True, crew.post.name)
    assert one["matters"] == [{"kind": "case", "id": str(case.case.id), "why": ["urgent"]}]
    assert one["things"] == [{"name": "钥匙", "n": 12, "found": 11}]
    assert [o["id"] for o in asked(client, state="replaced")["items"]] == [str(old.id)]
    assert client.get("/api/v1/handovers", {"state": "lost"}).status_code == 422
    other = an_account(house.actor, "guard", house.community.path)
    stranger = Client(headers={"Authorization": f"Bearer {a_token(house.actor, other)}"})
    assert asked(stranger)["items"] == []


def test_a_post_by_day_only_is_handed_over_to_nobody(house: House) -> None:
    day = a_crew(house.actor, place=house.community, usual="day")
    at = now()
    with acting(house.actor):
        other = a_post(house.actor, place=house.community)
        on = [
            Duty(person=day.people[0], post=day.post, starts_at=at + HOUR, ends_at=at + 2 * HOUR),
            Duty(person=day.people[1], post=other, starts_at=at + 2 * HOUR, ends_at=at + 3 * HOUR),
        ]
        change_roster(on=on, actor=house.actor)
    with frozen(at + 5 * HOUR), acting(day.leader):
        assert not_handed_over(day.leader) == []


@pytest.mark.parametrize(
    ("names", "numbers", "fault"),
    [
        (["钥匙", "对讲机"], ["12", "3"], ""),
        (["钥匙", ""], ["12", ""], ""),
        (["钥匙", "钥匙"], ["1", "2"], "twice"),
        (["钥匙", ""], ["12", "3"], "Name each thing"),
        (["钥匙"], ["十二"], "Count each thing"),
        (["钥匙"], [""], "Count each thing"),
        (["钥" * 41], ["1"], "at most 40 characters"),
        ([f"{n}" for n in range(31)], ["1"] * 31, "at most 30 things"),
    ],
)
def test_things_are_named_once_and_counted(
    names: list[str], numbers: list[str], fault: str
) -> None:
    with translation.override("en"):
        found = things_fault(things_typed(names, numbers))
    assert found == "" if not fault else fault in found


def test_what_is_left_empty_was_not_counted() -> None:
    assert counts_typed([("钥匙", 12), ("对讲机", 3)], ["", "4"]) == {"对讲机": 4}
