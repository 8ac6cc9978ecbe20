"""A company to measure with: calendars, standards, four communities, one desk with a token."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from anju.faces.demo.company import Plan, build_community
from anju.faces.furnishing import furnish
from anju.foundation.access.testing import a_token, an_account
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import found_company


@dataclass(frozen=True, eq=False)
class World:
    """What requests need. `places`: (id, path, unambiguous code) of rooms."""

    company: UUID
    actor: Actor
    token: str
    device: str
    places: list[tuple[UUID, str, str]]

    def bodies(self) -> list[dict[str, Any]]:
        """Reports of several kinds, places named by id, path and code in turn."""
        kinds = ("repair", "repair", "complaint", "repair", "enquiry")
        rooms = self.places[:: max(1, len(self.places) // 240)]
        return [
            {
                "kind": kinds[n % len(kinds)],
                "category": ("给排水", "电梯", "保洁", "噪音")[n % 4],
                "title": "厨房水龙头漏水，地面有积水",
                "text": "今天早上发现的，楼下邻居说天花板也在渗水，请尽快派人来看。",
                "urgency": 2 + n % 3,
                "place": str(room[n % 3]),
                "channel": "api",
            }
            for n, room in enumerate(rooms)
        ]


def a_world(code: str = "bench") -> World:
    """Found the company and fill in what every case needs."""
    company = found_company(code=code, name="性能测量物业")
    actor = Actor.machine(company.id, "bench")
    furnish(actor)
    with acting(actor):
        for n in range(1, 5):
            plan = Plan(f"B{n}", f"测量小区{n}", "住宅", 4, 2, 10, 3)
            build_community(plan, actor=actor)
        desk = an_account(actor, "desk")
        rooms = Place.objects.filter(kind="room").order_by("path")
        tops = dict(Place.objects.filter(kind="community").values_list("path", "code"))
        places = [
            (r.id, r.path, f"{next(c for p, c in tops.items() if r.path.startswith(p))} {r}")
            for r in rooms
        ]
    return World(company.id, actor, a_token(actor, desk), desk.device, places)
