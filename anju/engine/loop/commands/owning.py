"""Every live case has an owner with a name, and when that changes it is told once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anju.engine.loop.commands.ground import Taking, record
from anju.engine.loop.models import Case, CaseOwner, Record
from anju.engine.loop.owned import as_rules_see, cases_to_own, stages_of
from anju.engine.loop.rules import FRONT, NEXT, OWN, UPWARDS, Choice, DeskShifts, whose
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.messages.queries import Staff, holders_of_posts, staff
from anju.foundation.people.queries import desks_from
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet

BATCH = 500
AGAIN = timedelta(minutes=10)  # how soon a roster that held nobody is asked once more
SHIFT = timedelta(hours=12)  # how long who took a case without being rostered keeps it
NO_POST = UUID(int=0)
ANSWERABLE = ("concierge", "desk", "manager", "headquarters", "admin")


@dataclass(frozen=True)
class _Roster:
    """Everything a batch needs to say whose a case is, read once."""

    at: datetime
    desks: list[DeskShifts]
    holders: dict[UUID, list[UUID]]
    staff: Staff

    def of(self, path: str, stage: int, current: UUID | None) -> Choice | None:
        """By the shifts; else who holds a desk's post, else whose role it is at that place."""
        at = self.at
        if found := whose(path, self.desks, at=at, stage=stage, now_with=current):
            return found
        for desk in sorted(self.desks, key=lambda d: -len(d.path)):
            for person in self.holders.get(desk.post, []) if path.startswith(desk.path) else []:
                return Choice(desk.post, person, FRONT, at + AGAIN)
        persons = {account: person for person, account in self.staff.accounts.items()}
        for role in ANSWERABLE:
            for account in self.staff.holding(role, path, upwards=False):
                if account in persons:
                    return Choice(NO_POST, persons[account], FRONT, at + AGAIN)
        return None


def name_owners(
    cases: Sequence[UUID] | None = None, *, actor: Actor, limit: int = BATCH
) -> list[UUID]:
    """Say whose live cases are: those of `cases`, else all that have no owner or whose owner's
    shift is over; returns the cases whose owner has changed.

    Whoever is on duty at the lobby of the building owns a case; nobody there, or no answer within
    what its standard promises, and it is the next lobby's, then the front desk's. Each change is
    one event (`case.owned`, with `why`), whose listeners tell the new owner; any number may ask at
    once, nothing is told twice. Safe to repeat.
    """
    moment = now()
    with acting(actor):
        due = cases_to_own(moment, actor)
        if cases is not None:
            due = Case.objects.seen_by(actor).live().filter(id__in=cases, history=False)
        found = {case.id: case for case in due.select_related("place")[:limit]}
        if not found:
            return []
        roster = _roster(moment, actor)
        return [
            row.case_id
            for row, stage in _locked(sorted(found), moment, actor)
            if _settle(row, found[row.case_id], stage, roster, actor=actor)
        ]


def _roster(moment: datetime, actor: Actor) -> _Roster:
    desks = as_rules_see(desks_from(moment, actor=actor))
    holders = holders_of_posts({desk.post for desk in desks}, actor=actor)
    return _Roster(moment, desks, holders, staff(ANSWERABLE, actor=actor))


def _locked(
    cases: Sequence[UUID], moment: datetime, actor: Actor, *, wait: bool = False
) -> list[tuple[CaseOwner, int]]:
    """The owners' rows of these cases, held, with how far each has to go on; a row another asker
    holds is that one's business."""
    CaseOwner.objects.bulk_create(
        [
            CaseOwner(company_id=actor.company_id, case_id=id, since=moment, look_at=moment)
            for id in cases
        ],
        ignore_conflicts=True,
    )
    rows = CaseOwner.objects.select_for_update(skip_locked=not wait).filter(case_id__in=cases)
    stages = stages_of(cases, moment)
    return [(row, stages.get(row.case_id, -1)) for row in rows.order_by("case_id")]


def _settle(row: CaseOwner, case: Case, stage: int, roster: _Roster, *, actor: Actor) -> bool:
    """Whether the case has another owner now. `stage` is -1 for what has been answered."""
    moment, unanswered = roster.at, stage > row.stage
    if row.person_id and row.look_at > moment and not unanswered:
        return False
    choice = roster.of(case.place.path if case.place else "", max(stage, OWN), row.person_id)
    if choice is None or choice.person == row.person_id:
        CaseOwner.objects.filter(id=row.id).update(
            look_at=choice.until if choice else moment + AGAIN,
            stage=max(stage, choice.stage if choice else OWN),
        )
        return False
    why = "opened" if row.person_id is None else "unanswered" if unanswered else "shift"
    _hand(row, replace(choice, stage=max(stage, choice.stage)), why, actor)
    return True


def _hand(row: CaseOwner, choice: Choice, why: str, actor: Actor) -> None:
    was, was_at = row.person_id, row.post_id
    _put(row, choice)
    tell(
        "case.owned",
        subject=("case", row.case_id),
        actor=actor,
        said={
            "person": str(choice.person),
            "why": why,
            "stage": choice.stage,
            # Whether it has left its desk: else a change of shift, which the handover tells.
            "moved": why == "unanswered"
            or (row.post_id != was_at if was else choice.stage == NEXT),
        },
        wrote=written(row),
    )


def _put(row: CaseOwner, choice: Choice) -> None:
    """The one writer of an owner; the caller's event commits to the row."""
    row.person_id, row.stage, row.since = choice.person, choice.stage, now()
    row.post_id = None if choice.post == NO_POST else choice.post
    row.look_at, row.version = choice.until, row.version + 1
    row.save(update_fields=["person", "post", "stage", "since", "look_at", "version"])


def own(taking: Taking, version: int | None) -> None:
    """Whoever takes the step owns the case from now on: for their shift at a desk, else for so
    many hours (`SHIFT`). Refuses (`NotYet`) an account without a person.

    No actor: the taking names one.
    """
    case, actor, moment = _fresh(taking), taking.actor, now()
    if actor.person_id is None:
        text = _("Your account belongs to no person, so it cannot own a case.")
        raise NotYet(text, code="nobody")
    [(row, _stage)] = _locked([case.id], moment, actor, wait=True)
    mine = [
        (desk.post, until)
        for desk in _roster(moment, actor).desks
        for who, begins, until in desk.shifts
        if who == actor.person_id and begins <= moment < until
    ]
    post, until = mine[0] if mine else (NO_POST, moment + SHIFT)
    _put(row, Choice(post, actor.person_id, FRONT, until))
    taking.facts["person"] = str(actor.person_id)
    taking.changed.append(row)


def urge(taking: Taking, version: int | None) -> None:
    """Whoever works on the case, in whatever department, is asked to get on with it.

    No actor: the taking names one.
    """
    _fresh(taking)
    record(taking, "urge")


def escalate(taking: Taking, version: int | None) -> None:
    """Told one level up, and with every time one level further (`UPWARDS`).

    No actor: the taking names one.
    """
    before = Record.objects.filter(case_id=_fresh(taking).id, kind="escalation").count()
    to = UPWARDS[min(before, len(UPWARDS) - 1)]
    record(taking, "escalation", value={"to": to})
    taking.facts["to"] = to


def _fresh(taking: Taking) -> Case:
    """The case as it stands, held: neither step changes it, so a stale version does not matter."""
    case = cast(Case, taking.case)
    case.refresh_from_db(from_queryset=Case.objects.select_for_update())
    return case
