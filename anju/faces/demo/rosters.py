"""The demo's rosters: seven weeks of shifts in the first community, with a gap and a leave.

Whoever is on duty at the first start stays so; the patterns begin with the first shift after that.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import translation

from anju.domains.staff.commands import add_shift, ask_for_leave, lay, set_day
from anju.domains.staff.queries import holders_of, shifts_of
from anju.domains.staff.rules import BY_CODE, MONTH_MOST, USUAL
from anju.foundation.access.queries import by_login
from anju.foundation.lib import now
from anju.foundation.people.commands import assign
from anju.foundation.people.models import Duty, Person, Post
from anju.foundation.places.queries import zone_of
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Worked:
    """How a post is worked: its shifts, the pattern, how many each needs, how many hold it."""

    usual: str
    pattern: str
    needed: int
    people: int


POSTS = {
    "GC-1": Worked("three", "4-3", 1, 4),
    "ZX-1": Worked("three", "4-3", 2, 8),
    "BJ-1": Worked("day", "6-1", 5, 7),
    "LB-1": Worked("two", "4-2", 1, 4),
    "QT-1": Worked("two", "4-2", 1, 4),
}


@translation.override("zh-hans")
def make_rosters(actor: Actor) -> int:
    """Give the posts of the first community shifts and people, and lay their patterns; how many
    duties. Safe to repeat: posts that have shifts are left as they are."""
    laid = 0
    with acting(actor):
        posts = Post.objects.seen_by(actor).filter(code__in=POSTS).select_related("place")
        for post in posts.order_by("code"):
            if not shifts_of(post).exists():
                laid += _work(post, POSTS[post.code], actor)
    if laid:
        _trouble(actor)
    return laid


def _work(post: Post, worked: Worked, actor: Actor) -> int:
    for code, name, begins, ends in USUAL[worked.usual]:
        add_shift(post, code=code, name=str(name), begins=begins, ends=ends,
                  needed=worked.needed, actor=actor)  # fmt: skip
    today = now().astimezone(ZoneInfo(zone_of(post.place))).date()
    held = holders_of(post, today)
    free = Person.objects.seen_by(actor).filter(kind="staff", phone__startswith="137")
    free = free.filter(assignments=None).order_by("phone")
    for person in free[: worked.people - len(held)]:
        assign(person, post=post, since=today, actor=actor)
    people, shifts = holders_of(post, today), list(shifts_of(post))
    pattern, laid = BY_CODE[worked.pattern], 0
    days = MONTH_MOST // len(pattern.cycle) * len(pattern.cycle)  # so that it goes on unbroken
    for first in (today, today + days * DAY):
        fit = lay(post, pattern, people=people, shifts=shifts, first=first,
                  last=first + (days - 1) * DAY, actor=actor)  # fmt: skip
        laid += len(fit.drafts)
    return laid


def _trouble(actor: Actor) -> None:
    """In three days one guard too few at night; and a guard who asks for leave."""
    with acting(actor):
        post = Post.objects.seen_by(actor).select_related("place").get(code="ZX-1")
        zone = ZoneInfo(zone_of(post.place))
        day = now().astimezone(zone).date() + 3 * DAY
        begin = datetime.combine(day, time(), zone)
        held = Duty.objects.seen_by(actor).standing().filter(post=post)
        held = held.filter(starts_at__range=(begin, begin + DAY))
        if duty := held.select_related("person").order_by("-starts_at", "id").first():
            local = duty.starts_at.astimezone(zone).date()
            set_day(duty.person, post=post, day=local, shift=None, actor=actor)
        begin += 2 * DAY
    if guard := by_login("guard"):
        ask_for_leave(leave="own", starts_at=begin, ends_at=begin + 2 * DAY,
                      reason="回老家办事", actor=guard[0].actor)  # fmt: skip
