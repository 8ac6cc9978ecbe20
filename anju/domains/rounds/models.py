"""Routes (路线) with their points, and the points of each round with what became of them."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q

from anju.domains.rounds.rules import ORDER_NAMES, PROOF_NAMES, STANDING_NAMES, Stop, Window
from anju.engine.forms.rules import Item
from anju.engine.loop.models import VERDICT_NAMES, WorkOrder
from anju.engine.plans.models import Plan
from anju.foundation.lib import now
from anju.foundation.places.models import Asset, Place, under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey


class RouteQuery(models.QuerySet["Route"]):
    """Reads of routes."""

    def seen_by(self, actor: Actor) -> "RouteQuery":
        """Routes of places where the actor may see plans."""
        return self.filter(
            under(actor.paths("plan.see"), "place__path"), company_id=actor.company_id
        )


class Route(Owned):
    """The way of the rounds of one plan: its points, in an `order` that is fixed or another one for
    each round. `slack`: minutes around the planned minute of a point in which it is in time."""

    place = OwnedForeignKey(Place, related_name="+")
    plan = OwnedForeignKey(Plan, related_name="+")
    code = models.SlugField(max_length=16)
    name = models.CharField(max_length=120)
    order = models.CharField(max_length=6, choices=ORDER_NAMES, default="fixed")
    slack = models.PositiveIntegerField(default=5)
    version = models.PositiveIntegerField(default=1)

    objects = RouteQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "plan"], name="route_plan_once"),
            models.UniqueConstraint(fields=["company", "place", "code"], name="route_code_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def sealed_fields(self) -> dict[str, Any]:
        """All of it."""
        return {
            "place": str(self.place_id), "plan": str(self.plan_id), "code": self.code,
            "name": self.name, "order": self.order, "slack": self.slack, "version": self.version,
        }  # fmt: skip


class RoutePoint(Owned):
    """A point of a route, the nth of it, `since` a version and until another (None: still); what it
    says is never changed, so a round keeps the points it was laid with.

    `proof`: how it is shown that somebody was there. A reading is asked where it has a `unit` or
    limits (`low`, `high`). `dwell`: least seconds there; `walk`: least seconds on foot from the
    point before. `minute`: planned so many minutes after what the round is planned for.
    """

    route = OwnedForeignKey(Route, related_name="points")
    n = models.PositiveSmallIntegerField()
    code = models.SlugField(max_length=24)
    name = models.CharField(max_length=120)
    place = OwnedForeignKey(Place, related_name="+")
    asset = OwnedForeignKey(Asset, null=True, related_name="+")
    proof = models.CharField(max_length=9, choices=PROOF_NAMES, default="qr_photo")
    low = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    high = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    unit = models.CharField(max_length=12, blank=True)
    dwell = models.PositiveIntegerField(default=0)
    walk = models.PositiveIntegerField(default=0)
    minute = models.PositiveIntegerField(null=True)
    since = models.PositiveIntegerField(default=1)
    until = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "route", "code"],
                name="route_point_once",
                condition=Q(until__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["company", "route", "n"], name="route_point_n")]

    def __str__(self) -> str:
        return self.name

    @property
    def reads(self) -> bool:
        """Whether a number is read there."""
        return bool(self.unit) or self.low is not None or self.high is not None

    @property
    def item(self) -> Item:
        """What it asks each time, known by the codes of the route and of the point."""
        return Item.model_construct(
            code=f"{self.route.code.lower()}.{self.code}",
            text=self.name,
            kind="number" if self.reads else "pass",
            min=_number(self.low),
            max=_number(self.high),
            unit=self.unit,
            on_fail="case",
        )

    def sealed_fields(self) -> dict[str, Any]:
        """All of it."""
        return {
            "route": str(self.route_id), "n": self.n, "code": self.code, "name": self.name,
            "place": str(self.place_id), "asset": self.asset_id and str(self.asset_id),
            "proof": self.proof, "low": _number(self.low), "high": _number(self.high),
            "unit": self.unit, "dwell": self.dwell, "walk": self.walk, "minute": self.minute,
            "since": self.since, "until": self.until,
        }  # fmt: skip


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


class RoundPointQuery(models.QuerySet["RoundPoint"]):
    """Reads of the points of rounds."""

    def seen_by(self, actor: Actor) -> "RoundPointQuery":
        """Of rounds at places where the actor may see work."""
        return self.filter(
            under(actor.paths("work.see"), "work__place__path"), company_id=actor.company_id
        )


class RoundPoint(Owned):
    """A point of one round, laid as its window opens, and how it stands (`rules.judge_round`).

    `turn`: its place in this round, from 1. `opens_at`, `closes_at`, `lapses_at`: its window.
    `at`, `by` (an actor's id): its first visit; `verdict` of the last; `flags`: what was odd. The
    visits themselves are records of the work order. `next_at`: when the ticker must look whether it
    was left out. Who could not reach it did not pass it.
    """

    work = OwnedForeignKey(WorkOrder, related_name="points")
    point = OwnedForeignKey(RoutePoint, related_name="+")
    turn = models.PositiveSmallIntegerField()
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    state = models.CharField(max_length=11, choices=tuple(STANDING_NAMES.items()), default="ahead")
    flags = models.JSONField(default=list)
    verdict = models.CharField(max_length=4, choices=VERDICT_NAMES, blank=True)
    at = models.DateTimeField(null=True)
    by = models.UUIDField(null=True)
    next_at = models.DateTimeField(null=True)

    objects = RoundPointQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "work", "point"], name="round_point_once"),
        ]
        indexes = [
            models.Index(
                fields=["next_at", "company"],
                name="round_point_next",
                condition=Q(next_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.turn} {self.point}"

    @property
    def unreached(self) -> bool:
        """Whether nobody passed it, and somebody said that it cannot be reached."""
        return self.at is None and self.verdict == "na"

    @property
    def stop(self) -> Stop:
        """As the rules take it; reads the point."""
        point = self.point
        return Stop(
            self.id, point.n, self.turn, Window(self.opens_at, self.closes_at, self.lapses_at),
            point.walk, point.dwell, point.proof, point.reads,
        )  # fmt: skip

    @property
    def missed_item(self) -> str:
        """What the finding of its being left out is known by, whichever round left it out."""
        return f"{self.point.route.plan.missed_item}.{self.point.code}"

    def sealed_fields(self) -> dict[str, Any]:
        """All of it but when the ticker looks again."""
        return {
            "work": str(self.work_id), "point": str(self.point_id), "turn": self.turn,
            "opens_at": self.opens_at, "closes_at": self.closes_at, "lapses_at": self.lapses_at,
            "state": self.state, "flags": self.flags, "verdict": self.verdict, "at": self.at,
            "by": self.by and str(self.by),
        }  # fmt: skip


class ServicePlanQuery(models.QuerySet["ServicePlan"]):
    """Reads of service plans."""

    def seen_by(self, actor: Actor) -> "ServicePlanQuery":
        """Those of places where the actor may see plans."""
        return self.filter(
            under(actor.paths("plan.see"), "place__path"), company_id=actor.company_id
        )


class ServicePlan(Owned):
    """What is planned at a community in a year (服务计划), as residents are told it: `version` by
    version, the newest holds. `lines`: of each plan its `code`, `name`, `when` it falls due (as the
    plan keeps it), the `post` that does it, and how often in each of the twelve `months` (null
    where nobody can know ahead). `without`: the codes of plans that it leaves out. Never
    changed."""

    append_only = True

    place = OwnedForeignKey(Place, related_name="+")
    year = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField(default=1)
    lines = models.JSONField(default=list)
    without = models.JSONField(default=list)
    by = models.UUIDField()
    published_at = models.DateTimeField(default=now)

    objects = ServicePlanQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "place", "year", "version"], name="service_plan_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.year} v{self.version}"

    def sealed_fields(self) -> dict[str, Any]:
        """All of it; what it leaves out where it leaves anything out."""
        without = {"without": self.without} if self.without else {}
        return {
            "place": str(self.place_id), "year": self.year, "version": self.version,
            "lines": self.lines, "by": str(self.by), "published_at": self.published_at, **without,
        }  # fmt: skip
