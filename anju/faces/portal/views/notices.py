"""Announcements to a home; opening one is its receipt."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from anju.domains.community.commands.notices import mark_read
from anju.domains.community.households import Household
from anju.domains.community.queries import notices_for
from anju.faces.portal.looks import page
from anju.faces.portal.views.home import around, home_page
from anju.foundation.access.doors import Request
from anju.foundation.tenancy.errors import Unknown
from anju.foundation.tenancy.rows import only

MOST = 50


@home_page()
def notices(request: Request, household: Household) -> HttpResponse:
    """What stands now for my homes, the newest first."""
    context = {**around(household), "notices": notices_for(household)[:MOST]}
    return page(request, "notices", context)


@home_page()
def notice(request: Request, household: Household, id: UUID) -> HttpResponse:
    """One announcement."""
    shown = only(notices_for(household).filter(id=id))
    if shown is None:
        raise Unknown(_("This announcement is over or was withdrawn."))
    mark_read(shown, household=household)
    return page(request, "notice", {**around(household), "notice": shown})
