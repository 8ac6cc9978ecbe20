"""What every company starts with, and the two large strokes of its set-up: a community with all
its buildings, and the first people with their posts and accounts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from anju.domains.answers.commands import ship_answers
from anju.domains.community.commands.desk_lines import set_desk_line
from anju.domains.emergency.commands.planning import ship_plans
from anju.domains.promises.commands.contracts import ContractText, write_contract
from anju.domains.promises.commands.services import ship_services
from anju.domains.promises.models import Contract
from anju.domains.promises.rules import Clause
from anju.engine.library.commands import promise_grade
from anju.engine.library.grading import clause_of
from anju.engine.library.reading import library
from anju.engine.standards.commands import install_defaults
from anju.foundation.access.commands import create_account, grant_role, reset_account
from anju.foundation.access.queries import by_login
from anju.foundation.calendars.commands import ship_calendars
from anju.foundation.lib import now
from anju.foundation.lib.pinyin import initials, readings
from anju.foundation.people.commands import add_person, add_post, add_team, assign, put_on_duty
from anju.foundation.people.models import Person, Post, Team
from anju.foundation.places.commands import add_places
from anju.foundation.places.layout import Layout, laid_out
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

SHIFT = timedelta(hours=12)
# role -> code and name of its team, code and name of its post
JOBS = {
    "desk": ("KF", "客服班", "KF-1", "服务前台岗"),
    "concierge": ("KF", "客服班", "KF-2", "大堂礼宾岗"),
    "technician": ("GC", "工程班", "GC-1", "工程维修岗"),
    "leader": ("GC", "工程班", "GC-2", "工程班长岗"),
    "guard": ("ZX", "秩序班", "ZX-1", "秩序维护岗"),
    "cleaner": ("BJ", "保洁班", "BJ-1", "保洁岗"),
    "inspector": ("GL", "管理组", "GL-2", "品质巡检岗"),
    "manager": ("GL", "管理组", "GL-1", "项目经理岗"),
}
# part of a grade -> the group of services it rules
GROUP_OF = {"house": "engineering", "equipment": "engineering"}
DESKS = {"desk": "front", "concierge": "lobby"}  # which of the two desks the post of a role is


@dataclass(frozen=True)
class Hand:
    """Somebody to take on: name, telephone (may be empty), role."""

    name: str
    phone: str
    role: str


@dataclass(frozen=True)
class Hired:
    """Somebody taken on. `token` of the one-time link; empty, as `login`, without an account."""

    name: str
    role: str
    login: str = ""
    token: str = ""


def furnish(actor: Actor) -> None:
    """Give the company what it lacks of calendars, standards, answers and emergency plans; safe to
    repeat."""
    with acting(actor):
        ship_calendars(actor=actor)
        install_defaults(actor=actor)
        ship_answers(actor=actor)
        ship_plans(actor=actor)


def open_community(
    layout: Layout, *, name: str, actor: Actor, code: str = "", phone: str = ""
) -> Place:
    """A community with all its buildings, and the telephone of its desk. Without a code it gets
    the initials of its name.

    Refuses what `add_places` and `set_desk_line` refuse; all or nothing.
    """
    spoken = "".join(readings(name)[:1] and initials(readings(name)[0]))
    short = code.strip() or "".join(c for c in spoken.upper() if c.isascii() and c.isalnum())[:6]
    community = Place(kind="community", code=short or "A1", name=name.strip(), use=layout.use)
    with acting(actor):
        add_places([community, *laid_out(layout, community)], actor=actor)
        if phone:
            set_desk_line(community, phone=phone, actor=actor)
    return community


def promise(
    place: Place,
    said: ContractText,
    *,
    parts: Collection[str],
    script: str,
    actor: Actor,
) -> Contract:
    """What a community is promised, in one stroke: the chosen parts of the contract's grade as
    standards of its own, a clause for each, and the service catalogue with these standards where
    the community has none.

    Refuses what `promise_grade`, `write_contract` and `ship_services` refuse; all or nothing.
    """
    code, _slash, level = said.grade.partition("/")
    with acting(actor):
        why = _("Contract %(number)s") % {"number": said.number}
        made = promise_grade(
            said.grade, parts, place=place, actor=actor, why=str(why), script=script
        )
        piece = library().pieces[code]
        clauses = [
            Clause(str(n), clause_of(one.part, piece, level, script), (one.standard.code,))
            for n, one in enumerate(made, start=1)
        ]
        ruled: dict[str, list[str]] = {}
        for one in made:
            group = GROUP_OF.get(one.part.code, one.part.code)
            ruled.setdefault(group, []).append(one.standard.code)
        ship_services(place, actor=actor, ruled=ruled)
        return write_contract(place, replace(said, clauses=clauses), actor=actor)


def take_on(
    hands: Sequence[Hand], *, place: Place, actor: Actor, duty: bool = False
) -> list[Hired]:
    """Staff of a community, each at the post of the role (made where it is missing), on duty for
    twelve hours from now where asked, and with an account where the actor may make accounts.

    Refuses what the commands of people and accounts refuse; all or nothing.
    """
    hired = []
    with acting(actor):
        for hand in hands:
            person = add_person(
                actor=actor, kind="staff", name=hand.name, phone=hand.phone, place=place
            )
            post = _post(hand.role, place, actor)
            assign(person, post=post, since=timezone.localdate(now()), actor=actor)
            if duty:
                put_on_duty(person, post=post, starts_at=now(), ends_at=now() + SHIFT, actor=actor)
            hired.append(_account(person, hand.role, place, actor))
    return hired


def _post(role: str, place: Place, actor: Actor) -> Post:
    team_code, team_name, code, name = JOBS[role]
    team_code, code = f"{place.code}-{team_code}", f"{place.code}-{code}"
    post = Post.objects.seen_by(actor).filter(code=code, closed_on=None).first()
    if post is not None:
        return post
    team = Team.objects.seen_by(actor).filter(code=team_code, closed_on=None).first()
    team = team or add_team(actor=actor, place=place, code=team_code, name=team_name)
    desk = DESKS.get(role, "")
    return add_post(actor=actor, place=place, code=code, name=name, team=team, desk=desk)


def _account(person: Person, role: str, place: Place, actor: Actor) -> Hired:
    """An account named as the person is spoken, with a number where that name is taken."""
    if not actor.may("user.edit", place.path):
        return Hired(person.name, role)
    spoken = "".join(readings(person.name, surname=True)[0])
    base = "".join(c for c in spoken.casefold() if c.isalnum())[:40] or role
    n, login = 1, base
    while by_login(login) is not None:
        n += 1
        login = f"{base}{n}"
    account = create_account(actor=actor, login=login, name=person.name, person_id=person.id)
    grant_role(account.id, actor=actor, role=role, path=place.path)
    return Hired(person.name, role, login, reset_account(account.id, actor=actor))
