"""What is planned, rostered and kept, for the pages that show it."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from anju.domains.ledgers.commands import Said, write_line
from anju.domains.ledgers.models import Ledger
from anju.domains.ledgers.testing import a_ledger, a_visitor
from anju.domains.staff.commands import ask_for_leave, lay
from anju.domains.staff.handover.commands import give_over
from anju.domains.staff.models import DutyChange, Handover, Shift
from anju.domains.staff.rules import BY_CODE
from anju.domains.staff.testing import a_crew
from anju.engine.loop.models import WorkOrder
from anju.engine.plans.commands import Planned, look_at_planned, make_plan
from anju.engine.plans.document import When
from anju.engine.plans.models import Plan
from anju.foundation.lib import frozen, now
from anju.foundation.people.commands import assign
from anju.foundation.people.models import Person, Team
from anju.foundation.tenancy.acting import acting
from tests.journeys.world import LONG_NAME, LONG_TITLE, World


def what_is_planned(world: World) -> dict[str, object]:
    """A plan and a round whose window is open; the same however often."""
    place = world.house.community
    with acting(world.actor):
        plan = Plan.objects.filter(place=place, code="LONG").first()
    if plan is None:
        when = When(start="2026-01-01", every="2h", between=("00:00", "22:00"))
        where = ((world.house.room, None),)
        said = Planned(LONG_TITLE[:120], when, where, early=120, late=120, labour=20)
        with frozen(now() - timedelta(hours=3)), acting(world.actor):
            plan = make_plan(place, "LONG", said, actor=world.actor)
        look_at_planned()
    with acting(world.actor):
        works = WorkOrder.objects.filter(occurrence__plan=plan)
        return {"plan": plan.pk, "round": works.to_do(now()).earliest("opened_at").pk}


def a_roster(world: World) -> dict[str, object]:
    """A team with a month, a shift without anybody and leave that waits; the same however often."""
    actor, day = world.actor, timezone.localdate(now()) + timedelta(days=2)
    with acting(actor):
        asked = DutyChange.objects.filter(company_id=actor.company_id, kind="leave").first()
        team = asked and Team.objects.get(posts__assignments__person=asked.person_id)
    if asked is None or team is None:
        crew = a_crew(actor, place=world.house.community)
        team = crew.team
        with acting(actor):
            lay(crew.post, BY_CODE["6-1"], people=crew.people[:3], shifts=crew.shifts,
                first=day, last=day + timedelta(days=20), actor=actor)  # fmt: skip
            Person.objects.filter(id=crew.people[0].id).update(name=LONG_NAME)
        begin = now() + timedelta(days=2)
        asked = ask_for_leave(leave="own", starts_at=begin, ends_at=begin + timedelta(days=2),
                              reason=LONG_TITLE, actor=crew.actors[0])  # fmt: skip
    a_change_of_shift(world)
    with acting(actor):
        shift = Shift.objects.filter(post__team=team).order_by("-begins")[0]
    return {
        "team": team.pk, "post": shift.post_id, "shift": shift.pk, "hand": asked.person_id,
        "change": asked.pk, "day": day,
    }  # fmt: skip


def a_change_of_shift(world: World) -> None:
    """A post of the administrator's whose shift waits to be taken over; once."""
    actor = world.actor
    with acting(actor):
        if "admin" not in world.people or Handover.objects.exclude(post=None).exists():
            return
        crew = a_crew(actor, place=world.house.community, people=1)
        assign(world.people["admin"], post=crew.post, since=date(2024, 1, 1), actor=actor)
    ledger = a_ledger(actor, world.house.community, "KEYS", post=crew.post)
    said = {name: Said(value={"text": LONG_TITLE}) for name in ("key", "who", "reason")}
    write_line(ledger.id, {**said, "agreed": Said("pass")}, actor=actor)
    give_over(
        None, post=crew.post, actor=crew.actors[0], text=LONG_TITLE,
        things=[(LONG_NAME[:40], 12), ("对讲机", 3)],
    )  # fmt: skip


def what_is_kept(world: World) -> dict[str, object]:
    """A ledger of visitors with a line of last month and one of now; the same however often."""
    actor, place = world.actor, world.house.community
    with acting(actor):
        ledger = Ledger.objects.filter(place=place, code="VISITOR").first()
    if ledger is None:
        ledger = a_ledger(actor, place, name=LONG_TITLE[:80])
        with frozen(now() - timedelta(days=40)):
            a_visitor(ledger, actor, name=LONG_NAME)
        said = {
            "name": Said(value={"text": LONG_NAME}), "room": Said(value={"text": LONG_TITLE}),
            "reason": Said(value={"text": "探访"}), "agreed": Said("fail"),
        }  # fmt: skip
        write_line(ledger.id, said, actor=actor)
    with acting(actor):
        return {"ledger": ledger.pk, "line": ledger.lines.get(n=2).pk, "community": place.pk}
