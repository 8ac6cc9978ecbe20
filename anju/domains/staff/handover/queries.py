"""What a shift hands over now, what was handed over before, and what nobody handed over."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from anju.domains.staff.handover.models import Handover, posts_at_hand
from anju.domains.staff.handover.rules import GRACE, NEXT, STILL, Changes, Thing, changes
from anju.engine.loop.left_open import Words, words_of
from anju.engine.loop.matters import AFTER, Matter, matter_of
from anju.foundation.access.queries import names_of
from anju.foundation.events.models import Event, EventValue
from anju.foundation.lib import now
from anju.foundation.people.models import Duty, Post
from anju.foundation.places.models import Place, under
from anju.foundation.tenancy.actor import WHOLE_COMPANY, Actor

LATELY = timedelta(days=3)
MOST = 50


def desk_places(actor: Actor) -> list[Place | None]:
    """The places whose shift the actor hands over: those of the actor's role; None is the whole
    company. One query."""
    paths = actor.paths("work.dispatch")
    if WHOLE_COMPANY in paths:
        return [None]
    return list(Place.objects.seen_by(actor).filter(path__in=paths).order_by("path"))


def posts_to_hand(actor: Actor) -> list[Post]:
    """The posts whose shift the actor hands over or takes over, those with a duty first that began
    last. Two queries."""
    at = now()
    posts = list(posts_at_hand(actor).select_related("place", "team").order_by("code"))
    held = Duty.objects.between(at - AFTER, at).filter(person=actor.person_id, post__in=posts)
    since = dict(held.order_by("starts_at").values_list("post_id", "starts_at"))
    return sorted(posts, key=lambda post: -since[post.id].timestamp() if post.id in since else 0)


def shift_handed(post: Post, actor: Actor, at: datetime) -> Duty | None:
    """The duty at a post that is handed over at an instant, of those that run or ended within
    `AFTER` the one whose end is nearest: the actor's own, else a colleague's. Whoever was on duty
    there within `STILL` hands over no colleague's. One query."""
    near = Duty.objects.between(at - STILL, at).filter(post=post).select_related("post")
    duties = list(near.order_by("starts_at", "id"))
    own = [duty for duty in duties if duty.person_id == actor.person_id]
    open_now = [duty for duty in own or duties if duty.ends_at > at - AFTER]
    return min(open_now, key=lambda duty: abs(duty.ends_at - at), default=None)


def begins_of(handover: Handover) -> datetime | None:
    """When the shift of a handover began, by the roster as it is now. One query, none where nobody
    is on duty there by the roster."""
    if handover.until is None:
        return None
    of = Duty.objects.filter(post=handover.post_id, ends_at=handover.until)
    return of.order_by("starts_at").values_list("starts_at", flat=True).first()


def desk_shift(actor: Actor, at: datetime) -> Duty | None:
    """The actor's duty at a desk that is handed over at an instant. One query."""
    near = Duty.objects.between(at - AFTER, at).filter(person=actor.person_id)
    desks = near.filter(company_id=actor.company_id).exclude(post__desk="").select_related("post")
    return desks.order_by("-starts_at").first() if actor.person_id else None


def waiting_handover(actor: Actor, *, post: Post | None = None) -> Handover | None:
    """The handover of a desk, or of a post, that waits for the actor's signature: the latest that
    somebody else gave. One query."""
    waits = Handover.objects.seen_by(actor).filter(state="given").exclude(giver=actor.id)
    if post is None:
        waits = waits.of_desks()
    else:
        waits = waits.filter(post=post, given_at__gt=now() - LATELY)
    return waits.select_related("place", "post").order_by("-given_at", "-id").first()


def waits_at_posts(actor: Actor) -> Post | None:
    """A post of the actor's where a shift waits for somebody else's signature. One query."""
    posts = posts_at_hand(actor).values("id")
    waits = Handover.objects.seen_by(actor).filter(state="given", post__in=posts)
    waits = waits.filter(given_at__gt=now() - LATELY).exclude(giver=actor.id)
    found = waits.select_related("post").order_by("-given_at", "-id").first()
    return found.post if found else None


