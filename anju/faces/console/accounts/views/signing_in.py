"""Coming in: password, code, one-time links, the first set-up, and going out."""

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from anju.faces.console.accounts.forms import (
    CodeForm,
    NewPasswordForm,
    SetUpForm,
    SignInForm,
)
from anju.faces.cookies import hold, shared_phone
from anju.faces.furnishing import furnish
from anju.foundation.access import commands
from anju.foundation.access.doors import Request, door, known
from anju.foundation.access.queries import SignedIn, by_link, by_login, is_empty
from anju.foundation.access.rules import DEVICE_COOKIE, DEVICE_DAYS, PHONE_COOKIE
from anju.foundation.kit.forms import show_refusal
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Refusal, Unknown

TICKET_COOKIE = "anju_ticket"
TICKET_SECONDS = 300  # from the password to the code


@never_cache
@sensitive_post_parameters("password")
@door(anonymous=True)
def sign_in(request: Request) -> HttpResponse:
    """Login name and password; then in, or on to the code."""
    if request.method == "GET":
        if request.signed_in is not None and not request.signed_in.scopes:
            return HttpResponseRedirect(_after(request))
        if "password" not in request.GET and PHONE_COOKIE in request.COOKIES:
            # also one that is over: there it hears that it is, and forgets what it holds
            return HttpResponseRedirect(f"{reverse('field:take')}{_query(request)}")
        return _sign_in_page(request, SignInForm())
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _sign_in_page(request, form, status=422)
    given = form.cleaned_data
    try:
        who = commands.prove_password(
            login=given["login"], password=given["password"], address=request.address
        )
    except Refusal as refusal:
        show_refusal(form, refusal)
        return _sign_in_page(request, form, status=422)
    if not who.totp_on:
        return _let_in(request, who, mine=given["mine"])
    response = HttpResponseRedirect(f"{reverse('account:code')}{_query(request)}")
    ticket = signing.dumps([who.login, who.epoch, given["mine"]], salt=TICKET_COOKIE)
    response.set_cookie(
        TICKET_COOKIE,
        ticket,
        max_age=TICKET_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
        path=reverse("account:sign_in"),
    )
    return response


@never_cache
@door(anonymous=True)
def code(request: Request) -> HttpResponse:
    """The code of the second factor, within five minutes of the password."""
    held = _ticket(request)
    if held is None:
        return HttpResponseRedirect(f"{reverse('account:sign_in')}{_query(request)}")
    who, mine = held
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            commands.prove_code(who, code=form.cleaned_data["code"], address=request.address)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return _let_in(request, who, mine=mine)
    return render(request, "accounts/code.html", {"form": form}, status=_status(form))


@door(signed_in=True, duty=True, methods="POST", fenced=False)
def sign_out(request: Request) -> HttpResponse:
    """End this device's session."""
    commands.sign_out(known(request).held, actor=request.actor)
    response = HttpResponseRedirect(reverse("account:sign_in"))
    response.delete_cookie(DEVICE_COOKIE)
    response["Clear-Site-Data"] = '"cache"'
    return response


@never_cache
@sensitive_post_parameters("password", "again")
@door(anonymous=True)
def link(request: Request, token: str) -> HttpResponse:
    """Choose a password with a one-time link. Reading the page spends nothing: mail scanners do."""
    who = by_link(token)
    if who is None:
        return _dead_link(request)
    form = NewPasswordForm(request.POST or None)
    if form.is_valid():
        try:
            commands.set_first_password(token, password=form.cleaned_data["password"])
        except Unknown:
            return _dead_link(request)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(f"{reverse('account:sign_in')}?ready=1")
    context = {"form": form, "login": who.login, "company": who.company_name}
    return render(request, "accounts/link.html", context, status=_status(form))


@never_cache
@sensitive_post_parameters("password", "again")
@door(anonymous=True)
def set_up(request: Request, token: str) -> HttpResponse:
    """The first company and administrator; gone as soon as there is a company."""
    if not is_empty() or token != commands.set_up_token():
        return _dead_link(request)
    form = SetUpForm(request.POST or None)
    if form.is_valid():
        given = {n: v for n, v in form.cleaned_data.items() if n != "again"}
        try:
            founded = commands.set_up(token=token, **given)
        except Unknown:
            return _dead_link(request)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            furnish(Actor.machine(founded.company_id, "set-up"))
            return HttpResponseRedirect(f"{reverse('account:sign_in')}?ready=1")
    return render(request, "accounts/set_up.html", {"form": form}, status=_status(form))


def _status(form: CodeForm | NewPasswordForm) -> int:
    return 422 if form.errors else 200


def _sign_in_page(request: Request, form: SignInForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "ready": request.GET.get("ready"), "empty": is_empty()}
    return render(request, "accounts/sign_in.html", context, status=status)


def _dead_link(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/dead_link.html", {}, status=404)


def _ticket(request: HttpRequest) -> tuple[SignedIn, bool] | None:
    """Who has given the right password a moment ago, unless everything changed since."""
    try:
        login, epoch, mine = signing.loads(
            request.COOKIES.get(TICKET_COOKIE, ""), salt=TICKET_COOKIE, max_age=TICKET_SECONDS
        )
    except signing.BadSignature:
        return None
    found = by_login(login)
    if found is None or found[0].epoch != epoch or found[1].closed:
        return None
    return found[0], bool(mine)


def _let_in(request: Request, who: SignedIn, *, mine: bool) -> HttpResponse:
    device = request.headers.get("User-Agent", "") or _("unknown device")
    phone = shared_phone(request)
    mine = mine and phone is None
    token = commands.open_device(
        who, actor=who.actor, device=_short(device), mine=mine, phone=phone
    )
    response = HttpResponseRedirect(_after(request))
    hold(response, token, request=request, lasts=DEVICE_DAYS if mine else None)
    rotate_token(request)  # a form of whoever was signed in here before acts for nobody else
    response.delete_cookie(TICKET_COOKIE, path=reverse("account:sign_in"))
    return response


def _short(agent: str) -> str:
    """A browser and a system out of a user agent, as a person tells devices apart."""
    browsers = (
        ("MicroMessenger", "WeChat"), ("Edg/", "Edge"), ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    )  # fmt: skip
    systems = (
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
        ("Mac OS X", "macOS"), ("Linux", "Linux"),
    )  # fmt: skip
    named = [
        next((name for sign, name in known if sign in agent), "") for known in (browsers, systems)
    ]
    return " · ".join(n for n in named if n) or agent[:80]


def _query(request: HttpRequest) -> str:
    query = request.META.get("QUERY_STRING", "")
    return f"?{query}" if query else ""


def _after(request: HttpRequest) -> str:
    """Where the person wanted to go; never to another host. On a shared phone, to the work."""
    target = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if safe else reverse("field:today") if shared_phone(request) else "/"
