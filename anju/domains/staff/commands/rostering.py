"""Writing the roster: shifts of a post, a pattern over its people, a day of one person."""

from collections.abc import Sequence
from datetime import date, time
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from anju.domains.staff.models import Shift
from anju.domains.staff.queries import Fit, fitting, week_again, would_be
from anju.domains.staff.queries.rostering import approved_leaves
from anju.domains.staff.rules import MONTH_MOST, USUAL, Pattern
from anju.foundation.entries.commands import Change, amend, enter
from anju.foundation.lib import now
from anju.foundation.people.commands import change_roster
from anju.foundation.people.models import Duty, Person, Post
from anju.foundation.places.queries import zone_of
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet


def add_usual_shifts(post: Post, usual: str, *, actor: Actor) -> list[Shift]:
    """Give a post the shifts of a set of `USUAL`. Refuses (`NotYet`) an unknown set, (`Conflict`)
    a letter that is taken."""
    if usual not in USUAL:
        raise NotYet(_("Choose one of the sets of shifts."), fields={"usual": _("Choose one.")})
    drafts = [
        Shift(post=post, code=code, name=str(name), begins=begins, ends=ends)
        for code, name, begins, ends in USUAL[usual]
    ]
    actor.require("roster.edit", post.place.path)
    return enter(drafts, actor=actor)


def add_shift(
    post: Post, *, code: str, name: str, begins: time, ends: time, needed: int = 1, actor: Actor
) -> Shift:
    """Add a shift to a post. Refuses (`Conflict`) a letter that is taken there."""
    actor.require("roster.edit", post.place.path)
    draft = Shift(post=post, code=code, name=name, begins=begins, ends=ends, needed=needed)
    return enter([draft], actor=actor)[0]


def close_shift(shift: Shift, *, actor: Actor) -> Shift:
    """Use a shift no more; duties that stand keep their times."""
    actor.require("roster.edit", shift.post.place.path)
    today = timezone.localdate(now())
    amend([Change(shift, {"closed_on": today})], actor=actor)
    return shift


def lay(
    post: Post,
    pattern: Pattern,
    *,
    people: Sequence[Person],
    shifts: Sequence[Shift],
    first: date,
    last: date,
    actor: Actor,
) -> Fit:
    """Lay a pattern over people at a post, from a day until a day. What stands stays: whoever is on
    duty or on leave then is passed over, and counted in what is returned.

    Refuses (`NotYet`) as `would_be` does, and more than a month at once.
    """
    if not 0 <= (last - first).days < MONTH_MOST:
        raise NotYet(
            _("Choose at most %(n)d days, the last after the first.") % {"n": MONTH_MOST},
            fields={"last": _("At most a month after the first day.")},
        )
    with acting(actor):
        drafts = would_be(post, pattern, people=people, shifts=shifts, first=first, last=last)
        return _put(drafts, actor)


def copy_week(posts: Sequence[Post], monday: date, *, into: date, actor: Actor) -> Fit:
    """Put on in the week from `into` what stands in the week from `monday`, at the same times; what
    stands there stays. Refuses (`NotYet`) weeks that do not begin on the same day of the week."""
    if into <= monday or (into - monday).days % 7:
        raise NotYet(_("Copy a week into a later one."), fields={"into": _("Choose a later week.")})
    with acting(actor):
        return _put(week_again(posts, monday, into=into), actor)


def _put(drafts: Sequence[Duty], actor: Actor) -> Fit:
    fit = fitting(drafts)
    change_roster(on=fit.drafts, actor=actor)
    return fit


def set_day(
    person: Person, *, post: Post, day: date, shift: Shift | None, actor: Actor
) -> list[Duty]:
    """What a person does at a post on a day: this shift, or nothing. What has begun changes from
    now, what is over is refused (see `change_roster`); so is who is on duty elsewhere or away."""
    with acting(actor):
        zone = ZoneInfo(zone_of(post.place))
        held = Duty.objects.standing().filter(person=person, post=post, ends_at__gt=now())
        held = held.select_related("post__place", "person__place")
        there = [d for d in held if d.starts_at.astimezone(zone).date() == day]
        if shift is None:
            return change_roster(off=there, actor=actor)
        begins, ends = shift.on(day, zone)
        if any((d.starts_at, d.ends_at) == (begins, ends) for d in there):
            return []
        draft = Duty(person=person, post=post, starts_at=begins, ends_at=ends)
        not_away(draft, actor=actor)
        return change_roster(off=there, on=[draft], actor=actor)


def fill_gap(person: Person, *, shift: Shift, day: date, actor: Actor) -> list[Duty]:
    """Put a person on a shift that is short of somebody; beside what they do at the post that day,
    which stays."""
    with acting(actor):
        begins, ends = shift.on(day, ZoneInfo(zone_of(shift.post.place)))
        draft = Duty(person=person, post=shift.post, starts_at=begins, ends_at=ends)
        not_away(draft, actor=actor)
        return change_roster(on=[draft], actor=actor)


def not_away(draft: Duty, *, actor: Actor) -> None:
    """Refuse (`NotYet`) somebody whose leave holds at that time; what has begun counts from now."""
    begin = max(draft.starts_at, now())
    if approved_leaves([draft.person_id], begin, draft.ends_at).exists():
        raise NotYet(
            _("%(name)s is on leave at that time. Choose somebody else.")
            % {"name": draft.person.name_for(actor)},
            code="away",
        )