def is_given(duty: Duty, actor: Actor) -> bool:
    """Whether the shift of a duty was handed over. One query."""
    given = Handover.objects.seen_by(actor).exclude(state="replaced")
    return given.filter(post=duty.post_id, until=duty.ends_at).exists()


def last_handovers(
    actor: Actor, most: int, *, desks: bool = False, post: Post | None = None
) -> list[Handover]:
    """What was handed over lately, the latest first; of `desks` or of a `post` alone. One query."""
    found = Handover.objects.seen_by(actor).exclude(state="replaced")
    found = found.of_desks() if desks else found
    found = found.filter(post=post) if post else found
    return list(found.select_related("place", "post").order_by("-given_at", "-id")[:most])


def things_last(post: Post | None, place: Place | None, actor: Actor) -> list[tuple[str, int]]:
    """The things of the last handover there, as they were counted last. One query."""
    last = Handover.objects.seen_by(actor).exclude(state="replaced").exclude(things=[])
    where = {"post": post} if post else {"post": None, "place": place}
    found = last.filter(**where).order_by("-given_at", "-id").first()
    if found is None:
        return []
    return [(one.name, one.n if one.found is None else one.found) for one in found.counts]


@dataclass(frozen=True)
class Written:
    """What was written beside a handover, as far as it is still held: by who went, by who came, and
    beside each of the matters (by key)."""

    given: str = ""
    taken: str = ""
    beside: dict[str, str] = field(default_factory=dict)


def written_beside(handover: Handover) -> Written:
    """As `Written`. One query."""
    values = EventValue.objects.filter(
        event__subject_kind="handover", event__subject_id=handover.id
    ).values_list("event__name", "name", "text")
    said = {("given" if event == "handover.given" else "taken", name): text
            for event, name, text in values}  # fmt: skip
    beside = {
        one.key: said["given", f"line{n}"]
        for n, one in enumerate(handover.signed)
        if ("given", f"line{n}") in said
    }
    return Written(said.get(("given", "text"), ""), said.get(("taken", "text"), ""), beside)


@dataclass(frozen=True)
class Row:
    """A matter as a page shows it; `said`: what who went wrote beside it."""

    matter: Matter
    words: Words
    said: str = ""


Read = Mapping[tuple[str, UUID], Words]


def rows_of(matters: Iterable[Matter], read: Read, written: Written | None = None) -> list[Row]:
    """Matters as they `read` now (`words_of`); those the actor may not see are left out. No
    query."""
    beside = written.beside if written else {}
    return [
        Row(one, read[one.kind, one.id], beside.get(one.key, ""))
        for one in matters
        if (one.kind, one.id) in read
    ]


@dataclass(frozen=True)
class Waiting:
    """A handover that waits for somebody, beside how it stands now: what was `signed` and is not
    over, what is `gone` since the draft, what is `new` since the signature."""

    one: Handover
    giver: str
    written: Written
    signed: list[Matter]
    gone: list[Matter]
    new: list[Matter]

    @property
    def matters(self) -> list[Matter]:
        """All of them."""
        return [*self.signed, *self.gone, *self.new]


def changed_since(one: Handover, standing: Iterable[Matter], actor: Actor) -> Changes:
    """What has changed since the giver signed; `standing`: what is open there now. Gone is only
    what is over: what is merely no longer found there, as whoever had it went home, is still owed.
    No query, where something is missing those of `words_of`."""
    signed = one.signed
    found = changes((m.key for m in signed), standing)
    missing = [m for m in signed if m.key in found.gone]
    read = words_of(missing, actor)
    over = {key for key, words in read.items() if words.over}
    return Changes(tuple(m.key for m in missing if (m.kind, m.id) in over), found.new)


def as_it_stands(one: Handover, standing: Iterable[Matter], actor: Actor) -> Waiting:
    """As `Waiting`; `standing`: what is open there now. Two queries, and those of
    `changed_since`."""
    signed = one.signed
    changed = changed_since(one, standing, actor)
    return Waiting(
        one,
        names_of([one.giver], actor=actor).get(one.giver, "—"),
        written_beside(one),
        [m for m in signed if m.key not in changed.gone],
        [m for m in signed if m.key in changed.gone] + [matter_of(key) for key in one.gone],
        list(changed.new),
    )


