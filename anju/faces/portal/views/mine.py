"""Reporting, one's own matters, and one of them with everything a resident may do about it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.community.commands.matters import Said, Wish, report_own, say_own
from anju.domains.community.commands.settled import pulse_of
from anju.domains.community.households import Household, matters, places_to_report
from anju.domains.community.progress import progress_of
from anju.domains.community.queries import may_rate, may_reopen, story_of
from anju.domains.requests.promises import clocks_by_case
from anju.engine.loop.commands.evidence import Given
from anju.engine.loop.models import Case
from anju.engine.loop.queries import files_of
from anju.faces.portal.forms import KINDS, SayForm, WishForm
from anju.faces.portal.looks import page
from anju.faces.portal.views.home import around, home_page, with_progress
from anju.foundation.access.commands.limits import TooMany
from anju.foundation.access.doors import Request
from anju.foundation.files.queries import stored_file
from anju.foundation.files.views import Size, file_response
from anju.foundation.kit.forms import show_refusal
from anju.foundation.kit.parts import Shot
from anju.foundation.places.models import Place
from anju.foundation.tenancy.errors import Refusal, Unknown
from anju.foundation.tenancy.rows import only

MOST = 50
SENT, LOST = "sent", "lost"
SIZES: dict[str, Size] = {"400": "400", "1600": "1600"}


@home_page("GET POST")
def report(request: Request, household: Household) -> HttpResponse:
    """Photo first, then a sentence if there is one to say; where and what is answered already."""
    kinds = dict(KINDS)
    asked = request.GET.get("kind", "")
    initial = {"kind": asked if asked in kinds else "repair"}
    places = places_to_report(household)
    choices = [(str(place.id), _named(place)) for place in places]
    if choices:
        initial["place"] = choices[0][0]
    form = WishForm(request.POST or None, request.FILES or None, places=choices, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                case, refused = report_own(_wish(request, form), household=household)
            except Refusal as refusal:
                status = 429 if isinstance(refusal, TooMany) else 422
                show_refusal(form, refusal)
            else:
                return _receipt(case, refused)
    complaint = (form.data.get("kind") or initial["kind"]) != "repair"
    context = {**around(household), "form": form, "complaint": complaint}
    return page(request, "report", context, status=status)


def _wish(request: Request, form: WishForm) -> Wish:
    given = form.cleaned_data
    words = given["words"]
    if "call_me" in request.POST:  # in front, where no cut takes it away
        words = (
            _("Please call me: %(words)s") % {"words": words}
            if words.strip()
            else _("Something is wrong at home. Please call me.")
        )
    return Wish(
        kind=given["kind"],
        words=words,
        photos=[Given(str(file.name), file) for file in given["photos"]],
        place=UUID(given["place"]) if given["place"] else None,
    )


def _named(place: Place) -> str:
    if place.kind == "room":
        return _("at home, %(place)s") % {"place": place}
    return (
        _("in the building, %(place)s") % {"place": place}
        if place.kind == "building"
        else (_("outside, %(place)s") % {"place": place})
    )


def _receipt(case: Case, refused: Any) -> HttpResponse:
    lost = f"&{LOST}={len(refused)}" if refused else ""
    url = reverse("portal:matter", args=[case.id])
    return HttpResponseRedirect(f"{url}?{SENT}=1{lost}")


@home_page()
def matters_page(request: Request, household: Household) -> HttpResponse:
    """Everything reported, the newest first."""
    cases = matters(household).order_by("-at", "-id")[:MOST]
    context = {**around(household), "rows": with_progress(cases), "me": household.person.id}
    return page(request, "matters", context)


@home_page("GET POST")
def matter(request: Request, household: Household, id: UUID) -> HttpResponse:
    """One matter: where it stands, what was promised beside what happened, and a word back."""
    case = one_matter(household, id)
    form = SayForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            photos = [Given(str(file.name), file) for file in form.cleaned_data["photos"]]
            try:
                refused = say_own(id, Said(form.cleaned_data["words"], photos), household=household)
            except Refusal as refusal:
                status = 429 if isinstance(refusal, TooMany) else 422
                show_refusal(form, refusal)
            else:
                lost = f"?{LOST}={len(refused)}" if refused else ""
                return HttpResponseRedirect(f"{request.path}{lost}#story")
    return matter_page(request, household, case, form=form, status=status)


def matter_page(
    request: Request,
    household: Household,
    case: Case,
    *,
    form: SayForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page of one matter; `more` is what a step has to say on it."""
    works = list(case.work.select_related("person").order_by("id"))
    lost = request.GET.get(LOST, "")
    context = {
        **around(household),
        "case": case,
        "progress": progress_of(case, works, clocks_by_case([case.id])[case.id]),
        "story": story_of(case, actor=request.actor, mine={request.actor.id}),
        "shots": _shots(case),
        "pulse": pulse_of(case),
        "may_rate": may_rate(case),
        "may_reopen": may_reopen(case),
        "may_urge": case.state == "open",
        "settled": case.state in ("answered", "closed"),
        "form": form or SayForm(),
        "fresh": SENT in request.GET,
        "lost": int(lost) if lost.isascii() and lost.isdigit() and len(lost) < 3 else 0,
        **more,
    }
    return page(request, "matter", context, status=status)


def one_matter(household: Household, id: UUID) -> Case:
    """A matter of the household; Unknown for everybody else's."""
    case = only(matters(household).filter(id=id))
    if case is None:
        raise Unknown(_("There is no such matter, or it is not yours."))
    return case


def _shots(case: Case) -> list[Shot]:
    """Photos of the matter, drawn smaller and without what the camera wrote into them."""
    records = [one for one in case.records.order_by("noted_at", "id") if one.file_id]
    files = files_of(records)
    return [
        Shot(
            caption=_("photo %(n)s") % {"n": n},
            url=f"{reverse('portal:photo', args=[case.id, one.id])}?size=1600",
            thumb=f"{reverse('portal:photo', args=[case.id, one.id])}?size=400",
        )
        for n, one in enumerate(records, 1)
        if one.file_id in files
        and files[one.file_id].is_picture
        and files[one.file_id].erased_at is None
    ]


@home_page()
def photo(request: Request, household: Household, id: UUID, record: UUID) -> HttpResponseBase:
    """One photo of a matter of the household; never the original, which may say where it was
    taken."""
    case = one_matter(household, id)
    found = only(case.records.filter(id=record, file_id__isnull=False))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    file = stored_file(found.file_id, actor=request.actor)
    if not file.is_picture:
        raise Unknown(_("There is no such file, or you may not see it."))
    return file_response(file, size=SIZES.get(request.GET.get("size", ""), "1600"))
