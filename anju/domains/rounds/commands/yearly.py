"""Telling residents what is planned for a year."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from anju.domains.rounds.models import ServicePlan
from anju.domains.rounds.yearly import differs, lines_of, published
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today
from anju.foundation.tenancy.errors import NotYet
from anju.foundation.tenancy.turns import one_at_a_time

AHEAD = 1  # years


def publish_year(
    place: Place, year: int, *, actor: Actor, without: Collection[str] = ()
) -> ServicePlan:
    """Publish the service plan of a community for a year, made of its plans in force but those
    `without` (their codes), as the next version. Refuses (`NotYet`) a year that is over or too far
    ahead, one without any plan, and what residents read already. Tells service_plan.published."""
    actor.require("plan.edit", place.path)
    now_in = today(actor.company_id).year
    if not now_in <= year <= now_in + AHEAD:
        raise NotYet(_("A service plan is published for this year or the next one."))
    with acting(actor):
        one_at_a_time("service plans", place.id)  # one version after the other
        lines, before = lines_of(place, year), published(place, year)
        if not lines:
            raise NotYet(_("This community has no plans in force. Make its plans first."))
        shown = [line.told() for line in lines if line.code not in without]
        if not shown:
            raise NotYet(_("Every plan is left out. Choose at least one that residents read."))
        if not differs(before, lines, without):
            raise NotYet(_("Residents read this already: nothing has changed since."))
        plan = ServicePlan.objects.create(
            company_id=actor.company_id, place=place, year=year, by=actor.id,
            version=before.version + 1 if before else 1, lines=shown,
            without=sorted({line.code for line in lines} & set(without)),
        )  # fmt: skip
        tell(
            "service_plan.published",
            subject=("place", place.id),
            actor=actor,
            said={"year": year, "version": plan.version, "lines": len(shown)},
            wrote=written(plan),
        )
    return plan
