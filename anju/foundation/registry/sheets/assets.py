"""Equipment (设备台账): one row per piece; parents and the places served by code."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from anju.foundation.places.commands import add_assets, edit_assets, serve
from anju.foundation.places.models import (
    ASSET_STATE_NAMES,
    IMPORTANCE_NAMES,
    METER_NAMES,
    SYSTEM_NAMES,
    Asset,
)
from anju.foundation.registry import references, rules
from anju.foundation.registry.sheet import Column, Line, Part, Sheet, Values, find_by
from anju.foundation.tenancy.actor import Actor

SYSTEM_WORDS = {
    "供配电": "EL", "强电": "EL", "电气": "EL", "照明": "LT", "公共照明": "LT",
    "给排水": "WS", "水": "WS", "暖通": "AC", "空调": "AC", "暖通空调": "AC",
    "电梯": "LE", "消防": "FS", "安防": "SA", "弱电": "ELV", "智能化": "ELV",
    "车库": "PK", "停车": "PK", "工具": "TL", "房屋本体": "BD", "土建": "BD",
}  # fmt: skip
METER_WORDS = {"水": "water", "电": "power", "气": "gas", "热": "heat", "电表": "power"}


def _asset(line: Line) -> Values:
    return {
        "code": line.get("code"),
        "name": line.get("name"),
        "system": line.get("system"),
        "place": line.get("place"),
        "type": line.get("type"),
        "model": line.get("model"),
        "importance": line.get("importance"),
        "status": line.get("status"),
        "meter": line.get("meter"),
        "installed_on": line.get("installed_on"),
        "parent": line.planned.get("above"),
    }


def _serve(lines: Sequence[Line], actor: Actor) -> None:
    for line in lines:
        asset = line.planned["asset"].entry
        if line.get("serves") and isinstance(asset, Asset):
            serve(asset, places=line.get("serves"), actor=actor)


def _serve_nothing(assets: Sequence[Asset], actor: Actor) -> None:
    for asset in assets:
        serve(asset, places=[], actor=actor)


_FIND = find_by(Asset, "code", related=("place", "parent"))

ASSETS = Sheet(
    name="assets",
    title=_("Equipment"),
    help=_(
        "One row per piece of equipment. A code is never used twice. A part names the code of what "
        "it belongs to, which may stand in the same file."
    ),
    columns=(
        Column(
            "code",
            _("equipment code"),
            rules.text(40),
            also=("设备编号", "编号", "设备编码", "code"),
            required=True,
            example="DH1-LE-KT-3-001",
        ),
        Column(
            "name",
            _("name"),
            rules.text(120),
            also=("名称", "设备名称"),
            required=True,
            example="3栋1号客梯",
        ),
        Column(
            "system",
            _("system"),
            rules.choice(SYSTEM_NAMES, SYSTEM_WORDS),
            also=("系统", "所属系统", "专业", "设备系统", "类别"),
            required=True,
            example="电梯",
            choices=SYSTEM_NAMES,
        ),
        Column(
            "place",
            _("place"),
            rules.text(150),
            also=("位置", "安装位置", "所在位置", "地点"),
            required=True,
            example="东湖一期/3-2",
            refers=references.places,
        ),
        Column("type", _("type"), rules.text(40), also=("类型", "设备类型"), example="KT"),
        Column(
            "model", _("brand and model"), rules.text(80), also=("型号", "品牌型号", "规格型号")
        ),
        Column(
            "importance",
            _("importance"),
            rules.choice(IMPORTANCE_NAMES, {"重要": "A", "主要": "B", "一般": "C"}),
            also=("重要等级", "等级", "重要性"),
            example="A",
            choices=tuple((value, value) for value, _label in IMPORTANCE_NAMES),
        ),
        Column(
            "status",
            _("state"),
            rules.choice(ASSET_STATE_NAMES),
            also=("状态", "设备状态", "使用状态"),
            choices=ASSET_STATE_NAMES,
        ),
        Column("parent", _("part of"), rules.text(40), also=("上级设备", "上级编号", "父设备")),
        Column(
            "serves",
            _("serves"),
            rules.text(150),
            also=("服务范围", "服务区域", "影响范围"),
            refers=references.places,
            many=True,
            example="东湖一期/3-2",
        ),
        Column(
            "meter",
            _("meter"),
            rules.choice(METER_NAMES, METER_WORDS),
            also=("计量", "表计", "仪表类型"),
            choices=METER_NAMES[1:],
        ),
        Column(
            "installed_on",
            _("installed on"),
            rules.day,
            also=("安装日期", "投用日期", "启用日期"),
            example="2019-05-01",
        ),
    ),
    parts=(
        Part(
            name="above",
            model=Asset,
            values=lambda line: {"code": line.get("parent")} if line.get("parent") else None,
            key=lambda v: (v["code"],),
            find=_FIND,
            add=add_assets,
            change=edit_assets,
            permission="place.edit",
            place=lambda values, asset: asset.place if asset else values.get("place"),
            own=lambda line: False,
            must_be_there=True,
            missing=_("There is no equipment with the code of what this is a part of."),
        ),
        Part(
            name="asset",
            model=Asset,
            values=_asset,
            key=lambda v: (v["code"],),
            find=_FIND,
            add=add_assets,
            change=edit_assets,
            permission="place.edit",
            place=lambda values, asset: values.get("place") or asset.place,
            labels={
                "name": _("name"),
                "system": _("system"),
                "place": _("place"),
                "type": _("type"),
                "model": _("brand and model"),
                "importance": _("importance"),
                "status": _("state"),
                "meter": _("meter"),
                "parent": _("part of"),
                "installed_on": _("installed on"),
            },
            after=_serve,
            before_strike=_serve_nothing,
        ),
    ),
)
