"""Plans that come with Anju: what the field plans everywhere, to begin with; Chinese.

Each names its ground: a norm, or the custom of the field where there is none. Times and minutes are
proposals; a company changes what it begins with.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from anju.engine.forms.rules import Item
from anju.engine.plans.document import When
from anju.engine.standards.document import Document
from anju.foundation.people.models import Occupancy
from anju.foundation.places.models import Asset, Place, PlaceQuery, under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today

CUSTOM = "行业惯例"
VISIT, MET, NOT_MET = (
    "visit",
    "visit-met",
    "未遇",
)  # the standard of visits, its first item, nobody there
NEW = timedelta(days=180)  # so long somebody who came is new


@dataclass(frozen=True)
class Shelved:
    """A plan on the shelf. `systems`: of the equipment it is for; without them it is for places of
    `kinds` (the community itself where empty). `post`: the beginning of the code of the post that
    usually does it. `homes`: it is for households: all of them, the new ones, or those that are
    named by hand. `standard`: what it keeps, of `STANDARDS`."""

    code: str
    name: str
    when: Mapping[str, object]
    basis: str
    systems: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    post: str = ""
    window: tuple[int, int, int] = (0, 60, 0)  # minutes early, late, to make up
    labour: int = 10
    calendar: str = "always"
    homes: Literal["", "all", "new", "named"] = ""
    standard: str = ""

    def dated(self, start: str) -> When:
        """When it falls due, counted from a day (ISO)."""
        return When.model_validate({"start": start, **self.when})


SHELF = (
    Shelved(
        "LIFT", "电梯巡查", {"times": ("08:00", "16:00")}, CUSTOM, systems=("LE",), post="GC",
        window=(60, 120, 240), labour=5,
    ),
    Shelved(
        "PUMP", "水泵房巡查", {"times": ("09:00",)}, CUSTOM, systems=("WS",), post="GC",
        window=(60, 120, 240), labour=15,
    ),
    Shelved(
        "FIRELOG", "消防控制室值班记录", {"every": "2h", "between": ("00:00", "22:00")},
        "GB 25201", post="ZX", window=(15, 30, 60), labour=10,
    ),
    Shelved(
        "PATROL-N", "夜间巡逻", {"times": ("20:00", "22:00", "00:00", "02:00", "04:00", "06:00")},
        CUSTOM, post="ZX", window=(15, 45, 45), labour=40,
    ),
    Shelved(
        "FIRELANE", "消防车通道检查", {"times": ("10:00", "18:00")},
        "《高层民用建筑消防安全管理规定》第三十四条", post="ZX", window=(30, 90, 120), labour=20,
    ),
    Shelved(
        "FIRECHK", "防火检查", {"rule": "FREQ=MONTHLY;BYMONTHDAY=1,16", "times": ("09:30",)},
        "《高层民用建筑消防安全管理规定》第三十五条", post="GC", labour=120,
        window=(120, 480, 2880),
    ),
    Shelved(
        "HYGIENE", "公共区域保洁巡查", {"every": "2h", "between": ("08:00", "18:00")}, CUSTOM,
        kinds=("public",), post="BJ", window=(15, 60, 60), labour=20,
    ),
    Shelved(
        "WASTE", "生活垃圾清运", {"times": ("07:00", "19:00")}, CUSTOM, post="BJ",
        window=(60, 90, 240), labour=60,
    ),
    Shelved(
        "PEST", "消杀", {"rule": "FREQ=MONTHLY;BYMONTHDAY=5,20", "times": ("06:00",),
        "seasons": (("04-01", "10-31"),), "day_off": "after"}, CUSTOM, post="BJ",
        window=(0, 240, 2880), labour=120, calendar="office",
    ),
    Shelved(
        "WATERING", "绿地浇灌", {"rule": "FREQ=WEEKLY;BYDAY=MO,TH", "times": ("06:30",),
        "seasons": (("04-01", "10-31"),)}, CUSTOM, kinds=("public",), post="BJ",
        window=(30, 150, 720), labour=90,
    ),
    Shelved(
        "PRUNE", "冬季修剪", {"rule": "FREQ=WEEKLY;BYDAY=TU", "times": ("09:00",),
        "seasons": (("12-01", "02-28"),)}, CUSTOM, kinds=("public",), post="BJ",
        window=(60, 420, 2880), labour=180,
    ),
    Shelved(
        "DRAIN", "雨水口与集水井检查", {"rule": "FREQ=WEEKLY;BYDAY=MO", "times": ("09:00",),
        "seasons": (("05-01", "09-30"),)}, CUSTOM, post="GC", window=(60, 420, 2880), labour=60,
    ),
    Shelved(
        "VISIT", "住户走访（每半年）", {"rule": "FREQ=MONTHLY;INTERVAL=6", "times": ("09:00",),
        "day_off": "after"}, CUSTOM, post="KF-2", window=(0, 4320, 5760), labour=15,
        calendar="office", homes="all", standard=VISIT,
    ),
    Shelved(
        "VISITNEW", "新入住走访", {"rule": "FREQ=MONTHLY", "times": ("09:00",),
        "day_off": "after"}, CUSTOM, post="KF-2", window=(0, 4320, 5760), labour=20,
        calendar="office", homes="new", standard=VISIT,
    ),
    Shelved(
        "VISITCARE", "关爱走访（独居老人等）", {"rule": "FREQ=MONTHLY", "times": ("10:00",),
        "day_off": "after"}, CUSTOM, post="KF-2", window=(0, 4320, 5760), labour=20,
        calendar="office", homes="named", standard=VISIT,
    ),
)  # fmt: skip
BY_CODE: Mapping[str, Shelved] = {one.code: one for one in SHELF}
STANDARDS: Mapping[str, Document] = {
    VISIT: Document.model_validate(
        {
            "code": VISIT,
            "name": "住户走访标准",
            "audience": "业主、租户及其家庭成员",
            "item": "计划走访、记录与跟进",
            "requirements": (
                "预约后上门，出示工牌，不在早九点前、晚八点后打扰",
                "听取意见，查看用电用气安全，独居和行动不便的多问一句",
                "提出的事项当日登记为事项，办结后告知",
            ),
            "provider": "大堂礼宾岗",
            "method": "按走访项目逐项询问记录；未遇的留下联系方式，改日再访",
            "evaluation": "走访户数比例；未走访住户清单",
            "items": (
                Item(code=MET, text="见到了谁", kind="choice", required=True,
                     choices=("本人", "家人", NOT_MET)),
                Item(code="visit-wellbeing", text="身体和生活情况无需关照", on_fail="case"),
                Item(code="visit-safety", text="用电、用气、通道安全", on_fail="case"),
                Item(code="visit-open", text="此前反映的事项已办结", on_fail="case"),
                Item(code="visit-raised", text="没有新的诉求", on_fail="case"),
                Item(code="visit-satisfied", text="对服务", kind="choice",
                     choices=("满意", "一般", "不满意")),
                Item(code="visit-said", text="意见与建议", kind="text"),
            ),
        }
    ),
}  # fmt: skip


def subjects_for(one: Shelved, community: Place, actor: Actor) -> list[tuple[Place, Asset | None]]:
    """Where a community would plan it: its equipment of these systems, its places of these kinds,
    its households, else the community itself. One query."""
    inside = [community.path]
    if one.homes:
        if one.homes == "named":
            return []
        found = occupied(actor, new=one.homes == "new").below(community.path)
        return [(place, None) for place in found.order_by("path")]
    if one.systems:
        known = Asset.objects.seen_by(actor).kept().select_related("place").order_by("code")
        things = known.filter(under(inside, "place__path"), system__in=one.systems)
        return [(asset.place, asset) for asset in things]
    if one.kinds:
        places: Iterable[Place] = (
            Place.objects.seen_by(actor).standing().below(community.path).filter(kind__in=one.kinds)
        )
        return [(place, None) for place in places]
    return [(community, None)]


def occupied(actor: Actor, *, new: bool = False) -> PlaceQuery:
    """The rooms that somebody owns or lives in today; only those where somebody came lately where
    `new` is asked. No query."""
    day = today(actor.company_id)
    held = Occupancy.objects.filter(company_id=actor.company_id).on(day)
    if new:
        held = held.filter(since__gt=day - NEW)
    rooms = Place.objects.seen_by(actor).standing().filter(kind="room")
    return rooms.filter(id__in=held.values("place_id"))
