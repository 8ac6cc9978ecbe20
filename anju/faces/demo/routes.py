"""The demo's routes: the night patrol, and the plant rooms with their readings; two days walked,
with what people do wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from random import Random

from anju.domains.rounds.commands import PointSaid, RouteSaid, Said, make_route, pass_point
from anju.domains.rounds.models import RoutePoint
from anju.domains.rounds.shipped import BY_CODE, Shelved
from anju.engine.plans.models import Occurrence, Plan
from anju.foundation.lib import frozen, now
from anju.foundation.places.commands import make_labels
from anju.foundation.places.models import Asset, Place, under
from anju.foundation.tenancy.actor import Actor

PLANT = Shelved(
    "PLANT", "设备机房巡检", {"times": ("09:30", "16:30")}, post="GC",
    window=(30, 90, 60), labour=25,
)  # fmt: skip
ROUTED = {"PATROL-N": BY_CODE["PATROL-N"], "PLANT": PLANT}
LEFT_OUT, HURRIED, ABNORMAL = 0.04, 0.08, 0.04


@dataclass(frozen=True)
class Walk:
    """A route with its labels, ready to be walked."""

    points: Sequence[RoutePoint]
    labels: Sequence[str]


def give_route(plan: Plan, community: Place, actor: Actor) -> Walk:
    """The points of a demo plan."""
    said = _patrol(community, actor) if plan.code == "PATROL-N" else _plant(community, actor)
    route = make_route(plan.id, plan.code, said, actor=actor)
    points = list(route.points.select_related("place", "asset__place").order_by("n"))
    labels = make_labels([one.asset or one.place for one in points], actor=actor)
    return Walk(points, [label.code for label in labels])


def _patrol(community: Place, actor: Actor) -> RouteSaid:
    inside = Place.objects.seen_by(actor).below(community.path).standing()
    found = inside.filter(kind__in=("building", "public")).order_by("kind", "code")
    by_code = {place.code: place for place in found}
    wanted = [("1", "1# 大堂"), ("2", "2# 大堂"), ("3", "3# 大堂"), ("GARDEN", "中心花园"),
              ("B1", "地库 B1")]  # fmt: skip
    points = [
        PointSaid(
            f"P{n}", name, by_code[code], proof="qr", walk=90 if n > 1 else 0, dwell=20,
            minute=5 * n,
        )
        for n, (code, name) in enumerate(wanted, 1)
        if code in by_code
    ]  # fmt: skip
    return RouteSaid("夜间巡逻路线", points, slack=15)


def _plant(community: Place, actor: Actor) -> RouteSaid:
    things = Asset.objects.seen_by(actor).filter(under([community.path], "place__path"))
    pump = things.filter(system="WS").order_by("code").first()
    lifts = things.filter(system="LE").select_related("place").order_by("code")[:3]
    points = [
        PointSaid("PUMP", "生活水泵出口压力", pump.place, pump, "qr", Decimal("0.35"),
                  Decimal("0.60"), "MPa", dwell=60)
    ] if pump else []  # fmt: skip
    points += [
        PointSaid(f"LIFT-{n}", f"{lift.name}机房温度", lift.place, lift, "qr", Decimal(5),
                  Decimal(40), "℃", dwell=30, walk=120)
        for n, lift in enumerate(lifts, 1)
    ]  # fmt: skip
    return RouteSaid("设备机房路线", points)


def walk(one: Occurrence, route: Walk, hand: Actor, random: Random) -> None:
    """One round as it is walked: mostly well; a point is left out, hurried to, found abnormal."""
    at = one.at + timedelta(minutes=random.uniform(1, 5))
    for point, label in zip(route.points, route.labels, strict=True):
        gap = timedelta(seconds=point.walk + point.dwell + random.randrange(20, 120))
        if random.random() < HURRIED:
            gap = timedelta(seconds=point.walk // 3)
        at += gap
        if random.random() < LEFT_OUT or at >= now():
            continue
        bad = random.random() < ABNORMAL
        value = _reading(point, bad, random)
        verdict = "fail" if bad and not point.reads else "pass"
        said = Said(point.code, verdict, value=value, how="qr", label=label)
        if one.work_id is not None:
            with frozen(at):
                pass_point(one.work_id, said, actor=hand)


def _reading(point: RoutePoint, bad: bool, random: Random) -> str:
    if not point.reads or point.low is None or point.high is None:
        return ""
    low, high = float(point.low), float(point.high)
    value = high * 1.2 if bad else random.uniform(low + (high - low) / 4, high - (high - low) / 4)
    return f"{value:.2f}"
