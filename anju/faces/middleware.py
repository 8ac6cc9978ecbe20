"""Around every request: its code and log line, who is asking, and how a refusal is answered."""

import secrets
import time
from collections.abc import Callable
from urllib.parse import unquote_to_bytes
from zoneinfo import ZoneInfo

import structlog
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone

from anju.faces.api import problems
from anju.foundation.access.commands import note_seen
from anju.foundation.access.doors import Request
from anju.foundation.access.queries import SignedIn, by_device, by_token
from anju.foundation.access.rules import DEVICE_COOKIE, PHONE_COOKIE, caller, is_loopback
from anju.foundation.kit.views import SIGNS
from anju.foundation.kit.views import problem as page
from anju.foundation.tenancy.errors import Refusal

Next = Callable[[HttpRequest], HttpResponseBase]
API = "/api/"
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
log = structlog.get_logger("anju.request")


class Pressed(GZipMiddleware):
    """Pages and parts of pages are compressed, for telephones on slow lines. Django varies the
    length by chance, so that it tells nothing of what is in them; files are compressed already."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """As Django's, for HTML alone."""
        page = response.get("Content-Type", "").startswith("text/html")
        return super().process_response(request, response) if page else response


def logged(get_response: Next) -> Callable[[Request], HttpResponseBase]:
    """One JSON line per request: who by id, which route, how long; no names, no query string.

    It stands around all others, so here an error of the API becomes a problem document wherever
    it came from: a wrong Host is refused before anything of ours is asked.
    """

    def through(request: Request) -> HttpResponseBase:
        request.short_code = "".join(secrets.choice(SIGNS) for _sign in range(5))
        began = time.perf_counter()
        response = get_response(request)
        if request.path.startswith(API):
            response = problems.as_problem(request, response)
        response["X-Request-Code"] = request.short_code
        if request.path not in QUIET:
            match = request.resolver_match
            actor = getattr(request, "actor", None)
            log.info(
                "request",
                code=request.short_code,
                method=request.method,
                route=match.route if match else None,
                status=response.status_code,
                ms=round((time.perf_counter() - began) * 1000, 1),
                actor=str(actor.id) if actor else None,
                company=str(actor.company_id) if actor else None,
            )
        return response

    return through


class PagePolicy(CSPMiddleware):  # type: ignore[misc]  # django-csp has no types
    """The content policy, for what a browser shows; it costs as much as a tenth of an API call."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(API):
            return self.get_response(request)  # type: ignore[no-any-return]  # as above
        return super().__call__(request)  # type: ignore[no-any-return]  # as above


class Known:
    """Who is asking: the device of a cookie on pages, the token of a header on the API.

    Refusals that views raise become a page of the kit or a problem document here.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        request.address = _address(request)
        request.key = None
        request.signed_in = who = None if _unreadable(request) else _who(request)
        request.actor = who.actor if who else None  # type: ignore[assignment]  # doors ask first
        if who and who.stale:
            note_seen(who, actor=request.actor)
        with timezone.override(ZoneInfo(who.zone) if who else None):
            response = _refuse(request) if _unreadable(request) else self.get_response(request)
            if response.status_code == 405 and not request.path.startswith(API):
                response = _said(request, response)
        if who and not request.path.startswith((API, settings.STATIC_URL)):
            response.headers.setdefault("Cache-Control", "private, no-store")
            response.headers["Anju-Person"] = str(who.account)  # whose page a phone keeps
            if PHONE_COOKIE in request.COOKIES:
                response.headers.setdefault("Anju-Shared", str(who.held))  # by which sign-in
        return response

    def process_exception(self, request: Request, error: Exception) -> HttpResponse | None:
        """Pages answer refusals; everything else of theirs is Django's (404, 403, 500)."""
        if request.path.startswith(API):
            return problems.of_exception(request, error)
        if not isinstance(error, Refusal):
            return None
        status = next((s for kind, s in problems.STATUS.items() if isinstance(error, kind)), 422)
        if status == 404:
            return page(request, 404)  # one page for what is not there and what is not yours
        return page(request, status, message=error.message, code=request.short_code)


def _who(request: HttpRequest) -> SignedIn | None:
    if request.path.startswith(API) or request.path == "/metrics":
        kind, _space, token = request.headers.get("Authorization", "").partition(" ")
        who = by_token(token.strip()) if kind.lower() == "bearer" and token else None
    else:
        token = request.COOKIES.get(DEVICE_COOKIE, "")
        who = by_device(token) if token else None
    if who and who.demo and not is_loopback(_address(request)):
        return None  # the demo's passwords are printed on the screen
    return who


def _address(request: HttpRequest) -> str:
    """The caller's address; a proxy on this machine says for whom it asks."""
    peer = str(request.META.get("REMOTE_ADDR") or "127.0.0.1")
    return caller(peer, request.headers.get("X-Forwarded-For", ""))


def _unreadable(request: HttpRequest) -> bool:
    """NUL can stand in no text of the database, so in no address either."""
    return "\0" in request.path or b"\0" in unquote_to_bytes(request.META.get("QUERY_STRING", ""))


def _refuse(request: HttpRequest) -> HttpResponse:
    return page(request, 400)


def _said(request: HttpRequest, bare: HttpResponseBase) -> HttpResponse:
    """A page for an address that only a button opens: read anew it would stay white."""
    answer = page(request, 405)
    answer["Allow"] = bare["Allow"]
    return answer