def counting(one: Handover, typed: Sequence[str] = ()) -> list[tuple[Thing, str]]:
    """Each thing that was signed, with what whoever takes it over has typed so far. No query."""
    things = list(one.counts)
    given = [*typed, *(str(thing.n) for thing in things[len(typed) :])]
    return list(zip(things, given, strict=False))


@dataclass
class Missing:
    """A shift that is over and that nobody handed over: who was on it (`gone`: the persons), who
    came after."""

    post: Post
    until: datetime
    gone: list[UUID] = field(default_factory=list)
    went: list[str] = field(default_factory=list)
    came: list[str] = field(default_factory=list)


def not_handed_over(actor: Actor, *, lately: timedelta = LATELY, most: int = MOST) -> list[Missing]:
    """The shifts that ended lately where the actor hands out work, were followed by somebody else's
    and were handed over by nobody, the last first. Two queries."""
    here = under(actor.paths("work.dispatch"), "post__place__path")
    over = _nobody_signed(actor, now() - lately, now() - GRACE).filter(here)
    found = _shifts(over.order_by("-ends_at", "starts_at", "id"), actor)[:most]
    if not found:
        return []
    near = Duty.objects.filter(
        company_id=actor.company_id, called_off=False, post__in={one.post.id for one in found},
        starts_at__gt=found[-1].until - NEXT, starts_at__lt=found[0].until + NEXT,
    )  # fmt: skip
    for duty in near.select_related("person").order_by("starts_at", "id"):
        for one in found:
            follows = abs(duty.starts_at - one.until) < NEXT and duty.ends_at > one.until
            if duty.post_id == one.post.id and follows and duty.person_id not in one.gone:
                one.came.append(duty.person.name_for(actor))
    return found


def shifts_untold(
    event: str, ago: tuple[timedelta, timedelta], most: int, actor: Actor
) -> list[Missing]:
    """The shifts that nobody handed over, that ended so long `ago` and after the first handover of
    their post, and that no `event` tells of yet: those that ended first, without who came. Two
    queries."""
    since, till = (now() - one for one in ago)
    before = Handover.objects.filter(
        company_id=actor.company_id, post=OuterRef("post_id"), given_at__lt=OuterRef("ends_at")
    )
    over = _nobody_signed(actor, since, till).filter(Exists(before))
    found = _shifts(over.order_by("ends_at", "post_id", "id"), actor)
    told = Event.objects.filter(
        company_id=actor.company_id, name=event, noted_at__gt=since,
        subject_id__in={one.post.id for one in found},
    )  # fmt: skip
    known = set(told.values_list("subject_id", "said__until")) if found else ()
    return [one for one in found if (one.post.id, one.until.isoformat()) not in known][:most]


def _nobody_signed(actor: Actor, since: datetime, till: datetime) -> QuerySet[Duty]:
    """The duties of the company that ended between two instants, were followed by somebody's who
    was not on the same shift, and were handed over by nobody. No query."""
    held = Duty.objects.filter(company_id=actor.company_id, called_off=False)
    end = OuterRef("ends_at")
    mates = held.filter(
        post=OuterRef(OuterRef("post_id")), ends_at=OuterRef(end), person=OuterRef("person_id")
    )
    came = held.filter(
        ~Exists(mates), post=OuterRef("post_id"), ends_at__gt=end,
        starts_at__gt=end - NEXT, starts_at__lt=end + NEXT,
    )  # fmt: skip
    signed = Handover.objects.exclude(state="replaced").filter(
        company_id=actor.company_id, post=OuterRef("post_id"), until=end,
        given_at__gt=since - LATELY,  # by the index; nobody signs so long before the end
    )  # fmt: skip
    over = held.filter(ends_at__gt=since, ends_at__lte=till, post__closed_on=None)
    return over.filter(Exists(came), ~Exists(signed))


def _shifts(duties: QuerySet[Duty], actor: Actor) -> list[Missing]:
    """The duties by their shifts, in their order. One query."""
    found: dict[tuple[UUID, datetime], Missing] = {}
    for duty in duties.select_related("post__place", "post__team", "person"):
        key = (duty.post_id, duty.ends_at)
        one = found.setdefault(key, Missing(duty.post, duty.ends_at))
        one.went.append(duty.person.name_for(actor))
        one.gone.append(duty.person_id)
    return list(found.values())
