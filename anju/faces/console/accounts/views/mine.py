"""One's own account: password, second factor, devices, tokens."""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import segno
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from anju.faces.console.accounts.forms import ChangePasswordForm, CodeForm, PinForm, TokenForm
from anju.faces.cookies import shared_phone
from anju.foundation.access import commands
from anju.foundation.access.doors import Request, door, known
from anju.foundation.access.models import ApiToken, DeviceSession
from anju.foundation.access.queries import keys_of
from anju.foundation.access.second_factor import address_of, secret_of
from anju.foundation.kit.forms import show_refusal
from anju.foundation.lib import now
from anju.foundation.tenancy.errors import Refusal


def end_of(day: date | None, zone: str) -> datetime | None:
    """The end of a day in the company's zone, as an instant; None stays None."""
    if day is None:
        return None
    return datetime.combine(day, time.min, ZoneInfo(zone)) + timedelta(days=1)


@never_cache
@sensitive_post_parameters("old", "new", "again")
@door(signed_in=True, duty=True, fenced=False)
def password(request: Request) -> HttpResponse:
    """Change one's own password; also the duty after the first sign-in with a given one."""
    who = known(request)
    form = ChangePasswordForm(request.POST or None)
    if form.is_valid():
        try:
            commands.change_password(
                actor=request.actor,
                login=who.login,
                device=who.held,
                old=form.cleaned_data["old"],
                new=form.cleaned_data["new"],
                address=request.address,
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(f"{reverse('account:devices')}?changed=1")
    context = {"form": form, "duty": who.duty == "password", "login": who.login}
    return render(request, "accounts/password.html", context, status=422 if form.errors else 200)


@never_cache
@door(signed_in=True, duty=True, fenced=False)
def second_factor(request: Request) -> HttpResponse:
    """Turn the second factor on: scan the code with an app, type what it shows."""
    who = known(request)
    if who.totp_on:
        return render(request, "accounts/second_factor_on.html", {})
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            commands.confirm_second_factor(who, actor=request.actor, code=form.cleaned_data["code"])
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect("/" if who.duty else reverse("account:devices"))
    secret = secret_of(who.account, who.totp_n)
    drawn = segno.make(address_of(who), error="m").svg_inline(
        scale=5, svgclass="qr", lineclass=None, omitsize=False, title="QR"
    )
    grouped = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    context = {"form": form, "qr": drawn, "secret": grouped, "duty": bool(who.duty)}
    status = 422 if form.errors else 200
    return render(request, "accounts/second_factor.html", context, status=status)


@never_cache
@sensitive_post_parameters("old", "pin")
@door(signed_in=True, fenced=False)
def pin(request: Request) -> HttpResponse:
    """One's own PIN for shared phones: set with the password, or taken away."""
    who = known(request)
    form = PinForm(request.POST or None)
    if form.is_valid():
        try:
            commands.set_pin(
                actor=request.actor,
                login=who.login,
                password=form.cleaned_data["old"],
                pin=form.cleaned_data["pin"],
                address=request.address,
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(f"{reverse('account:pin')}?set=1")
    has_pin, has_badge = keys_of(request.actor.id, actor=request.actor)
    context = {
        "form": form, "login": who.login, "set": request.GET.get("set"),
        "shared": shared_phone(request),
        "has_pin": has_pin, "has_badge": has_badge,
    }  # fmt: skip
    return render(request, "accounts/pin.html", context, status=422 if form.errors else 200)


@door(signed_in=True, methods="POST")
def take_pin(request: Request) -> HttpResponse:
    """Take one's own PIN away, on a device of one's own."""
    commands.not_on_shared_phone(known(request), actor=request.actor)
    commands.take_pin(request.actor.id, actor=request.actor)
    return HttpResponseRedirect(reverse("account:pin"))


@door(signed_in=True, methods="POST")
def end_badge(request: Request) -> HttpResponse:
    """One's own badge is lost, said on a device of one's own."""
    commands.not_on_shared_phone(known(request), actor=request.actor)
    commands.end_badge(request.actor.id, actor=request.actor)
    return HttpResponseRedirect(reverse("account:pin"))


@door(signed_in=True, methods="GET")
def devices(request: Request) -> HttpResponse:
    """Where one is signed in, and the tokens that act as oneself."""
    who = known(request)
    at = now()
    mine = DeviceSession.objects.seen_by(request.actor).of(who.account)
    tokens = ApiToken.objects.seen_by(request.actor).of(who.account)
    context = {
        "devices": mine.filter(revoked_at=None, expires_at__gt=at, epoch=who.epoch)[:200],
        "tokens": tokens.filter(revoked_at=None)[:200],
        "held": who.held,
        "changed": request.GET.get("changed"),
        "totp_on": who.totp_on,
        "may_token": request.actor.may("token.edit"),
    }
    return render(request, "accounts/devices.html", context)


@door(signed_in=True, methods="POST")
def revoke_device(request: Request, id: UUID) -> HttpResponse:
    """Sign one of one's devices out, at once."""
    commands.not_on_shared_phone(known(request), actor=request.actor)
    commands.revoke_device(id, actor=request.actor)
    return HttpResponseRedirect(reverse("account:devices"))


@door("token.edit")
def tokens(request: Request) -> HttpResponse:
    """Make a token that acts as oneself; it is shown this once."""
    form = TokenForm(request.POST or None)
    token = ""
    if form.is_valid():
        try:
            token = commands.create_token(
                request.actor.id,
                actor=request.actor,
                name=form.cleaned_data["name"],
                scopes=" ".join(form.cleaned_data["scopes"]),
                expires_at=end_of(form.cleaned_data["until"], known(request).zone),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
    context = {"form": form, "token": token}
    response = render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


@door(signed_in=True, methods="POST")
def revoke_token(request: Request, id: UUID) -> HttpResponse:
    """End a token, at once."""
    commands.not_on_shared_phone(known(request), actor=request.actor)
    commands.revoke_token(id, actor=request.actor)
    return HttpResponseRedirect(reverse("account:devices"))
