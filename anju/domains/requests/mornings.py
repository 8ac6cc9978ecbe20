"""What headquarters reads every morning: which promises broke yesterday, what is open and late."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from anju.domains.requests.across import broken_by, late_by
from anju.foundation.kit.filters import Span
from anju.foundation.lib import now
from anju.foundation.messages.commands import Note, queue_messages
from anju.foundation.messages.models import Message
from anju.foundation.messages.queries import staff
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Company
from anju.foundation.tenancy.queries import companies

ROLE, KIND = "headquarters", "cases.morning"
AT = time(8, 30)
MOST = 50  # communities of one message; the page shows all


def tell_all_mornings() -> int:
    """Tell headquarters of every company what it has to know of yesterday; how many messages.
    Safe to repeat; asked by the ticker."""
    return sum(tell_morning(one, actor=Actor.machine(one.id, "mornings")) for one in companies())


def tell_morning(company: Company, *, actor: Actor) -> int:
    """From half past eight of the company's day on, one message to each account of headquarters
    about the communities it answers for; the number of new messages. Once a day however many ask:
    its key is the day. A company without a yesterday is not told.

    A morning on which nothing was late is told too, in one line: silence would look the same as a
    clock that stands still.
    """
    zone = ZoneInfo(company.zone)
    local = now().astimezone(zone)
    begins = datetime.combine(local.date(), AT, tzinfo=zone)
    if local < begins or company.created_at >= begins:
        return 0
    key = f"morning:{local:%Y-%m-%d}"
    with acting(actor):
        held = [(a, path) for a, role, path in staff([ROLE], actor=actor).grants if role == ROLE]
        there = [f"{key}:{account}:inapp" for account, _path in held]
        mine = Message.objects.filter(company_id=actor.company_id, key__in=there)
        if not held or mine.exists():
            return 0
        paths: dict[UUID, list[str]] = {}
        for account, path in held:
            paths.setdefault(account, []).append(path)
        counted = _counted(begins, actor)
        notes = [
            Note(
                key=key,
                kind=KIND,
                account=account,
                subject=("communities", company.id),
                facts=_facts(local, counted, under),
                email=True,
            )
            for account, under in paths.items()
        ]
        return queue_messages(notes, actor=actor)


def _counted(begins: datetime, actor: Actor) -> list[tuple[Place, int, int]]:
    """Each community with how many cases broke a promise yesterday and how many are late now.
    Three queries."""
    standing = Place.objects.filter(company_id=actor.company_id, kind="community").standing()
    places = list(standing.order_by("path"))
    midnight = begins.replace(hour=0, minute=0)
    yesterday = Span(midnight - timedelta(days=1), midnight)
    paths = [place.path for place in places]
    broken, late = broken_by(actor, paths, yesterday), late_by(actor, paths)
    return [(place, broken[place.path], late[place.path]) for place in places]


def _facts(
    local: datetime, counted: list[tuple[Place, int, int]], under: list[str]
) -> Mapping[str, object]:
    """The communities below these paths that have something to tell, the worst on top."""
    mine = [row for row in counted if row[0].path.startswith(tuple(under))]
    told = sorted((row for row in mine if row[1] or row[2]), key=lambda row: -(row[1] + row[2]))
    return {
        "day": (local.date() - timedelta(days=1)).isoformat(),
        "at": f"{local:%H:%M}",
        "of": len(mine),
        "communities": [
            [str(place.name or place), place.full_code, broken, late]
            for place, broken, late in told[:MOST]
        ],
        "more": max(0, len(told) - MOST),
        "broken": sum(row[1] for row in told),
        "late": sum(row[2] for row in told),
    }
