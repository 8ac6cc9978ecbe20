"""Staff: teams, posts, people and what they hold, duty, qualifications."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anju.foundation.entries.models import Entry
from anju.foundation.lib import now
from anju.foundation.people.commands import (
    add_people,
    add_staff_rows,
    edit_people,
    edit_staff_rows,
)
from anju.foundation.people.models import (
    DESK_NAMES,
    Assignment,
    Duty,
    Person,
    Post,
    Qualification,
    Team,
)
from anju.foundation.registry import references, rules
from anju.foundation.registry.sheet import (
    Column,
    Line,
    Match,
    Part,
    Problem,
    Sheet,
    Values,
    find_by,
    key_of,
)
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet

PLACE = Column(
    "place",
    _("community"),
    rules.text(150),
    also=("项目", "小区", "位置", "place"),
    required=True,
    example="东湖一期",
    refers=references.places,
)
WHO = Column(
    "person",
    _("staff member"),
    rules.text(80),
    also=("员工", "姓名", "人员", "电话", "手机号", "name"),
    required=True,
    example="13800138000",
    refers=references.staff,
)


def _of_person(values: Values, row: Any) -> Any:
    person = row.person if row else values.get("person")
    return person.place if isinstance(person, Person) else None


def _of_post(values: Values, row: Any) -> Any:
    post = row.post if row else values.get("post")
    return post.place if isinstance(post, Post) else None


def _rows(name: str, model: type[Entry], fields: tuple[str, ...], **more: Any) -> Part:
    """A part whose fields are its columns, written by the commands of staff."""
    return Part(
        name=name,
        model=model,
        values=more.pop("values", lambda line: {f: line.get(f) for f in fields}),
        add=add_staff_rows,
        change=edit_staff_rows,
        permission="staff.edit",
        **more,
    )


TEAMS = Sheet(
    name="teams",
    title=_("Teams"),
    columns=(
        Column(
            "code", _("team code"), rules.text(24), also=("班组编号", "编号"), required=True,
            example="GC1",
        ),
        Column(
            "name", _("name"), rules.text(60), also=("班组", "班组名称", "名称"), required=True,
            example="工程一班",
        ),
        PLACE,
        Column(
            "leader", _("team leader"), rules.text(80), also=("班组长", "组长", "负责人"),
            refers=references.staff,
        ),
    ),
    parts=(
        _rows(
            "team", Team, ("code", "name", "place", "leader"),
            key=lambda v: (v["code"],),
            find=find_by(Team, "code", related=("place", "leader")),
            place=lambda values, row: values.get("place") or row.place,
            labels={"name": _("name"), "place": _("community"), "leader": _("team leader")},
        ),
    ),
)  # fmt: skip
DESK_WORDS = {"礼宾": "lobby", "礼宾台": "lobby", "大堂": "lobby", "服务前台": "front",
              "前台": "front"}  # fmt: skip
POSTS = Sheet(
    name="posts",
    title=_("Posts"),
    columns=(
        Column(
            "code", _("post code"), rules.text(24), also=("岗位编号", "编号"), required=True,
            example="SD01",
        ),
        Column(
            "name", _("name"), rules.text(60), also=("岗位", "岗位名称", "名称"), required=True,
            example="水电工",
        ),
        PLACE,
        Column(
            "team", _("team"), rules.text(60), also=("班组", "所属班组"), refers=references.teams,
        ),
        Column(
            "headcount", _("headcount"), rules.whole, also=("编制", "编制人数", "定员"),
            example="2",
        ),
        Column(
            "desk", _("desk"), rules.choice(DESK_NAMES[1:], also=DESK_WORDS),
            also=("前台", "值班台"), example="礼宾",
        ),
    ),
    parts=(
        _rows(
            "post", Post, ("code", "name", "place", "team", "headcount", "desk"),
            key=lambda v: (v["code"],),
            find=find_by(Post, "code", related=("place", "team")),
            place=lambda values, row: values.get("place") or row.place,
            labels={
                "name": _("name"), "place": _("community"), "team": _("team"),
                "headcount": _("headcount"), "desk": _("desk"),
            },
        ),
    ),
)  # fmt: skip


def _worker_key(values: Values) -> tuple[Any, ...]:
    return values["name"], values.get("phone") or key_of(values.get("place"))


def _find_workers(values: Any, actor: Any) -> Any:
    held = Person.objects.filter(company_id=actor.company_id, kind="staff", erased_at=None)
    held = held.filter(name__in={v["name"] for v in values}).select_related("place")
    found: list[Any] = []
    for v in values:
        hits = [p for p in held if p.name == v["name"] and p.phone == v.get("phone", p.phone)]
        here = [p for p in hits if p.place_id == key_of(v.get("place"))]
        hits = hits if v.get("phone") else here
        many = _("Several people have this name here. Write the telephone number too.")
        found.append(str(many) if len(hits) > 1 else next(iter(hits), None))
    return found


STAFF = Sheet(
    name="staff",
    title=_("Staff"),
    help=_("One row per person, or per person and post. Import the posts first."),
    columns=(
        Column(
            "name", _("person's name"), rules.text(80), also=("姓名", "员工姓名"), required=True,
            example="李强",
        ),
        Column(
            "phone", _("telephone number"), rules.phone,
            also=rules.PHONE_NAMES, example="13900139000",
        ),
        PLACE,
        Column(
            "post", _("post"), rules.text(60), also=("岗位", "岗位编号"), refers=references.posts,
        ),
        Column("since", _("since"), rules.day, also=("到岗日期", "入职日期", "开始日期")),
        Column("until", _("until"), rules.day, also=("离岗日期", "离职日期", "结束日期")),
    ),
    parts=(
        Part(
            name="person",
            model=Person,
            values=lambda line: {f: line.get(f) for f in ("name", "phone", "place")},
            defaults=lambda line: {"kind": "staff"},
            key=_worker_key,
            find=_find_workers,
            add=add_people,
            change=edit_people,
            permission="staff.edit",
            place=lambda values, row: values.get("place") or (row.place if row else None),
            own=lambda line: not line.get("post"),
            labels={"phone": _("telephone number"), "place": _("community")},
        ),
        _rows(
            "assignment", Assignment, (),
            values=lambda line: {
                "person": line.planned.get("person"), "post": line.get("post"),
                "since": line.get("since"), "until": line.get("until"),
            } if line.get("post") else None,
            key=lambda v: (key_of(v["person"]), key_of(v["post"]), v.get("since")),
            find=find_by(
                Assignment, "person", "post", "since",
                related=("person", "person__place", "post", "post__place"),
            ),
            place=_of_post,
            labels={"until": _("until")},
        ),
    ),
)  # fmt: skip


def _duty(line: Line) -> Values | None:
    day, begins, ends, post = (line.get(f) for f in ("day", "begins", "ends", "post"))
    zone = ZoneInfo(post.place.zone)  # `references.posts` has filled it in
    starts_at = datetime.combine(day, begins, zone)
    ends_at = datetime.combine(day if ends > begins else day + timedelta(days=1), ends, zone)
    if ends_at - starts_at > timedelta(hours=24):
        line.problems.append(Problem("ends", str(_("A duty lasts at most 24 hours."))))
        return None
    return {
        "person": line.get("person"), "post": post, "starts_at": starts_at, "ends_at": ends_at,
    }  # fmt: skip


_standing = find_by(
    Duty, "person", "post", "starts_at", among=Q(called_off=False),
    related=("person", "person__place", "post", "post__place"),
)  # fmt: skip


def _find_duties(values: Sequence[Values], actor: Actor) -> list[Match]:
    """What is there; and why a row would put somebody on duty twice at once, with what stands or
    with a row above."""
    found = list(_standing(values, actor))
    spans = [(v["starts_at"], v["ends_at"]) for v in values]
    if not spans:
        return found
    taken: dict[Any, list[tuple[datetime, datetime, str]]] = {}
    held = Duty.objects.between(min(b for b, _e in spans), max(e for _b, e in spans))
    people = {key_of(v["person"]) for v in values}
    for duty in held.filter(person__in=people).select_related("post"):
        taken.setdefault(duty.person_id, []).append((duty.starts_at, duty.ends_at, str(duty.post)))
    for n, (v, (begin, end)) in enumerate(zip(values, spans, strict=True)):
        if found[n] is not None:
            continue
        mine = taken.setdefault(key_of(v["person"]), [])
        others = [post for b, e, post in mine if b < end and e > begin]
        if others:
            found[n] = str(_("On duty at %(post)s at that time already.") % {"post": others[0]})
        mine.append((begin, end, str(v["post"])))
    return found


def _none_has_begun(rows: Sequence[Duty], actor: Actor) -> None:
    if any(duty.starts_at <= now() for duty in rows):
        raise NotYet(
            _("Some of these shifts have begun: who was on duty stands. Change what is to come.")
        )


DUTIES = Sheet(
    name="duties",
    title=_("Duty roster"),
    help=_("One row per person and shift. An end before the beginning is on the next day."),
    columns=(
        Column(
            "post", _("post"), rules.text(60), also=("岗位", "岗位编号"), required=True,
            example="SD01", refers=references.posts,
        ),
        WHO,
        Column(
            "day", _("day"), rules.day, also=("日期", "值班日期"), required=True,
            example="2026-11-20",
        ),
        Column(
            "begins", _("begins"), rules.clock_time, also=("开始", "开始时间", "上班时间"),
            required=True, example="20:00",
        ),
        Column(
            "ends", _("ends"), rules.clock_time, also=("结束", "结束时间", "下班时间"),
            required=True, example="08:00",
        ),
    ),
    parts=(
        _rows(
            "duty", Duty, (),
            values=_duty,
            key=lambda v: (key_of(v["person"]), key_of(v["post"]), v["starts_at"]),
            find=_find_duties,
            place=_of_post,
            labels={"ends_at": _("ends")},
            before_strike=_none_has_begun,
        ),
    ),
)  # fmt: skip
QUALIFICATIONS = Sheet(
    name="qualifications",
    title=_("Qualifications"),
    columns=(
        WHO,
        Column(
            "type", _("certificate"), rules.text(60), also=("证书", "证书名称", "资质", "证书类型"),
            required=True, example="电工证",
        ),
        Column(
            "number", _("certificate number"), rules.text(60), also=("证书编号", "编号", "证号"),
        ),
        Column("issued_on", _("issued on"), rules.day, also=("发证日期", "取证日期")),
        Column(
            "expires_on", _("valid until"), rules.day, also=("有效期至", "到期日期", "有效期"),
            example="2027-06-30",
        ),
    ),
    parts=(
        _rows(
            "qualification", Qualification, ("person", "type", "number", "issued_on", "expires_on"),
            key=lambda v: (key_of(v["person"]), v["type"], v.get("number") or ""),
            find=find_by(
                Qualification, "person", "type", "number", related=("person", "person__place"),
            ),
            place=_of_person,
            labels={"issued_on": _("issued on"), "expires_on": _("valid until")},
        ),
    ),
)  # fmt: skip
