"""Pages of ledgers: the list, how each is kept, and its months."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.ledgers.commands import change_ledger, end_ledger, open_ledger, review_month
from anju.domains.ledgers.forms import LedgerForm
from anju.domains.ledgers.models import Ledger
from anju.domains.ledgers.queries import Standing, ledgers_standing, months_of, sheet_of
from anju.domains.ledgers.rules import STATE_NAMES
from anju.domains.ledgers.shipped import BY_CODE, SHELF
from anju.engine.forms.models import Form
from anju.foundation.access.doors import Request, door
from anju.foundation.access.queries import names_of
from anju.foundation.kit.filters import Filter, equals
from anju.foundation.kit.forms import show_refusal
from anju.foundation.kit.list import Column, ListPage
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.lib import given_id
from anju.foundation.people.models import Post
from anju.foundation.places.models import Place, under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refusal, Unknown
from anju.foundation.tenancy.rows import only


def the_ledger(id: UUID, actor: Actor) -> Ledger:
    """The one of this id that the actor may see. Raises `Unknown`."""
    found = only(Ledger.objects.seen_by(actor).select_related("place", "post").filter(id=id))
    if found is None:
        raise Unknown(_("There is no such ledger, or you may not see it."))
    return found


@door("ledger.see", methods="GET")
def ledgers(request: Request) -> HttpResponseBase:
    """Every ledger: who keeps it, what is open in it, what nobody looked through."""
    standing: dict[UUID, Standing] = {}
    page = ListPage(
        request,
        Ledger.objects.seen_by(request.actor).select_related("place", "post"),
        columns=[
            Column(
                name="name", label=_("Ledger"), render=lambda one: one.name, look="title",
                sort="name",
            ),
            Column(name="code", label=_("Code"), render=lambda one: one.code, look="mute desk"),
            Column(name="place", label=_("Community"), render=lambda one: str(one.place)),
            Column(
                name="post", label=_("Kept by"), look="desk",
                render=lambda one: str(one.post) if one.post else "—",
            ),
            Column(
                name="last", label=_("Last line"),
                render=lambda one: tags.when(standing[one.id].last),
                value=lambda one: standing[one.id].last,
            ),
            Column(
                name="lines", label=_("Lines"), render=lambda one: one.count, numeric=True,
                look="desk",
            ),
            Column(
                name="open", label=_("Open"), look="mark",
                render=lambda one: _open(standing[one.id]),
                value=lambda one: standing[one.id].open,
            ),
            Column(
                name="unread", label=_("Months not looked through"), numeric=True, look="desk",
                render=lambda one: standing[one.id].unread or "—",
                value=lambda one: standing[one.id].unread,
            ),
        ],
        filters=[
            Filter(name="state", label=_("State"), apply=equals("state"), choices=STATE_NAMES),
        ],
        sort="name",
        row_url=lambda one: reverse("ledgers:ledger", args=[one.id]),
        file=(_("ledgers"),),
        beside=lambda rows: standing.update(ledgers_standing(rows)),
        empty=(
            _("No ledgers yet"),
            _("Begin with one of the shelf: visitors, keys, goods, the fire control room."),
        ),
    )  # fmt: skip
    context = {"page": page, "may_edit": request.actor.may("ledger.edit")}
    return page.answer() or render(request, "ledgers/ledgers.html", context)


def _open(one: Standing) -> Any:
    if one.overdue:
        return tags.tag(_("%(n)d overdue") % {"n": one.overdue}, "bad", "clock")
    return tags.tag(_("%(n)d open") % {"n": one.open}, "info") if one.open else "—"


@door("ledger.edit")
def new_ledger(request: Request) -> HttpResponse:
    """A ledger of a community; with several, the community is chosen first."""
    actor = request.actor
    standing = Place.objects.seen_by(actor).standing().filter(kind="community").order_by("path")
    mine = [place for place in standing if actor.may("ledger.edit", place.path)]
    asked = given_id(request.GET.get("place", ""))
    place = next((one for one in mine if one.id == asked), mine[0] if len(mine) == 1 else None)
    if place is None:
        return render(request, "ledgers/where.html", {"communities": mine})
    shelved = BY_CODE.get(request.GET.get("from", ""))
    sheet = sheet_of(shelved.form if shelved else request.GET.get("form", ""), actor)
    if sheet is None:
        return _choose(request, place)
    posts, initial = _posts(place, actor), {"name": sheet.name}
    if shelved:
        usual = next((one for one in posts if one.code.startswith(shelved.post or "\0")), None)
        initial = {
            "code": shelved.code, "name": shelved.name, **shelved.kept,
            "post": str(usual.id) if usual else "",
        }  # fmt: skip
    form = _form(request, posts, sheet=sheet, initial=initial, first=True)
    if form.is_bound and form.is_valid():
        try:
            made = open_ledger(place, form.cleaned_data["code"], form.kept(), actor=actor)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(reverse("ledgers:ledger", args=[made.id]))
    context = {"form": form, "sheet": sheet, "place": place, "title": _("New ledger")}
    return render(request, "ledgers/form.html", context, status=422 if form.errors else 200)


def _choose(request: Request, place: Place) -> HttpResponse:
    """What it is begun with: one of the shelf, or any form in force."""
    there = Ledger.objects.seen_by(request.actor).filter(place=place)
    codes = set(there.values_list("code", flat=True))
    papers = Form.objects.seen_by(request.actor).in_force().order_by("name")
    context = {
        "place": place,
        "shelf": [one for one in SHELF if one.code not in codes],
        "papers": papers.values_list("code", "name"),
    }
    return render(request, "ledgers/choose.html", context)


@door("ledger.edit")
def edit_ledger(request: Request, id: UUID) -> HttpResponse:
    """How a ledger is kept from now on."""
    found = the_ledger(id, request.actor)
    request.actor.require("ledger.edit", found.place.path)
    sheet = sheet_of(found.form, request.actor)
    if sheet is None:
        return gone(request, found)
    names = ("name", "ends_with", "within", "signers", "certificate", "personal",
             "keep_days", "version")  # fmt: skip
    initial = {name: getattr(found, name) for name in names}
    initial["post"] = str(found.post_id or "")
    posts = _posts(found.place, request.actor)
    form = _form(request, posts, sheet=sheet, initial=initial, first=False)
    if form.is_bound and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            change_ledger(id, form.kept(), actor=request.actor, version=version)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(reverse("ledgers:ledger", args=[id]))
    context = {
        "form": form, "sheet": sheet, "ledger": found, "title": _("Change this ledger"),
    }  # fmt: skip
    return render(request, "ledgers/form.html", context, status=422 if form.errors else 200)


def _posts(place: Place, actor: Actor) -> list[Post]:
    mine = Post.objects.seen_by(actor).filter(under([place.path], "place__path"))
    return list(mine.order_by("code"))


def _form(request: Request, posts: list[Post], **more: Any) -> LedgerForm:
    return LedgerForm(request.POST if request.method == "POST" else None, posts=posts, **more)


def gone(request: Request, found: Ledger, *, words: Any = "") -> HttpResponse:
    """What cannot be done with a ledger, in words; without any, that its form is not in force."""
    words = words or _("The form of this ledger is not in force any more. Put it in force again.")
    context = {"ledger": found, "wrong": words}
    return render(request, "ledgers/ended.html", context, status=422)


@door("ledger.edit", methods="POST")
def end(request: Request, id: UUID) -> HttpResponse:
    """Write in it no more."""
    found = the_ledger(id, request.actor)
    try:
        end_ledger(id, actor=request.actor)
    except NotYet as refusal:
        return gone(request, found, words=refusal.message)
    return HttpResponseRedirect(reverse("ledgers:ledgers"))


@door("ledger.see")
def months(request: Request, id: UUID) -> HttpResponse:
    """The months that are over: what each held, and who looked it through with what to say."""
    found, actor = the_ledger(id, request.actor), request.actor
    wrong, asked = "", ""
    if request.method == "POST":
        asked = request.POST.get("month", "")
        words = request.POST.get("words", "")
        try:
            month = date.fromisoformat(asked)
        except ValueError:
            raise Unknown(_("There is no such month. Open the page again.")) from None
        try:
            review_month(id, month, actor=actor, words=words)
        except (NotYet, Conflict) as refusal:
            wrong = str(refusal.message)
        else:
            return HttpResponseRedirect(reverse("ledgers:months", args=[id]))
    held = months_of(found)
    names = names_of([one.review.by for one in held if one.review], actor=actor)
    context = {
        "ledger": found,
        "rows": [(one, names.get(one.review.by, "") if one.review else "") for one in held],
        "may_review": actor.may("ledger.edit", found.place.path),
        "wrong": wrong,
        "asked": asked,
        "typed": request.POST.get("words", ""),
    }
    return render(request, "ledgers/months.html", context, status=422 if wrong else 200)
