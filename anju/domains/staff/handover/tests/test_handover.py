"""Handing a shift over: what is drafted, two signatures, and that nothing falls between them."""

from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.db import connections

from anju.domains.staff.handover.commands import give_over, take_over
from anju.domains.staff.handover.models import Handover
from anju.domains.staff.handover.queries import waiting_handover, written_beside
from anju.domains.staff.handover.rules import Changes, changes
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.opening import Opened
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.left_open import left_open
from anju.engine.loop.matters import Matter
from anju.engine.loop.models import Case
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.testing import an_account
from anju.foundation.events.models import Event
from anju.foundation.lib import frozen, now
from anju.foundation.places.models import Place
from anju.foundation.places.testing import a_community, a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused, Unknown


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def why(house: House, place: Place | None = None) -> dict[str, tuple[str, ...]]:
    with acting(house.actor):
        found = {one.id: one.why for one in left_open(place, None, house.actor)}
        named = Case.objects.filter(id__in=found).values_list("id", "number")
        return {number: found[id] for id, number in named}


def settled(house: House, opened: Opened) -> None:
    move_case(opened.case.id, "void", actor=house.judge, said={"reason": "误报"})


def test_changes_between_two_looks() -> None:
    a, b, c = (Matter("case", UUID(int=n), ("urgent",)) for n in range(3))
    assert changes([a.key, b.key], [b, c]) == Changes(gone=(a.key,), new=(c,))
    assert not changes([a.key, a.key], [a])


def test_what_is_drafted_and_why(house: House) -> None:
    urgent = a_case(house, urgency=2)
    held = a_case(house, urgency=4)
    assert held.work is not None
    move_work(held.work.id, "assign", actor=house.doer, said={"person": str(house.worker.id)})
    move_work(held.work.id, "accept", actor=house.doer)
    move_work(held.work.id, "hold", actor=house.doer, said={"reason": "等配件"})
    complaint = a_case(house, kind="complaint")
    called = a_case(house, kind="enquiry", urgency=2)
    move_case(called.case.id, "answer", actor=house.doer, said={"text": "已答复"})
    later = a_case(house, kind="enquiry", urgency=4)
    for name, said in (("respond", {}), ("answer", {"text": "已答复"})):
        move_case(later.case.id, name, actor=house.doer, said=said)
    told = {"text": "已答复", "substance": "result", "channel": "phone"}
    for one in (called, later):
        move_case(one.case.id, "tell", actor=house.doer, said=told)
    found = why(house)
    assert "urgent" in found[urgent.case.number]
    assert "held" in found[held.case.number]
    assert "unread" in found[complaint.case.number]
    assert later.case.number not in found  # its callback is due in a week
    with frozen(now() + timedelta(hours=37)):
        assert "callback" in why(house)[called.case.number]  # due within the shift to come
        assert "late" in why(house)[urgent.case.number]


def test_two_sign_and_the_record_says_what_changed(house: House) -> None:
    giver, taker = (an_account(house.actor, "desk").actor for _n in range(2))
    first, second = a_case(house, urgency=1), a_case(house, urgency=2)
    with acting(giver):
        drafted = [one.key for one in left_open(None, None, giver)]
    settled(house, first)  # between the draft and the first signature
    third = a_case(house, urgency=2)
    given = give_over(None, actor=giver, drafted=drafted, text="3-2-1201 等业主 20 点到家")
    assert [one.id for one in given.signed] == [second.case.id, third.case.id]
    assert given.gone == [str(first.case.id)]
    settled(house, second)  # and between the two signatures
    fourth = a_case(house, urgency=2)
    with acting(taker):
        waiting = waiting_handover(taker)
    assert waiting is not None
    taken = take_over(waiting.id, actor=taker)
    assert (taken.state, taken.giver, taken.taker) == ("taken", giver.id, taker.id)
    assert taken.taken["gone"] == [str(second.case.id)]
    assert [line["case"] for line in taken.taken["new"]] == [str(fourth.case.id)]
    with acting(house.actor):
        told = list(Event.objects.about("handover", given.id))
        assert [(event.name, event.by) for event in told] == [
            ("handover.given", giver.id), ("handover.taken", taker.id),
        ]  # fmt: skip
        assert "1201" not in str(told[0].said)  # what was written stands apart: it can be erased
        assert written_beside(taken).given == "3-2-1201 等业主 20 点到家"
        assert waiting_handover(taker) is None


def test_what_was_signed_before_there_were_posts_keeps_its_digest(house: House) -> None:
    old = Handover(giver=house.actor.id, given_at=now())
    assert {"post", "until", "things"}.isdisjoint(old.sealed_fields())
    assert Handover(lines=[{"case": str(UUID(int=1)), "why": ["late"]}]).signed == (
        Matter("case", UUID(int=1), ("late",)),
    )


def test_nobody_signs_for_both(house: House) -> None:
    giver = an_account(house.actor, "desk").actor
    given = give_over(None, actor=giver)
    with pytest.raises(NotYet) as refusal:
        take_over(given.id, actor=giver)
    assert refusal.value.code == "own_work"
    with acting(house.actor):
        assert Handover.objects.get(id=given.id).state == "given"


def test_signing_again_replaces_what_nobody_has_taken(house: House) -> None:
    giver, taker = (an_account(house.actor, "desk").actor for _n in range(2))
    old, new = give_over(None, actor=giver), give_over(None, actor=giver)
    with acting(taker):
        waiting = waiting_handover(taker)
    assert waiting is not None
    assert waiting.id == new.id
    with pytest.raises(Conflict):
        take_over(old.id, actor=taker)


def test_only_one_takes_it(house: House) -> None:
    given = give_over(None, actor=an_account(house.actor, "desk").actor)
    takers = [an_account(house.actor, "desk").actor for _n in range(2)]
    together, won = Barrier(2), []

    def take(who: Actor) -> None:
        together.wait(5)
        try:
            take_over(given.id, actor=who)
            won.append(who.id)
        except Conflict:
            pass
        finally:
            connections["default"].close()

    threads = [Thread(target=take, args=(who,)) for who in takers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    with acting(house.actor):
        assert Handover.objects.get(id=given.id).taker == won[0]


def test_a_shift_is_handed_over_at_its_own_place(house: House) -> None:
    with acting(house.actor):
        other = a_community(house.actor, code="BH9", name="别处")
        room = a_place(house.actor, community=other)
    here, there = a_case(house, urgency=1), a_case(house, urgency=1, place=room)
    giver = an_account(house.actor, "desk", house.community.path).actor
    stranger = an_account(house.actor, "desk", other.path).actor
    guard = an_account(house.actor, "guard", house.community.path).actor
    with pytest.raises(Refused):
        give_over(other, actor=giver)
    with pytest.raises(Refused):
        give_over(house.community, actor=guard)
    given = give_over(house.community, actor=giver)
    assert [one.id for one in given.signed] == [here.case.id]
    with pytest.raises(Unknown):
        take_over(given.id, actor=stranger)
    with acting(stranger):
        assert waiting_handover(stranger) is None
        assert Case.objects.seen_by(stranger).filter(id=there.case.id).exists()
