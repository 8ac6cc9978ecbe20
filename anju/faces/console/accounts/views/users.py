"""Users and roles, for those who keep them."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.faces.console.accounts.forms import RoleForm, UserForm
from anju.faces.console.accounts.tables import columns, filters, names_at, place_name, state
from anju.faces.console.accounts.views.mine import end_of
from anju.faces.cookies import badge_says
from anju.foundation.access import commands
from anju.foundation.access.doors import Request, door, known
from anju.foundation.access.models import Account, Badge
from anju.foundation.access.queries import in_force, keys_of
from anju.foundation.access.rules import ROLE_NAMES, takes_phones
from anju.foundation.kit.forms import show_refusal
from anju.foundation.kit.list import ListPage
from anju.foundation.places.labels import MOST, drawn, qr
from anju.foundation.places.queries import place_named
from anju.foundation.tenancy.errors import Refusal, Unknown
from anju.foundation.tenancy.rows import only


@door("user.edit", methods="GET")
def users(request: Request) -> HttpResponseBase:
    """The accounts one keeps."""
    actor = request.actor
    held = in_force(actor=actor)
    rows = Account.objects.seen_by(actor).prefetch_related(
        Prefetch("grants", queryset=held, to_attr="in_force")
    )
    page = ListPage(
        request,
        rows,
        columns=columns(lambda: names_at(held.order_by().values("path"), actor=actor)),
        filters=filters(),
        sort="login",
        row_url=lambda account: reverse("account:user", args=[account.id]),
        empty=(
            _("No users yet"),
            _("Make an account for each person who works here; everyone signs in as themselves."),
        ),
    )
    return page.answer() or render(request, "accounts/users.html", {"page": page})


@door("user.edit")
def new_user(request: Request) -> HttpResponse:
    """An account, its first role, and the link with which the person chooses a password."""
    form = UserForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            place = _path(request, given["place"])
            account = commands.create_account(
                actor=request.actor, login=given["login"], name=given["name"]
            )
            commands.grant_role(
                account.id,
                actor=request.actor,
                role=given["role"],
                path=place,
                until=end_of(given["until"], known(request).zone),
            )
            token = commands.reset_account(account.id, actor=request.actor)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return _link_page(request, account, token)
    return render(request, "accounts/user_new.html", {"form": form}, status=_status(form))


@door("user.edit")
def badges(request: Request) -> HttpResponse:
    """Badges for shared phones, as an A4 sheet; each is printed this once."""
    people = _hands(request)
    if request.method == "GET":
        return render(request, "accounts/badges.html", {"people": people})
    chosen = set(request.POST.getlist("ids"))
    mine = [one for one, _since in people if str(one.id) in chosen][:MOST]
    if not mine:
        wrong = _("Choose whose badges are to be printed.")
        return render(
            request, "accounts/badges.html", {"people": people, "wrong": wrong}, status=422
        )
    who, labels = known(request), []
    for one in mine:
        token = commands.make_badge(one.id, actor=request.actor)
        labels.append({
            "above": who.company_name, "code": one.name, "name": one.login, "short": "",
            "qr": qr(badge_says(token)),
        })  # fmt: skip
    made = drawn(labels, said=_("Hold it before the shared phone"))
    headers = {
        "Content-Disposition": 'attachment; filename="badges.pdf"', "Cache-Control": "no-store",
    }  # fmt: skip
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def _hands(request: Request) -> list[tuple[Account, Any]]:
    """Those one keeps who may take a phone by badge, each with since when they have one."""
    actor = request.actor
    rows = Account.objects.seen_by(actor).filter(closed_at=None).order_by("name", "login")
    rows = rows.prefetch_related(
        Prefetch("grants", queryset=in_force(actor=actor), to_attr="in_force"),
        Prefetch("badges", queryset=Badge.objects.seen_by(actor), to_attr="good"),
    )
    return [
        (row, row.good[0].made_at if row.good else None)
        for row in rows
        if takes_phones([(g.role, g.path) for g in row.in_force], "", second_factor=row.totp_on)
    ]


@door("user.edit", methods="POST")
def take_pin(request: Request, id: UUID) -> HttpResponse:
    """Take somebody's PIN away: they set another."""
    commands.take_pin(id, actor=request.actor)
    return _to_user(id)


@door("user.edit", methods="POST")
def end_badge(request: Request, id: UUID) -> HttpResponse:
    """Somebody's badge opens nothing any more, at once."""
    commands.end_badge(id, actor=request.actor)
    return _to_user(id)


@door("user.edit", methods="GET")
def user(request: Request, id: UUID) -> HttpResponse:
    """One account: roles, state, and what can be done with it."""
    return _user_page(request, _account(request, id), RoleForm())


@door("user.edit", methods="POST")
def grant(request: Request, id: UUID) -> HttpResponse:
    """Give one more role."""
    account, form = _account(request, id), RoleForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            commands.grant_role(
                id,
                actor=request.actor,
                role=given["role"],
                path=_path(request, given["place"]),
                until=end_of(given["until"], known(request).zone),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return _to_user(id)
    return _user_page(request, account, form)


@door("user.edit", methods="POST")
def revoke(request: Request, id: UUID, grant: UUID) -> HttpResponse:
    """Take a role back, at once."""
    commands.revoke_role(grant, actor=request.actor)
    return _to_user(id)


@door("user.edit", methods="POST")
def reset(request: Request, id: UUID) -> HttpResponse:
    """A new link; password, second factor and devices end."""
    token = commands.reset_account(id, actor=request.actor)
    return _link_page(request, _account(request, id), token)


@door("user.edit", methods="POST")
def lock(request: Request, id: UUID) -> HttpResponse:
    """Lock an account, at once."""
    commands.close_account(id, actor=request.actor)
    return _to_user(id)


@door("user.edit", methods="POST")
def unlock(request: Request, id: UUID) -> HttpResponse:
    """Open a locked account."""
    commands.open_account(id, actor=request.actor)
    return _to_user(id)


def _account(request: Request, id: UUID) -> Account:
    account: Account | None = only(Account.objects.seen_by(request.actor).filter(id=id))
    if account is None:
        raise Unknown(_("This account was not found."))
    return account


def _path(request: Request, words: str) -> str:
    """The path of the place that was typed; nothing typed is the whole company."""
    return place_named(words, actor=request.actor).path if words.strip() else ""


def _status(form: RoleForm) -> int:
    return 422 if form.errors else 200


def _to_user(id: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("account:user", args=[id]))


def _user_page(request: Request, account: Account, form: RoleForm) -> HttpResponse:
    held = list(in_force(actor=request.actor).filter(account_id=account.id))
    names = names_at([grant.path for grant in held], actor=request.actor)
    keys = keys_of(account.id, actor=request.actor)
    context: dict[str, Any] = {
        "account": account,
        "state": state(account),
        "own": account.id == request.actor.id,
        "roles": [(g, ROLE_NAMES[g.role], place_name(g.path, names)) for g in held],
        "form": form,
        "has_pin": keys[0],
        "has_badge": keys[1],
    }
    return render(request, "accounts/user.html", context, status=_status(form))


def _link_page(request: HttpRequest, account: Account, token: str) -> HttpResponse:
    """The link is shown this once; it is never written down, and never kept for a repeated POST."""
    url = request.build_absolute_uri(reverse("account:link", args=[token]))
    response = render(request, "accounts/link_made.html", {"account": account, "url": url})
    response["Cache-Control"] = "no-store"
    return response
