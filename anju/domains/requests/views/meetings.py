"""Owners' meetings: their minutes, and the cases that came of them."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.requests.meetings.commands import erase_minutes, keep_minutes, open_items
from anju.domains.requests.meetings.forms import ItemForm, MinutesForm
from anju.domains.requests.meetings.models import Minutes
from anju.domains.requests.meetings.queries import minutes_counted, proposed_for
from anju.domains.requests.meetings.reading import text_of
from anju.domains.requests.views.reporting import late_categories
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import show_refusal
from anju.foundation.kit.list import Column, ListPage
from anju.foundation.places.models import Place
from anju.foundation.places.queries import communities_seen
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refusal, Unknown
from anju.foundation.tenancy.rows import only


@door("work.dispatch", methods="GET")
def meetings(request: Request) -> HttpResponseBase:
    """The minutes that were put in, the latest meeting first."""
    page = ListPage(
        request,
        minutes_counted(request.actor),
        columns=[
            Column(name="title", label=_("Meeting"), render=lambda m: m.title, look="title"),
            Column(name="place", label=_("Community"), render=lambda m: m.place),
            Column(name="held", label=_("Held on"), render=lambda m: m.held_on, sort="held_on"),
            Column(name="found", label=_("Items"), render=lambda m: m.found, numeric=True),
            Column(name="opened", label=_("Cases"), render=lambda m: m.opened or 0, numeric=True),
        ],
        sort="-held",
        row_url=lambda m: reverse("requests:meeting", args=[m.id]),
        empty=(
            _("No minutes yet"),
            _("Paste the minutes of an owners' meeting: each item becomes a case in one act."),
        ),
    )
    return page.answer() or render(request, "requests/meetings.html", {"page": page})


@door("work.dispatch")
def new_meeting(request: Request) -> HttpResponse:
    """Put minutes in, pasted or as a file; the items found in them are shown next."""
    actor = request.actor
    posted = request.method == "POST"
    form = MinutesForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        communities=communities_seen(actor),
    )
    if posted and form.is_valid():
        try:
            kept = _kept(form, actor)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(reverse("requests:meeting", args=[kept.id]))
    return render(
        request, "requests/new_meeting.html", {"form": form}, status=422 if form.errors else 200
    )


def _kept(form: MinutesForm, actor: Actor) -> Minutes:
    given = form.cleaned_data
    place = Place.objects.seen_by(actor).get(id=given["place"])
    text = text_of(given["file"].file) if given["file"] else given["text"]
    return keep_minutes(
        text, actor=actor, place=place, title=given["title"], held_on=given["held_on"]
    )


@door("work.dispatch")
def meeting(request: Request, id: UUID) -> HttpResponse:
    """The items with what is proposed for each; those that are kept become cases in one act."""
    actor = request.actor
    seen = Minutes.objects.seen_by(actor).select_related("place")
    minutes = only(seen.filter(id=id))
    if minutes is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    data = request.POST if request.method == "POST" else None
    items = proposed_for(minutes, actor)
    forms = [ItemForm(one, data=data) for one in items if not (one.item.case_id or minutes.erased)]
    wrong: Any = ""
    if data is not None:
        try:
            _opened(minutes, forms, actor)
        except Refusal as refusal:
            wrong = refusal.message
            for form in (one for one in forms if one.kept):
                for name, words in refusal.fields.items():
                    if name.startswith(f"{form.prefix}-"):
                        form.add_error(name.removeprefix(f"{form.prefix}-"), str(words))
        else:
            return HttpResponseRedirect(request.path)
    context = {
        "minutes": minutes,
        "forms": forms,
        "opened": [one.item for one in items if one.item.case_id],
        "categories": late_categories(actor) if forms else [],
        "wrong": wrong,
        "may_erase": not minutes.erased and actor.may("erase.person", minutes.place.path),
    }
    return render(request, "requests/meeting.html", context, status=422 if wrong else 200)


@door("erase.person", methods="POST")
def erase_meeting(request: Request, id: UUID) -> HttpResponse:
    """Erase the words of the minutes for good; what was opened stays."""
    erase_minutes(id, actor=request.actor)
    return HttpResponseRedirect(reverse("requests:meeting", args=[id]))


def _opened(minutes: Minutes, forms: list[ItemForm], actor: Actor) -> None:
    kept = [form for form in forms if form.kept]
    if any(form.errors for form in kept):
        raise NotYet(_("Nothing was opened: please correct the marked items."))
    open_items(minutes.id, [form.chosen() for form in kept], actor=actor)
