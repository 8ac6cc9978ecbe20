"""Desks and their rosters, and emergencies: what stands around the cases of a company."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connections

from anju.domains.emergency.commands.planning import ship_plans
from anju.domains.emergency.commands.running import called, start, step_done
from anju.domains.emergency.models import Emergency, Plan
from anju.engine.loop.commands.owning import name_owners
from anju.foundation.access.testing import an_account
from anju.foundation.lib import frozen
from anju.foundation.people.commands import add_post, put_on_duty
from anju.foundation.people.models import Person, Post
from anju.foundation.people.testing import a_worker
from anju.foundation.places.models import Place
from anju.foundation.places.testing import a_place
from anju.foundation.tenancy.acting import acting
from tests.harness.laws_checks import LIVE, Look, check_accepted, check_together, events_since
from tests.harness.laws_desks import check_named, on_duty
from tests.harness.laws_machine import BEGIN, pair
from tests.harness.laws_parts import Row, hold
from tests.harness.laws_together import Together

CALLED_OUT = "technician"  # one of the roles whose telephones every shipped plan names
NOT_CALLED = "inspector"  # none of them: only while on duty


@dataclass(frozen=True)
class Around:
    """What a company has beside its cases."""

    posts: Sequence[Post]
    staff: Sequence[Person]
    plans: Sequence[Plan]
    accounts: dict[str, str]  # person -> account


class Watch(Together):
    """Everything that the random histories do."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        with frozen(BEGIN - timedelta(days=1)), acting(self.machine):
            community = _above(self.places[0], "community")
            self.places = (*self.places, a_place(self.machine, number="5-302", community=community))
            self.around = self._made(community)
        self.look = Look.taken(self.machine, self.look)

    def _made(self, community: Place) -> Around:
        """A lobby in each of two buildings, a front desk, who may hold them, two plans."""
        actor = self.machine
        towers = [_above(place, "building") for place in (self.places[0], self.places[-1])]
        posts = [
            add_post(actor=actor, place=place, code=f"D{n}", name="前台", desk=desk)
            for n, (place, desk) in enumerate(
                ((towers[0], "lobby"), (towers[1], "lobby"), (community, "front"))
            )
        ]
        staff = [*self.workers.values(), a_worker(actor, place=community, name="周洁")]
        ship_plans(actor=actor)
        roles = (CALLED_OUT, NOT_CALLED)
        accounts = {
            str(who.id): str(an_account(actor, role, community.path, person_id=who.id).id)
            for who, role in zip(staff, roles, strict=False)
        }
        return Around(posts, staff, list(Plan.objects.order_by("rank")[:2]), accounts)

    # Desks

    def rosters(self, *, post: int, person: int, begins: int, hours: int) -> None:
        """Somebody holds a desk for some hours, entered now."""
        starts = self.now + timedelta(hours=begins)
        who, where = self.around.staff[person], self.around.posts[post]
        self._do("machine", ["duty.added"], lambda by: put_on_duty(
            who, post=where, starts_at=starts, ends_at=starts + timedelta(hours=hours), actor=by
        ))  # fmt: skip

    def owners_are_named(self, *, all_live: bool, at_once: bool) -> None:
        """Whose is every live case? By one asker or by two at the same moment."""
        live = [UUID(c["id"]) for c in self.look.of("loop_case").values() if c["state"] in LIVE]

        def ask(_n: int) -> list[UUID]:
            try:
                with frozen(self.now):
                    return name_owners(live if all_live else None, actor=self.machine)
            finally:
                if at_once:
                    connections["default"].close()

        asked = pair.map(ask, range(2)) if at_once else [ask(0)]
        changed = [id for answer in asked for id in answer]
        after = Look.taken(self.machine, self.look)
        told = [e["subject_id"] for e in events_since(self.look, after)]
        hold(2, sorted(told) == sorted(map(str, changed)), "told of other owners than there are")
        check_accepted(self.look, after, ["case.owned"] * len(changed))
        check_together(after)
        check_named(self.look, after, self.now, all_live=all_live)
        self.taken["case.owned"] += len(changed)
        self.look = after

    # Emergencies

    def emergency(
        self, *, back: int, who: str, plan: int, place: int, of_a_case: bool, step: int
    ) -> None:
        """It is started, of a case that was reported or without one; pressed again, it is the same
        one; what is done is noted, each once."""
        case = self._live(back) if of_a_case else None
        found, where = self.around.plans[plan], self.places[place]
        if case:
            where = next(p for p in self.places if str(p.id) == case["place_id"])
        names = self._names_of_starting(found, where, case)

        def press(by: Any) -> Emergency:
            id = UUID(case["id"]) if case else None
            return start(found, where, actor=by, matter="地下室冒烟", case_id=id)

        begun = self._do(who, names, press)
        if not begun:
            return
        again = self._do(who, [], press)
        hold(4, again and again.id == begun.id, "pressed twice, it is another emergency")
        for _time in range(2):
            row = self.look.of("emergency_emergency")[str(begun.id)]
            names = [] if str(step) in row["done"] else ["emergency.step"]
            self._do(who, names, lambda by: step_done(begun.id, step, actor=by))
        reached = self.around.staff[0].id
        self._do(who, ["emergency.called"], lambda by: called(
            begun.id, reached, "reached", actor=by
        ))  # fmt: skip

    def _names_of_starting(self, plan: Plan, place: Place, case: Row | None) -> list[str]:
        if self._running(str(plan.id), str(place.id)):
            return []
        begun = ["emergency.started", "message.queued"]
        if case is None:
            return ["case.reported", *begun]
        raised = ["case.classify"] if case["urgency"] > 1 else []
        held = [e for e in self._emergencies() if e["case_id"] == case["id"]]
        return raised if held else [*raised, *begun]

    def _emergencies(self) -> list[Row]:
        return list(self.look.of("emergency_emergency").values())

    def _running(self, plan: str, place: str) -> list[Row]:
        cases = self.look.of("loop_case")
        return [
            e for e in self._emergencies()
            if e["plan_id"] == plan and cases[e["case_id"]]["place_id"] == place
            and cases[e["case_id"]]["state"] in LIVE
        ]  # fmt: skip

    def _settle(self, names: Sequence[str]) -> list[Row]:
        told = super()._settle(names)
        for event in told:
            if event["name"] == "emergency.started":
                self._check_started(event)
        return told

    def _check_started(self, event: Row) -> None:
        """One of a plan at a place, its case P1, and everybody called out with it."""
        case = self.look.of("loop_case")[event["subject_id"]]
        [row] = [e for e in self._emergencies() if e["case_id"] == case["id"]]
        hold(2, case["state"] in LIVE and case["urgency"] == 1, "an emergency that is no P1")
        same = self._running(row["plan_id"], case["place_id"])
        hold(4, len(same) == 1, "two emergencies of one plan at one place")
        out = [m for m in self.look.of("messages_message").values() if m["subject_id"] == row["id"]]
        hold(2, all(m["priority"] == 1 for m in out), "called out, and not as P1")
        first, other = self.around.accounts.items()
        duty = on_duty(self.look, self.now)
        wanted = {first[1], *([other[1]] if other[0] in duty else [])}
        heard = {m["account_id"] for m in out}
        hold(2, heard == wanted, f"called out {len(heard)} accounts, {len(wanted)} were to be")
        hold(2, row["told"] == len(wanted), f"says it called out {row['told']}")


def _above(place: Place, kind: str) -> Place:
    while place.kind != kind:
        assert place.parent is not None
        place = place.parent
    return place
