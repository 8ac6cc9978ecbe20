"""The list of places (房屋清单): one row per room or area; what it stands in is made with it."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from anju.foundation.lib.pinyin import initials, readings
from anju.foundation.places.commands import add_places, edit_places
from anju.foundation.places.models import Place
from anju.foundation.places.rules import stands_in
from anju.foundation.registry import rules
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

# Column and kind of each level, from the top; the deepest one filled is what the row is about.
LEVELS = (
    ("region", "region"),
    ("community", "community"),
    ("building", "building"),
    ("unit", "unit"),
    ("floor", "floor"),
    ("room", "room"),
    ("public", "public"),
)


def _deepest(line: Line) -> str:
    return next((key for key, _kind in reversed(LEVELS) if line.get(key)), "")


def _parent(line: Line, key: str) -> Any:
    names = [name for name, _kind in LEVELS]
    above = [line.planned[n] for n in names[: names.index(key)] if n in line.planned]
    return above[-1] if above else None


def _code(line: Line, key: str) -> str:
    if key == "community" and line.get("community_code"):
        return str(line.get("community_code"))
    return str(line.get(key))


def _values(key: str, kind: str, line: Line) -> Values | None:
    if not line.get(key):
        return None
    parent = _parent(line, key)
    if not stands_in(kind, parent.values["kind"] if parent else None):
        line.problems.append(
            Problem(key, str(_("A place like this cannot stand there. Fill in what it stands in.")))
        )
        return None
    values: Values = {"kind": kind, "parent": parent, "code": _code(line, key)}
    if key == _deepest(line):
        named = key in ("region", "community")
        values |= {
            "name": line.cells[key] if named else line.get("name"),
            "use": line.get("use"),
            "area": line.get("area"),
            "delivered_on": line.get("delivered_on"),
        }
    return values


def _defaults(key: str, line: Line) -> Values:
    return {"name": line.cells.get(key) or line.get(key)}


def _find(values: Sequence[Values], actor: Actor) -> list[Match]:
    by_code = find_by(Place, "parent", "code")(values, actor)
    found: list[Match] = []
    for place in by_code:
        if isinstance(place, Place) and place.retired_on:
            found.append(str(_("This place was retired. Take it into use again on its page.")))
        else:
            found.append(place)
    return found


def _find_named(kind: str, values: Sequence[Values], actor: Actor) -> list[Match]:
    """Regions and communities are written by name or by code."""
    held = list(Place.objects.filter(company_id=actor.company_id, kind=kind).standing())
    found: list[Match] = []
    for value in values:
        parent = key_of(value["parent"]) if value.get("parent") is not None else None
        hits = [
            p
            for p in held
            if value["code"] in (p.code, p.name) and (parent is None or p.parent_id == parent)
        ]
        if len(hits) > 1:
            found.append(str(_("Several places have this name. Write the code instead.")))
            continue
        if hits:  # what is there stands where it stands, under the code and name it has
            value |= {"code": hits[0].code, "parent": hits[0].parent_id}
            value.pop("name", None)
        else:
            value["code"] = code_from_name(value["code"])
        found.append(hits[0] if hits else None)
    return found


def code_from_name(name: str) -> str:
    """A short code for a new region or community: the initials of a Chinese name."""
    if name.isascii() and len(name) <= 24:
        return name
    return initials(readings(name)[0]).upper()[:24]


def _part(key: str, kind: str) -> Part:
    named = kind in ("region", "community")
    return Part(
        name=key,
        model=Place,
        values=partial(_values, key, kind),
        defaults=partial(_defaults, key),
        key=lambda v: (key_of(v["parent"]), v["code"]),
        find=partial(_find_named, kind) if named else _find,
        add=add_places,
        change=edit_places,
        permission="place.edit",
        place=lambda values, place: place or values.get("parent"),
        own=lambda line: key == _deepest(line),
        fixed=("kind",),
        labels={
            "name": _("name"),
            "use": _("use"),
            "area": _("area (m²)"),
            "delivered_on": _("delivered on"),
        },
    )


PLACES = Sheet(
    name="places",
    title=_("Places"),
    help=_(
        "One row per room or public area. Buildings, units and floors that are not there yet are "
        "made with their first row. An empty cell leaves a value as it is."
    ),
    columns=(
        Column("region", _("region"), rules.text(24), also=("区域", "大区", "片区", "城市")),
        Column(
            "community",
            _("community"),
            rules.text(120),
            also=("小区", "项目", "小区名称", "项目名称", "楼盘"),
            required=True,
            example="东湖一期",
        ),
        Column(
            "community_code",
            _("community code"),
            rules.numbered(),
            also=("小区编号", "项目编号"),
            example="DH1",
        ),
        Column(
            "building",
            _("building"),
            rules.numbered("号楼", "栋", "幢", "座", "楼"),
            also=("楼栋", "楼号", "栋", "楼幢", "幢", "座"),
            example="3栋",
        ),
        Column(
            "unit",
            _("unit"),
            rules.numbered("单元", "门", "梯"),
            also=("单元", "单元号"),
            example="2单元",
        ),
        Column("floor", _("floor"), rules.numbered("层", "楼"), also=("楼层", "层")),
        Column(
            "room",
            _("room number"),
            rules.numbered("室", "号", "房"),
            also=("房间", "房间号", "室", "房号", "门牌号"),
            example="1201",
        ),
        Column("public", _("public area"), rules.text(24), also=("公共区域", "公区", "公共部位")),
        Column("name", _("name"), rules.text(120), also=("名称",)),
        Column("use", _("use"), rules.text(40), also=("用途", "房屋用途", "业态"), example="住宅"),
        Column(
            "area",
            _("area (m²)"),
            rules.number,
            also=("面积", "建筑面积", "area"),
            example="89.50",
        ),
        Column(
            "delivered_on",
            _("delivered on"),
            rules.day,
            also=("交付日期", "交房日期", "接房日期", "delivered"),
            example="2019-06-30",
        ),
    ),
    parts=tuple(_part(key, kind) for key, kind in LEVELS),
)
