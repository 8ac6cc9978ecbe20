"""Planned work beside the hours rostered for it, by post and week; the plans of teams."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Sum

from anju.domains.staff.models import TeamPlan
from anju.domains.staff.queries.rostering import Scope
from anju.domains.staff.rules import DAY, hours_of, weeks_of
from anju.engine.plans.models import Occurrence
from anju.foundation.events.models import EventValue
from anju.foundation.people.models import Duty, Post
from anju.foundation.places.queries import zone_of
from anju.foundation.tenancy.actor import Actor


@dataclass(frozen=True)
class Load:
    """A post in a week: hours rostered, and how much planned work falls into it."""

    first: date
    last: date
    rostered: float
    planned: float
    works: int

    @property
    def over(self) -> bool:
        """More planned work than hours of people."""
        return self.planned > self.rostered

    def plain(self) -> dict[str, Any]:
        """Plain values."""
        return {"first": f"{self.first}", "rostered": round(self.rostered, 1),
                "planned": round(self.planned, 1), "works": self.works}  # fmt: skip


@dataclass(frozen=True)
class PostLoad:
    """The weeks of a post."""

    post: Post
    weeks: list[Load]

    def plain(self) -> dict[str, Any]:
        """As a plan of a team keeps it."""
        return {"post": str(self.post.id), "weeks": [week.plain() for week in self.weeks]}


@dataclass(frozen=True)
class Planned:
    """What one plan asks of the team in the time: how often, and hours of work in all."""

    name: str
    post: str
    times: int
    hours: float


def loads(scope: Scope, first: date, last: date, *, actor: Actor) -> list[PostLoad]:
    """Every post of a scope, week by week. Two queries, and one for each week."""
    zone, posts = ZoneInfo(zone_of(scope.place)), list(scope.posts(actor))
    found: dict[UUID, list[Load]] = {post.id: [] for post in posts}
    for begin, end in weeks_of(first, last):
        span = _span(begin, end, zone)
        held: dict[UUID, list[tuple[datetime, datetime]]] = {}
        duties = Duty.objects.between(*span).filter(post__in=posts, starts_at__gte=span[0])
        for post, starts, ends in duties.values_list("post_id", "starts_at", "ends_at"):
            held.setdefault(post, []).append((starts, ends))
        work = {
            row["plan__post_id"]: row
            for row in _falling(posts, span).values("plan__post_id").annotate(
                n=Count("id"), minutes=Sum("plan__labour"))
        }  # fmt: skip
        for post, weeks in found.items():
            row = work.get(post, {"n": 0, "minutes": 0})
            rostered = hours_of(held.get(post, []))
            weeks.append(Load(begin, end, rostered, row["minutes"] / 60, row["n"]))
    return [PostLoad(post, found[post.id]) for post in posts]


def planned(scope: Scope, first: date, last: date, *, actor: Actor) -> list[Planned]:
    """What plans ask of the posts of a scope, the most hours first. Two queries."""
    zone = ZoneInfo(zone_of(scope.place))
    rows = _falling(list(scope.posts(actor)), _span(first, last, zone))
    rows = rows.values("plan_id", "plan__name", "plan__post__name")
    rows = rows.annotate(n=Count("id"), minutes=Sum("plan__labour")).order_by("-minutes", "plan_id")
    return [
        Planned(row["plan__name"], row["plan__post__name"], row["n"], row["minutes"] / 60)
        for row in rows
    ]


def _span(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return datetime.combine(first, time(), zone), datetime.combine(last + DAY, time(), zone)


def _falling(posts: Sequence[Post], span: tuple[datetime, datetime]) -> Any:
    held = Occurrence.objects.filter(plan__post__in=posts, withdrawn=False)
    return held.filter(at__gte=span[0], at__lt=span[1]).order_by()


def standing_plan(scope: Scope, first: date, last: date, *, actor: Actor) -> TeamPlan | None:
    """The plan of a team for exactly these days that waits or is approved, else what was returned
    last. One query."""
    if scope.team is None:
        return None
    held = TeamPlan.objects.seen_by(actor).filter(team=scope.team, first=first, last=last)
    found = list(held.exclude(state="replaced").order_by("-sent_at", "-id"))
    return next((one for one in found if one.state != "returned"), next(iter(found), None))


def why_returned(plan: TeamPlan) -> str:
    """What was written when it was returned, as far as it is still held. One query."""
    held = EventValue.objects.filter(
        event__subject_kind="team_plan", event__subject_id=plan.id, event__name="team_plan.returned"
    )
    return held.values_list("text", flat=True).first() or ""
