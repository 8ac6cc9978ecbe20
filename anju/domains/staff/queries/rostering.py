"""The roster of some posts in a month: who is on which shift, and what is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from anju.domains.staff.models import DutyChange, Shift
from anju.domains.staff.rules import (
    DAY,
    Fault,
    Pattern,
    Span,
    faults,
    hours_of,
    laid,
    least_present,
    span,
)
from anju.foundation.lib import now
from anju.foundation.people.models import Assignment, Duty, Person, Post, Team
from anju.foundation.places.models import Place, under
from anju.foundation.places.queries import zone_of
from anju.foundation.places.rules import ancestors
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet

AROUND = timedelta(days=8)  # so that weeks and rests at the edges are seen whole


@dataclass(frozen=True)
class Scope:
    """What one roster is about: a team, or the posts of a community that belong to none."""

    key: str
    name: str
    place: Place
    team: Team | None = None

    def posts(self, actor: Actor) -> QuerySet[Post]:
        """Its posts, by code."""
        held = Post.objects.seen_by(actor).filter(closed_on=None).order_by("code")
        if self.team:
            return held.filter(team=self.team)
        return held.filter(under([self.place.path], "place__path"), team=None)


def scopes(actor: Actor) -> list[Scope]:
    """The rosters where the actor may see staff, by community. Three queries."""
    teams = Team.objects.seen_by(actor).filter(closed_on=None).select_related("place")
    found = [Scope(str(team.id), team.name, team.place, team) for team in teams]
    loose = Post.objects.seen_by(actor).filter(closed_on=None, team=None)
    paths = {path for p in loose.values_list("place__path", flat=True) for path in ancestors(p)}
    tops = Place.objects.filter(company_id=actor.company_id, kind="community", path__in=paths)
    found += [Scope(str(place.id), _("posts without a team"), place) for place in tops]
    return sorted(found, key=lambda s: (s.place.path, s.team is None, s.name))


@dataclass
class Cell:
    """What somebody does at a post on a day. `elsewhere`: on duty at another post. `open`: still to
    come, so that it can be changed."""

    day: date
    duties: list[Duty] = field(default_factory=list)
    text: str = ""
    leave: str = ""
    elsewhere: bool = False
    open: bool = True
    faults: list[Fault] = field(default_factory=list)


@dataclass
class Line:
    """A person's days at a post, and the hours of the month there."""

    person: Person
    name: str
    cells: list[Cell]
    hours: float = 0


@dataclass(frozen=True)
class Count:
    """How many are on a shift of a day; `short` of what it needs, until it is `over`."""

    day: date
    n: int
    short: int
    over: bool


@dataclass
class Section:
    """A post: its shifts, its people, and for every shift how many are on it."""

    post: Post
    shifts: list[Shift]
    lines: list[Line]
    covers: list[tuple[Shift, list[Count]]]

    @property
    def gaps(self) -> list[tuple[Shift, Count]]:
        """The shifts to come that are short of somebody, in order."""
        short = ((shift, one) for shift, counts in self.covers for one in counts if one.short)
        return sorted(short, key=lambda g: (g[1].day, g[0].begins))


@dataclass
class Roster:
    """The month of a scope. `faults`: whose duties break which limit, from now on."""

    scope: Scope
    days: list[date]
    zone: ZoneInfo
    today: date
    sections: list[Section]
    faults: list[tuple[str, Fault]]

    @property
    def gaps(self) -> list[tuple[Post, Shift, Count]]:
        """All gaps of all posts, in order."""
        found = [(s.post, shift, one) for s in self.sections for shift, one in s.gaps]
        return sorted(found, key=lambda g: (g[2].day, g[1].begins, g[0].code))


