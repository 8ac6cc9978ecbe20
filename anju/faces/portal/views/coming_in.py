"""Coming in: a number and a code, or an invitation. No password is ever asked for."""

from uuid import UUID

from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from anju.domains.community.commands.coming_in import (
    Challenge,
    Holder,
    ask_code,
    code_of,
    come_in,
    come_in_invited,
    invited,
    prove_phone,
)
from anju.domains.community.queries import demo_code_may_show, homes_of_holders
from anju.domains.community.rules import CODE_LASTS, RESIDENT_DAYS
from anju.faces.cookies import hold
from anju.faces.portal.forms import CodeForm, PhoneForm
from anju.faces.portal.looks import page
from anju.foundation.access import commands
from anju.foundation.access.commands.limits import TooMany
from anju.foundation.access.doors import Request, door, known
from anju.foundation.access.rules import DEVICE_COOKIE, is_loopback
from anju.foundation.kit.forms import show_refusal
from anju.foundation.people.rules import masked_phone
from anju.foundation.tenancy.errors import Refusal, Unknown

TICKET = "anju_code"  # which code was asked for, and later whom it proved
SECONDS = int(CODE_LASTS.total_seconds())


@never_cache
@door(anonymous=True)
def phone(request: Request) -> HttpResponse:
    """The number; the same answer whether it is known or not."""
    if request.signed_in is not None and request.method == "GET":
        return HttpResponseRedirect(reverse("portal:home"))
    form, status = PhoneForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                asked = ask_code(form.cleaned_data["phone"], address=request.address)
            except Refusal as refusal:
                status = 429 if isinstance(refusal, TooMany) else 422
                show_refusal(form, refusal)
            else:
                response = HttpResponseRedirect(reverse("portal:code"))
                return _ticket(request, response, [str(asked.id), asked.phone, None])
    return page(request, "phone", {"form": form}, status=status)


@never_cache
@door(anonymous=True)
def code(request: Request) -> HttpResponse:
    """The code; then in, or, where several people have the number, who it is."""
    asked, holders = _held(request)
    if asked is None:
        return HttpResponseRedirect(reverse("portal:phone"))
    if holders:
        return _whose(request, holders)
    form, status = CodeForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                proved = prove_phone(asked, code=form.cleaned_data["code"], address=request.address)
                if len(proved) == 1:
                    return _let_in(request, come_in(proved[0], device=_device(request)))
            except Refusal as refusal:
                status = 429 if isinstance(refusal, TooMany) else 422
                show_refusal(form, refusal)
            else:
                many = [[str(one.company), str(one.person)] for one in proved]
                response = HttpResponseRedirect(reverse("portal:code"))
                return _ticket(request, response, [str(asked.id), asked.phone, many])
    context = {
        "form": form,
        "phone": masked_phone(asked.phone),
        "demo": _shown(request, asked),
    }
    return page(request, "code", context, status=status)


def _whose(request: Request, holders: list[Holder]) -> HttpResponse:
    """Several people share the number: one tap says who comes in."""
    chosen = request.POST.get("who", "")
    wrong = ""
    for holder in holders:
        if chosen == str(holder.person):
            try:
                return _let_in(request, come_in(holder, device=_device(request)))
            except Refusal as refusal:
                wrong = str(refusal.message)
    homes = homes_of_holders([(one.company, one.person) for one in holders])
    return page(request, "whose", {"homes": homes, "wrong": wrong}, status=422 if wrong else 200)


@never_cache
@door(anonymous=True)
def invitation(request: Request, token: str) -> HttpResponse:
    """An invitation: one tap comes in. Reading the page spends nothing."""
    found = invited(token)
    if found is None:
        return page(request, "invitation_over", {}, status=404)
    if request.method == "POST":
        try:
            return _let_in(request, come_in_invited(token, device=_device(request)))
        except Unknown:
            return page(request, "invitation_over", {}, status=404)
        except Refusal as refusal:
            return page(request, "invitation_over", {"why": refusal.message}, status=403)
    return page(request, "invitation", {"name": found.name, "company": found.company_name})


@door(signed_in=True, methods="POST", fenced=False)
def out(request: Request) -> HttpResponse:
    """End this device's session."""
    commands.sign_out(known(request).held, actor=request.actor)
    response = HttpResponseRedirect(reverse("portal:phone"))
    response.delete_cookie(DEVICE_COOKIE)
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _let_in(request: Request, token: str) -> HttpResponse:
    response = HttpResponseRedirect(reverse("portal:home"))
    hold(response, token, request=request, lasts=RESIDENT_DAYS)
    response.delete_cookie(TICKET, path=reverse("portal:phone"))
    return response


def _ticket(request: Request, response: HttpResponse, value: list[object]) -> HttpResponse:
    response.set_cookie(
        TICKET,
        signing.dumps(value, salt=TICKET),
        max_age=SECONDS,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
        path=reverse("portal:phone"),
    )
    return response


def _held(request: Request) -> tuple[Challenge | None, list[Holder]]:
    """The code that this browser asked for within ten minutes, and whom it has proved."""
    try:
        id, digits, many = signing.loads(
            request.COOKIES.get(TICKET, ""), salt=TICKET, max_age=SECONDS
        )
    except signing.BadSignature:
        return None, []
    holders = [Holder(UUID(company), UUID(person)) for company, person in many or []]
    return Challenge(UUID(id), digits), holders


def _shown(request: Request, asked: Challenge) -> str:
    """The demo shows its codes, as it prints its passwords: on its own machine, where no channel
    for text messages is set up, and only for numbers of the demo."""
    if not is_loopback(request.address) or not demo_code_may_show(asked.phone):
        return ""
    return code_of(asked.id)


def _device(request: Request) -> str:
    agent = request.headers.get("User-Agent", "")
    names = ("MicroMessenger", "iPhone", "iPad", "Android", "Windows", "Macintosh", "Linux")
    found = next((name for name in names if name in agent), "")
    return found.replace("MicroMessenger", "WeChat") or _("unknown device")
