"""What deserves a second look: pauses and merges that may only make a figure better.

Nothing here accuses: each rule says in plain words what it asks, over the cases reported (or
merged) in the last 30 days, and opens the cases it finds.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from anju.engine.clocks import rules
from anju.engine.clocks.models import Clock
from anju.engine.clocks.rows import Calendars, promise_of
from anju.engine.loop.models import Case, CaseLink
from anju.foundation.calendars.queries import calendars_of
from anju.foundation.lib import now
from anju.foundation.places.models import Place
from anju.foundation.places.rules import ancestors
from anju.foundation.tenancy.actor import Actor

LATELY = timedelta(days=30)
LONG = timedelta(hours=24)
OFTEN = 3
LAST = 10  # one part in so many of the promised time
MOST = 5_000  # clocks of the period that are looked at, the newest
# What a clock must be for any of the rules below to ask about it: most pauses are plain, and to
# compute each would cost a third of a second at every look. A pause in the last tenth begins no
# sooner than nine tenths of the minutes after the start, for no calendar counts more than the wall.
MAY_ASK = """
    jsonb_array_length(pauses) >= %s
    OR (pause_cap * interval '1 minute' > %s
        AND (SELECT sum(coalesce((p->>1)::timestamptz, stopped_at, %s) - (p->>0)::timestamptz)
               FROM jsonb_array_elements(pauses) AS p) > %s)
    OR EXISTS (SELECT 1 FROM jsonb_array_elements(pauses) AS p
                WHERE (p->>0)::timestamptz - started_at >= minutes * interval '54 seconds')
"""


@dataclass(frozen=True)
class SecondLook:
    """One rule: `label` names it, `asks` says in plain words which cases it finds."""

    code: str
    label: Any
    asks: Any


SECOND_LOOKS = (
    SecondLook(
        "long_pause",
        _("Paused for long"),
        _("A promise stood still for more than 24 hours in all."),
    ),
    SecondLook(
        "many_pauses",
        _("Paused again and again"),
        _("One promise was paused three times or more."),
    ),
    SecondLook(
        "late_pause",
        _("Paused just before the deadline"),
        _("A pause began when less than a tenth of the promised time was left."),
    ),
    SecondLook(
        "far_merge",
        _("Merged from far apart"),
        _("Merged into the case of another reporter, in another building."),
    ),
)


def cases_to_look_at(actor: Actor) -> Mapping[str, frozenset[UUID]]:
    """The cases the actor may see that each rule finds, by its code. Four queries."""
    since = now() - LATELY
    seen = Case.objects.seen_by(actor)
    paused = Clock.objects.filter(
        RawSQL(MAY_ASK, [OFTEN, LONG, now(), LONG], output_field=BooleanField()),  # noqa: S611 - our own constants
        company_id=actor.company_id,
        case_id__in=seen.filter(at__gte=since, history=False).values("id"),
    ).exclude(state="void")
    calendars = calendars_of(actor.company_id)
    found: dict[str, set[UUID]] = {look.code: set() for look in SECOND_LOOKS}
    for clock in paused.order_by("-started_at", "-id")[:MOST]:
        for code, asks in _OF_PAUSES.items():
            if asks(clock, calendars):
                found[code].add(clock.case_id)
    links = CaseLink.objects.filter(
        company_id=actor.company_id, kind="merged", at__gte=since, case_id__in=seen.values("id")
    )
    found["far_merge"] = _far_apart(links.select_related("case__place", "other__place"))
    return MappingProxyType({code: frozenset(ids) for code, ids in found.items()})


def _long(clock: Clock, _calendars: Calendars) -> bool:
    """What the pauses held, as far as the cap lets them hold."""
    pauses = rules.pauses_from_json(clock.pauses)
    ended = clock.stopped_at or now()
    stood = sum(((p.until or ended) - p.at for p in pauses), timedelta())
    return min(stood, timedelta(minutes=clock.pause_cap)) > LONG


def _often(clock: Clock, _calendars: Calendars) -> bool:
    return len(clock.pauses) >= OFTEN


def _late(clock: Clock, calendars: Calendars) -> bool:
    promise, calendar = promise_of(clock), calendars(clock.calendar)
    pauses = rules.pauses_from_json(clock.pauses)
    allowed = rules.allowance(clock.started_at, promise, calendar)

    def left(at: datetime, before: Iterable[rules.Pause]) -> timedelta:
        return allowed - rules.used(clock.started_at, promise, calendar, before, at=at)

    return any(
        timedelta() <= left(pause.at, pauses[:n]) < allowed / LAST for n, pause in enumerate(pauses)
    )


_OF_PAUSES: Mapping[str, Callable[[Clock, Calendars], bool]] = MappingProxyType(
    {"long_pause": _long, "many_pauses": _often, "late_pause": _late}
)


def _far_apart(links: Iterable[CaseLink]) -> set[UUID]:
    """The merged cases whose reporter is another and that happened in another building. A place of
    no building counts as its community, which is not far from any building in it."""
    pairs = [
        (link.case_id, link.case.place.path, link.other.place.path)
        for link in links
        if link.case.place and link.other.place
        if link.case.reporter_id is None or link.case.reporter_id != link.other.reporter_id
    ]
    above = {path for _id, *both in pairs for one in both for path in ancestors(one)}
    kinds = Place.objects.filter(path__in=above, kind__in=("community", "building"))
    known = set(kinds.values_list("path", flat=True))

    def spot(path: str) -> str:
        return max((one for one in ancestors(path) if one in known), key=len, default="")

    return {
        id
        for id, one, other in pairs
        if not spot(one).startswith(spot(other)) and not spot(other).startswith(spot(one))
    }
