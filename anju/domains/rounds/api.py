"""Routes with their points over the API."""

from uuid import UUID

from ninja import Field, Query, Router, Schema

from anju.domains.rounds.models import Route, RoutePoint
from anju.domains.rounds.queries import route_points, route_seen
from anju.foundation.access.doors import Request, api_door
from anju.foundation.tenancy.rows import cursor_page

router = Router(tags=["planned work"])
MOST = 200


class RouteOut(Schema):
    """A route: the way of the rounds of the plan `plan_id`. `order`: fixed, or random: another one
    each round. `slack`: minutes around the planned minute of a point in which it is in time."""

    id: UUID
    code: str
    name: str
    place_id: UUID
    plan_id: UUID
    order: str
    slack: int
    version: int


class RoutePage(Schema):
    """Routes, the newest first; `next` is the cursor of the page after, null on the last."""

    items: list[RouteOut]
    next: UUID | None


class RouteFilter(Schema):
    """Filters of the list. `plan`: the id of a plan."""

    plan: UUID | None = None
    cursor: UUID | None = None
    limit: int = Field(50, ge=1, le=MOST)


class PointOut(Schema):
    """A point, the `n`th of its route, the same `since` that version. `proof`: hand, photo, qr,
    qr_photo, nfc or nfc_photo. A reading is asked where there is a `unit`, `low` or `high`.
    `dwell`: least seconds there, `walk`: least seconds from the point before; `minute`: planned so
    many minutes after what the round is planned for."""

    id: UUID
    n: int
    code: str
    name: str
    place_id: UUID
    asset_id: UUID | None
    proof: str
    low: float | None
    high: float | None
    unit: str
    dwell: int
    walk: int
    minute: int | None
    since: int


class RouteWhole(RouteOut):
    """A route with the points it has now, in their order."""

    points: list[PointOut]


@router.get("/routes", response=RoutePage, operation_id="list_routes")
@api_door("plan.see")
def list_routes(request: Request, asked: Query[RouteFilter]) -> dict[str, object]:
    """Routes the token's owner may see."""
    found = Route.objects.seen_by(request.actor).order_by("-id")
    if asked.plan:
        found = found.filter(plan=asked.plan)
    if asked.cursor:
        found = found.filter(id__lt=asked.cursor)
    rows, after = cursor_page(found, asked.limit)
    return {"items": [_route(one) for one in rows], "next": after}


@router.get("/routes/{uuid:route_id}", response=RouteWhole, operation_id="read_route")
@api_door("plan.see")
def read_route(request: Request, route_id: UUID) -> dict[str, object]:
    """One route with its points and the version they are of."""
    found = route_seen(route_id, request.actor)
    return _route(found) | {"points": [_point(one) for one in route_points(found)]}


def _route(one: Route) -> dict[str, object]:
    return {name: getattr(one, name) for name in RouteOut.model_fields}


def _point(one: RoutePoint) -> dict[str, object]:
    return {name: getattr(one, name) for name in PointOut.model_fields}
