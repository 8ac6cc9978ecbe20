"""Doors: who may open which route. Every route declares its contract beside itself.

A contract is a permission ("case.see"), "anonymous" or "signed in". The middleware has put
`request.signed_in` and `request.actor` there; a refusal is raised and becomes a page or a problem
document in the faces. `contracts` lists all of them for the tests.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from inspect import getclosurevars
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.translation import gettext_lazy as _
from ninja.decorators import decorate_view
from ninja.operation import Operation, PathView
from ninja.utils import contribute_operation_callback

from anju.foundation.access.commands.answers import Kept, Key, claim, keep
from anju.foundation.access.queries import SignedIn
from anju.foundation.access.rules import PERMISSIONS
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused

ANONYMOUS = "anonymous"
SIGNED_IN = "signed in"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
DUTY_PAGES = {"password": "account:password", "second factor": "account:second_factor"}
FORM_KEY = "idempotency_key"
KEY_HEADER = "Idempotency-Key"
View = TypeVar("View", bound=Callable[..., Any])
NOTHING_OPEN = _(
    "This is not open to your role. Nothing was changed. Ask your project manager to do it or to "
    "extend your role."
)


class Request(HttpRequest):
    """A request as our views get it.

    `key` is the claimed-to-be idempotency key of an unfenced API write, else None. `address` is
    the caller's, `short_code` what a person reads out when something goes wrong.
    """

    actor: Actor
    signed_in: SignedIn | None
    address: str
    short_code: str
    key: Key | None


class SignInFirst(Exception):
    """Nobody is signed in, or the token is unknown, over or revoked (HTTP 401)."""


def door(
    permission: str = "",
    *,
    anonymous: bool = False,
    signed_in: bool = False,
    methods: str = "GET POST",
    fenced: bool = True,
    duty: bool = False,
) -> Callable[[View], View]:
    """Declare the contract of a page: exactly one of a permission, `anonymous`, `signed_in`.

    Holding the permission anywhere opens the door; which rows are seen is for `seen_by`, what is
    done for commands. The whole view, template included, runs inside `acting`, unless `fenced` is
    False (anonymous pages never are). A posted form with a key acts once. `duty`: stays open while
    a password or second factor must be set first.
    """
    contract = _contract(permission, anonymous=anonymous, signed_in=signed_in)
    allowed = frozenset(methods.split()) | {"OPTIONS"}
    allowed |= {"HEAD"} if "GET" in allowed else frozenset()

    def declare(view: View) -> View:
        @wraps(view)
        def through(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in allowed:
                return HttpResponseNotAllowed(sorted(allowed))
            if anonymous:
                return _drawn(view(request, *args, **kwargs))
            who = request.signed_in
            if who is None or who.scopes:
                return _to(request, _sign_in_url(request))
            if who.duty and not duty:
                return _to(request, reverse(DUTY_PAGES[who.duty]))
            if permission and not request.actor.may(permission):
                raise Refused(NOTHING_OPEN)
            if not fenced:
                return _drawn(view(request, *args, **kwargs))
            return _once(request, partial(view, request, *args, **kwargs))

        through.contract = contract  # type: ignore[attr-defined]  # read by `contracts`
        through.methods = tuple(sorted(allowed - {"OPTIONS"}))  # type: ignore[attr-defined]  # as above
        return through  # type: ignore[return-value]  # same call, one more attribute

    return declare


def api_door(
    permission: str = "",
    *,
    signed_in: bool = False,
    scope: str | None = None,
    fenced: bool = True,
) -> Callable[[View], View]:
    """Declare the contract of an API operation; stands below `@router.get(...)`.

    The token needs one of the words of `scope` (default: "read" for safe methods, else "write"),
    its account the permission somewhere (`signed_in`: none, the command asks). Reading, calling and
    writing the answer happen in one `acting`; with an `Idempotency-Key` a write acts once and its
    answer is kept 30 days, so an answer to a write holds no personal value. `fenced=False`: the
    endpoint opens its own transactions, and what it is sent carries its own ids, so it has no key.
    """
    contract = _contract(permission, anonymous=False, signed_in=signed_in)

    def declare(view: View) -> View:
        view.contract = contract  # type: ignore[attr-defined]  # read by `contracts`
        decorate_view(partial(_api_through, permission, scope, fenced))(view)
        contribute_operation_callback(view, partial(_describe, keyed=fenced))
        return view

    return declare


def _contract(permission: str, *, anonymous: bool, signed_in: bool) -> str:
    named = [n for n in (permission, anonymous and ANONYMOUS, signed_in and SIGNED_IN) if n]
    if len(named) != 1:
        raise TypeError("a door has exactly one contract")
    if permission and permission not in PERMISSIONS:
        raise TypeError(f"{permission} is no permission of access.rules")
    return str(named[0])


def known(request: Request) -> SignedIn:
    """Who is behind a door that asks for signing in; raises `SignInFirst` where nobody is."""
    if request.signed_in is None:
        raise SignInFirst
    return request.signed_in


# Pages


def _drawn(response: HttpResponseBase) -> HttpResponseBase:
    """Lazily drawn pages ask the database while they are drawn: do it here."""
    if isinstance(response, TemplateResponse) and not response.is_rendered:
        response.render()
    return response


def _sign_in_url(request: HttpRequest) -> str:
    """Where to sign in, and the page to come back to: a form is sent from the page it stands on."""
    after = request.get_full_path() if request.method in SAFE else request.headers.get("Referer")
    if request.headers.get("HX-Request"):
        after = request.headers.get("HX-Current-URL")
    url = reverse("account:sign_in")
    return f"{url}?next={quote(after)}" if after and after != "/" else url


def _to(request: HttpRequest, url: str) -> HttpResponse:
    """To another page: htmx would swap a redirect's page into the middle of this one."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def _once(request: Request, view: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Run the view inside `acting`; a form that was sent before is answered as then."""
    with acting(request.actor):
        given = "" if request.method in SAFE else str(request.POST.get(FORM_KEY, ""))
        if not given:
            return _drawn(view())
        key = Key.of(request.actor, given, route=_route(request), body=_form_body(request))
        if kept := claim(key):
            return _form_answer(request, kept)
        response = _drawn(view())
        if response.status_code < 400:
            headers = {n: response[n] for n in ("Location", "HX-Redirect") if n in response}
            keep(key, status=response.status_code, body=b"", headers=headers)
        return response


