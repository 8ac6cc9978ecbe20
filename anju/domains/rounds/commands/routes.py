"""Writing routes. A round keeps the points it was laid with; the next one has the new ones."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anju.domains.rounds.models import Route, RoutePoint
from anju.domains.rounds.rules import ORDER_NAMES, PROOF_NAMES
from anju.engine.plans.models import Plan
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.places.models import Asset, Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only
from anju.foundation.tenancy.turns import one_at_a_time

MOST = 200  # points of a route
LONGEST = 24 * 3600  # seconds at a point, or to it
_CODE = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*")


@dataclass(frozen=True)
class PointSaid:
    """What a point says; see `models.RoutePoint`."""

    code: str
    name: str
    place: Place
    asset: Asset | None = None
    proof: str = "qr_photo"
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    dwell: int = 0
    walk: int = 0
    minute: int | None = None

    def columns(self, n: int) -> dict[str, Any]:
        """The values of its row, as the nth of its route."""
        return {
            "n": n, "code": self.code.strip().upper(), "name": self.name.strip(),
            "place_id": self.place.id, "asset_id": self.asset.id if self.asset else None,
            "proof": self.proof, "low": _exact(self.low), "high": _exact(self.high),
            "unit": self.unit.strip(), "dwell": self.dwell, "walk": self.walk if n > 1 else 0,
            "minute": self.minute,
        }  # fmt: skip


@dataclass(frozen=True)
class RouteSaid:
    """What a route says; see `models.Route`."""

    name: str
    points: Sequence[PointSaid]
    order: str = "fixed"
    slack: int = 5


def make_route(plan_id: UUID, code: str, said: RouteSaid, *, actor: Actor) -> Route:
    """Give the rounds of a plan their points, from the next window that opens on.

    Needs `plan.edit` there. Refuses (`NotYet`) what is missing or wrong, each beside its field, and
    (`Conflict`) a plan that has a route and a code that is taken. Tells route.made.
    """
    with acting(actor):
        plan = _plan(plan_id, actor)
        one_at_a_time("routes", actor.company_id)
        _check(plan.place, said, code)
        _alone(plan, code, actor)
        route = Route(
            company_id=actor.company_id, place_id=plan.place_id, plan=plan, code=code.upper(),
            name=said.name.strip(), order=said.order, slack=said.slack,
        )  # fmt: skip
        route.save(force_insert=True)
        _told("route.made", route, _points(route, said), actor)
    return route


def change_route(route_id: UUID, said: RouteSaid, *, actor: Actor, version: int) -> Route:
    """Let a route say something else for the rounds whose window opens from now on; those that are
    laid keep their points. `version`: that the actor saw. Raises Unknown, Refused, Conflict (stale)
    and NotYet. Tells route.changed.
    """
    with acting(actor):
        seen = Route.objects.seen_by(actor).select_related("place")
        route = only(seen.select_for_update(of=("self",)).filter(id=route_id))
        if route is None:
            raise Unknown(_("There is no such route, or you may not see it."))
        actor.require("plan.edit", route.place.path)
        if route.version != version:
            raise Conflict(
                _("Somebody changed this route meanwhile. Look at it again before you save.")
            )
        _check(route.place, said, route.code)
        route.name, route.order, route.slack = said.name.strip(), said.order, said.slack
        route.version += 1
        route.save()
        _told("route.changed", route, _points(route, said), actor)
    return route


def _plan(id: UUID, actor: Actor) -> Plan:
    plan = only(Plan.objects.seen_by(actor).select_related("place").filter(id=id))
    if plan is None:
        raise Unknown(_("There is no such plan, or you may not see it."))
    actor.require("plan.edit", plan.place.path)
    if plan.state == "ended" or plan.subjects.filter(until=None).count() != 1:
        text = _("A route belongs to a plan in force that names one place: the round begins there.")
        raise NotYet(text, fields={"plan": text})
    return plan


def _alone(plan: Plan, code: str, actor: Actor) -> None:
    mine = Route.objects.filter(company_id=actor.company_id)
    if mine.filter(plan=plan).exists():
        text = _("This plan has a route already. Change that one.")
        raise Conflict(text, fields={"plan": text})
    if mine.filter(place_id=plan.place_id, code=code.upper()).exists():
        text = _("There is a route with this code here. Choose another one.")
        raise Conflict(text, fields={"code": text})


def _check(place: Place, said: RouteSaid, code: str) -> None:
    """Refuse what cannot be walked, each in words beside its field; a point's is `points.N`."""
    faults: dict[str, Any] = {}
    if len(code) > 16 or not _CODE.fullmatch(code.upper()):
        faults["code"] = _("A code is 1 to 16 letters, digits or hyphens, for example NIGHT-2.")
    if not said.name.strip():
        faults["name"] = _("Say which way it is, for example: around buildings 1 to 3.")
    if said.order not in dict(ORDER_NAMES):
        faults["order"] = _("Choose whether the order is always the same.")
    if not 1 <= said.slack <= 1440:
        faults["slack"] = _("Give a planned minute between 1 and 1440 minutes to be in time.")
    if not 1 <= len(said.points) <= MOST:
        faults["points"] = _("A route has at least one point and at most %(n)d.") % {"n": MOST}
    codes = [one.code.strip().upper() for one in said.points]
    for n, one in enumerate(said.points, 1):
        if wrong := _wrong(one, place, said.order, twice=codes.count(codes[n - 1]) > 1):
            faults[f"points.{n}"] = wrong
    if faults:
        raise NotYet(_("The route was not saved. Look at what is marked."), fields=faults)


