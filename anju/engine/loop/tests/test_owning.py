"""Every live case has an owner: by the rosters of the desks, going on when nobody answers."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connections

from anju.engine.clocks.commands import sweep
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.owning import name_owners
from anju.engine.loop.models import Case, CaseOwner
from anju.engine.loop.owned import owners_of
from anju.engine.loop.rules import FRONT, NEXT, OWN, DeskShifts, whose
from anju.engine.loop.testing import House, a_case, a_house, everyone
from anju.foundation.events.commands import advance
from anju.foundation.events.models import Event
from anju.foundation.events.registry import listeners
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.lib import frozen, now
from anju.foundation.people.commands import add_post, name_deputy, put_on_duty
from anju.foundation.people.models import Person, Post
from anju.foundation.people.queries import desks_from, roster_gaps
from anju.foundation.people.testing import a_worker
from anju.foundation.places.models import Place
from anju.foundation.places.testing import a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused

HOUR = timedelta(hours=1)
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
ANN, BEN, CAT = UUID(int=1), UUID(int=2), UUID(int=3)


def desk(path: str, *shifts: tuple[UUID, int, int], lobby: bool = True) -> DeskShifts:
    """A desk of the community `1.`; shifts in hours from noon."""
    held = tuple((who, NOON + begins * HOUR, NOON + ends * HOUR) for who, begins, ends in shifts)
    return DeskShifts(uuid4(), path, "1.", lobby, held)


FIRST, SECOND = desk("1.1.", (ANN, -1, 7)), desk("1.2.", (BEN, -1, 7))
HALL = desk("1.", (CAT, -1, 11), lobby=False)


@pytest.mark.parametrize(
    ("path", "desks", "stage", "who", "rank", "hours"),
    [
        ("1.1.9.", [FIRST, SECOND, HALL], OWN, ANN, OWN, 7),
        ("1.1.9.", [FIRST, SECOND, HALL], NEXT, BEN, NEXT, 7),
        ("1.2.9.", [FIRST, SECOND, HALL], NEXT, ANN, NEXT, 7),  # after the last comes the first
        ("1.1.9.", [FIRST, SECOND, HALL], FRONT, CAT, FRONT, 11),
        ("1.1.9.", [desk("1.1."), SECOND, HALL], OWN, BEN, NEXT, 7),
        ("1.1.9.", [desk("1.1.", (ANN, 2, 9)), SECOND], OWN, BEN, NEXT, 2),  # until she comes
        ("1.1.9.", [desk("1.1."), desk("1.2."), HALL], OWN, CAT, FRONT, 11),
        ("1.3.", [FIRST, SECOND, HALL], OWN, CAT, FRONT, 11),  # no lobby of its own
        ("1.3.", [FIRST], OWN, ANN, FRONT, 7),
        ("1.1.9.", [FIRST], FRONT, ANN, OWN, 7),  # nobody further on: it stays with a name
        ("2.1.", [FIRST, SECOND, HALL], OWN, None, 0, 0),
    ],
)
def test_whose_it_is(
    path: str, desks: list[DeskShifts], stage: int, who: UUID | None, rank: int, hours: int
) -> None:
    found = whose(path, desks, at=NOON, stage=stage)
    if who is None:
        assert found is None
        return
    assert found is not None
    assert (found.person, found.stage, found.until) == (who, rank, NOON + hours * HOUR)


def test_whoever_has_it_keeps_it_among_equals() -> None:
    both = desk("1.1.", (ANN, -1, 7), (BEN, -2, 6))
    assert [w.person for w in (whose("1.1.", [both], at=NOON),) if w] == [ANN]
    kept = whose("1.1.", [both], at=NOON, now_with=BEN)
    assert kept is not None
    assert kept.person == BEN


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture
def building(house: House) -> Place:
    with acting(house.actor):
        assert house.room.parent is not None
        found = Place.objects.filter(kind="building").first()
        assert found is not None
        assert house.room.path.startswith(found.path)
        return found


def a_desk(house: House, place: Place, kind: str) -> Post:
    with acting(house.actor):
        code = f"D{uuid4().hex[:6]}"
        return add_post(actor=house.actor, place=place, code=code, name="礼宾", desk=kind)


def on(house: House, post: Post, name: str, *, begins: int = -1, ends: int = 7) -> Person:
    with acting(house.actor):
        who = a_worker(house.actor, place=house.community, name=name)
        at = now()
        put_on_duty(
            who,
            post=post,
            starts_at=at + begins * HOUR,
            ends_at=at + ends * HOUR,
            actor=house.actor,
        )
        return who


def owner(house: House, case: Case) -> CaseOwner:
    with acting(house.actor):
        return owners_of([case.id])[case.id]


def told(house: House, case: Case) -> list[str]:
    with acting(house.actor):
        events = Event.objects.about("case", case.id).filter(name="case.owned")
        return [str(event.said["why"]) for event in events]


def read_on(house: House) -> None:
    seal_all()
    while advance(listeners()["loop.owners"], house.actor.company_id):
        continue


def test_the_concierge_on_duty_owns_what_is_reported_in_her_building(
    house: House, building: Place
) -> None:
    ann = on(house, a_desk(house, building, "lobby"), "王芳")
    on(house, a_desk(house, house.community, "front"), "前台")
    case = a_case(house).case
    read_on(house)
    assert owner(house, case).person_id == ann.id
    assert told(house, case) == ["opened"]
    assert name_owners(actor=house.actor) == []
    assert told(house, case) == ["opened"]


def test_unanswered_it_goes_to_the_next_lobby_and_then_to_the_front_desk(
    house: House, building: Place
) -> None:
    with acting(house.actor):
        other = a_place(house.actor, number="5-1-101", community=house.community)
        beside = Place.objects.filter(kind="building").exclude(id=building.id).get()
        assert other.path.startswith(beside.path)
    on(house, a_desk(house, building, "lobby"), "王芳")
    ben = on(house, a_desk(house, beside, "lobby"), "李娜")
    cat = on(house, a_desk(house, house.community, "front"), "前台")
    case = a_case(house, urgency=2).case  # to be answered within five minutes
    read_on(house)
    for minutes, who in ((4, ben), (6, cat)):
        with frozen(case.at + timedelta(minutes=minutes)):
            sweep()
            read_on(house)
            assert owner(house, case).person_id == who.id
            assert name_owners(actor=house.actor) == []
    assert told(house, case) == ["opened", "unanswered", "unanswered"]


def test_who_stays_for_want_of_another_leaves_the_record_whole(
    house: House, building: Place
) -> None:
    ann = on(house, a_desk(house, building, "lobby"), "王芳")
    case = a_case(house, urgency=2).case
    read_on(house)
    with frozen(case.at + timedelta(minutes=6)):  # unanswered, and nobody further on
        sweep()
        read_on(house)
        name_owners(actor=house.actor)
        assert owner(house, case).person_id == ann.id
        seal_all()
        assert codes(verified(house.actor.company_id)) == set()


def test_what_is_answered_stays_and_comes_home_with_the_next_shift(
    house: House, building: Place
) -> None:
    lobby = a_desk(house, building, "lobby")
    cat = on(house, a_desk(house, house.community, "front"), "前台", ends=4)
    case = a_case(house, urgency=2).case
    read_on(house)
    assert owner(house, case).person_id == cat.id
    ann = on(house, lobby, "王芳", begins=2, ends=9)
    name_owners(actor=house.actor)
    move_case(case.id, "respond", actor=house.doer)
    with frozen(case.at + 3 * HOUR):
        sweep()
        read_on(house)
        assert owner(house, case).person_id == cat.id  # her shift was not known yet
    with frozen(case.at + 5 * HOUR):
        assert name_owners(actor=house.actor) == [case.id]
        assert owner(house, case).person_id == ann.id
    assert told(house, case) == ["opened", "shift"]


def test_deputies_and_holders_stand_in(house: House, building: Place) -> None:
    lobby = a_desk(house, building, "lobby")
    ill = on(house, lobby, "王芳")
    with acting(house.actor):
        ben = a_worker(house.actor, place=house.community, name="代班")
        name_deputy(ill, stands_in=ben, since=now().date(), actor=house.actor)
    case = a_case(house).case
    read_on(house)
    assert owner(house, case).person_id == ben.id


def test_nobody_anywhere_is_said_and_asked_again(house: House) -> None:
    case = a_case(house).case
    assert name_owners(actor=house.actor) == []
    assert owner(house, case).person_id is None
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()  # nothing was said of the row yet
    with frozen(now() + HOUR):
        cat = on(house, a_desk(house, house.community, "front"), "前台")
        assert name_owners(actor=house.actor) == [case.id]
        assert owner(house, case).person_id == cat.id


def test_asked_by_many_at_once_it_is_told_once(house: House, building: Place) -> None:
    on(house, a_desk(house, building, "lobby"), "王芳")
    cases = [a_case(house).case for _n in range(5)]

    def ask(_n: int) -> None:
        try:
            name_owners(actor=house.actor)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(ask, range(12)))
    assert [told(house, case) for case in cases] == [["opened"]] * 5


def test_a_closed_case_keeps_whom_it_had(house: House, building: Place) -> None:
    ann = on(house, a_desk(house, building, "lobby"), "王芳")
    case = a_case(house, kind="praise").case
    read_on(house)
    move_case(case.id, "void", actor=house.doer, said={"reason": "误报"})
    with frozen(now() + 9 * HOUR):
        assert name_owners(actor=house.actor) == []
    assert owner(house, case).person_id == ann.id


def test_it_can_be_taken_and_is_refused_in_words(house: House, building: Place) -> None:
    on(house, a_desk(house, building, "lobby"), "王芳")
    case = a_case(house).case
    read_on(house)
    move_case(case.id, "own", actor=house.doer)
    assert owner(house, case).person_id == house.worker.id
    with frozen(case.at + timedelta(minutes=20)):
        sweep()
        read_on(house)
    assert owner(house, case).person_id == house.worker.id
    assert told(house, case) == ["opened"]
    with pytest.raises(NotYet) as refusal:
        move_case(case.id, "own", actor=everyone(house.actor, "nobody"))
    assert refusal.value.code == "nobody"
    looker = Actor.of(house.actor.company_id, "looker", {"case.see"})
    with pytest.raises(Refused):
        move_case(case.id, "own", actor=looker)
    assert owner(house, case).person_id == house.worker.id


def test_an_escalation_climbs_with_every_time(house: House) -> None:
    case = a_case(house).case
    for _n in range(4):
        move_case(case.id, "escalate", actor=house.doer, said={"reason": "没有备件"})
    move_case(case.id, "urge", actor=house.doer, said={"text": "业主在等"})
    with acting(house.actor):
        events = list(Event.objects.about("case", case.id).filter(name="case.escalate"))
        assert Case.objects.get(id=case.id).version == case.version
    assert [e.said["to"] for e in events] == ["leader", "manager", "headquarters", "headquarters"]


@pytest.fixture
def roster(house: House, building: Place) -> Iterator[Post]:
    with frozen(NOON):
        yield a_desk(house, building, "lobby")


def test_hours_that_nobody_holds_are_named(house: House, roster: Post) -> None:
    on(house, roster, "王芳", begins=-2, ends=6)
    on(house, roster, "李娜", begins=8, ends=20)
    with acting(house.actor):
        [(found, gaps)] = roster_gaps(desks_from(NOON, actor=house.actor), NOON)
    assert found.post == roster
    assert gaps == [
        (NOON + 6 * HOUR, NOON + 8 * HOUR),
        (NOON + 20 * HOUR, NOON + 24 * HOUR),
    ]
    on(house, roster, "张敏", begins=6, ends=8)
    on(house, roster, "刘洋", begins=19, ends=30)
    with acting(house.actor):
        assert roster_gaps(desks_from(NOON, actor=house.actor), NOON) == []
