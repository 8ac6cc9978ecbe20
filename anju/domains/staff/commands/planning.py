"""The plan of a team: sent by its leader, approved or returned by somebody else."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError
from django.db.models import F
from django.utils.translation import gettext as _

from anju.domains.staff.models import TeamPlan
from anju.domains.staff.queries.loads import loads
from anju.domains.staff.queries.rostering import Scope
from anju.domains.staff.rules import MONTH_MOST
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.people.models import Team
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown

WHY_MOST = 400


def send_plan(team: Team, first: date, last: date, *, actor: Actor) -> TeamPlan:
    """Send what a team means to do from a day until a day for approval, with the figures of now.

    What stood for the same days is replaced. Refuses (`Refused`) who does not make the roster, and
    (`NotYet`) days the wrong way round or more than a month.
    """
    actor.require("roster.edit", team.place.path)
    if not 0 <= (last - first).days < MONTH_MOST:
        raise NotYet(_("A plan is for a week or a month."))
    with acting(actor):
        scope = Scope(str(team.id), team.name, team.place, team)
        figures = [one.plain() for one in loads(scope, first, last, actor=actor)]
        standing = TeamPlan.objects.filter(team=team, first=first, last=last)
        old = list(standing.filter(state__in=["sent", "approved"]).select_for_update())
        for one in old:
            _set(one, "replaced")
        plan = TeamPlan(
            company_id=actor.company_id, team=team, first=first, last=last, figures=figures,
            sent_by=actor.id, sent_at=now(),
        )  # fmt: skip
        try:
            with acting(actor):
                plan.save(force_insert=True)
        except IntegrityError:
            raise Conflict(
                _("Somebody has sent this plan meanwhile. Open the page again.")
            ) from None
        _told("sent", plan, actor, "", *old)
    return plan


def decide_plan(
    plan_id: UUID, *, approve: bool, reason: str = "", version: int | None = None, actor: Actor
) -> TeamPlan:
    """Approve the plan of a team, or return it with a reason. Refuses (`NotYet`) one's own, one
    that does not wait, and a return without a reason; (`Conflict`) a stale version."""
    with acting(actor):
        held = TeamPlan.objects.seen_by(actor).select_related("team__place").filter(id=plan_id)
        plan: TeamPlan | None = held.first()
        if plan is None:
            raise Unknown(_("There is no such record, or you may not see it."))
        actor.require("staff.edit", plan.team.place.path)
        if plan.sent_by == actor.id:
            raise NotYet(_("Somebody else approves what you send yourself."), code="own_work")
        if plan.state != "sent" or (version is not None and version != plan.version):
            raise Conflict(_("Somebody has decided this meanwhile. Open the page again."))
        said = reason.strip()[:WHY_MOST]
        if not approve and not said:
            text = _("Say what should be different.")
            raise NotYet(text, fields={"reason": text})
        plan.decided_by, plan.decided_at = actor.id, now()
        _set(plan, "approved" if approve else "returned")
        _told(plan.state, plan, actor, "" if approve else said)
    return plan


def _set(plan: TeamPlan, state: str) -> None:
    won = TeamPlan.objects.filter(id=plan.id, version=plan.version).update(
        state=state, version=F("version") + 1, decided_by=plan.decided_by,
        decided_at=plan.decided_at,
    )  # fmt: skip
    if not won:
        raise Conflict(_("Somebody has decided this meanwhile. Open the page again."))
    plan.state, plan.version = state, plan.version + 1


def _told(what: str, plan: TeamPlan, actor: Actor, reason: str, *more: TeamPlan) -> None:
    tell(
        f"team_plan.{what}",
        subject=("team_plan", plan.id),
        actor=actor,
        said={"first": f"{plan.first}", "last": f"{plan.last}"},
        wrote=written(plan, *more),
        values={"text": reason} if reason else None,
    )
