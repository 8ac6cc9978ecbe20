"""Two companies, the first with two communities, and one person per role and relation."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Literal
from uuid import UUID, uuid4

from django.test import Client, override_settings

from anju.domains.answers.commands import publish_answer
from anju.domains.community.commands.boards import post_at_board
from anju.domains.community.commands.notices import ask_approval, publish
from anju.domains.community.models import Posting
from anju.domains.emergency.commands.running import start
from anju.domains.emergency.queries import plans
from anju.domains.intake.testing import a_source, told
from anju.domains.promises.testing import a_contract, a_need, a_service
from anju.domains.requests.meetings.testing import the_minutes
from anju.domains.rounds.commands import PointSaid, RouteSaid, make_route
from anju.domains.rounds.models import RoundPoint
from anju.domains.staff.handover.commands import give_over
from anju.engine.loop.commands.evidence import Given, add_evidence
from anju.engine.loop.models import WorkOrder
from anju.engine.plans.commands import Planned, look_at_planned, make_plan
from anju.engine.plans.document import When
from anju.engine.plans.models import Occurrence
from anju.engine.standards.commands import draft_standard
from anju.engine.standards.document import Document
from anju.engine.standards.models import Standard
from anju.faces.furnishing import furnish
from anju.foundation.access.commands import create_account, grant_role
from anju.foundation.access.queries import in_force
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import Someone, a_token, an_account
from anju.foundation.calendars.models import Calendar
from anju.foundation.files.testing import a_picture
from anju.foundation.lib import frozen
from anju.foundation.messages.commands import Setting, add_gateway, add_webhook
from anju.foundation.messages.testing import a_message, someone_with_email
from anju.foundation.people.models import Occupancy
from anju.foundation.people.testing import a_person, a_phone
from anju.foundation.places.models import Place
from anju.foundation.places.testing import a_community, a_place, an_asset
from anju.foundation.registry.commands import stage
from anju.foundation.registry.testing import a_csv
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import found_company

# The role holds for the whole company, in the community, in another, in another company; none.
Relation = Literal["above", "own", "beside", "foreign", "anonymous"]
ROLES = (
    "resident", "desk", "concierge", "technician", "guard", "cleaner", "leader", "inspector",
    "manager", "headquarters", "admin", "reviewer",
)  # fmt: skip
HOOK = "https://hooks.example.com/anju"
ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=none"
CANARY = "canary7q4x"  # stands in everything of the own community; nobody else may ever read it


@dataclass
class World:
    """`home` is the community everything asked about stands in."""

    machine: Actor
    home: Place
    room: Place
    people: dict[tuple[str, Relation], Someone]
    tokens: dict[tuple[str, Relation], str]
    case: dict[str, Any] = field(default_factory=dict)
    work: UUID | None = None
    standard: UUID | None = None
    draft: UUID | None = None
    calendar: UUID | None = None
    webhook: UUID | None = None
    gateway: UUID | None = None
    source: UUID | None = None
    arrival: UUID | None = None
    asset: UUID | None = None
    person: UUID | None = None
    occupancy: UUID | None = None
    batch: UUID | None = None
    mail: UUID | None = None
    photo: UUID | None = None
    notice: UUID | None = None
    handover: UUID | None = None
    minutes: UUID | None = None
    emergency: UUID | None = None
    need: UUID | None = None
    service: UUID | None = None
    contract: UUID | None = None
    plan: UUID | None = None
    round: UUID | None = None
    route: UUID | None = None
    point: UUID | None = None

    def client(self, role: str, relation: Relation, *, api: bool) -> Client:
        """The browser, or the program, of the one with this role and relation."""
        client = Client(headers={"Accept-Language": "en"})
        client.raise_request_exception = False
        if relation != "anonymous" and api:
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {self.tokens[role, relation]}"
        elif relation != "anonymous":
            client.cookies[DEVICE_COOKIE] = self.people[role, relation].device
        return client

    def an_answer(self) -> UUID:
        """An answer nobody has withdrawn."""
        return publish_answer(actor=self.machine, question="几点关门", text="全天有人").series

    def a_waiting_notice(self) -> UUID:
        """An announcement that waits for a second person."""
        ask_approval("all", actor=self.machine)
        waits = publish(self.home, title=CANARY, text="停水", actor=self.machine)
        ask_approval("nobody", actor=self.machine)
        return waits.id

    def a_posting(self) -> Posting:
        """An announcement at a board: the one before, as long as nobody has taken it down."""
        with acting(self.machine):
            left = Posting.objects.filter(removed_at=None, notice__place=self.home).first()
        if left is not None:
            return left
        notice = publish(self.home, title=CANARY, text="停水", actor=self.machine)
        return post_at_board(notice, "大堂", BytesIO(a_picture()), actor=self.machine)

    def a_guard(self) -> UUID:
        """A fresh account in the home community, for what is changed or locked. No password:
        hashing one for each of a thousand requests would be most of the run."""
        name = f"{CANARY}{uuid4().hex[:8]}"
        account = create_account(actor=self.machine, login=name, name=name)
        grant_role(account.id, actor=self.machine, role="guard", path=self.home.path)
        return account.id

    def grant_of(self, account: UUID) -> UUID:
        """The id of their role."""
        with acting(self.machine):
            return in_force(actor=self.machine).get(account_id=account).id


def a_world() -> World:
    """Everything, made through the same commands as in life. About 3 s."""
    machine, home, room = _company("自家", CANARY)
    other, theirs, foreign_room = _company("别家", "别家")
    with acting(machine):
        beside = a_community(machine, name="二期")
    people: dict[tuple[str, Relation], Someone] = {}
    for role in ROLES:
        people[role, "above"] = an_account(machine, role)
        people[role, "own"] = an_account(machine, role, home.path)
        people[role, "beside"] = an_account(machine, role, beside.path)
        people[role, "foreign"] = an_account(other, role, theirs.path)
    tokens = {
        key: a_token(other if key[1] == "foreign" else machine, someone)
        for key, someone in people.items()
    }
    world = World(machine, home, room, people, tokens)
    world.case = _a_case(world, "own", room)
    _a_case(world, "foreign", foreign_room)  # so that no table of theirs is empty either
    _furnish(world)
    return world


def _furnish(world: World) -> None:
    """One of everything a route may ask for, all in the home community."""
    machine = world.machine
    with acting(machine):
        world.work = WorkOrder.objects.get(case_id=world.case["id"]).id
        world.standard = Standard.objects.seen_by(machine).earliest("code").id
        world.draft = draft_standard(Document(code="draft", name="草案"), actor=machine).id
        world.calendar = Calendar.objects.seen_by(machine).earliest("code").id
        world.asset = an_asset(machine, place=world.home, name=CANARY).id
        person = a_person(machine, name=CANARY, lives_at=world.room)
        world.person = person.id
        world.occupancy = Occupancy.objects.seen_by(machine).get(person_id=person.id).id
    photo = Given("a.jpg", BytesIO(a_picture()))
    world.photo = add_evidence(UUID(world.case["id"]), [photo], actor=machine).records[0].id
    world.notice = publish(world.home, title=CANARY, text="停水", actor=machine).id
    with acting(machine):
        fire = plans(machine).get(code="fire")
    world.emergency = start(fire, world.home, actor=machine, matter=CANARY).id
    world.need = a_need(machine).id
    world.service = a_service(machine, world.home, name=CANARY).id
    world.contract = a_contract(machine, world.home, client=CANARY).id
    world.plan, world.round = _planned(world)
    world.route, world.point = _walked(world)
    world.handover = give_over(world.home, actor=machine).id
    world.minutes = the_minutes(machine, world.home, title=CANARY).id
    world.webhook = add_webhook(actor=machine, url=HOOK, events=["case.close"]).id
    world.gateway = add_gateway("wecom", Setting(name=CANARY, address=ROBOT), actor=machine).id
    source = a_source(machine, "signed", world.home, name=CANARY)
    world.source, world.arrival = source.id, told(source, {"id": CANARY}).id
    world.batch = stage(a_csv(["x"], ["y"]), name="x.csv", sheet="places", actor=machine).id
    reached = someone_with_email(machine, "guard", world.home.path)
    with override_settings(SMTP_URL="smtp://127.0.0.1:9"):  # queued, never sent
        world.mail = a_message(machine, reached).id


def _planned(world: World) -> tuple[UUID, UUID]:
    """A plan, and the first of its work orders."""
    when = When(start="2026-01-01", every="2h", between=("08:00", "20:00"))
    said = Planned(name=CANARY, when=when, subjects=((world.room, None),))
    with acting(world.machine):
        plan = make_plan(world.home, "ROUND", said, actor=world.machine)
        first = Occurrence.objects.filter(plan=plan).earliest("at")
        assert first.work_id
        return plan.id, first.work_id


def _walked(world: World) -> tuple[UUID, UUID]:
    """The route of the plan, and a point of the round that is open."""
    assert world.plan
    point = PointSaid("P1", CANARY, world.room, proof="hand")
    with acting(world.machine):
        route = make_route(world.plan, "ROUND", RouteSaid(CANARY, [point]), actor=world.machine)
        work = WorkOrder.objects.get(id=world.round)
    with frozen(work.opened_at):
        look_at_planned()
    with acting(world.machine):
        return route.id, RoundPoint.objects.get(work_id=work.id).id


def _company(name: str, community: str) -> tuple[Actor, Place, Place]:
    founded = found_company(code=f"m{uuid4().hex[:12]}", name=name)
    machine = Actor.machine(founded.id, "matrix")
    furnish(machine)
    with acting(machine):
        home = a_community(machine, name=f"{community}一期")
        room = a_place(machine, community=home)
    return machine, home, room


def _a_case(world: World, relation: Relation, room: Place) -> dict[str, Any]:
    title = f"{CANARY if relation == 'own' else '别家'}漏水"
    reporter = {"name": "冯女士", "phone": a_phone()}
    body = {"kind": "repair", "title": title, "place": str(room.id), "reporter": reporter}
    answer = world.client("desk", relation, api=True).post(
        "/api/v1/cases", json.dumps(body), content_type="application/json"
    )
    assert answer.status_code == 201, answer.content.decode()
    opened: dict[str, Any] = answer.json()
    return opened
