"""A shared phone: it joins by a link, is taken by PIN or badge, and put down for the next one."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from anju.faces.cookies import hold, shared_phone
from anju.foundation.access import commands
from anju.foundation.access.doors import Request, door, known
from anju.foundation.access.queries import PhoneFace, by_phone, last_on
from anju.foundation.access.rules import DEVICE_COOKIE, DEVICE_SHIFT, PHONE_COOKIE, PHONE_LASTS
from anju.foundation.tenancy.errors import Refusal, Unknown


@never_cache
@door(anonymous=True)
def join(request: Request, token: str) -> HttpResponse:
    """The link a manager made, opened on the phone. Reading the page spends nothing."""
    phone = by_phone(token)
    if request.method == "POST":
        try:
            cookie = commands.join_phone(token)
        except Unknown:
            phone = None
        else:
            response = HttpResponseRedirect(reverse("field:take"))
            hold(response, cookie, request=request, lasts=PHONE_LASTS, name=PHONE_COOKIE)
            return response
    good = phone is not None and not phone.joined
    context = {"phone": phone if good else None}
    return render(request, "field/join.html", context, status=200 if good else 404)


@never_cache
@sensitive_post_parameters("pin", "label")
@door(anonymous=True)
def take(request: Request) -> HttpResponse:
    """Who takes this phone? Named by PIN or badge; whoever had it is signed out on it."""
    phone = shared_phone(request)
    if phone is None or request.method == "GET":
        return _page(request, phone)
    label = request.POST.get("label", "").rpartition("#")[2].strip()
    try:
        if label:
            who = commands.enter_by_badge(phone, token=label, address=request.address)
        else:
            login = request.POST.get("login", "") or request.POST.get("other", "")
            pin = request.POST.get("pin", "")
            who = commands.enter_by_pin(phone, login=login, pin=pin, address=request.address)
    except Refusal as refusal:
        return _page(request, phone, wrong=str(refusal.message))
    token = commands.open_device(who, actor=who.actor, device=phone.name, mine=False, phone=phone)
    response = _leave(request, _after(request))
    hold(response, token, request=request, lasts=DEVICE_SHIFT)
    return response


@door(signed_in=True, duty=True, methods="POST", fenced=False)
def put_down(request: Request) -> HttpResponse:
    """Put the phone down for the next one: nobody is signed in on it until somebody takes it."""
    response = _leave(request, reverse("field:take"))
    response.delete_cookie(DEVICE_COOKIE)
    return response


def _leave(request: Request, url: str) -> HttpResponse:
    """Whoever was signed in here is no more, and forms of their pages act for nobody else."""
    if request.signed_in is not None and not request.signed_in.scopes:
        commands.sign_out(known(request).held, actor=request.actor)
    rotate_token(request)
    return HttpResponseRedirect(url)


def _page(request: Request, phone: PhoneFace | None, *, wrong: str = "") -> HttpResponse:
    context = {
        "phone": phone, "wrong": wrong, "people": last_on(phone) if phone else [],
        "login": request.POST.get("login") or request.POST.get("other", ""),
        "pages": request.GET.get("next", ""),
    }  # fmt: skip
    response = render(request, "field/take.html", context, status=422 if wrong else 200)
    if phone is None:
        response.delete_cookie(PHONE_COOKIE)
        response.headers["Anju-Shared"] = "over"
    return response


def _after(request: HttpRequest) -> str:
    target = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if safe else reverse("field:today")