def _wrong(one: PointSaid, place: Place, order: str, *, twice: bool) -> Any:
    code = one.code.strip().upper()
    if len(code) > 24 or not _CODE.fullmatch(code):
        return _("A code is 1 to 24 letters, digits or hyphens, for example P1.")
    if twice:
        return _("Two points have this code. Give each its own.")
    if not one.name.strip():
        return _("Say what the point is, for example: roof door of building 1.")
    if not one.place.path.startswith(place.path):
        return _("Choose a place of this community.")
    if one.proof not in dict(PROOF_NAMES):
        return _("Choose how it is shown that somebody was there.")
    if one.low is not None and one.high is not None and one.low > one.high:
        return _("The least is more than the most.")
    if not (0 <= one.dwell <= LONGEST and 0 <= one.walk <= LONGEST):
        return _("Seconds lie between 0 and one day.")
    if one.minute is not None and order == "random":
        return _("In another order each time no point has a minute of its own. Leave it empty.")
    return ""


def _points(route: Route, said: RouteSaid) -> list[RoutePoint]:
    """Let the route have just these; returns the rows that changed."""
    have = {one.code: one for one in route.points.filter(until=None)}
    wanted = {c["code"]: c for c in (one.columns(n) for n, one in enumerate(said.points, 1))}
    ended = [one for code, one in have.items() if _columns(one) != wanted.get(code)]
    for one in ended:
        one.until = route.version
        one.save(update_fields=["until"])
    gone = {one.code for one in ended}
    new = [
        RoutePoint(company_id=route.company_id, route=route, since=route.version, **columns)
        for code, columns in wanted.items()
        if code not in have or code in gone
    ]
    RoutePoint.objects.bulk_create(new)
    return [*ended, *new]


def _columns(one: RoutePoint) -> dict[str, Any]:
    names = "n code name place_id asset_id proof low high unit dwell walk minute".split()
    return {name: getattr(one, name) for name in names}


def _exact(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(Decimal("0.001"))


def _told(name: str, route: Route, rows: Sequence[RoutePoint], actor: Actor) -> None:
    said: Mapping[str, Any] = {
        "code": route.code, "version": route.version, "points": len(rows)
    }  # fmt: skip
    tell(name, subject=("route", route.id), actor=actor, said=said, wrote=written(route, *rows))
