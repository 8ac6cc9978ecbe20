"""Leave, swap and stand-in: asked, agreed, approved; each with who and why."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext as _

from anju.domains.staff.commands.rostering import not_away
from anju.domains.staff.commands.telling import tell_leaders, tell_person
from anju.domains.staff.models import DutyChange
from anju.domains.staff.queries.asking import (
    comes_back,
    duties_of_leave,
    home_zone,
    swap_faults,
    works_of,
)
from anju.domains.staff.rules import LEAST_REST, LEAVE_NAMES, next_state, too_much
from anju.engine.loop.commands.work_moves import move_work
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.people.commands import change_roster, end_deputies, name_deputy
from anju.foundation.people.models import Deputy, Duty, Person
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused, Unknown
from anju.foundation.tenancy.rows import only

WHY_MOST = 400


def ask_for_leave(
    *, leave: str, starts_at: datetime, ends_at: datetime, reason: str, actor: Actor
) -> DutyChange:
    """Ask for leave (请假) for oneself, between two instants. Refuses (`NotYet`) an unknown kind,
    a personal or other one without a reason, a time that is over, and one that meets another leave
    of one's own."""
    if leave not in dict(LEAVE_NAMES):
        raise NotYet(_("Choose what kind of leave it is."), fields={"leave": _("Choose one.")})
    if ends_at <= max(starts_at, now()):
        raise NotYet(
            _("The leave must end after it begins, and not in the past."),
            fields={"last": _("Choose a later day.")},
        )
    with acting(actor):
        person = _me(actor)
        mine = DutyChange.objects.filter(person=person, kind="leave")
        mine = mine.filter(Q(state="approved") | Q(state__in=["asked", "agreed"]))
        if mine.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
            raise NotYet(
                _("You have asked for leave at this time already. Withdraw that one first."),
                fields={"first": _("Leave is asked for at this time already.")},
            )
        draft = DutyChange(
            kind="leave", leave=leave, person=person, starts_at=starts_at, ends_at=ends_at
        )
        return _asked(draft, _said(reason, must=leave in ("own", "other")), actor)


def ask_for_swap(
    duty_id: UUID, *, other: Person, other_duty_id: UUID | None, reason: str, actor: Actor
) -> DutyChange:
    """Ask a colleague to swap (换班) a shift to come for one of theirs, or, without one, to stand
    in (顶班). Refuses (`NotYet`) shifts that have begun or are not whose they should be, whoever
    would be on duty twice at once or is on leave then, and a swap that leaves somebody too little
    rest."""
    with acting(actor):
        person = _me(actor)
        duty = _to_come(duty_id, person, actor)
        theirs = _to_come(other_duty_id, other, actor) if other_duty_id else None
        if other.id == person.id or other.kind != "staff" or other.erased_at:
            raise NotYet(_("Choose a colleague."), fields={"other": _("Choose a colleague.")})
        _fits(duty, other, theirs, actor)
        if DutyChange.objects.open().filter(duty=duty).exists():
            raise NotYet(_("You have asked about this shift already. Withdraw that one first."))
        draft = DutyChange(
            kind="swap" if theirs else "stand_in", person=person, duty=duty, other=other,
            other_duty=theirs, starts_at=duty.starts_at, ends_at=duty.ends_at,
        )  # fmt: skip
        asked = _asked(draft, _said(reason), actor)
        tell_person(asked, other, "duty.asked", actor=actor)
    return asked


def agree(change_id: UUID, *, actor: Actor, version: int | None = None) -> DutyChange:
    """Agree to a swap or to stand in, as the one who was asked; `Refused` for anybody else."""
    with acting(actor):
        change = _one(change_id, actor)
        if actor.person_id is None or change.other_id != actor.person_id:
            raise Refused(_("Only the colleague who was asked can agree to this."))
        _step(change, "agree", actor, version=version)
        tell_leaders(change, actor=actor)
    return change


def refuse(change_id: UUID, *, reason: str, actor: Actor, version: int | None = None) -> DutyChange:
    """Say no, with a reason: whoever makes the roster, or the colleague who was asked."""
    with acting(actor):
        change = _one(change_id, actor)
        if actor.person_id is None or change.other_id != actor.person_id:
            actor.require("roster.edit", change.path)
        _step(change, "refuse", actor, version=version, reason=_said(reason))
        tell_person(change, change.person, "duty.refused", actor=actor)
    return change


def withdraw(change_id: UUID, *, actor: Actor, version: int | None = None) -> DutyChange:
    """Ask for it no more, as the one who asked."""
    with acting(actor):
        change = _one(change_id, actor)
        if actor.person_id is None or change.person_id != actor.person_id:
            raise Refused(_("Only whoever asked can withdraw this."))
        _step(change, "withdraw", actor, version=version)
    return change


