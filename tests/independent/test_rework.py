"""Rework within its warranty (返工): figures and groups against a computation without anju."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from anju.domains.requests.commands import settle
from anju.engine.indicators.figures import BY_CODE, PLANNED, behind, reading
from anju.engine.indicators.groups import by_group, in_group
from anju.engine.indicators.queries import cases_in, planned_in
from anju.engine.indicators.rules import Period
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.work_moves import finish_planned, move_work
from anju.engine.loop.linked import warranted
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.testing import a_case, a_house
from anju.engine.plans.commands import look_at_planned
from anju.engine.plans.testing import a_plan
from anju.engine.standards.commands import put_in_force
from anju.engine.standards.document import Document, Method
from anju.engine.standards.scope import Scope
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.lib import frozen, now
from anju.foundation.people.testing import a_post, a_team
from anju.foundation.places.models import Place
from anju.foundation.places.testing import a_community, a_place, an_asset
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from tests.independent.rework import ZONE, Done, interval, repeated, share, shares
from tests.sizes import sized

START = datetime(2026, 3, 2, 7, 0, tzinfo=ZONE)
KINDS = ("报修/水电", "报修/门窗")
GOOD, KEPT = 4, 3  # days that repairs, and planned work, are good for
STEPS = sized(160, by_hand=60)


class History:
    """Two communities for some weeks: what is reported, done, decided; written down beside."""

    def __init__(self, actor: Actor, random: Random) -> None:
        self.random, self.house = random, a_house(actor)
        self.rows: list[Done] = []
        self.ids: dict[str, Any] = {}
        other = a_community(actor)
        self.communities = [self.house.community, other]
        rooms = [self.house.room, a_place(actor, community=other, number="5-1-101")]
        pump = an_asset(actor, place=rooms[0])
        self.spots = [(rooms[0], None), (rooms[0], pump), (rooms[1], None)]
        self.posts = [
            a_post(actor, place=place, team=a_team(actor, place=place))
            for place in self.communities
        ]
        for code, kinds, days, named in (
            ("good", ("repair",), GOOD, KINDS), ("care", (), KEPT, KINDS[:1]),
            ("bare", (), KEPT, ()),
        ):  # fmt: skip
            text = Document(
                code=code, name=code, kinds=kinds, method=Method(warranty=days), verify=False,
                scope=Scope(categories=named),
            )  # fmt: skip
            put_in_force(text, actor=actor, why="保修")
        for n, care in enumerate(("care", "care", "bare")):
            a_plan(
                self.house, f"P{n}", subjects=(self.spots[n % 2],), standard=care, late=600,
                make_up=600, post=self.posts[n % 2],
                when={"start": "2026-03-01", "times": ("09:00",)},
            )  # fmt: skip

    def community_of(self, place: Place) -> str:
        """The path of the community of a place."""
        return next(one.path for one in self.communities if place.path.startswith(one.path))

    def matter(self) -> None:
        """Something is reported; most of it is done, some decided, some void."""
        house, pick = self.house, self.random.choice
        place, asset = pick(self.spots)
        category = pick((*KINDS, KINDS[0], f"{KINDS[0]}/灯", ""))
        opened = a_case(house, place=place, asset=asset, category=category, reporter=None)
        case = opened.case
        good = GOOD if category.startswith(KINDS) else 0
        row = Done(
            case.number, str(place.id), str(asset.id) if asset else "", now(), good,
            category=category, community=self.community_of(place),
        )  # fmt: skip
        self._decided(case, row)
        self.rows.append(row)
        if pick((0, 0, 0, 0, 1)):
            move_case(case.id, "void", actor=house.actor, said={"reason": "误报"})
            row.void = True
        elif pick((0, 1, 1, 1)):
            self._done(opened.work, row)
            if row.payer and pick((0, 0, 1)):
                self._otherwise(case, row)

    def _decided(self, case: Any, row: Done) -> None:
        with acting(self.house.actor):
            found = warranted(case)
        before = repeated(row, self.rows)
        assert (found and found.number) == (before and before.name), row
        how = self.random.choice(("rule", "rule", "none", "other"))
        if how == "rule":
            settle(case.id, {"part": "pipes"}, actor=self.house.actor)
            row.payer, row.repairer = ("ours", "staff") if before else ("owner", "owner")
            row.again = before.name if before else ""
        elif how == "other":
            self._otherwise(case, row)

    def _otherwise(self, case: Any, row: Done) -> None:
        said = {"part": "pipes", "payer": "fee", "repairer": "staff", "reason": "协商"}
        settle(case.id, said, actor=self.house.actor)
        row.payer, row.repairer = "fee", "staff"

    def _done(self, work: Any, row: Done) -> None:
        post = self.random.choice((*self.posts, None))
        if post:
            row.team = str(post.team_id)
            move_work(work.id, "assign", actor=self.house.actor, said={"post": str(post.id)})
            move_work(work.id, "accept", actor=self.house.doer)
        else:
            move_work(work.id, "claim", actor=self.house.doer)
        move_work(work.id, "start", actor=self.house.doer)
        move_work(work.id, "finish", actor=self.house.doer, said={"result": "已换"})
        row.done = now()

    def rounds(self) -> None:
        """What the plans ask for is done, one piece at a time, or left."""
        look_at_planned()
        with acting(self.house.actor):
            asked = WorkOrder.objects.to_do(now()).filter(case=None)
            due = list(asked.select_related("place", "post", "standard"))
        for work in due:
            if self.random.random() < 0.6:
                finish_planned(work.id, actor=self.house.doer, result="好", reason="代班")
                assert work.place
                kinds = KINDS[:1] if work.standard and work.standard.code == "care" else ()
                self.rows.append(
                    Done(
                        work.number, str(work.place_id), str(work.asset_id or ""), work.opened_at,
                        KEPT, kinds=kinds, planned=True, done=now(),
                        team=str(work.post.team_id if work.post else ""),
                        community=self.community_of(work.place),
                    )
                )  # fmt: skip
                break


@pytest.mark.parametrize("seed", [1, 2])
def test_what_was_done_again_is_what_happened(actor: Actor, seed: int) -> None:
    random, at = Random(seed), START
    with frozen(START), acting(actor):
        history = History(actor, random)
    for _n in range(STEPS // 2):
        at += timedelta(hours=random.randint(1, 12), minutes=random.randint(1, 59))
        with frozen(at):
            random.choice((history.matter, history.matter, history.rounds))()
    rows = history.rows
    matters, planned = ([r for r in rows if r.planned is kind] for kind in (False, True))
    period = Period(START.date() - timedelta(days=1), at.date() + timedelta(days=1))
    with acting(actor):
        places = history.communities
        for mine, seen, figure in (
            (matters, cases_in(period, actor=actor), BY_CODE["rework"]),
            (planned, planned_in(period, actor=actor), PLANNED["planned_rework"]),
        ):
            whole = reading(seen, figure)
            assert (whole.hits, whole.n) == share(mine, rows)
            assert whole.hits
            assert whole.interval == pytest.approx(interval(whole.hits, whole.n), abs=1e-6)
            ways: dict[Any, Any] = {"community": lambda r: r.community, "team": lambda r: r.team}
            if mine is matters:
                ways["category"] = lambda r: r.category
            for by, key in ways.items():
                groups = by_group(seen, figure, by, places)
                found = {one.key: (one.reading.hits, one.reading.n) for one in groups}
                assert found == shares(mine, rows, key), by
                for one in groups:
                    kept = in_group(seen, by, one.key, places)
                    assert behind(kept, figure, hits=True).count() == one.reading.hits
                    assert behind(kept, figure, hits=None).count() == one.reading.n
    seal_all()
    assert codes(verified(actor.company_id)) == set()
