"""What a resident does about a matter: urge, rate, have it opened again, complain one level up."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.community.commands.matters import complain, urge
from anju.domains.community.commands.settled import rate, reopen
from anju.domains.community.households import Household
from anju.faces.portal.forms import ReasonForm
from anju.faces.portal.looks import page
from anju.faces.portal.views.home import around, home_page
from anju.faces.portal.views.mine import matter_page, one_matter
from anju.foundation.access.commands.limits import TooMany
from anju.foundation.access.doors import Request
from anju.foundation.kit.forms import show_refusal
from anju.foundation.tenancy.errors import Refusal, Unknown

NOT_GOOD = (
    gettext_lazy("It is broken again."),
    gettext_lazy("It was not put right."),
    gettext_lazy("Nobody came."),
    gettext_lazy("It was left dirty or damaged."),
)
COMPLAINTS = (
    gettext_lazy("Nobody comes."),
    gettext_lazy("It takes too long."),
    gettext_lazy("The work is not good."),
    gettext_lazy("I was treated badly."),
)


@home_page("POST")
def urge_page(request: Request, household: Household, id: UUID) -> HttpResponse:
    """One tap; the page names who has been told."""
    case = one_matter(household, id)
    try:
        found = urge(id, household=household)
    except Unknown:
        raise
    except Refusal as refusal:
        status = 429 if isinstance(refusal, TooMany) else 422
        return matter_page(request, household, case, status=status, refused=refusal.message)
    words = _("We have told %(name)s: please answer you now.") % {
        "name": found.name or _("the desk")
    }
    return matter_page(request, household, case, said=words)


@home_page("POST")
def rate_page(request: Request, household: Household, id: UUID) -> HttpResponse:
    """Good or not; who says not is asked at once whether it shall be opened again."""
    good = request.POST.get("good") == "yes"
    case = one_matter(household, id)
    try:
        rate(id, good=good, household=household)
    except Unknown:
        raise
    except Refusal as refusal:
        return matter_page(request, household, case, status=422, refused=refusal.message)
    if good:
        return matter_page(request, household, case, said=_("Thank you. We are glad it is good."))
    return HttpResponseRedirect(f"{reverse('portal:reopen', args=[id])}?rated=1")


@home_page("GET POST")
def reopen_page(request: Request, household: Household, id: UUID) -> HttpResponse:
    """Why it is not settled: one tap on a word, or one's own."""
    one_matter(household, id)
    form, status = ReasonForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        try:
            reopen(id, reason=form.said(), household=household)
        except Unknown:
            raise
        except Refusal as refusal:
            status = 422
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(reverse("portal:matter", args=[id]))
    context = {
        **around(household),
        "case": one_matter(household, id),
        "form": form,
        "presets": NOT_GOOD,
        "rated": "rated" in request.GET,
    }
    return page(request, "reopen", context, status=status)


@home_page("GET POST")
def complain_page(request: Request, household: Household, id: UUID) -> HttpResponse:
    """One level up: one tap on a word, or one's own; the page names who has been told."""
    case = one_matter(household, id)
    form, status = ReasonForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        try:
            complaint, found = complain(id, reason=form.said(), household=household)
        except Unknown:
            raise
        except Refusal as refusal:
            status = 429 if isinstance(refusal, TooMany) else 422
            show_refusal(form, refusal)
        else:
            words = _("%(name)s has your complaint. Its number: %(number)s") % {
                "name": found.above_name or _("The management"),
                "number": complaint.number,
            }
            return matter_page(request, household, case, said=words)
    context = {**around(household), "case": case, "form": form, "presets": COMPLAINTS}
    return page(request, "complain", context, status=status)
