"""How often a clock was stopped within so many minutes, whatever its own limit was, and how many
reporters were called.

For comparing a record with a promise nobody has made yet (a grade of the library).
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from anju.engine.clocks.models import Clock
from anju.engine.loop.models import Case, Record
from anju.foundation.lib import now
from anju.foundation.lib.wilson import wilson

JUDGED = ("running", "paused", "kept", "broken")


@dataclass(frozen=True)
class Within:
    """Of `n` clocks `hits` were stopped in time; what still runs in time is in neither."""

    hits: int
    n: int

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % Wilson interval, 0 to 1; all of it where nothing was counted."""
        return wilson(self.hits, self.n) or (0.0, 1.0)


def within(
    cases: QuerySet[Case], clock: str, minutes: float, *, kind: str, urgency: int | None = None
) -> Within:
    """Of the clocks of one kind of case, how many were stopped within `minutes` by the wall.

    Pauses count as time. One that runs longer already is a miss; one that runs shorter is not
    counted yet, nor what was not recorded or cannot be judged. One query.
    """
    among = cases.exclude(state="void").filter(kind=kind)
    if urgency is not None:
        among = among.filter(urgency=urgency)
    span = timedelta(minutes=minutes)
    found = Clock.objects.filter(
        case_id__in=among.values("id"), kind=clock, state__in=JUDGED, days__isnull=True
    ).aggregate(
        hits=Count("id", filter=Q(stopped_at__lte=F("started_at") + span)),
        late=Count(
            "id",
            filter=Q(stopped_at__gt=F("started_at") + span)
            | Q(stopped_at=None, started_at__lt=now() - span),
        ),
    )
    return Within(found["hits"], found["hits"] + found["late"])


def called(cases: QuerySet[Case], *, kind: str, urgency: int | None = None) -> Within:
    """Of the closed cases of one kind, how many reporters answered a call afterwards. One query."""
    among = cases.filter(kind=kind, state="closed")
    if urgency is not None:
        among = among.filter(urgency=urgency)
    mine = {"company_id": OuterRef("company_id"), "case_id": OuterRef("id")}
    asked = Record.objects.filter(**mine, kind="callback").exclude(verdict="")
    found = among.annotate(asked=Exists(asked)).aggregate(
        n=Count("id"), hits=Count("id", filter=Q(asked=True))
    )
    return Within(found["hits"], found["n"])