def roster(scope: Scope, first: date, *, actor: Actor, drafts: Sequence[Duty] = ()) -> Roster:
    """The month that begins on `first`; `drafts` are shown as if they stood. Nine queries."""
    zone = ZoneInfo(zone_of(scope.place))
    days = days_of(first)
    begin, end = _midnight(days[0], zone), _midnight(days[-1] + DAY, zone)
    posts = list(scope.posts(actor))
    held = _held(posts, days)
    at_posts = Duty.objects.between(begin, end).filter(post__in=posts)
    people = {person for ids in held.values() for person in ids}
    people |= set(at_posts.values_list("person_id", flat=True)) | {d.person_id for d in drafts}
    duties = [
        *Duty.objects.between(begin - AROUND, end + AROUND).filter(person__in=people), *drafts,
    ]  # fmt: skip
    named = {p.id: p for p in Person.objects.filter(id__in=people).order_by("pinyin", "id")}
    leaves = list(approved_leaves(people, begin, end))
    by_post: dict[UUID, list[Shift]] = {}
    for shift in Shift.objects.filter(post__in=posts, closed_on=None).order_by("begins", "code"):
        by_post.setdefault(shift.post_id, []).append(shift)
    wrong = {
        person: faults([(d.starts_at, d.ends_at) for d in duties if d.person_id == person], zone)
        for person in people
    }
    look = _Look(days, zone, now(), actor, duties, leaves, wrong)
    sections = []
    for post in posts:
        here = dict.fromkeys([*held.get(post.id, []), *look.people_at(post)])
        people_here = [named[id] for id in here if id in named]
        sections.append(_section(post, by_post.get(post.id, []), people_here, look))
    told = [(named[p].name_for(actor), f) for p, found in wrong.items() for f in found
            if begin <= f.at < end and f.at >= look.at]  # fmt: skip
    told.sort(key=lambda one: (one[1].at, one[0]))
    return Roster(scope, days, zone, look.at.astimezone(zone).date(), sections, told)


def days_of(first: date) -> list[date]:
    """The days of the month of a day."""
    day = first.replace(day=1)
    found = []
    while day.month == first.month:
        found.append(day)
        day += DAY
    return found


@dataclass(frozen=True)
class _Look:
    """What all sections share."""

    days: list[date]
    zone: ZoneInfo
    at: datetime
    actor: Actor
    duties: list[Duty]
    leaves: list[DutyChange]
    wrong: Mapping[UUID, list[Fault]]

    def people_at(self, post: Post) -> Iterator[UUID]:
        """Whoever has a duty at a post in the month."""
        for duty in self.duties:
            day = duty.starts_at.astimezone(self.zone).date()
            if duty.post_id == post.id and self.days[0] <= day <= self.days[-1]:
                yield duty.person_id


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _held(posts: Sequence[Post], days: Sequence[date]) -> dict[UUID, list[UUID]]:
    """Who holds each post on some day of the month, in the order in which they came."""
    rows = Assignment.objects.filter(post__in=posts).exclude(since__gt=days[-1])
    rows = rows.exclude(until__lt=days[0]).order_by("since", "id")
    found: dict[UUID, list[UUID]] = {}
    for post, person in rows.values_list("post_id", "person_id"):
        found.setdefault(post, []).append(person)
    return found


def _section(post: Post, shifts: list[Shift], people: list[Person], look: _Look) -> Section:
    here = [(d.starts_at, d.ends_at) for d in look.duties if d.post_id == post.id]
    covers = [(shift, [_count(shift, day, here, look) for day in look.days]) for shift in shifts]
    return Section(post, shifts, [_line(post, shifts, one, look) for one in people], covers)


def _count(shift: Shift, day: date, here: Sequence[Span], look: _Look) -> Count:
    begin, end = shift.on(day, look.zone)
    n = least_present(here, (max(begin, min(look.at, end)), end))
    over = end <= look.at
    return Count(day, n, 0 if over else max(0, shift.needed - n), over)


def _line(post: Post, shifts: Sequence[Shift], person: Person, look: _Look) -> Line:
    mine = [d for d in look.duties if d.person_id == person.id]
    cells = {day: Cell(day) for day in look.days}
    line = Line(person, person.name_for(look.actor), list(cells.values()))
    for duty in sorted(mine, key=lambda d: d.starts_at):
        cell = cells.get(duty.starts_at.astimezone(look.zone).date())
        if cell is None:
            continue
        if duty.post_id != post.id:
            cell.elsewhere = True
            continue
        cell.duties.append(duty)
        cell.text = " ".join(filter(None, [cell.text, letter(duty, shifts, look.zone)]))
        line.hours += hours_of([(duty.starts_at, duty.ends_at)])
    for fault in look.wrong.get(person.id, []):
        cell = cells.get(fault.at.astimezone(look.zone).date())
        if cell and cell.duties:
            cell.faults.append(fault)
    for leave in (one for one in look.leaves if one.person_id == person.id):
        for day, cell in cells.items():
            if leave.starts_at < _midnight(day + DAY, look.zone) and leave.ends_at > _midnight(
                day, look.zone
            ):
                cell.leave = leave.get_leave_display()
    for cell in line.cells:
        ends = [d.ends_at for d in cell.duties]
        cell.open = max([*ends, _midnight(cell.day + DAY, look.zone)]) > look.at
    return line


def letter(duty: Duty, shifts: Iterable[Shift], zone: ZoneInfo) -> str:
    """The letter of the shift whose times a duty has, else its hours."""
    begins, ends = duty.starts_at.astimezone(zone), duty.ends_at.astimezone(zone)
    for shift in shifts:
        if shift.on(begins.date(), zone) == (begins, ends):
            return shift.code
    return f"{begins:%H}-{ends:%H}"


