"""Who is on duty now, by community and post, and what nobody holds."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from anju.domains.staff.models import Shift
from anju.domains.staff.rules import DAY, Span, least_present
from anju.foundation.lib import now
from anju.foundation.people.models import Duty, Post
from anju.foundation.people.queries import on_duty
from anju.foundation.places.models import Place, under
from anju.foundation.places.queries import community_names, zone_of
from anju.foundation.places.rules import ancestors
from anju.foundation.tenancy.actor import Actor


@dataclass
class Held:
    """A post now: who is there until when, how many its shift asks for, who comes next."""

    post: Post
    present: list[tuple[str, Duty]] = field(default_factory=list)
    needed: int = 0
    after: tuple[str, datetime] | None = None

    @property
    def short(self) -> int:
        """How many are missing."""
        return max(0, self.needed - len(self.present))


@dataclass
class Watch:
    """A community and its posts now."""

    name: str
    posts: list[Held]

    @property
    def short(self) -> int:
        """How many are missing in all."""
        return sum(held.short for held in self.posts)


@dataclass(frozen=True)
class Short:
    """A shift that runs now or begins within a day, with fewer people than it needs."""

    shift: Shift
    day: date
    begins: datetime
    n: int


def short_shifts(actor: Actor, at: datetime) -> list[Short]:
    """What is short within the next day where the actor makes the roster, the next first. Two
    queries and those of the zones."""
    mine = Shift.objects.filter(
        under(actor.paths("roster.edit"), "post__place__path"), company_id=actor.company_id,
        closed_on=None, post__closed_on=None, needed__gt=0,
    )  # fmt: skip
    shifts = list(mine.select_related("post__place"))
    if not shifts:
        return []
    held: dict[UUID, list[Span]] = {}
    duties = Duty.objects.between(at, at + 2 * DAY).filter(post__in={s.post_id for s in shifts})
    for post, begin, end in duties.values_list("post_id", "starts_at", "ends_at"):
        held.setdefault(post, []).append((begin, end))
    zones: dict[UUID, ZoneInfo] = {}
    found = []
    for shift in shifts:
        place = shift.post.place
        if place.id not in zones:
            zones[place.id] = ZoneInfo(zone_of(place))
        today = at.astimezone(zones[place.id]).date()
        for day in (today - DAY, today, today + DAY):
            begin, end = shift.on(day, zones[place.id])
            if end <= at or begin >= at + DAY:
                continue
            n = least_present(held.get(shift.post_id, []), (max(begin, at), end))
            if n < shift.needed:
                found.append(Short(shift, day, begin, n))
    return sorted(found, key=lambda one: (one.begins, one.shift.post.code))


def watches(actor: Actor, at: datetime | None = None) -> list[Watch]:
    """Every community where the actor may see staff: its posts that somebody holds now, or should
    by the shifts they have. It asks `on_duty`, as dispatch, ladders and the desk do. Seven
    queries and those of the zones."""
    moment = at or now()
    posts = Post.objects.seen_by(actor).filter(closed_on=None).select_related("place", "team")
    held = {post.id: Held(post) for post in posts.order_by("code")}
    for duty in on_duty(actor=actor, at=moment):
        if duty.post_id in held:
            held[duty.post_id].present.append((duty.person.name_for(actor), duty))
    coming = Duty.objects.seen_by(actor).standing().select_related("person")
    coming = coming.filter(starts_at__gt=moment, starts_at__lte=moment + DAY)
    for duty in coming.order_by("starts_at"):
        if (one := held.get(duty.post_id)) and one.after is None:
            one.after = (duty.person.name_for(actor), duty.starts_at)
    zones: dict[Place, ZoneInfo] = {}
    for shift in Shift.objects.seen_by(actor).filter(closed_on=None).select_related("post__place"):
        place = shift.post.place
        zone = zones.get(place) or zones.setdefault(place, ZoneInfo(zone_of(place)))
        if shift.post_id in held and _runs(shift, moment, zone):
            held[shift.post_id].needed += shift.needed
    names = community_names(actor=actor)
    found: dict[str, list[Held]] = {}
    for one in held.values():
        if one.present or one.needed or one.post.desk:
            above = (p for p in ancestors(one.post.place.path) if p in names)
            found.setdefault(next(above, ""), []).append(one)
    return [Watch(names.get(path, ""), posts) for path, posts in sorted(found.items())]


def _runs(shift: Shift, at: datetime, zone: ZoneInfo) -> bool:
    """Whether the shift of today or of yesterday is going on."""
    today = at.astimezone(zone).date()
    spans: list[Span] = [shift.on(day, zone) for day in (today, today - DAY)]
    return any(begin <= at < end for begin, end in spans)
