"""Looking back at cases that were merged, and at those somebody outside asked about."""

from datetime import timedelta

from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.past import steps_of, stood_at
from anju.engine.loop.testing import a_case, a_house
from anju.foundation.lib import frozen, now
from anju.foundation.people.testing import a_person
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

TOLD = {"text": "与先报的是同一件事", "channel": "phone"}
DONE = {"text": "已修好", "substance": "result", "channel": "phone"}


def test_a_merged_case_is_told_when_the_first_is_and_every_step_fits_its_seal(actor: Actor) -> None:
    house, begun = a_house(actor), now()
    with acting(house.actor):
        other = a_person(house.actor, lives_at=house.room)
    first, second = a_case(house), a_case(house, reporter=other)
    with frozen(begun + timedelta(minutes=5)):
        move_case(
            second.case.id, "merge", actor=house.actor, said={"into": first.case.number, **TOLD}
        )
    with frozen(begun + timedelta(minutes=10)):
        move_case(first.case.id, "tell", actor=house.actor, said=DONE)
    with acting(house.actor):
        second.case.refresh_from_db()
        steps = steps_of(second.case)
        stood = [stood_at(at, [second.case], actor=house.actor)[0] for at in steps]
    assert [one.unproven for one in stood] == [[]] * len(steps)
    assert [one.case.told_at is not None for one in stood] == [False, False, True]
    assert [one.case.state for one in stood] == ["open", "closed", "closed"]


def test_a_case_with_a_deadline_from_outside_is_looked_back_at_after_later_steps(
    actor: Actor,
) -> None:
    house, begun = a_house(actor), now()
    case = a_case(house).case
    whole = begun.replace(second=0, microsecond=0)  # deadlines are kept by the minute
    due, later = whole + timedelta(days=2), whole + timedelta(days=3)
    for n, said in enumerate(({"due": due}, {"due": later}, {"text": "已回复"}), start=1):
        with frozen(begun + timedelta(minutes=n)):
            name = "deadline" if "due" in said else "reply"
            move_case(case.id, name, actor=house.actor, said=said)
    with acting(house.actor):
        case.refresh_from_db()
        stood = [stood_at(at, [case], actor=house.actor)[0] for at in steps_of(case)]
    assert [one.unproven for one in stood] == [[]] * 4
    owed = [[c.due_at for c in one.clocks if c.kind == "reply"] for one in stood]
    assert owed == [[], [due], [later], [later]]
