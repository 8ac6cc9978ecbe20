"""Random months of a crew: nobody is on duty twice, the past stands, a swap keeps the numbers."""

from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from anju.domains.staff.commands import (
    agree,
    approve,
    ask_for_leave,
    ask_for_swap,
    copy_week,
    end_leave,
    lay,
    set_day,
)
from anju.domains.staff.models import DutyChange
from anju.domains.staff.rules import PATTERNS
from anju.domains.staff.testing import Crew, a_crew
from anju.engine.loop.testing import House, a_house
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.lib import frozen
from anju.foundation.people.models import Duty
from anju.foundation.people.queries import on_duty
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Refusal
from tests.sizes import some

ZONE = ZoneInfo("Asia/Shanghai")
BEGIN = datetime(2026, 3, 2, tzinfo=ZONE)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHIFTS = [7, 15, 23]


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def there(at: datetime, actor: Actor) -> frozenset[UUID]:
    with acting(actor):
        return frozenset(on_duty(actor=actor, at=at).values_list("person_id", flat=True))


def spans(crew: Crew, actor: Actor) -> list[tuple[UUID, datetime, datetime]]:
    with acting(actor):
        held = Duty.objects.standing().filter(post=crew.post)
        return list(held.values_list("person_id", "starts_at", "ends_at"))


def a_step(random: Random, crew: Crew, now: datetime, actor: Actor) -> None:
    """Something a leader or a guard does with the roster now."""
    day = (now + random.randint(-2, 6) * DAY).astimezone(ZONE).date()
    who = random.randrange(len(crew.people))
    match random.choice(["lay", "day", "day", "off", "copy", "leave", "back", "swap", "stand_in"]):
        case "lay":
            pattern = random.choice([p for p in PATTERNS if p.shifts <= 3])
            lay(crew.post, pattern, people=random.sample(crew.people, 4), shifts=crew.shifts,
                first=day, last=day + 6 * DAY, actor=crew.leader)  # fmt: skip
        case "day":
            set_day(crew.people[who], post=crew.post, day=day, shift=random.choice(crew.shifts),
                    actor=crew.leader)  # fmt: skip
        case "off":
            set_day(crew.people[who], post=crew.post, day=day, shift=None, actor=crew.leader)
        case "copy":
            monday = day - day.weekday() * DAY
            copy_week([crew.post], monday, into=monday + 7 * DAY, actor=crew.leader)
        case "leave":
            first = random.choice([now, datetime.combine(day, datetime.min.time(), ZONE)])
            asked = ask_for_leave(leave="own", starts_at=first, ends_at=first + 2 * DAY,
                                  reason="家中有事", actor=crew.actors[who])  # fmt: skip
            instead = random.choice([None, *crew.people])
            approve(asked.id, stands_in=instead, actor=crew.leader)
        case "back":
            with acting(actor):
                given = DutyChange.objects.filter(kind="leave", state="approved", ends_at__gt=now)
                found = list(given)
            if found:
                end_leave(random.choice(found).id, actor=crew.leader)
        case kind:
            trade(random, crew, now, actor, give_back=kind == "swap")


def trade(random: Random, crew: Crew, now: datetime, actor: Actor, *, give_back: bool) -> None:
    """A swap or a stand-in between two, which keeps how many are on at every hour."""
    with acting(actor):
        ahead = list(Duty.objects.standing().filter(starts_at__gt=now, post=crew.post))
    if len(ahead) < 2:
        return
    mine, theirs = random.sample(ahead, 2)
    ids = [person.id for person in crew.people]
    before = Counter(there_spans(crew, actor))
    other = crew.people[ids.index(theirs.person_id)]
    asked = ask_for_swap(mine.id, other=other, other_duty_id=theirs.id if give_back else None,
                         reason="看病", actor=crew.actors[ids.index(mine.person_id)])  # fmt: skip
    agree(asked.id, actor=crew.actors[ids.index(theirs.person_id)])
    approve(asked.id, actor=crew.leader)
    assert Counter(there_spans(crew, actor)) == before


def there_spans(crew: Crew, actor: Actor) -> list[tuple[datetime, datetime]]:
    return [(begin, end) for _who, begin, end in spans(crew, actor)]


@pytest.mark.parametrize("seed", some(range(12), by_hand=4))
def test_nobody_twice_and_the_past_stands(house: House, seed: int) -> None:
    random, known = Random(seed), {}
    with frozen(BEGIN):
        crew = a_crew(house.actor, place=house.community, people=5)
    moment, done = BEGIN, 0
    for _n in range(30):
        moment += random.randint(1, 14) * HOUR
        known[moment] = None
        with frozen(moment):
            with suppress(Refusal):
                a_step(random, crew, moment, house.actor)
                done += 1
        held = sorted(spans(crew, house.actor))
        for one, after in pairwise(held):
            assert one[0] != after[0] or one[2] <= after[1]
        for past in [at for at in known if at < moment]:
            seen = there(past, house.actor)
            assert known[past] is None or known[past] == seen
            known[past] = seen
    assert done >= 10
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()
