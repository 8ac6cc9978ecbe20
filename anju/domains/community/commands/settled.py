"""What may be said of a matter that is settled: was it good, and if not, open it again. By the
household it is owed to, or by whoever holds its secret link."""

from dataclasses import replace
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anju.domains.community.answering import answering_for
from anju.domains.community.commands.matters import notify, theirs
from anju.domains.community.households import Household, path_of
from anju.domains.community.queries import may_rate, may_reopen
from anju.domains.community.rules import REOPEN_DAYS
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.models import Case, Record
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet


def rate(case_id: UUID, *, good: bool, household: Household) -> Record:
    """Answer the one question, once for each time the matter was settled: was it good?

    No actor: the household names who is signed in. Refuses (`Unknown`) another's matter, (`NotYet`)
    one that is not settled, was settled more than 30 days ago, or has been rated.
    """
    with acting(household.actor):
        return _rated(theirs(case_id, household, lock=True), good, actor=household.actor)


def rate_linked(case: Case, *, good: bool, actor: Actor) -> Record:
    """The same by the holder of the matter's link: the caller has asked that. Refuses as `rate`."""
    with acting(actor):
        locked = Case.objects.select_for_update(of=("self",)).select_related("place")
        return _rated(locked.get(company_id=actor.company_id, id=case.id), good, actor=actor)


def _rated(case: Case, good: bool, *, actor: Actor) -> Record:
    at = now()
    settled = case.answered_at or case.closed_at
    if case.state not in ("answered", "closed") or settled is None:
        raise NotYet(_("Please rate it when the work is done. You will find the question here."))
    if not may_rate(case):
        raise NotYet(
            _("It was settled more than 30 days ago. Thank you; report anew what is not good.")
        )
    if pulse_of(case) is not None:
        raise NotYet(_("You have rated this already. Thank you; each matter is rated once."))
    made = Record.objects.create(
        company_id=actor.company_id,
        case=case,
        kind="pulse",
        verdict="pass" if good else "fail",
        judge="resident",
        by=actor.id,
        at=at,
    )
    tell(
        "case.rated",
        subject=("case", case.id),
        actor=actor,
        at=at,
        said={"good": good},
        wrote=written(made),
    )
    if not good:
        above = answering_for(case, actor=actor)
        notify("case.rated", case, above.accounts + above.above, actor=actor)
    return made


def pulse_of(case: Case) -> Record | None:
    """The answer to the one question since the matter was last settled. One query.

    No actor: the caller has found the case as its own.
    """
    settled = case.answered_at or case.closed_at
    found = Record.objects.filter(case_id=case.id, kind="pulse").order_by("-at", "-id").first()
    return found if found and settled and found.at >= settled else None


def reopen(case_id: UUID, *, reason: str, household: Household) -> Case:
    """Have a settled matter opened again, within 15 days.

    No actor: the household names who is signed in. Refuses (`Unknown`) another's matter, (`NotYet`)
    one that is open, one settled longer ago, and a missing reason.
    """
    with acting(household.actor):
        case = theirs(case_id, household)
        return _reopened(case, reason, actor=household.hand(path_of(case)))


def reopen_linked(case: Case, *, reason: str, actor: Actor) -> Case:
    """The same by the holder of the matter's link: the caller has asked that. Refuses as
    `reopen`."""
    may = {**actor.grants, "case.reopen": (path_of(case),)}
    return _reopened(case, reason, actor=replace(actor, grants=may))


def _reopened(case: Case, reason: str, *, actor: Actor) -> Case:
    settled = case.closed_at or case.answered_at
    if settled and not may_reopen(case):
        day = timezone.localtime(settled + REOPEN_DAYS)
        raise NotYet(
            gettext(
                "It could be opened again until %(day)s. Report it as a new matter and name "
                "the number %(number)s: the desk will put the two together."
            )
            % {"day": f"{day:%Y-%m-%d}", "number": case.number},
            code="too_late",
        )
    if not reason.strip():
        text = _("Say in a word what is not good, so that we send the right person.")
        raise NotYet(text, fields={"reason": text})
    return move_case(case.id, "reopen", actor=actor, said={"reason": reason.strip()[:2000]})
