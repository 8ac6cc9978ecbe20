"""Following one report by its secret link: where it stands, a word more, the end of the link."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from anju.domains.community.commands.landing import stranger
from anju.domains.community.commands.links import revoke_links
from anju.domains.community.commands.matters import Said, say
from anju.domains.community.commands.settled import pulse_of, rate_linked, reopen_linked
from anju.domains.community.progress import progress_of
from anju.domains.community.queries import (
    case_by_id,
    case_of_link,
    desk_line,
    may_rate,
    may_reopen,
    story_of,
)
from anju.domains.community.rules import SAYINGS
from anju.domains.requests.promises import clocks_by_case
from anju.engine.loop.commands.evidence import Given
from anju.engine.loop.models import Case
from anju.faces.portal.forms import ReasonForm, SayForm
from anju.faces.portal.looks import page
from anju.faces.portal.views.landing import JUST_NOW, LOST
from anju.faces.portal.views.steps import NOT_GOOD
from anju.foundation.access.commands.limits import TooMany, take
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import show_refusal
from anju.foundation.places.queries import full_name, zone_of
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Refusal, Unknown


@never_cache
@door(anonymous=True)
def follow(request: Request, token: str) -> HttpResponse:
    """One case, for whoever holds its link. A POST answers whether it is good, has it
    opened again, adds words and photos, or ends the link."""
    held = case_of_link(token)
    if held is None:
        return page(request, "link_over", {}, status=404)
    house = Actor.machine(held.company, "link")
    with acting(house):
        case = case_by_id(held.case, actor=house)
        if case is None or case.place is None:
            raise Unknown(_("There is no such record, or you may not see it."))
        someone = stranger(held.company, case.place.path)
        zone = zone_of(case.place)
    if request.method == "POST" and "stop" in request.POST:
        revoke_links(case.id, actor=someone)
        return page(request, "link_over", {"ended": True})
    again = "again" in request.POST
    form = SayForm(None if again else request.POST or None, request.FILES or None)
    why = ReasonForm(request.POST if again else None)
    refused, status = "", 200
    if request.method == "POST":
        status = 422
        try:
            if done := _done(request, case, form, why, actor=someone):
                return HttpResponseRedirect(request.path + done)
        except Refusal as refusal:
            status = 429 if isinstance(refusal, TooMany) else 422
            if "good" in request.POST:
                refused = str(refusal.message)
            else:
                show_refusal(why if again else form, refusal)
    with acting(someone), timezone.override(zone):
        context = {**_shown(case, someone), "form": form, "why": why, "refused": refused}
        context["lost"] = _number(request.GET.get(LOST, ""))
        context["fresh"] = JUST_NOW in request.GET
        context["url"] = request.build_absolute_uri(request.path)
        return page(request, "follow", context, status=status)


def _done(request: Request, case: Case, form: SayForm, why: ReasonForm, *, actor: Actor) -> str:
    """Do what was asked: answer the one question, open the matter again, or add a word and photos;
    where to go on. Nothing, where a form is not yet right."""
    take([(SAYINGS, str(case.id))])
    if "good" in request.POST:
        rate_linked(case, good=request.POST["good"] == "yes", actor=actor)
        return "#pulse"
    if why.is_bound:
        if not why.is_valid():
            return ""
        reopen_linked(case, reason=why.said(), actor=actor)
        return "#story"
    if not form.is_valid():
        return ""
    photos = [Given(str(f.name), f) for f in form.cleaned_data["photos"]]
    refused = say(case.id, Said(form.cleaned_data["words"], photos), actor=actor)
    return (f"?{LOST}={len(refused)}" if refused else "") + "#story"


def _shown(case: Case, actor: Actor) -> dict[str, object]:
    works = list(case.work.select_related("person").order_by("id"))
    path = case.place.path if case.place else ""
    return {
        "settled": case.state in ("answered", "closed"),
        "pulse": pulse_of(case),
        "may_rate": may_rate(case),
        "may_reopen": may_reopen(case),
        "presets": NOT_GOOD,
        "case": case,
        "place": full_name(case.place) if case.place else "",
        "line": desk_line(path, actor=actor),
        "progress": progress_of(case, works, clocks_by_case([case.id])[case.id], names=False),
        "story": story_of(case, actor=actor, mine={actor.id}, names=False),
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 0