def shifts_of(post: Post) -> QuerySet[Shift]:
    """The shifts a post has, the earliest first."""
    held = Shift.objects.filter(post=post, closed_on=None).select_related("post__place")
    return held.order_by("begins", "code")


def holders_of(post: Post, day: date) -> list[Person]:
    """Who holds a post on a day, who came first on top. One query."""
    held = Assignment.objects.on(day).filter(post=post, person__erased_at=None)
    return [one.person for one in held.select_related("person").order_by("since", "id")]


def approved_leaves(people: Iterable[UUID], begin: datetime, end: datetime) -> QuerySet[DutyChange]:
    """The leaves of people that hold at some instant between two. One query."""
    return DutyChange.objects.filter(
        kind="leave", state="approved", person__in=list(people), starts_at__lt=end,
        ends_at__gt=begin,
    )  # fmt: skip


def would_be(
    post: Post,
    pattern: Pattern,
    *,
    people: Sequence[Person],
    shifts: Sequence[Shift],
    first: date,
    last: date,
) -> list[Duty]:
    """The duties (unsaved) that a pattern gives people at a post from a day until a day. The shifts
    count from the earliest, as the pattern's do. Refuses (`NotYet`) too few shifts or nobody."""
    if not people or len(shifts) < pattern.shifts:
        raise NotYet(
            _("This pattern needs %(n)d shifts and at least one person at the post.")
            % {"n": pattern.shifts},
            fields={"pattern": _("It does not fit this post.")},
        )
    zone = ZoneInfo(zone_of(post.place))
    found = []
    for person, day, n in laid(pattern, len(people), (last - first).days + 1):
        begin, end = shifts[n - 1].on(first + timedelta(days=day), zone)
        found.append(Duty(person=people[person], post=post, starts_at=begin, ends_at=end))
    return sorted(found, key=lambda duty: duty.starts_at)


def week_again(posts: Sequence[Post], monday: date, *, into: date) -> list[Duty]:
    """The duties (unsaved) of the week from `monday` at posts, at the same times of the week from
    the day `into`. A query, and two for each post's zone."""
    found: list[Duty] = []
    for post in posts:
        zone = ZoneInfo(zone_of(post.place))
        begin, end = _midnight(monday, zone), _midnight(monday + 7 * DAY, zone)
        week = Duty.objects.between(begin, end).filter(post=post, starts_at__gte=begin)
        for duty in week.select_related("person"):
            begins, ends = duty.starts_at.astimezone(zone), duty.ends_at.astimezone(zone)
            starts_at, ends_at = span(
                begins.date() + (into - monday), begins.time(), ends.time(), zone
            )
            found.append(Duty(person=duty.person, post=post, starts_at=starts_at, ends_at=ends_at))
    return sorted(found, key=lambda duty: duty.starts_at)


@dataclass(frozen=True)
class Fit:
    """What of drafts can be put on, and what is passed over: those that have begun, of people on
    duty already, of people on leave."""

    drafts: list[Duty]
    begun: int
    busy: int
    away: int


def fitting(drafts: Sequence[Duty]) -> Fit:
    """Which drafts can be put on as they are. Two queries."""
    if not drafts:
        return Fit([], 0, 0, 0)
    at, people = now(), {d.person_id for d in drafts}
    begin, end = min(d.starts_at for d in drafts), max(d.ends_at for d in drafts)
    taken: dict[UUID, list[Span]] = {}
    for duty in Duty.objects.between(begin, end).filter(person__in=people):
        taken.setdefault(duty.person_id, []).append((duty.starts_at, duty.ends_at))
    away: dict[UUID, list[Span]] = {}
    for leave in approved_leaves(people, begin, end):
        away.setdefault(leave.person_id, []).append((leave.starts_at, leave.ends_at))
    fit: list[Duty] = []
    passed = {"begun": 0, "busy": 0, "away": 0}
    for draft in drafts:
        mine = (draft.starts_at, draft.ends_at)
        if draft.starts_at < at:
            passed["begun"] += 1
        elif _meets(mine, away.get(draft.person_id, [])):
            passed["away"] += 1
        elif _meets(mine, taken.get(draft.person_id, [])):
            passed["busy"] += 1
        else:
            taken.setdefault(draft.person_id, []).append(mine)
            fit.append(draft)
    return Fit(fit, **passed)


def _meets(one: Span, others: Iterable[Span]) -> bool:
    return any(begin < one[1] and end > one[0] for begin, end in others)
