"""The shelf of plans: each can be begun as it stands, and names its ground; how often is the
library's, whatever of it a plan is begun with."""

from datetime import datetime, timedelta

import pytest

from anju.domains.rounds.proposing import times_of
from anju.domains.rounds.shipped import BY_CODE, SHELF, Shelved, shelved_of, subjects_for
from anju.engine.library.often import Doing, at_once, doing_of, doings_of, months_between
from anju.engine.library.reading import library
from anju.engine.loop.testing import House, a_house
from anju.engine.plans.commands import HORIZON, Planned, make_plan
from anju.engine.plans.models import Occurrence
from anju.engine.plans.rules import planned_between
from anju.foundation.calendars.rules import ALWAYS
from anju.foundation.lib import now
from anju.foundation.places.testing import an_asset
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.mark.parametrize("one", SHELF, ids=lambda one: one.code)
def test_each_can_be_begun_as_it_stands(house: House, one: Shelved) -> None:
    early, late, make_up = one.window
    with acting(house.actor):
        where = subjects_for(one, house.community, house.actor) or [(house.room, None)]
        said = Planned(
            one.name, one.dated("2026-01-01"), where, calendar=one.calendar, early=early,
            late=late, make_up=make_up, labour=one.labour, carries=one.carries,
        )  # fmt: skip
        plan = make_plan(house.community, one.code, said, actor=house.actor)
        assert Occurrence.objects.filter(plan=plan).exists() or one.dated("2026-01-01").seasons
    assert one.doings or one.basis


def test_lifts_are_looked_at_twice_a_day_and_hygiene_every_two_hours(house: House) -> None:
    """Requirement D7."""
    with acting(house.actor):
        lift = an_asset(house.actor, place=house.community)
        lift_plan = BY_CODE["LIFT"]
        found = subjects_for(lift_plan, house.community, house.actor)
        assert [asset for _place, asset in found] == [lift]
        said = Planned(lift_plan.name, lift_plan.dated("2026-01-01"), ((house.room, None),))
        plan = make_plan(house.community, "L", said, actor=house.actor)
        days = HORIZON // timedelta(days=1)
        n = Occurrence.objects.filter(plan=plan, at__lt=now() + HORIZON).count()
    assert 2 * days - 2 <= n <= 2 * days + 2
    assert BY_CODE["HYGIENE"].dated("2026-01-01").every == "2h"


EVERY = [doing for item in library().items.values() for doing in doings_of(item)]
YEAR = timedelta(days=365)


def in_a_year(one: Shelved) -> int:
    table = one.dated("2026-01-01").timetable("Asia/Shanghai")
    begin = datetime(2026, 1, 1)
    return len(planned_between(table, ALWAYS, begin, begin + YEAR))


def test_a_plan_of_the_shelf_is_never_rarer_than_the_library_asks() -> None:
    held = [one for one in SHELF if one.carries]
    assert len(held) > 6
    for one in held:
        assert len(one.doings) == len(one.carries), one.code
        assert in_a_year(one) >= max(doing.times for doing in one.doings) * 0.95 - 1, one.code


def test_whatever_the_library_asks_for_can_be_planned_as_often_as_it_asks() -> None:
    assert len(EVERY) > 200
    for doing in EVERY:
        made = shelved_of([doing.key])
        assert made is not None
        assert made.carries == (doing.key,)
        early, late, make_up = made.window
        assert early <= 10_080 >= late + make_up
        n = in_a_year(made)
        if made not in SHELF:
            assert abs(n - doing.times) <= max(1, doing.times * 0.06), (doing.key, n, doing.times)


def test_what_is_done_in_one_visit_is_one_plan_and_what_is_not_known_is_none() -> None:
    lifts = [one for one in EVERY if one.item.piece == "lift-t5002" and one.item.kind == "task"]
    whole = at_once(lifts)
    assert [len(some) for some in whole] == [31, 13, 15, 17]
    made = shelved_of([one.key for one in whole[0]])
    assert made is not None
    assert (made.systems, in_a_year(made)) == (("LE",), 24)
    assert shelved_of(["NO.SUCH/1", "HOUSE.SIGN/1", "HOUSE.PATROL", "/", ""]) is None


def test_seasons_are_read_from_the_words_and_a_suggestion_stays_one() -> None:
    pests, hedge = doing_of("S5_3.DEFAULT/2"), doing_of("S5_4.HEDGE/1")
    assert isinstance(pests, Doing)
    assert isinstance(hedge, Doing)
    assert pests.months == (11, 12, 1, 2, 3)
    assert round(pests.times) == 5
    assert not pests.feeds
    assert hedge.months == months_between(3, 11)
    assert times_of(6, night=True)[:2] == ("20:00", "21:40")
