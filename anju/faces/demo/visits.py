"""The demo's planned visits: the homes of the first unit, most of them visited in five days."""

from datetime import timedelta
from random import Random

from django.utils import translation

from anju.domains.rounds.commands import make_plan_kept
from anju.domains.rounds.queries import occurrences_seen
from anju.domains.rounds.shipped import BY_CODE, MET, NOT_MET, occupied
from anju.engine.loop.commands.judging import answer_item
from anju.engine.loop.commands.work_moves import finish_planned, move_work
from anju.engine.plans.commands import Planned
from anju.engine.plans.models import Occurrence, Plan
from anju.foundation.access.queries import by_login
from anju.foundation.lib import frozen, now
from anju.foundation.people.models import Post
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today

SHELVED = BY_CODE["VISIT"]
DAY = timedelta(days=1)
PAST, WEEK = 6 * DAY, 7 * 24 * 60  # it was planned so long ago; minutes there are for all of them
HOMES, DAYS, CHECKED = 60, 5, timedelta(hours=3)
VISITED, AWAY, RAISED = 0.75, 0.12, 0.08
WISHES = ("阳台窗户漏风", "楼道堆物希望清理", "电梯早高峰等得久", "快递柜位置不方便")


@translation.override("zh-hans")
def make_visits(actor: Actor, *, seed: int) -> int:
    """Plan visits of the concierge's first homes and make most of them; how many were made. Safe
    to repeat: visits that are planned are left as they are."""
    random = Random(seed + 4)  # noqa: S311 - a demo, no secret
    found, checks = by_login("concierge"), by_login("inspector")
    with acting(actor):
        posts = Post.objects.seen_by(actor).filter(desk="lobby").select_related("place")
        post = posts.order_by("code").first()
        planned = Plan.objects.seen_by(actor).filter(code=SHELVED.code).exists()
        if planned or not (post and found and checks):
            return 0
        with frozen(now() - PAST):
            plan = _begun(post, actor)
        until = now()
        due = occurrences_seen(actor, until - PAST, until).filter(plan=plan)
        made = due.select_related("work", "place").order_by("place__full_code")
        return sum(_visited(one, found[0].actor, checks[0].actor, random) for one in made)


def _begun(post: Post, actor: Actor) -> Plan:
    """It falls due the day after, at nine."""
    community = Place.objects.seen_by(actor).filter(kind="community").order_by("id")[0]
    homes = occupied(actor).below(post.place.path).order_by("path")[:HOMES]
    said = Planned(
        name=SHELVED.name, when=SHELVED.dated((today(actor.company_id) + DAY).isoformat()),
        subjects=[(home, None) for home in homes], post=post, standard=SHELVED.standard,
        late=WEEK, labour=SHELVED.labour,
    )  # fmt: skip
    return make_plan_kept(community, SHELVED.code, said, actor=actor)


def _visited(one: Occurrence, hand: Actor, checker: Actor, random: Random) -> bool:
    """One home: mostly somebody is met, and sometimes something is raised; it is checked the same
    day."""
    comes = random.random() < VISITED
    at = one.opens_at + random.randrange(DAYS) * DAY + timedelta(minutes=random.randrange(480))
    met = NOT_MET if random.random() < AWAY else random.choice(("本人", "家人"))
    wish = random.choice(WISHES) if random.random() < RAISED else ""
    if not comes or one.work_id is None or at >= now():
        return False
    with frozen(at):
        move_work(one.work_id, "claim", actor=hand)
        answer_item(one.work_id, MET, value={"text": met}, actor=hand)
        if met != NOT_MET:
            verdict, value = ("fail", {"note": wish}) if wish else ("pass", {})
            answer_item(one.work_id, "visit-raised", verdict=verdict, value=value, actor=hand)
        said = "未遇，已留联系方式" if met == NOT_MET else "已走访"
        finish_planned(one.work_id, actor=hand, result=said)
    with frozen(min(at + CHECKED, now())):
        move_work(one.work_id, "pass", actor=checker)
    return True
