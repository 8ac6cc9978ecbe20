"""The kit's own doors: looks and language, error pages, the gallery."""

import logging
import secrets
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from anju.foundation.access.doors import door
from anju.foundation.kit.gallery import shown
from anju.foundation.kit.looks import (
    DENSITIES,
    DENSITY_COOKIE,
    THEME_COOKIE,
    THEMES,
    Look,
    look_of,
)

log = logging.getLogger(__name__)
YEAR = 365 * 24 * 3600
# Without the signs that are mistaken for one another on the phone.
SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@door(anonymous=True, methods="POST")
def prefer(request: HttpRequest) -> HttpResponse:
    """Remember a theme, a density or a language in a cookie; go back to where the person was."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    languages = dict(settings.LANGUAGES)
    for name, cookie, known in (
        ("theme", THEME_COOKIE, THEMES),
        ("density", DENSITY_COOKIE, DENSITIES),
        ("language", settings.LANGUAGE_COOKIE_NAME, languages),
    ):
        value = request.POST.get(name, "")
        if value in known:
            response.set_cookie(
                cookie, value, max_age=YEAR, samesite="Lax", secure=request.is_secure()
            )
    return response


def problem(
    request: HttpRequest, status: int, *, message: Any = "", code: str = "", home: str = "/"
) -> HttpResponse:
    """An error page in three sentences: what happened, what it means, what to do.

    `message` (of a refusal) replaces the first two. `code` is what a caller reads out on the
    phone and what the log shows.
    """
    what, means, do = _words(status)
    context = {
        "status": status,
        "what": what,
        "means": message or means,
        "do": "" if message and status == 403 else do,  # it says whom to ask
        "code": code,
        "home": home,
        "look": look_of(request),
        "here": request.get_full_path(),
    }
    return render(request, "kit/problem.html", context, status=status)


def _words(status: int) -> tuple[str, str, str]:
    match status:
        case 403:
            return (
                _("This is not open to you"),
                _("Your role does not include this page or act. Nothing was changed."),
                _("Ask your project manager to do it or to extend your role."),
            )
        case 404:
            return (
                _("This record was not found"),
                _("It may have been removed, or you may not have access to it."),
                _("Check the address or the number, or search for it."),
            )
        case 405:
            return (
                _("This address is opened by a button only"),
                _("Read by itself it shows nothing. Nothing was changed."),
                _("Go back and press the button there once more."),
            )
        case 409:
            return (
                _("Someone else was faster"),
                _("The record changed while you were working on it. Your change was not saved."),
                _("Go back, look at the new state and decide again."),
            )
        case 422:
            return (
                _("This cannot be done yet"),
                _("The facts do not allow it. Nothing was changed."),
                _("Go back and complete what is missing."),
            )
        case 500:
            return (
                _("Something went wrong in the system"),
                _("What was saved before is safe; the last step may not have been saved."),
                _("Go back and try once more. If it happens again, tell us the code."),
            )
    return (
        _("The request could not be understood"),
        _("Part of it was missing or damaged on the way. Nothing was changed."),
        _("Go back, load the page again and repeat the step."),
    )


def short_code(request: HttpRequest) -> str:
    """What a person reads out: the request's own code where it has one, else four fresh signs."""
    given = getattr(request, "short_code", "")
    return given or "".join(secrets.choice(SIGNS) for _sign in range(4))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, 400, code=short_code(request))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, 403, message=str(exception))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    words = _("The page was open too long. Nothing was changed. Load it again and repeat the step.")
    return problem(request, 403, message=words)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """The page for an unforeseen error; the log line carries the same code."""
    code = short_code(request)
    log.error("page failed", extra={"code": code, "path": request.path}, exc_info=True)
    return problem(request, 500, code=code)


@door(anonymous=True, methods="GET")
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component of the kit on one page, for screenshots; served only while developing."""
    if not settings.DEBUG:
        raise Http404
    asked = request.GET.get("theme", "")
    look = Look(asked if asked in THEMES else look_of(request).theme, look_of(request).density)
    context = shown(request, request.GET.get("page", "gallery"))
    if context is None:
        raise Http404
    return render(request, f"kit/gallery/{context['name']}.html", {**context, "look": look})
