"""What is done where I live this year, month by month, and what was done of it."""

from django.http import HttpResponse

from anju.domains.community.households import Household
from anju.domains.community.telling import announced_of
from anju.domains.rounds.yearly import published_at
from anju.faces.portal.looks import page
from anju.faces.portal.views.home import around, home_page
from anju.foundation.access.doors import Request
from anju.foundation.tenancy.days import today


@home_page()
def service_plan(request: Request, household: Household) -> HttpResponse:
    """The service plan of my community, as it was published."""
    paths = [home.place.path for home in household.homes]
    day = today(request.actor.company_id)
    plans = published_at(paths, day.year, actor=request.actor)
    announced = announced_of(household)
    shown = [
        (one, [(line, announced.get((one.plan.place_id, line.code), ())) for line in one.lines])
        for one in plans
    ]
    context = {**around(household), "plans": shown, "year": day.year, "month": day.month}
    return page(request, "year", context)
