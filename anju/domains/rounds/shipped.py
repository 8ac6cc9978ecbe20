"""Plans that come with Anju: what the field plans everywhere, to begin with; Chinese.

Each names its ground: a norm, or the custom of the field where there is none. Times and minutes are
proposals; a company changes what it begins with.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from anju.engine.plans.document import When
from anju.foundation.places.models import Asset, Place, under
from anju.foundation.tenancy.actor import Actor

CUSTOM = "行业惯例"


@dataclass(frozen=True)
class Shelved:
    """A plan on the shelf. `systems`: of the equipment it is for; without them it is for places of
    `kinds` (the community itself where empty). `post`: the beginning of the code of the post that
    usually does it."""

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
)  # fmt: skip
BY_CODE: Mapping[str, Shelved] = {one.code: one for one in SHELF}


def subjects_for(one: Shelved, community: Place, actor: Actor) -> list[tuple[Place, Asset | None]]:
    """Where a community would plan it: its equipment of these systems, its places of these kinds,
    else the community itself. One query."""
    inside = [community.path]
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
