"""A company as pages need it: every role, one case of each kind of trouble, and many rows.

The first row of each kind is made by the real commands; the others are copies of it made by SQL as
the owner of the tables, because ten thousand commands would take as long as the tests.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.db import models

from anju.domains.community.commands.notices import publish
from anju.domains.rounds.commands import PointSaid, RouteSaid, make_route
from anju.engine.clocks.models import Clock
from anju.engine.loop.commands.opening import Opened, Report, report
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.loop.testing import House, a_house
from anju.engine.plans.commands import Planned, make_plan
from anju.engine.plans.document import When
from anju.engine.plans.models import Occurrence
from anju.foundation.access.commands import create_account, grant_role, open_device
from anju.foundation.access.models import Account
from anju.foundation.access.queries import by_login
from anju.foundation.access.rules import needs_second_factor
from anju.foundation.access.testing import PASSWORD
from anju.foundation.calendars.models import Calendar
from anju.foundation.events.models import Event
from anju.foundation.events.testing import as_owner
from anju.foundation.messages.commands import Note, queue_message
from anju.foundation.messages.models import Message
from anju.foundation.people.models import Person
from anju.foundation.people.testing import a_duty, a_person, a_post, a_worker
from anju.foundation.places.models import Place
from anju.foundation.places.testing import an_asset
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import found_company

ROLES = (
    "desk", "concierge", "technician", "guard", "cleaner", "leader", "inspector", "manager",
    "headquarters", "admin", "reviewer", "resident",
)  # fmt: skip
EVERYWHERE = frozenset({"headquarters", "admin", "reviewer"})
RARE = "𠮷䶮㛃"
LONG_NAME = (RARE + "欧阳司马上官诸葛慕容尉迟长孙宇文轩辕令狐钟离闾丘东方赫连皇甫公孙仲孙")[:40]
LONG_TITLE = (f"{RARE}卫生间吊顶漏水，楼下也渗水，老人在家，" * 15)[:300]
LONG_WORD = "W" * 120  # what no line can be broken at


@dataclass
class World:
    """`house.actor` may do everything; `devices` are the cookies of the roles."""

    house: House
    devices: dict[str, str] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    accounts: dict[str, UUID] = field(default_factory=dict)
    case: Case | None = None
    work: WorkOrder | None = None

    @property
    def actor(self) -> Actor:
        """The house itself."""
        return self.house.actor

    def as_role(self, role: str) -> Actor:
        """Someone of this role, as commands know them."""
        found = by_login(self.login(role))
        assert found is not None
        return found[0].actor

    def login(self, role: str) -> str:
        """What someone of this role types to come in."""
        return f"{role}{self.actor.company_id.hex[-10:]}"


def a_world(*, name: str = "滨海物业", roles: tuple[str, ...] = ROLES) -> World:
    """A furnished company with one room, its resident, and someone of each role at a device."""
    company = found_company(code=f"j{uuid4().hex[:12]}", name=name)
    house = a_house(Actor.machine(company.id, "journeys"))
    world = World(house)
    for role in roles:
        _someone(world, role)
    with acting(house.actor):
        post = a_post(house.actor, place=house.community)
        a_duty(house.actor, post=post, person=house.worker)
    return world


def _someone(world: World, role: str) -> None:
    house, login = world.house, world.login(role)
    with acting(house.actor):
        if role == "resident":
            person = house.resident
        else:
            person = a_worker(house.actor, place=house.community, name=f"{role}员")
    account = create_account(
        actor=house.actor, login=login, name=person.name, password=PASSWORD, person_id=person.id
    )
    path = house.room.path if role == "resident" else house.community.path
    grant_role(account.id, actor=house.actor, role=role, path="" if role in EVERYWHERE else path)
    if needs_second_factor([role]):
        with acting(house.actor):
            Account.objects.filter(id=account.id).update(totp_on=True)
    found = by_login(login)
    assert found is not None
    world.devices[role] = open_device(found[0], actor=found[0].actor, device="test", mine=False)
    world.people[role], world.accounts[role] = person, account.id


def a_reported_case(world: World, *, title: str = "卫生间漏水", **more: object) -> Opened:
    """A repair reported by the resident by telephone."""
    said = {
        "kind": "repair",
        "place": world.house.room,
        "reporter": world.house.resident,
        "channel": "phone",
        "text": "楼下也渗水",
        **more,
    }
    return report(Report(title=title, **said), actor=world.actor)  # type: ignore[arg-type]  # a report's fields


def fill(world: World, rows: int) -> None:
    """So many rows of everything that has a list; the newest have the longest names."""
    first = a_reported_case(world, title=LONG_TITLE, text=LONG_WORD, category=LONG_WORD, urgency=2)
    assert first.work is not None
    world.case, world.work = first.case, first.work
    mine = f"'{world.actor.company_id}'"
    with acting(world.actor):
        a_person(world.actor, name=LONG_NAME, place=world.house.community)
        WorkOrder.objects.filter(id=first.work.id).update(person=world.people["technician"])
        Person.objects.filter(id=world.people["technician"].id).update(name=LONG_NAME)
        Place.objects.filter(id=world.house.room.id).update(use="住宅")
        asset = an_asset(world.actor, place=world.house.community, name=LONG_NAME)
        clocks = list(Clock.objects.filter(case_id=first.case.id, kind__in=("respond", "finish")))
        event = Event.objects.get(subject_id=first.case.id)
        person, room = Person.objects.get(name=LONG_NAME, kind="owner"), world.house.room
        note = Note(
            key=str(uuid4()), kind="email.test", account=world.accounts["admin"],
            subject=("case", first.case.id),
        )  # fmt: skip
        queue_message(note, actor=world.actor)
        notice = publish(world.house.community, title=LONG_NAME, text=LONG_TITLE, actor=world.actor)
        message = Message.objects.get(account_id=world.accounts["admin"])
    made = id_of(mine, "c")
    minutes = "- i * interval '1 minute'"
    copies(first.case, rows, id=made, number="'X-' || i", title="left(title, 280) || ' ' || i",
            at=f"at {minutes}", told_at="now()", answered_at="now()",
            state="CASE mod(i, 3) WHEN 0 THEN 'answered' ELSE 'open' END")  # fmt: skip
    copies(first.work, rows, id=id_of(mine, "w"), case_id=made, number="'X-' || i || '-1'",
            opened_at=f"opened_at {minutes}")  # fmt: skip
    for clock in clocks:
        copies(clock, rows, id=id_of(mine, clock.kind), case_id=made, due_at=f"due_at {minutes}")
    copies(event, rows, id=id_of(mine, "e"), subject_id=made, noted_at=f"noted_at {minutes}")
    copies(person, rows, id=id_of(mine, "p"), phone="lpad(i::text, 11, '0')")
    copies(room, rows, id=id_of(mine, "r"), code="'R' || i", full_code="'9-9-' || i",
            path="path || 'z' || i || '.'")  # fmt: skip
    copies(asset, rows, id=id_of(mine, "a"), code="'DH-LE-KT-X' || i")
    copies(message, rows, id=id_of(mine, "m"), key="key || i")
    copies(notice, rows, id=id_of(mine, "n"), published_at=f"published_at {minutes}")
    plan_rows(world, rows)
    as_owner("ANALYZE")


def plan_rows(world: World, rows: int) -> None:
    """So many plans, each with a route, and so many rounds of one of them."""
    when = When(start="2026-01-01", times=("09:00",))
    said = Planned(LONG_NAME[:120], when, ((world.house.room, None),))
    with acting(world.actor):
        plan = make_plan(world.house.community, "ROWS", said, actor=world.actor)
        made = Occurrence.objects.select_related("work").filter(plan=plan).earliest("at")
        assert made.work
        point = PointSaid("P1", LONG_NAME[:120], world.house.room)
        said_of = RouteSaid(LONG_NAME[:120], [point])
        route = make_route(plan.id, "ROWS", said_of, actor=world.actor)
    mine, later = f"'{world.actor.company_id}'", "+ i * interval '1 minute'"
    copies(plan, rows, id=id_of(mine, "pl"), code="'R-' || i", look_at="NULL")
    copies(route, rows, id=id_of(mine, "rt"), code="'R-' || i", plan_id=id_of(mine, "pl"))
    copies(made.work, rows, id=id_of(mine, "pw"), number="'R-' || i")
    copies(made, rows, id=id_of(mine, "po"), named="'R-' || i", at=f"at {later}",
            work_id=id_of(mine, "pw"))  # fmt: skip


def id_of(company: str, kind: str) -> str:
    return f"md5({company} || '{kind}' || i)::uuid"


def copies(row: models.Model, count: int, **changes: str) -> None:
    """`count` copies of a row, with an SQL expression of `i` for each column that differs."""
    table = row._meta.db_table
    columns = [field.column for field in row._meta.concrete_fields]
    assert changes.keys() <= set(columns), changes.keys() - set(columns)
    names = ", ".join(f'"{c}"' for c in columns)
    values = ", ".join(changes.get(c, f't."{c}"') for c in columns)
    as_owner(
        f"INSERT INTO {table} ({names}) SELECT {values}"
        f" FROM {table} t, generate_series(1, %s) AS i WHERE t.id = %s",
        [count, row.pk],
    )


def a_calendar(world: World) -> Calendar:
    """The calendar that follows the public holidays."""
    with acting(world.actor):
        return Calendar.objects.get(company_id=world.actor.company_id, code="office")
