"""The demo's first minute: a company, three communities, its people, one sign-in per role."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.utils import translation

from anju.domains.community.commands.desk_lines import set_desk_line
from anju.faces.demo.promises import note_needs, promise_all
from anju.faces.furnishing import furnish
from anju.foundation.access.commands import (
    confirm_second_factor,
    create_account,
    grant_role,
    join_phone,
    set_pin,
    share_phone,
)
from anju.foundation.access.queries import by_login
from anju.foundation.access.rules import ROLE_NAMES, needs_second_factor
from anju.foundation.access.second_factor import code_now
from anju.foundation.lib import frozen, now
from anju.foundation.people.commands import (
    add_occupancies,
    add_people,
    add_post,
    add_qualification,
    add_team,
    assign,
    put_on_duty,
)
from anju.foundation.people.models import Occupancy, Person, Post
from anju.foundation.places.commands import add_asset, add_places
from anju.foundation.places.layout import Layout, building_of
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import found_company
from anju.foundation.tenancy.errors import Conflict
from anju.foundation.tenancy.models import Company
from anju.foundation.tenancy.queries import companies

CODE = "demo"
SEED = 20261120
PASSWORD = "anju demo only"  # noqa: S105 - printed at every start; such accounts exist on loopback only
PINS = {"guard": "274916", "technician": "918273"}  # as the password: known to everybody
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国"


@dataclass(frozen=True)
class Plan:
    """A community to be built: code, name and how many buildings, units, floors, flats a floor."""

    code: str
    name: str
    use: str
    buildings: int
    units: int
    floors: int
    flats: int

    @property
    def layout(self) -> Layout:
        """Its buildings."""
        return Layout(self.buildings, self.units, self.floors, self.flats, self.use)


# 1,296 flats, 240 offices and 324 workshops: 1,860 units
PLANS = (
    Plan("BH1", "滨海新城一期", "住宅", 9, 2, 18, 4),
    Plan("HX", "和兴写字楼", "办公", 1, 2, 20, 6),
    Plan("CY", "创业产业园", "厂房", 6, 1, 6, 9),
)
# login, name, role; each belongs to the first community except those who see the whole company
STAFF = (
    ("desk", "王静", "desk"),
    ("concierge", "吴敏", "concierge"),
    ("technician", "张伟", "technician"),
    ("guard", "孙强", "guard"),
    ("cleaner", "何秀英", "cleaner"),
    ("leader", "陈建国", "leader"),
    ("inspector", "周明", "inspector"),
    ("manager", "李洋", "manager"),
    ("headquarters", "赵敏", "headquarters"),
    ("admin", "林涛", "admin"),
    ("reviewer", "黄娟", "reviewer"),
)
EVERYWHERE = frozenset({"headquarters", "admin", "reviewer"})


@translation.override("zh-hans")
def found_demo(seed: int = SEED) -> Company:
    """Found the demo company with its first community; the rest is filled in behind it. The seed
    decides who lives and works there. What is written down is Chinese, whatever the terminal
    speaks.

    Safe to repeat: a demo that is there is left as it is.
    """
    try:
        company = found_company(code=CODE, name="滨海物业", demo=True)
    except Conflict:
        return next(c for c in companies() if c.code == CODE)
    actor = builder(company)
    furnish(actor)
    with acting(actor):
        community = build_community(PLANS[0], actor=actor, buildings=2)
        people = _staff(community, actor, seed)
        _teams(community, people, actor)
        _accounts(community, people, actor, seed=seed)
        _things(community, actor)
        set_desk_line(community, phone="057188880110", hours="24 小时有人接", actor=actor)
        note_needs(actor)
        promise_all(community, actor)
    return company


def builder(company: Company) -> Actor:
    """Who makes the demo."""
    return Actor.machine(company.id, "demo")


def build_community(plan: Plan, *, actor: Actor, buildings: int = 0) -> Place:
    """A community with `buildings` (0: all) of its buildings, down to the flats."""
    community = Place(
        kind="community", code=plan.code, name=plan.name, use=plan.use, climate="夏热冬冷"
    )
    drafts = [community]
    drafts.append(Place(parent=community, kind="public", code="B1", name="地库 B1", use="车库"))
    drafts.append(
        Place(parent=community, kind="public", code="GARDEN", name="中心花园", use="绿地")
    )
    for n in range(1, (buildings or plan.buildings) + 1):
        drafts += _building(plan, n, community)
    add_places(drafts, actor=actor)
    return community


def add_buildings(plan: Plan, community: Place, *, first: int, actor: Actor) -> Iterator[int]:
    """The buildings a first start left out, one by one."""
    for n in range(first, plan.buildings + 1):
        yield len(add_places(_building(plan, n, community), actor=actor))


def _building(plan: Plan, n: int, community: Place) -> list[Place]:
    drafts = list(building_of(plan.layout, n, community))
    for place in drafts:
        if place.kind == "room":
            place.area = Decimal(70 + 15 * (int(place.code) % 100 % 4))
            place.delivered_on = date(2016, 6, 30)
    return drafts


def a_name(random: Random) -> str:
    """A name nobody in particular has."""
    return random.choice(SURNAMES) + "".join(random.sample(GIVEN, random.choice((1, 2))))


def settle_residents(community: Place, *, actor: Actor, random: Random, most: int) -> int:
    """Owners, and some tenants and families, for rooms that have nobody yet."""
    rooms = list(
        Place.objects.seen_by(actor)
        .below(community.path)
        .filter(kind="room", occupancies__isnull=True)
        .order_by("full_code")[:most]
    )
    people = [
        Person(
            kind="owner" if random.random() < 0.8 else "tenant",
            name=a_name(random),
            phone=f"139{random.randrange(10**8):08d}",
            place=community,
        )
        for _room in rooms
    ]
    add_people(people, actor=actor)
    since = date(2016, 7, 1)
    add_occupancies(
        [
            Occupancy(person=person, place=room, role=person.kind, since=since)
            for person, room in zip(people, rooms, strict=True)
        ],
        actor=actor,
    )
    return len(rooms)


def _staff(community: Place, actor: Actor, seed: int) -> dict[str, Person]:
    drafts = {
        login: Person(kind="staff", name=name, phone=f"1380000{n:04d}", place=community)
        for n, (login, name, _role) in enumerate(STAFF, start=1)
    }
    more = Random(seed)  # noqa: S311 - a demo, no secret
    for n in range(1, 30):
        drafts[f"staff{n}"] = Person(
            kind="staff", name=a_name(more), phone=f"1370000{n:04d}", place=community
        )
    add_people(list(drafts.values()), actor=actor)
    return drafts


def _teams(community: Place, people: dict[str, Person], actor: Actor) -> None:
    named = (("GC", "工程班", "leader"), ("ZX", "秩序班", "guard"), ("BJ", "保洁班", "cleaner"))
    posts: list[Post] = []
    for code, name, leader in named:
        team = add_team(actor=actor, place=community, code=code, name=name, leader=people[leader])
        posts.append(
            add_post(
                actor=actor, place=community, code=f"{code}-1", name=f"{name}岗", team=team,
                headcount=4,
            )
        )  # fmt: skip
    today = now()
    building = Place.objects.seen_by(actor).get(parent=community, kind="building", code="1")
    desks = (
        ("LB-1", "1 栋礼宾", building, "lobby"),
        ("QT-1", "服务前台", community, "front"),
    )
    for code, name, place, desk in desks:
        posts.append(add_post(actor=actor, place=place, code=code, name=name, desk=desk))
    holders = {posts[0]: ["technician", "leader", "staff1", "staff2"], posts[1]: ["guard"],
               posts[2]: ["cleaner", "staff3"], posts[3]: ["concierge"],
               posts[4]: ["desk"]}  # fmt: skip
    for post, logins in holders.items():
        for login in logins:
            assign(people[login], post=post, since=date(2024, 1, 1), actor=actor)
            put_on_duty(
                people[login],
                post=post,
                starts_at=today - timedelta(hours=4),
                ends_at=today + timedelta(hours=8),
                actor=actor,
            )
    add_qualification(
        actor=actor, person=people["technician"], type="低压电工", number="T3301-2024-0107",
        issued_on=date(2024, 1, 8), expires_on=today.date() + timedelta(days=40),
    )  # fmt: skip
    add_qualification(
        actor=actor, person=people["staff1"], type="电梯修理", number="T2024-0311",
        issued_on=date(2024, 3, 11), expires_on=today.date() + timedelta(days=400),
    )  # fmt: skip


def _accounts(community: Place, people: dict[str, Person], actor: Actor, *, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - a demo, no secret
    resident = settle_residents(community, actor=actor, random=random, most=40)
    first = (
        Occupancy.objects.seen_by(actor).order_by("place__full_code").select_related("person")[0]
        if resident
        else None
    )
    for login, name, role in STAFF:
        account = create_account(
            actor=actor, login=login, name=name, password=PASSWORD, person_id=people[login].id
        )
        path = "" if role in EVERYWHERE else community.path
        grant_role(account.id, actor=actor, role=role, path=path)
        if needs_second_factor([role]):
            _second_factor(login)
        elif login in PINS:
            own = replace(actor, id=account.id, name=name)
            set_pin(actor=own, login=login, password=PASSWORD, pin=PINS[login], address="demo")
    join_phone(share_phone(actor=actor, name="门岗 1 号机", path=community.path)[1])
    if first is not None:
        person = first.person
        account = create_account(
            actor=actor, login="resident", name=person.name, password=PASSWORD, person_id=person.id
        )
        grant_role(account.id, actor=actor, role="resident", path=first.place.path)


def _second_factor(login: str) -> None:
    """Turn it on with the code before the present one, which stays good for a first sign-in."""
    found = by_login(login)
    if found is None:
        return
    who = found[0]
    with frozen(now() - timedelta(seconds=30)):
        code = code_now(who.account, who.totp_n)
    confirm_second_factor(who, actor=Actor(who.account, who.name, who.company), code=code)


def _things(community: Place, actor: Actor) -> None:
    buildings = (
        Place.objects.seen_by(actor).below(community.path).filter(kind="building").order_by("code")
    )
    for n, building in enumerate(buildings, start=1):
        add_asset(
            actor=actor, place=building, system="LE", type="KT", code=f"BH1-LE-KT-{n:03d}",
            name=f"{n} 栋客梯", importance="A",
        )  # fmt: skip
    add_asset(
        actor=actor, place=community, system="WS", type="BS", code="BH1-WS-BS-001",
        name="生活水泵 1 号", importance="A",
    )  # fmt: skip


def _a_telephone(company: Company) -> str:
    """The number of the resident who may sign in; its codes are shown on the page."""
    found, actor = by_login("resident"), builder(company)
    with acting(actor):
        people = Person.objects.seen_by(actor).filter(id=found[0].person if found else None)
        return people.values_list("phone", flat=True).first() or ""


def sign_ins(company: Company) -> Iterator[str]:
    """One line per role: login, password, and the current code where the role needs one."""
    yield f"{'role':<28} {'login':<14} {'password':<16} one-time code"
    for login in [*(s[0] for s in STAFF), "resident"]:
        found = by_login(login)
        if found is None:
            continue
        who = found[0]
        role = next((r for _l, _n, r in STAFF if _l == login), "resident")
        code = code_now(who.account, who.totp_n) if needs_second_factor([role]) else "-"
        yield f"{ROLE_NAMES[role]!s:<28} {login:<14} {PASSWORD:<16} {code}"
    if phone := _a_telephone(company):
        yield f"{ROLE_NAMES['resident']!s:<28} /me/in without a password: telephone {phone}"
