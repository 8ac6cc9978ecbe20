"""Residents (业主清单): one row per person and place; and their vehicles."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from anju.foundation.people.commands import (
    add_occupancies,
    add_people,
    add_vehicles,
    edit_occupancies,
    edit_people,
    edit_vehicles,
)
from anju.foundation.people.models import ROLE_NAMES, Occupancy, Person, Vehicle
from anju.foundation.registry import references, rules
from anju.foundation.registry.sheet import (
    Column,
    Line,
    Match,
    Part,
    Sheet,
    Values,
    find_by,
    key_of,
)
from anju.foundation.tenancy.actor import Actor

ROLE_WORDS = {
    "业主": "owner",
    "房主": "owner",
    "产权人": "owner",
    "租户": "tenant",
    "住户": "tenant",
    "租客": "tenant",
    "家属": "family",
    "家庭成员": "family",
}


def _person(line: Line) -> Values:
    return {
        "name": line.get("name"),
        "phone": line.get("phone"),
        "note": line.get("note"),
        "_at": line.get("place"),
    }


def _person_key(values: Values) -> tuple[Any, ...]:
    """The same name and telephone is the same person; without one, the same name in a place."""
    return values["name"], values.get("phone") or key_of(values.get("_at"))


def find_people(values: Sequence[Values], actor: Actor) -> list[Match]:
    """By name and telephone; else by name among those who ever occupied the place."""
    people = Person.objects.filter(company_id=actor.company_id, erased_at=None)
    by_phone: dict[tuple[str, str], list[Person]] = {}
    phones = {v["phone"] for v in values if v.get("phone")}
    for person in people.filter(phone__in=phones).select_related("place"):
        by_phone.setdefault((person.name, person.phone), []).append(person)
    by_place: dict[tuple[str, Any], list[Person]] = {}
    places = {key_of(v["_at"]) for v in values if v.get("_at")}
    held = Occupancy.objects.filter(company_id=actor.company_id, place__in=places)
    for occupancy in held.select_related("person", "person__place"):
        here = by_place.setdefault((occupancy.person.name, occupancy.place_id), [])
        if occupancy.person not in here:
            here.append(occupancy.person)
    found: list[Match] = []
    for v in values:
        at = key_of(v.pop("_at", None))
        hits = by_phone.get((v["name"], v.get("phone", ""))) or by_place.get((v["name"], at), [])
        if len(hits) > 1:
            found.append(
                str(_("Several people have this name here. Write the telephone number too."))
            )
        else:
            found.append(hits[0] if hits else None)
    return found


PERSON = Part(
    name="person",
    model=Person,
    values=_person,
    defaults=lambda line: {"kind": line.get("role") or "owner", "place": line.get("place")},
    key=_person_key,
    find=find_people,
    add=add_people,
    change=edit_people,
    permission="person.edit",
    place=lambda values, person: person.place if person else None,
    own=lambda line: False,
    labels={"name": _("person's name"), "phone": _("telephone number"), "note": _("note")},
)
OCCUPANCY = Part(
    name="occupancy",
    model=Occupancy,
    values=lambda line: {
        "person": line.planned.get("person"),
        "place": line.get("place"),
        "role": line.get("role"),
        "since": line.get("since"),
        "until": line.get("until"),
    },
    key=lambda v: (key_of(v["person"]), key_of(v["place"]), v["role"], v.get("since")),
    find=find_by(Occupancy, "person", "place", "role", "since", related=("place", "person")),
    add=add_occupancies,
    change=edit_occupancies,
    permission="person.edit",
    place=lambda values, row: row.place if row else values.get("place"),
    labels={"until": _("until")},
)
RESIDENTS = Sheet(
    name="residents",
    title=_("Residents"),
    help=_(
        "One row per person and place; several owners of one place are several rows. The same name "
        "with the same telephone is the same person. An empty cell leaves a value as it is."
    ),
    columns=(
        Column(
            "place",
            _("place"),
            rules.text(150),
            also=("房号", "房间", "房屋", "位置", "地址", "room"),
            required=True,
            example="东湖一期/3-2-1201",
            refers=references.places,
        ),
        Column(
            "name",
            _("person's name"),
            rules.text(80),
            also=("姓名", "业主姓名", "业主", "客户名称"),
            required=True,
            example="张伟",
        ),
        Column(
            "phone",
            _("telephone number"),
            rules.phone,
            also=rules.PHONE_NAMES,
            example="13800138000",
        ),
        Column(
            "role",
            _("role"),
            rules.choice(ROLE_NAMES, ROLE_WORDS),
            also=("身份", "类型", "与业主关系", "客户类型"),
            required=True,
            example="业主",
            choices=ROLE_NAMES,
        ),
        Column(
            "since",
            _("since"),
            rules.day,
            also=("入住日期", "开始日期", "收房日期", "起租日期"),
            example="2019-07-01",
        ),
        Column("until", _("until"), rules.day, also=("迁出日期", "结束日期", "到期日期")),
        Column("note", _("note"), rules.text(200), also=("备注",)),
    ),
    parts=(PERSON, OCCUPANCY),
)


def _owner(line: Line) -> Values:
    return {"name": line.get("name"), "phone": line.get("phone"), "_at": line.get("place")}


VEHICLES = Sheet(
    name="vehicles",
    title=_("Vehicles"),
    help=_("One row per vehicle. Import the residents first; a vehicle belongs to one of them."),
    columns=(
        Column(
            "plate",
            _("plate"),
            rules.plate,
            also=("车牌", "车牌号", "车牌号码"),
            required=True,
            example="沪A12345",
        ),
        Column(
            "place",
            _("place"),
            rules.text(150),
            also=("房号", "房间", "房屋", "位置", "room"),
            required=True,
            example="东湖一期/3-2-1201",
            refers=references.places,
        ),
        Column(
            "name",
            _("person's name"),
            rules.text(80),
            also=("姓名", "车主", "车主姓名"),
            required=True,
            example="张伟",
        ),
        Column(
            "phone",
            _("telephone number"),
            rules.phone,
            also=rules.PHONE_NAMES,
        ),
        Column("note", _("note"), rules.text(80), also=("备注", "车位", "车位号")),
    ),
    parts=(
        Part(
            name="person",
            model=Person,
            values=_owner,
            key=_person_key,
            find=find_people,
            add=add_people,
            change=edit_people,
            permission="person.edit",
            place=lambda values, person: person.place if person else None,
            own=lambda line: False,
            fixed=(),
            must_be_there=True,
            missing=_("There is no such person at this place. Import the residents first."),
        ),
        Part(
            name="vehicle",
            model=Vehicle,
            values=lambda line: {
                "plate": line.get("plate"),
                "person": line.planned.get("person"),
                "place": line.get("place"),
                "note": line.get("note"),
            },
            key=lambda v: (v["plate"],),
            find=find_by(Vehicle, "plate", related=("person", "person__place", "place")),
            add=add_vehicles,
            change=edit_vehicles,
            permission="person.edit",
            place=lambda values, row: row.place if row else values.get("place"),
            labels={"person": _("owner"), "place": _("place"), "note": _("note")},
        ),
    ),
)
