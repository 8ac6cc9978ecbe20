"""What is said with a step: checked facts stand in its event, all else can be erased."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from anju.engine.loop.commands import case_moves
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.testing import a_case, a_house, everyone
from anju.foundation.events.models import Event, EventValue
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.people.testing import a_worker
from anju.foundation.places.testing import a_community
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown


def test_words_a_step_does_not_check_are_never_sealed(actor):
    house = a_house(actor)
    case = a_case(house).case
    said = {"text": "回电", "person": "张三", "whatever": "13812345678"}
    move_case(case.id, "note", actor=house.doer, said=said)
    with acting(actor):
        event = Event.objects.get(subject_id=case.id, name="case.note")
        kept = {v.name: v.text for v in EventValue.objects.filter(event=event)}
    assert event.said == {}
    assert kept == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("classify", {"reason": "急", "urgency": "very"}),
        ("classify", {"reason": "急", "urgency": "²"}),
        ("tell", {"text": "好了", "substance": "result", "channel": "13812345678"}),
    ],
)
def test_values_no_step_knows_are_refused(actor, name, said):
    house = a_house(actor)
    with pytest.raises(NotYet):
        move_case(a_case(house).case.id, name, actor=house.doer, said=said)


def test_work_is_given_only_to_whom_the_actor_may_see(actor):
    house = a_house(actor)
    work = a_case(house).work
    with acting(actor):
        stranger = a_worker(actor, place=a_community(actor))
    here = ["work.see", "work.dispatch", "staff.see"]
    dispatcher = Actor.of(actor.company_id, "dispatcher", here, house.community.path)
    for given in (str(stranger.id), str(house.resident.id), "nobody"):
        with pytest.raises(Unknown):
            move_work(work.id, "assign", actor=dispatcher, said={"person": given})
    said = {"person": str(house.worker.id)}
    assert move_work(work.id, "assign", actor=dispatcher, said=said).state == "assigned"


def test_a_note_beside_a_step_is_no_tampering(actor, monkeypatch):
    """The step is committed between the reading of the case and the event of the note."""
    house = a_house(actor)
    case = a_case(house).case
    locking = case_moves.lock_clocks

    def elsewhere():
        move_case(case.id, "respond", actor=everyone(actor, "other"))
        connections.close_all()

    def late(taking):
        if taking.move.name == "note":
            with ThreadPoolExecutor(1) as pool:
                pool.submit(elsewhere).result()
        locking(taking)

    monkeypatch.setattr(case_moves, "lock_clocks", late)
    move_case(case.id, "note", actor=house.doer, said={"text": "备注"})
    seal_all()
    assert codes(verified(actor.company_id)) == set()