def _form_body(request: HttpRequest) -> bytes:
    """What was typed, without the token of the page: equal for the same form sent twice."""
    typed = sorted((k, v) for k, vs in request.POST.lists() for v in vs if "csrf" not in k)
    sent = sorted((k, f.name, f.size) for k, fs in request.FILES.lists() for f in fs)
    return urlencode([*typed, *((k, f"{n}:{s}") for k, n, s in sent)]).encode()


def _form_answer(request: HttpRequest, kept: Kept) -> HttpResponse:
    """A redirect again; a page is not kept (it may name people), so it is asked for anew."""
    headers = dict(line.split(": ", 1) for line in kept.headers.splitlines())
    if headers:
        return HttpResponse(status=kept.status, headers=headers)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return HttpResponseRedirect(request.get_full_path())


# API


def _route(request: HttpRequest) -> str:
    return f"{request.method} {request.path}"


def _api_through(
    permission: str, scope: str | None, fenced: bool, run: Callable[..., Any]
) -> Callable[..., Any]:
    def through(request: Request, **kwargs: Any) -> HttpResponseBase:
        who = known(request)
        if not who.scopes:
            raise SignInFirst
        safe = request.method in SAFE
        needed = scope or ("read" if safe else "write")
        if who.scopes.isdisjoint(needed.split()):
            raise Refused(
                _("This token lacks the scope %(scope)s. Nothing was changed. Use another token.")
                % {"scope": needed},
                code="scope",
            )
        if permission and not request.actor.may(permission):
            raise Refused(NOTHING_OPEN)
        if not fenced:
            return run(request, **kwargs)  # type: ignore[no-any-return]  # ninja's own type is Any
        request.key = None if safe else _header_key(request)
        with acting(request.actor):
            return _api_once(request, partial(run, request, **kwargs))

    return through


def _header_key(request: HttpRequest) -> Key | None:
    given = request.headers.get(KEY_HEADER)
    if given is None:
        return None
    if not 1 <= len(given) <= 200 or not given.isascii() or not given.isprintable():
        raise NotYet(
            _("The Idempotency-Key must be 1 to 200 printable ASCII characters, best a UUID."),
            code="key_invalid",
        )
    actor: Actor = request.actor  # type: ignore[attr-defined]  # put there by the middleware
    return Key.of(actor, given, route=_route(request), body=request.body)


def _api_once(request: Request, run: Callable[[], HttpResponse]) -> HttpResponse:
    if request.key and (kept := claim(request.key)):
        return api_answer(kept)
    response = run()
    if request.key:
        keep(request.key, status=response.status_code, body=response.content)
    return response


def api_answer(kept: Kept) -> HttpResponse:
    """The answer of the first request, said again."""
    headers = {"Idempotent-Replay": "true"}
    return HttpResponse(
        kept.body, status=kept.status, content_type="application/json", headers=headers
    )


PROBLEM = {
    "description": "Problem",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
PROBLEMS = (400, 401, 403, 404, 405, 409, 413, 422)


def _describe(operation: Operation, *, keyed: bool) -> None:
    """Say in the OpenAPI document what every operation shares: problems, and the key if `keyed`."""
    extra: dict[str, Any] = dict(operation.openapi_extra or {})
    extra["responses"] = {**dict.fromkeys(PROBLEMS, PROBLEM), **extra.get("responses", {})}
    if keyed and not SAFE.issuperset(operation.methods):
        header = {
            "name": KEY_HEADER,
            "in": "header",
            "required": False,
            "description": "Same key, same body: the same answer, and one effect. Use a UUID.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
        }
        extra["parameters"] = [*extra.get("parameters", []), header]
    operation.openapi_extra = extra


# The list of all doors


@dataclass(frozen=True)
class Contract:
    """One route as the tests see it; `contract` is None where somebody forgot it."""

    route: str
    methods: tuple[str, ...]
    contract: str | None
    name: str = ""


def contracts(patterns: Sequence[URLPattern | URLResolver] | None = None) -> list[Contract]:
    """Every route of the product with its methods and contract, API operations one by one."""
    found = get_resolver().url_patterns if patterns is None else patterns
    return list(dict.fromkeys(_walk(found, "")))  # ninja has one pattern per operation


def _walk(patterns: Sequence[URLPattern | URLResolver], before: str) -> Iterator[Contract]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, route)
        elif operations := _operations(one.callback):
            for operation in operations:
                declared = getattr(operation.view_func, "contract", None)
                yield Contract(route, tuple(operation.methods), declared, one.name or "")
        else:
            methods = getattr(one.callback, "methods", ("GET", "POST"))
            declared = getattr(one.callback, "contract", None)
            yield Contract(route, methods, declared, one.name or "")


def _operations(callback: Any) -> list[Operation]:
    """The operations behind a view that ninja made: it closes over its PathView."""
    if not str(getattr(callback, "__module__", "")).startswith("ninja."):
        return []
    held = getclosurevars(callback).nonlocals.get("self") if hasattr(callback, "__code__") else None
    return held.operations if isinstance(held, PathView) else []