def approve(
    change_id: UUID,
    *,
    actor: Actor,
    stands_in: Person | None = None,
    version: int | None = None,
) -> DutyChange:
    """Approve it and change the roster, all or nothing. Who was on duty before now stays.

    Leave: the duties in it are called off (one that runs ends now); with `stands_in` they and the
    work that falls into it go to that person, who is also named deputy for those days. A swap
    exchanges the two shifts; a stand-in gives one away. Refuses one's own (`NotYet`), a shift that
    has begun or changed since, whoever would be on duty twice at once or while on leave (`NotYet`).
    """
    with acting(actor):
        change = _one(change_id, actor)
        actor.require("roster.edit", change.path)
        if change.person_id == actor.person_id:
            raise NotYet(_("Somebody else approves what you ask for yourself."), code="own_work")
        took: list[Duty] = []
        if change.kind == "leave":
            took = _give_leave(change, stands_in, actor)
        else:
            _exchange(change, actor)
        _step(change, "approve", actor, version=version, stands_in=stands_in, took=took)
        tell_person(change, change.person, "duty.approved", actor=actor)
        if other := change.other or stands_in:
            tell_person(change, other, "duty.yours", actor=actor)
    return change


def end_leave(
    change_id: UUID, *, actor: Actor, reason: str = "", version: int | None = None
) -> DutyChange:
    """End an approved leave before its time (提前销假), as the one who is back or whoever makes the
    roster; one that has not begun does not take place.

    The shifts that have not begun come back: from the stand-in, else where somebody is missing.
    What runs is done to its end by whoever is there, and work that was given on stays where it is.
    The deputy ends yesterday, or never was one. Refuses (`NotYet`) what is no approved leave or is
    over.
    """
    with acting(actor):
        change = _one(change_id, actor)
        if actor.person_id is None or change.person_id != actor.person_id:
            actor.require("roster.edit", change.path)
        at = now()
        if change.kind != "leave" or change.state != "approved" or change.ends_at <= at:
            raise NotYet(_("Only an approved leave that is not over can be ended."), code="state")
        back, house = comes_back(change), Actor.machine(actor.company_id, "leave")
        on = [
            Duty(person=one.person, post=one.post, starts_at=one.starts_at, ends_at=one.ends_at)
            for one in back.duties
        ]
        change_roster(off=back.instead, on=on, actor=house)  # whoever is back makes no roster
        _end_deputy(change, house)
        begun = change.starts_at < at
        _change(change, version, {"ends_at": at} if begun else {"state": "withdrawn"})
        _told(change, "ended", actor, _said(reason, must=False))
        if actor.person_id == change.person_id:
            tell_leaders(change, "duty.back", actor=actor)
        else:
            tell_person(change, change.person, "duty.back", actor=actor)
        if change.stands_in:
            tell_person(change, change.stands_in, "duty.back", actor=actor)
    return change


def _end_deputy(change: DutyChange, house: Actor) -> None:
    """Who was named for the days of the leave stands in until yesterday, on no day where none of
    them is over."""
    zone = home_zone(change.person)
    begin, day = change.starts_at.astimezone(zone).date(), now().astimezone(zone).date()
    held = Deputy.objects.filter(person=change.person, stands_in=change.stands_in, since=begin)
    rows = held.filter(until__gte=day).select_related("person__place")
    end_deputies(rows, last=day - timedelta(days=1), actor=house)


def _fits(duty: Duty, other: Person, theirs: Duty | None, actor: Actor) -> None:
    """What a swap may not do; that a stand-in rests too little is shown to who approves it."""
    _instead(duty, other, actor)
    if theirs:
        _instead(theirs, duty.person, actor)
    found = swap_faults(duty, other, theirs)
    wrong = [one for faults in found.values() for one in faults]
    if any(one.kind == "twice" for one in wrong):
        text = _("One of you would be on duty twice at once. Choose another shift.")
        raise NotYet(text, code="twice", fields={"swap": text})
    if theirs and too_much(wrong):
        text = _(
            "One of you would rest less than %(n)d hours between two shifts. Choose another shift, "
            "or ask your leader to change the roster."
        )
        text %= {"n": LEAST_REST.total_seconds() / 3600}
        raise NotYet(text, code="rest", fields={"swap": text})


