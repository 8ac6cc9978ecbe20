"""The service plan (服务计划) of a community and a year: what is planned month by month, what was
done of it, and what residents are told."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth

from anju.domains.rounds.models import ServicePlan
from anju.domains.rounds.rhythm import rhythm_said
from anju.engine.plans.document import When, trigger_of
from anju.engine.plans.models import Occurrence, Plan
from anju.engine.plans.rules import planned_between
from anju.foundation.calendars.queries import calendars_of
from anju.foundation.calendars.rules import WorkCalendar
from anju.foundation.places.models import Place
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import zone_of_company

MONTHS = range(1, 13)
MOST = 200  # plans of a community in its year


@dataclass(frozen=True)
class Month:
    """How often in a month: `planned` (None: nobody can know ahead) and `done`."""

    planned: int | None
    done: int

    @property
    def said(self) -> str:
        """Both in a cell; empty where there is nothing."""
        if self.planned is None:
            return str(self.done or "")
        return f"{self.done}/{self.planned}" if self.planned or self.done else ""


@dataclass(frozen=True)
class Line:
    """A plan in the year: what is done, how often, by which post, month by month."""

    code: str
    name: str
    when: Mapping[str, Any]  # the trigger as the plan keeps it
    post: str
    months: tuple[Month, ...]

    @property
    def how(self) -> str:
        """How often, in the language of whoever reads it."""
        return rhythm_said(trigger_of(dict(self.when)))

    @property
    def done(self) -> int:
        """How often it was done in the year."""
        return sum(month.done for month in self.months)

    @property
    def planned(self) -> int:
        """How often it is planned in the year, as far as that is known."""
        return sum(month.planned or 0 for month in self.months)

    def told(self) -> dict[str, Any]:
        """As it is published: without what was done, which is counted when somebody looks."""
        months = [month.planned for month in self.months]
        return {"code": self.code, "name": self.name, "when": dict(self.when), "post": self.post,
                "months": months}  # fmt: skip


def lines_of(place: Place, year: int) -> list[Line]:
    """What the plans in force of a community say of a year, by name, at most 200. Three queries;
    some milliseconds a plan."""
    plans = Plan.objects.filter(company_id=place.company_id, place=place, state="active")
    found = list(plans.select_related("post").order_by("name", "code")[:MOST])
    done = _done([plan.code for plan in found], place, year)
    calendars = calendars_of(place.company_id)
    subjects = dict(
        plans.filter(subjects__until=None).values_list("id").annotate(n=Count("subjects"))
    )
    lines = []
    for plan in found:
        planned = _planned(plan, calendars(plan.calendar), year, subjects.get(plan.id, 1))
        lines.append(
            Line(
                plan.code, plan.name, plan.when, str(plan.post or ""),
                tuple(Month(planned[m - 1], done[plan.code, m]) for m in MONTHS),
            )
        )  # fmt: skip
    return lines


def _planned(
    plan: Plan, calendar: WorkCalendar, year: int, subjects: int
) -> list[int] | list[None]:
    when = plan.trigger
    if not isinstance(when, When):
        return [None] * 12
    zone = ZoneInfo(calendar.zone)
    since, until = datetime(year, 1, 1), datetime(year + 1, 1, 1)  # noqa: DTZ001 - wall times
    found = planned_between(when.timetable(calendar.zone), calendar, since, until)
    counted = Counter(one.at.astimezone(zone).month for one in found)
    return [counted[month] * subjects for month in MONTHS]


def _done(codes: Collection[str], place: Place, year: int) -> Counter[tuple[str, int]]:
    """How often each was done in each month of a year, by when it was planned. One query."""
    zone = zone_of_company(place.company_id)
    rows = Occurrence.objects.filter(
        company_id=place.company_id, plan__place=place, plan__code__in=codes, withdrawn=False,
        work__done_at__isnull=False, at__gte=datetime(year, 1, 1, tzinfo=zone),
        at__lt=datetime(year + 1, 1, 1, tzinfo=zone),
    ).annotate(month=TruncMonth("at", tzinfo=zone))  # fmt: skip
    counted: Counter[tuple[str, int]] = Counter()
    for code, month, n in rows.values_list("plan__code", "month").annotate(n=Count("id")):
        counted[code, month.month] += n
    return counted


def published(place: Place, year: int) -> ServicePlan | None:
    """What residents read of a year. One query."""
    mine = ServicePlan.objects.filter(company_id=place.company_id, place=place, year=year)
    return mine.order_by("-version").first()


def differs(
    plan: ServicePlan | None, lines: Sequence[Line], without: Collection[str] | None = None
) -> bool:
    """Whether what is planned now is not what residents read; `without`: the codes of plans that
    are left out, else those that were."""
    if plan is None:
        return True
    out = plan.without if without is None else without
    return bool(plan.lines != [line.told() for line in lines if line.code not in out])


@dataclass(frozen=True)
class Published:
    """A service plan as residents read it: as it was published, with what was done until now."""

    plan: ServicePlan
    lines: tuple[Line, ...]


def told_in(paths: Collection[str], year: int, *, actor: Actor) -> bool:
    """Whether a service plan of a year is published where one of these homes is. One query."""
    return _around(paths, year, actor).exists()


def _around(paths: Collection[str], year: int, actor: Actor) -> QuerySet[ServicePlan]:
    """Of the places that one of these homes stands in."""
    around = {path[: n + 1] for path in paths for n, sign in enumerate(path) if sign == "."}
    mine = ServicePlan.objects.filter(company_id=actor.company_id, year=year)
    return mine.filter(place__path__in=around)


def published_at(paths: Collection[str], year: int, *, actor: Actor) -> list[Published]:
    """The newest of each community that one of these homes stands in; anybody who lives there may
    read it. `paths`: of the homes. One query and one for each community."""
    found = _around(paths, year, actor).order_by("place_id", "-version").distinct("place_id")
    return [Published(one, _told(one)) for one in found.select_related("place")]


def _told(plan: ServicePlan) -> tuple[Line, ...]:
    done = _done([line["code"] for line in plan.lines], plan.place, plan.year)
    return tuple(
        Line(
            line["code"], line["name"], line["when"], line["post"],
            tuple(Month(line["months"][m - 1], done[line["code"], m]) for m in MONTHS),
        )
        for line in plan.lines
    )  # fmt: skip
