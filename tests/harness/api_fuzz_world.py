"""Two companies with callers of several roles, and ids of theirs to ask about.

What stands in a place carries the mark of that place; nothing else ever does. So an answer that
holds a mark, or the id of a row, from outside what its caller may see is a leak.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID, uuid4

from anju.domains.intake.commands import add_source, change_source
from anju.domains.intake.models import Source
from anju.domains.ledgers.testing import a_ledger, a_visitor
from anju.domains.rounds.commands import PointSaid, RouteSaid, make_route
from anju.engine.loop.commands.opening import Report, report
from anju.engine.loop.rules import OWED_TO_SOMEONE, WORKED_KINDS
from anju.engine.plans.commands import Planned, make_plan
from anju.engine.plans.document import When
from anju.engine.plans.models import Occurrence
from anju.faces.furnishing import furnish
from anju.foundation.access.testing import a_token, an_account
from anju.foundation.events.commands import seal_once
from anju.foundation.people.testing import a_person, a_worker
from anju.foundation.places.models import Place
from anju.foundation.places.testing import a_community, a_place, an_asset
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import found_company

KINDS = sorted(OWED_TO_SOMEONE | WORKED_KINDS | {"praise"})
TAKES = ("signed", "government", "telephone")  # by a header; WeCom signs in the address
CORP = "wx5823bf96d3bd56c7"  # an enterprise of WeCom, as its documents name one
NEWEST = 6  # of the cases of a place, those that are asked about


@dataclass
class Ground:
    """One community; `mark` stands in the titles of all of its cases."""

    actor: Actor
    mark: str
    community: Place
    room: Place
    names: dict[str, list[str]]
    cases: list[UUID] = field(default_factory=list)
    works: list[UUID] = field(default_factory=list)
    plans: list[UUID] = field(default_factory=list)
    ledgers: list[UUID] = field(default_factory=list)
    routes: list[UUID] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)

    @property
    def company(self) -> UUID:
        return self.actor.company_id


@dataclass(frozen=True)
class Caller:
    """Somebody with a token. `ground`: where the role holds; None for all of the company."""

    name: str
    token: str
    company: UUID
    ground: Ground | None = None
    scopes: str = "read write"
    known: bool = True

    def may_see(self, ground: Ground) -> bool:
        return ground.company == self.company and self.ground in (None, ground)


@dataclass
class World:
    """`owner_of`: in which ground a case, a work order or a clock stands."""

    grounds: list[Ground]
    callers: list[Caller]
    owner_of: dict[str, Ground] = field(default_factory=dict)

    def freshen(self, rng: Random) -> None:
        """One more case in each community, and everything told so far sealed."""
        for ground in self.grounds:
            with acting(ground.actor):
                said = Report(
                    kind=rng.choice(KINDS),
                    title=f"漏水 {ground.mark}",
                    text=f"厨房 {ground.mark}",
                    place=ground.room,
                    urgency=rng.randint(1, 4),
                    channel="phone",
                )
                opened = report(said, actor=ground.actor)
            self.is_of(ground, opened.case.id, "case")
            for clock in opened.clocks:
                self.is_of(ground, clock.id)
            if opened.work:
                self.is_of(ground, opened.work.id, "work")
        while seal_once():
            pass

    def is_of(self, ground: Ground, id: UUID | str, kind: str = "") -> None:
        """Remember a row, and ask about it from now on."""
        self.owner_of[str(id)] = ground
        asked = {"case": ground.cases, "work": ground.works}.get(kind)
        if asked is not None:
            asked.append(UUID(str(id)))
            del asked[:-NEWEST]


def a_world() -> World:
    """Two communities of one company, one of another, and who asks. About 1 s."""
    mine, other = (_company(name) for name in ("自家", "别家"))
    home, beside, foreign = (_ground(a, n) for n, a in enumerate((mine, mine, other), 1))
    world = World([home, beside, foreign], list(_callers(home, beside, foreign)))
    for ground in world.grounds:
        _planned(world, ground)
        _kept(world, ground)
    return world


def _planned(world: World, ground: Ground) -> None:
    """A plan of the community and its route; its work orders are of it too."""
    when = When(start="2026-01-01", times=("09:00",))
    said = Planned(name=f"巡查 {ground.mark}", when=when, subjects=((ground.room, None),))
    with acting(ground.actor):
        plan = make_plan(ground.community, "ROUND", said, actor=ground.actor)
        works = list(Occurrence.objects.filter(plan=plan).values_list("work_id", flat=True))
        point = PointSaid("P1", f"门 {ground.mark}", ground.room)
        route = make_route(plan.id, "ROUND", RouteSaid("路线", [point]), actor=ground.actor)
    ground.plans.append(plan.id)
    ground.routes.append(route.id)
    for id in (plan.id, route.id, *works):
        world.is_of(ground, str(id))


def _kept(world: World, ground: Ground) -> None:
    """A ledger of the community with a line."""
    ledger = a_ledger(ground.actor, ground.community, name=f"访客登记 {ground.mark}")
    ground.ledgers.append(ledger.id)
    for id in (ledger.id, a_visitor(ledger, ground.actor, name=ground.mark).id):
        world.is_of(ground, str(id))


def _company(name: str) -> Actor:
    actor = Actor.machine(found_company(code=f"f{uuid4().hex[:12]}", name=name).id, "fuzz")
    furnish(actor)
    return actor


def _ground(actor: Actor, number: int) -> Ground:
    mark = f"mark{uuid4().hex[:10]}"
    with acting(actor):
        community = a_community(actor, name=f"{mark}期")
        room = a_place(actor, number=f"{number}-2-1201", community=community)
        asset = an_asset(actor, place=community)
        person = a_person(actor, name=f"王{mark}", lives_at=room)
        worker = a_worker(actor, place=community, name=f"李{mark}")
    names = {
        "place": [str(room.id), room.path, room.full_code, str(community.id), community.path],
        "asset": [asset.code],
        "reporter": [str(person.id)],
        "person": [str(worker.id)],
    }
    return Ground(actor, mark, community, room, names, sources=_sources(actor, community, mark))


def _sources(actor: Actor, community: Place, mark: str) -> list[Source]:
    """Systems of a community that may tell us; the last of them is switched off."""
    made = [
        add_source(kind, actor=actor, name=f"{mark} {n}", place=community.id, receiver=CORP)
        for n, kind in enumerate((*TAKES, "wecom", "signed"))
    ]
    off = change_source(made[-1].id, actor=actor, name=mark, place=community.id, on=False)
    return [*made[:-1], off]


def _callers(home: Ground, beside: Ground, foreign: Ground) -> Iterator[Caller]:
    for role, ground, scopes in (
        ("manager", home, "read write"),
        ("desk", home, "read write"),
        ("technician", home, "read write"),
        ("resident", home, "read write"),
        ("desk", home, "read"),
        ("desk", beside, "read write"),
        ("manager", foreign, "read write"),
    ):
        someone = an_account(ground.actor, role, ground.community.path)
        token = a_token(ground.actor, someone, scopes)
        yield Caller(f"{role} ({scopes})", token, ground.company, ground, scopes)
    for role, ground in (("admin", home), ("reviewer", home), ("admin", foreign)):
        token = a_token(ground.actor, an_account(ground.actor, role))
        yield Caller(f"{role} of the company", token, ground.company)
    for name, token in (("nobody", ""), ("a wrong token", "anju_wrong"), ("odd", "anju_é\t")):
        yield Caller(name, token, UUID(int=0), known=False)


def plausible(world: World, rng: Random) -> dict[str, Any]:
    """Words with which steps of cases and work orders may well be taken."""
    ground = rng.choice(world.grounds)
    return {
        "text": "已派人", "reason": "等配件", "result": "已修好", "substance": "plan",
        "by": "2099-01-01", "channel": "phone",
        "outcome": rng.choice(("satisfied", "dissatisfied", "no_answer")),
        "urgency": rng.choice((1, 2, 3, 4, "2")), "category": "水电",
        "person": rng.choice(ground.names["person"]),
    }  # fmt: skip
