"""Plans to begin with; Chinese. One shelf: how often is the library's wherever the library says it.

What stands here of such a plan is how it is carried out: at what hours, by whom, where. Any other
fact of the library that says how often is begun with as well (`shelved_of`); only what the library
does not know is the custom of the field and says so. All are proposals that a company changes.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, Literal

from anju.domains.rounds.proposing import when_of, window_of
from anju.engine.forms.rules import Item
from anju.engine.library.often import Doing, doing_of, name_of
from anju.engine.library.rules import Item as Fact
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
MOST_FACTS = 40  # of the library that one plan carries out


@dataclass(frozen=True)
class Shelved:
    """A plan on the shelf. `carries`: keys of what it carries out of the library, which says how
    often; `when`: its own hours and days, without them those that `proposing` makes of it.
    `basis`: its ground where the library has none. `systems`: of the equipment it is for; without
    them it is for places of `kinds` (the community itself where empty). `post`: the beginning of
    the code of the post that usually does it. `homes`: it is for households: all of them, the new
    ones, or those that are named by hand. `standard`: what it keeps, of `STANDARDS`."""

    code: str
    name: str
    when: Mapping[str, Any] | None = None
    carries: tuple[str, ...] = ()
    basis: str = CUSTOM
    systems: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    post: str = ""
    window: tuple[int, int, int] = (0, 60, 0)  # minutes early, late, to make up
    labour: int = 10
    calendar: str = "always"
    homes: Literal["", "all", "new", "named"] = ""
    standard: str = ""

    @cached_property
    def doings(self) -> tuple[Doing, ...]:
        """What it carries out of the library."""
        return tuple(found for key in self.carries if (found := doing_of(key)))

    def dated(self, start: str) -> When:
        """When it falls due, counted from a day (ISO)."""
        said = self.when if self.when is not None else when_of(self.doings[0])
        return When.model_validate({"start": start, **said})


SHELF = (
    Shelved(
        "LIFT", "电梯巡查", {"times": ("08:00", "16:00")}, systems=("LE",), post="GC",
        window=(60, 120, 240), labour=5,
    ),
    Shelved(
        "PUMP", "水泵房巡查", carries=("S4_2.ROUND/1",), systems=("WS",), post="GC",
        window=(60, 120, 240), labour=15,
    ),
    Shelved(
        "FIRELOG", "消防控制室值班记录", carries=("FIRE.CTRL.LOG/1",), post="ZX",
        window=(15, 30, 60), labour=10,
    ),
    Shelved(
        "PATROL-N", "夜间巡逻", {"times": ("20:00", "22:00", "00:00", "02:00", "04:00", "06:00")},
        ("S1_3.PATROL/5",), post="ZX", window=(15, 45, 45), labour=40,
    ),
    Shelved(
        "FIRELANE", "消防车通道检查", {"times": ("10:00", "18:00")},
        basis="《高层民用建筑消防安全管理规定》第三十四条", post="ZX", window=(30, 90, 120),
        labour=20,
    ),
    Shelved(
        "FIRECHK", "防火检查", carries=("FIRE.CHECK.RES/1",), post="GC", labour=120,
        window=(120, 480, 2880),
    ),
    Shelved(
        "HYGIENE", "公共区域保洁巡查", {"every": "2h", "between": ("08:00", "18:00")},
        kinds=("public",), post="BJ", window=(15, 60, 60), labour=20,
    ),
    Shelved(
        "WASTE", "生活垃圾清运", {"times": ("07:00", "19:00")}, ("S5_1.WASTE/2",), post="BJ",
        window=(60, 90, 240), labour=60,
    ),
    Shelved(
        "PEST", "消杀", {"rule": "FREQ=WEEKLY;BYDAY=MO", "times": ("06:00",),
        "seasons": (("04-01", "10-31"),), "day_off": "after"}, ("S5_3.DEFAULT/1",), post="BJ",
        window=(0, 240, 2880), labour=120, calendar="office",
    ),
    Shelved(
        "WATERING", "绿地浇灌", {"rule": "FREQ=WEEKLY;BYDAY=MO,TH", "times": ("06:30",),
        "seasons": (("04-01", "10-31"),)}, ("S5_4.WATER/2",), kinds=("public",), post="BJ",
        window=(30, 150, 720), labour=90,
    ),
    Shelved(
        "PRUNE", "冬季修剪", {"rule": "FREQ=WEEKLY;BYDAY=TU", "times": ("09:00",),
        "seasons": (("12-01", "02-28"),)}, ("S5_4.TREE/1",), kinds=("public",), post="BJ",
        window=(60, 420, 2880), labour=180,
    ),
    Shelved(
        "DRAIN", "雨水口与集水井检查", {"rule": "FREQ=WEEKLY;BYDAY=MO", "times": ("09:00",),
        "seasons": (("05-01", "09-30"),)}, post="GC", window=(60, 420, 2880), labour=60,
    ),
    Shelved(
        "VISIT", "住户走访（每半年）", {"rule": "FREQ=MONTHLY;INTERVAL=6", "times": ("09:00",),
        "day_off": "after"}, post="KF-2", window=(0, 4320, 5760), labour=15,
        calendar="office", homes="all", standard=VISIT,
    ),
    Shelved(
        "VISITNEW", "新入住走访", {"rule": "FREQ=MONTHLY", "times": ("09:00",),
        "day_off": "after"}, post="KF-2", window=(0, 4320, 5760), labour=20,
        calendar="office", homes="new", standard=VISIT,
    ),
    Shelved(
        "VISITCARE", "关爱走访（独居老人等）", {"rule": "FREQ=MONTHLY", "times": ("10:00",),
        "day_off": "after"}, post="KF-2", window=(0, 4320, 5760), labour=20,
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
                Item(code="visit-raised", text="新的诉求（没有即通过）", on_fail="case"),
                Item(code="visit-satisfied", text="对服务", kind="choice",
                     choices=("满意", "一般", "不满意")),
                Item(code="visit-said", text="意见与建议", kind="text"),
            ),
        }
    ),
}  # fmt: skip


# Whose work the facts of a piece are: the beginning of the post's code, and the equipment.
_TRADES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "cleaning-frequency": ("BJ", ()), "cleaning-tiers": ("BJ", ()), "pest-control": ("BJ", ()),
    "greening": ("BJ", ()), "greening-care": ("BJ", ()), "equipment-programme": ("GC", ()),
    "lift-duties": ("GC", ("LE",)),
    "lift-t5002": ("GC", ("LE",)), "electrical-tests": ("GC", ("EL",)), "lightning": ("GC", ()),
    "pressure": ("GC", ()), "water-supply": ("GC", ("WS",)), "weak-current": ("GC", ("ELV",)),
    "extinguishers": ("GC", ("FS",)), "fire-maintenance": ("GC", ("FS",)),
    "fire-patrol": ("ZX", ()), "security": ("ZX", ()),
}  # fmt: skip
# The same by a word of the group, where a piece holds facts of several trades.
_GROUPS = (("保洁", "BJ"), ("绿化", "BJ"), ("秩序", "ZX"), ("设备", "GC"), ("房屋", "GC"))
_SECTION = re.compile(r"^(S\d+_\d+|S\d+)\.")


def shelved_of(keys: Sequence[str]) -> Shelved | None:
    """The plan that begins with facts of the library: as it stands on the shelf, else one made of
    them. None where none of the keys is of something done again and again."""
    found = tuple(one for key in keys[:MOST_FACTS] if (one := doing_of(key)))
    if not found:
        return None
    carries = tuple(one.key for one in found)
    return next((one for one in SHELF if one.carries == carries), None) or _made_of(found)


def _made_of(doings: tuple[Doing, ...]) -> Shelved:
    first = doings[0]
    post, systems = _trade(first.item)
    whole_day = first.times <= 24  # rarer work waits for a working day
    return Shelved(
        _code(first, len(doings)), name_of(doings)[:120], carries=tuple(one.key for one in doings),
        systems=systems, post=post, window=window_of(first.times), labour=30,
        calendar="office" if whole_day else "always",
    )  # fmt: skip


def _trade(fact: Fact) -> tuple[str, tuple[str, ...]]:
    named = next((post for word, post in _GROUPS if word in fact.group), "")
    return _TRADES.get(fact.piece, (named, ()))


def _code(doing: Doing, n: int) -> str:
    """A code a person can read; it may be taken, and is looked at before it is saved."""
    plain = re.sub(r"[^A-Z0-9]+", "-", _SECTION.sub("", doing.item.id)).strip("-")
    return plain[:16].strip("-") if n > 1 else f"{plain[:13].strip('-')}-{doing.n}"


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
