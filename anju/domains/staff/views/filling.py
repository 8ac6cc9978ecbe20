"""Filling a roster: the shifts of a post, a pattern over its people, a week copied."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.staff.commands import add_shift, add_usual_shifts, close_shift, copy_week, lay
from anju.domains.staff.forms import CopyForm, LayForm, ShiftForm, UsualForm
from anju.domains.staff.queries import (
    Scope,
    fitting,
    holders_of,
    roster,
    scopes,
    shifts_of,
    week_again,
    would_be,
)
from anju.domains.staff.rules import BY_CODE
from anju.domains.staff.views.roster import chosen, grid_context, scope_of, url_of
from anju.domains.staff.words import passed_over
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import KitForm, show_refusal
from anju.foundation.lib import given_id
from anju.foundation.people.models import Duty, Post
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused, Unknown
from anju.foundation.tenancy.rows import only


@door("roster.edit")
def lay_pattern(request: Request) -> HttpResponse:
    """A pattern over the people of a post: looked at first, then laid."""
    scope = _scope(request)
    if scope is None:
        return HttpResponseRedirect(reverse("staff:roster"))
    posts = list(scope.posts(request.actor))
    form = LayForm(_given(request), posts=[(str(p.id), p.name) for p in posts])
    if not (form.is_bound and form.is_valid()):
        return _page(request, form, scope)
    given = form.cleaned_data
    post = next(p for p in posts if str(p.id) == given["post"])
    said: dict[str, Any] = {
        "people": holders_of(post, given["first"]),
        "shifts": list(shifts_of(post)),
        "first": given["first"],
        "last": given["last"],
    }
    pattern = BY_CODE[given["pattern"]]
    try:
        if request.method == "POST":
            lay(post, pattern, actor=request.actor, **said)
            return HttpResponseRedirect(url_of(scope, given["first"]))
        drafts = would_be(post, pattern, **said)
    except (NotYet, Conflict) as refusal:
        show_refusal(form, refusal)
        return _page(request, form, scope)
    return _page(request, form, scope, drafts)


@door("roster.edit")
def copy(request: Request) -> HttpResponse:
    """A week into a later one: looked at first, then put on."""
    scope = _scope(request)
    if scope is None:
        return HttpResponseRedirect(reverse("staff:roster"))
    form, posts = CopyForm(_given(request)), list(scope.posts(request.actor))
    if not (form.is_bound and form.is_valid()):
        return _page(request, form, scope)
    monday, into = form.cleaned_data["monday"], form.cleaned_data["into"]
    if request.method == "POST":
        try:
            copy_week(posts, monday, into=into, actor=request.actor)
        except (NotYet, Conflict) as refusal:
            show_refusal(form, refusal)
            return _page(request, form, scope)
        return HttpResponseRedirect(url_of(scope, into))
    return _page(request, form, scope, week_again(posts, monday, into=into))


def _scope(request: Request) -> Scope | None:
    """Whose roster is filled; None where there is neither a team nor a post yet."""
    given = request.POST or request.GET
    scope = chosen(given.get("scope", ""), scopes(request.actor))
    if scope and not request.actor.may("roster.edit", scope.place.path):
        raise Refused(_("The roster of this team is made by somebody else."))
    return scope


def _given(request: Request) -> Any:
    """What was filled in: looking at it is a GET, doing it a POST."""
    if request.method == "POST":
        return request.POST
    return request.GET if set(request.GET) - {"scope"} else None


def _page(
    request: Request,
    form: KitForm,
    scope: Scope,
    drafts: list[Duty] | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "scope": scope}
    if drafts is not None:
        fit = fitting(drafts)
        first = form.cleaned_data.get("first") or form.cleaned_data["into"]
        seen = roster(scope, first, actor=request.actor, drafts=fit.drafts)
        context = {
            **grid_context(request, seen, []), **context, "fit": fit, "may_edit": False,
            "passed": passed_over(fit), "back": url_of(scope, first),
        }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "staff/fill.html", context, status=status)


@door("roster.edit")
def shifts(request: Request, id: UUID) -> HttpResponse:
    """The shifts of a post: a usual set, one more, one used no more."""
    found = Post.objects.seen_by(request.actor).filter(id=id).select_related("place", "team")
    post = found.first()
    if post is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    held = shifts_of(post)
    what = request.POST.get("what", "")
    form = ShiftForm(request.POST if what == "shift" else None)
    usual = UsualForm(request.POST if what == "usual" else None)
    if request.method == "POST":
        try:
            if what == "close":
                close = only(held.filter(id=given_id(request.POST.get("shift", ""))))
                if close:
                    close_shift(close, actor=request.actor)
                return HttpResponseRedirect(request.path)
            if what == "usual" and usual.is_valid():
                add_usual_shifts(post, usual.cleaned_data["usual"], actor=request.actor)
                return HttpResponseRedirect(request.path)
            if what == "shift" and form.is_valid():
                add_shift(post, actor=request.actor, **form.cleaned_data)
                return HttpResponseRedirect(request.path)
        except (NotYet, Conflict) as refusal:
            show_refusal(form if what == "shift" else usual, refusal)
    scope = scope_of(post, scopes(request.actor))
    context = {
        "post": post, "shifts": list(held), "form": form, "usual": usual, "scope": scope,
    }  # fmt: skip
    wrong = form.errors or usual.errors
    return render(request, "staff/shifts.html", context, status=422 if wrong else 200)
