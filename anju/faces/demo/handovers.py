"""The demo's handovers: two days of shifts of the guards and the concierges, one of them handed
over by nobody, one with an objection, one that waits for who is on duty now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import translation

from anju.domains.staff.handover.commands import give_over, take_over
from anju.domains.staff.handover.models import Handover
from anju.domains.staff.queries import holders_of
from anju.engine.loop.left_open import left_open
from anju.foundation.access.commands import create_account
from anju.foundation.access.queries import by_login
from anju.foundation.lib import frozen, now
from anju.foundation.people.commands import put_on_duty
from anju.foundation.people.models import Duty, Person, Post
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today

MINUTES = timedelta(minutes=1)
COLLEAGUES = 3


@dataclass(frozen=True)
class Worked:
    """How a post was worked: hours of a shift, who is there now (a login), what goes from hand to
    hand, and what was said, shift by shift ("": nobody handed it over)."""

    hours: int
    now: str
    things: tuple[tuple[str, int], ...]
    said: tuple[str, ...]
    objection: str = ""  # of who came to the first
    waits: bool = False  # the last is not taken yet


POSTS = {
    "ZX-1": Worked(
        8, "guard", (("岗亭钥匙", 12), ("对讲机", 4), ("应急手电", 2)),
        ("东门道闸抬杆慢，已报修", "3 栋地库有车亮灯，已通知车主", "",
         "夜间巡逻正常，2 栋单元门闭门器松", "访客 1 人未离开，请跟进"), waits=True,
    ),
    "LB-1": Worked(
        12, "concierge", (("大堂钥匙", 6), ("雨伞", 8)),
        ("代收快递 2 件已登记", "1801 约明早九点走访", "电梯广告屏已断电待检"),
        objection="雨伞少一把，登记本没有借出记录",
    ),
}  # fmt: skip


@translation.override("zh-hans")
def hand_over(actor: Actor) -> int:
    """Work and hand over the last shifts of two posts; how many were handed over. Safe to repeat:
    what is there is left as it is."""
    n = 0
    with acting(actor):
        if Handover.objects.seen_by(actor).exclude(post=None).exists():
            return 0
        for code, worked in POSTS.items():
            post = Post.objects.seen_by(actor).select_related("place").filter(code=code).first()
            duties = post and Duty.objects.seen_by(actor).at_moment(now()).filter(post=post)
            first = duties.order_by("starts_at").first() if duties else None
            if post and first:
                n += sum(_lived(post, worked, first.starts_at, actor))
    return n


def _lived(post: Post, worked: Worked, until: datetime, actor: Actor) -> Iterator[bool]:
    """The shifts before an instant, one after the other; whether each was handed over."""
    people = list(_colleagues(post, worked.now, actor))
    span, n = timedelta(hours=worked.hours), len(worked.said)
    begins = [until - span * (n - k) for k in range(n)]
    if not people:
        return
    for k, begin in enumerate(begins):
        with frozen(begin - 10 * MINUTES):
            person = people[k % len(people)][1]
            put_on_duty(person, post=post, starts_at=begin, ends_at=begin + span, actor=actor)
    for k, said in enumerate(worked.said):
        last = k == n - 1
        comes = _signed_in(worked.now) if last else people[(k + 1) % len(people)][0]
        end = begins[k] + span
        if said:
            with frozen(end - 5 * MINUTES):
                given = _given(post, people[k % len(people)][0], said, worked.things)
            if comes and not (last and worked.waits):
                _taken(given, comes, worked.objection if k == 0 else "", end + 5 * MINUTES)
        yield bool(said)


def _given(post: Post, by: Actor, said: str, things: Sequence[tuple[str, int]]) -> Handover:
    drafted = [one.key for one in left_open(post.place, post, by)]
    return give_over(None, post=post, actor=by, drafted=drafted, text=said, things=things)


def _taken(given: Handover, by: Actor, objection: str, at: datetime) -> None:
    found = dict(given.things)
    if objection:
        found[given.things[-1][0]] -= 1
    with frozen(at):
        take_over(given.id, actor=by, found=found, text=objection, objects=bool(objection))


def _colleagues(post: Post, login: str, actor: Actor) -> Iterator[tuple[Actor, Person]]:
    """Others who hold the post, with accounts that wait for their first sign-in."""
    mine = _signed_in(login)
    held = sorted(holders_of(post, today(actor.company_id)), key=lambda one: one.phone)
    others = [one for one in held if mine is None or one.id != mine.person_id]
    for n, person in enumerate(others[:COLLEAGUES], 2):
        account = create_account(
            actor=actor, login=f"{login}{n}", name=person.name, person_id=person.id
        )
        yield _as(account.id, person, actor), person


def _as(account: UUID, person: Person, actor: Actor) -> Actor:
    return Actor(account, person.name, actor.company_id, actor.grants, "person", person.id)


def _signed_in(login: str) -> Actor | None:
    found = by_login(login)
    return found[0].actor if found else None
