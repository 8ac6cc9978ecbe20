"""The demo's plans: some of the shelf in the first community, and two days of them done."""

from collections.abc import Mapping
from datetime import timedelta
from random import Random

from django.utils import translation

from anju.domains.community.commands.telling import tell_ahead, tell_of_plan
from anju.domains.rounds.queries import occurrences_seen
from anju.domains.rounds.shipped import BY_CODE, Shelved, subjects_for
from anju.engine.loop.commands.work_moves import finish_planned
from anju.engine.plans.commands import Planned, make_plan
from anju.engine.plans.document import When
from anju.engine.plans.models import Plan
from anju.faces.demo.routes import ROUTED, Walk, give_route, walk
from anju.foundation.access.queries import by_login
from anju.foundation.lib import frozen, now
from anju.foundation.people.models import Post
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today

PLANNED = ("LIFT", "PUMP", "FIRELOG", "HYGIENE", "FIRELANE", "FIRECHK", "WATERING", "PEST")
PAST = timedelta(days=2)
# Whose hands do the work of a post; a few are late, a few are left undone.
HANDS = {"GC": "technician", "ZX": "guard", "BJ": "cleaner"}
UNDONE, LATE = 0.04, 0.06
Hands = Mapping[str, Actor | None]


@translation.override("zh-hans")
def make_plans(actor: Actor, *, seed: int) -> int:
    """Plan the first community and do what fell due in two days; how many were done. Safe to
    repeat: plans that are there are left as they are.

    A plan and its past are written as one: the house looks at planned work meanwhile, and would
    call missed what is just being done.
    """
    done, random = 0, Random(seed + 2)  # noqa: S311 - a demo, no secret
    hands = {code: _hand(login) for code, login in HANDS.items()}
    with acting(actor):
        community = Place.objects.seen_by(actor).filter(kind="community").order_by("id").first()
        there = set(Plan.objects.seen_by(actor).values_list("code", flat=True))
    for code in PLANNED if community else ():
        if code not in there:
            with acting(actor):
                with frozen(now() - PAST):
                    plan = _begin(BY_CODE[code], community, actor)
                done += _done(plan, hands, actor, random)
    for code in ROUTED if community else ():
        if code not in there and community:
            with acting(actor):
                with frozen(now() - PAST):
                    plan = _begin(ROUTED[code], community, actor)
                    route = give_route(plan, community, actor)
                done += _done(plan, hands, actor, random, route=route)
    if community and "TANK" not in there:
        _clean_the_tank(community, actor)
    return done


def _clean_the_tank(community: Place, actor: Actor) -> None:
    """Tomorrow the water of the first building is off; who lives there has been told."""
    with acting(actor):
        buildings = Place.objects.seen_by(actor).below(community.path).filter(kind="building")
        subject = (buildings.order_by("code").first() or community, None)
        when = When(start=f"{today(actor.company_id) + timedelta(days=1)}", times=("09:00",),
                    rule="FREQ=MONTHLY;INTERVAL=6")  # fmt: skip
        said = Planned("二次供水水箱清洗", when, (subject,), early=30, late=180, labour=180)
        plan = make_plan(community, "TANK", said, actor=actor)
    text = "清洗消毒水箱期间停水约三小时，请提前储水。恢复供水后请先放水一两分钟再使用。"
    title = "停水通知：水箱清洗"
    tell_of_plan(plan, title=title, text=text, kind="outage", ahead=48, actor=actor)
    tell_ahead(actor=actor)


def _begin(one: Shelved, community: Place, actor: Actor) -> Plan:
    early, late, make_up = one.window
    post = Post.objects.seen_by(actor).filter(code__startswith=one.post).order_by("code").first()
    said = Planned(
        name=one.name, when=one.dated(today(actor.company_id).isoformat()),
        subjects=subjects_for(one, community, actor), post=post, calendar=one.calendar,
        early=early, late=late, make_up=make_up, labour=one.labour, carries=one.carries,
    )  # fmt: skip
    return make_plan(community, one.code, said, actor=actor)


def _done(
    plan: Plan, hands: Hands, actor: Actor, random: Random, *, route: Walk | None = None
) -> int:
    """What fell due of it until now, most of it in time, each by who usually does it."""
    n = 0
    past = occurrences_seen(actor, now() - 2 * PAST, now()).filter(plan=plan, closes_at__lt=now())
    made = list(past.select_related("work__post"))
    for one in made:
        hand = hands.get(one.work.post.code[:2]) if one.work and one.work.post else None
        if one.work is None or hand is None or random.random() < UNDONE:
            continue
        if route is not None:
            walk(one, route, hand, random)
            n += 1
            continue
        span = one.closes_at - one.opens_at
        at = one.opens_at + span * (1.1 if random.random() < LATE else random.uniform(0.2, 0.95))
        with frozen(min(at, now())):
            finish_planned(one.work.id, actor=hand, result="正常")
        n += 1
    return n


def _hand(login: str) -> Actor | None:
    found = by_login(login)
    return found[0].actor if found else None