def _give_leave(change: DutyChange, stands_in: Person | None, actor: Actor) -> list[Duty]:
    """Returns the duties it takes away."""
    duties, works = list(duties_of_leave(change)), list(works_of(change))
    on = [_instead(duty, stands_in, actor) for duty in duties] if stands_in else []
    change_roster(off=duties, on=on, actor=actor)
    if stands_in is None:
        return duties
    until = change.ends_at - timedelta(microseconds=1)  # it ends at the midnight after its last day
    zone = home_zone(change.person)
    days = [at.astimezone(zone).date() for at in (change.starts_at, until)]
    name_deputy(change.person, stands_in=stands_in, since=days[0], until=days[1], actor=actor)
    why = _("stands in for %(name)s") % {"name": change.person.name_for(actor)}
    for work in works:
        said = {"person": str(stands_in.id), "reason": why}
        move_work(work.id, "assign", actor=actor, version=work.version, said=said)
    return duties


def _exchange(change: DutyChange, actor: Actor) -> None:
    pairs = [(change.duty, change.other), (change.other_duty, change.person)]
    given = [(duty, person) for duty, person in pairs if duty and person]
    for duty, _person in given:
        if duty.called_off or duty.starts_at <= now():
            raise NotYet(
                _("This shift has begun or was changed since. Ask for another one."), code="past"
            )
    change_roster(
        off=[duty for duty, _person in given],
        on=[_instead(duty, person, actor) for duty, person in given],
        actor=actor,
    )


def _instead(duty: Duty, person: Person, actor: Actor) -> Duty:
    """The same duty of somebody else. Refuses (`NotYet`) whoever is on leave then."""
    draft = Duty(person=person, post=duty.post, starts_at=duty.starts_at, ends_at=duty.ends_at)
    not_away(draft, actor=actor)
    return draft


def _me(actor: Actor) -> Person:
    own = Person.objects.seen_by(actor).filter(kind="staff")
    found = only(own.filter(id=actor.person_id)) if actor.person_id else None
    if found is None:
        raise NotYet(
            _("Your account is not tied to a staff member. Ask your project manager to do that.")
        )
    return found


def _to_come(duty_id: UUID, person: Person, actor: Actor) -> Duty:
    found = Duty.objects.seen_by(actor).standing().filter(id=duty_id, person=person)
    duty: Duty | None = found.select_related("post__place", "person__place").first()
    if duty is None or duty.starts_at <= now():
        raise NotYet(
            _("This shift has begun or was changed since. Choose one that is to come."),
            fields={"swap": _("Choose a shift that is to come.")},
        )
    return duty


def _one(change_id: UUID, actor: Actor) -> DutyChange:
    found = DutyChange.objects.seen_by(actor).select_related(
        "person__place", "other", "stands_in", "duty__post__place", "duty__person__place",
        "other_duty__post__place", "other_duty__person__place",
    )  # fmt: skip
    change = only(found.filter(id=change_id))
    if change is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return change


def _said(reason: str, *, must: bool = True) -> str:
    said = reason.strip()[:WHY_MOST]
    if must and not said:
        text = _("Say why; it is kept with what was asked.")
        raise NotYet(text, fields={"reason": text})
    return said


def _asked(draft: DutyChange, reason: str, actor: Actor) -> DutyChange:
    draft.company_id, draft.asked_at = actor.company_id, now()
    draft.save(force_insert=True)
    _told(draft, "asked", actor, reason)
    if draft.kind == "leave":
        tell_leaders(draft, actor=actor)
    return draft


def _step(
    change: DutyChange, step: str, actor: Actor, *, version: int | None, reason: str = "",
    stands_in: Person | None = None, took: Iterable[Duty] = (),
) -> None:  # fmt: skip
    state = next_state(change.kind, change.state, step)
    if state is None:
        raise NotYet(
            _("This is %(state)s; that step cannot be taken now.")
            % {"state": change.get_state_display()},
            code="state",
        )
    values: dict[str, Any] = {"state": state}
    if step in ("approve", "refuse"):
        values |= {"decided_by": actor.id, "decided_at": now(), "stands_in": stands_in}
    _change(change, version, values)
    past = {"agree": "agreed", "approve": "approved", "refuse": "refused", "withdraw": "withdrawn"}
    _told(change, past[step], actor, reason, *took)


def _change(change: DutyChange, version: int | None, values: Mapping[str, Any]) -> None:
    seen = change.version if version is None else version
    won = DutyChange.objects.filter(id=change.id, version=seen, state=change.state).update(
        version=F("version") + 1, **values
    )
    if not won:
        raise Conflict(_("Somebody has decided this meanwhile. Open the page again."))
    change.version += 1
    for name, value in values.items():
        setattr(change, name, value)


def _told(change: DutyChange, what: str, actor: Actor, reason: str, *more: Duty) -> None:
    tell(
        f"duty.{what}",
        subject=("duty_change", change.id),
        actor=actor,
        said={"kind": change.kind},
        wrote=written(change, *more),
        values={"text": reason} if reason else None,
        whose=change.person_id if reason else None,
    )
