"""Every error of the API as one document (RFC 9457, application/problem+json).

`code` is stable and for programs; `title`, `detail` and `fields` are for people, in the language
of `Accept-Language`; `trace` is what the log line carries too.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.utils.translation import gettext_lazy as _
from ninja import Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from anju.foundation.access.doors import SignInFirst
from anju.foundation.tenancy.errors import Conflict, NotYet, Refusal, Refused, Unknown

log = structlog.get_logger("anju.api")
STATUS: dict[type[Refusal], int] = {Refused: 403, NotYet: 422, Conflict: 409, Unknown: 404}


# Title, words and code of each status; 0 stands for all others.
WORDS: Mapping[int, tuple[Any, Any, str]] = {
    401: (
        _("Not signed in"),
        _(
            "The token is missing, unknown, over or revoked. Nothing was changed. Send "
            "“Authorization: Bearer …” with a token that is in force."
        ),
        "not_signed_in",
    ),
    403: (
        _("Not open to you"),
        _("Your role or token does not include this. Nothing was changed."),
        "refused",
    ),
    404: (
        _("Not found"),
        _("It may have been removed, or you may not have access to it."),
        "unknown",
    ),
    405: (
        _("Not this way"),
        _("This address does not take this method. The header Allow names those it takes."),
        "method",
    ),
    409: (
        _("Someone else was faster"),
        _("The record changed. Nothing was changed by you. Read it again and decide."),
        "conflict",
    ),
    413: (
        _("Too large"),
        _("The request is larger than 12 MB. Nothing was changed. Send less at once."),
        "too_large",
    ),
    422: (
        _("Some values need another look"),
        _("Nothing was changed. Correct the fields named here and send it again."),
        "invalid",
    ),
    500: (
        _("Something went wrong in the system"),
        _(
            "What was saved before is safe. Try again with the same Idempotency-Key; if it "
            "happens again, tell the operator the trace."
        ),
        "broken",
    ),
    0: (
        _("Not understood"),
        _("The request could not be read. Nothing was changed. Check its form and send it again."),
        "bad_request",
    ),
}


class FieldProblem(Schema):
    """What is wrong with one input."""

    name: str
    message: str


class Problem(Schema):
    """An error of the API."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    trace: str
    fields: list[FieldProblem] = []


def problem(
    request: HttpRequest,
    status: int,
    *,
    code: str = "",
    detail: Any = "",
    fields: Sequence[Mapping[str, Any]] = (),
) -> HttpResponse:
    """The document of one error; without `detail` the words of its status."""
    title, words, common = WORDS.get(status, WORDS[0])
    code = code or common
    document = {
        "type": f"urn:anju:problem:{code}",
        "title": str(title),
        "status": status,
        "detail": str(detail) or str(words),
        "code": code,
        "trace": getattr(request, "short_code", ""),
    }
    if fields:
        document["fields"] = [{k: str(v) for k, v in f.items()} for f in fields]
    response = HttpResponse(
        json.dumps(document, ensure_ascii=False),
        status=status,
        content_type="application/problem+json; charset=utf-8",
    )
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def of_exception(request: HttpRequest, error: Exception) -> HttpResponse:
    """Any exception of an operation as a problem; what nobody foresaw is logged and is a 500."""
    if isinstance(error, Refusal):
        status = next((s for kind, s in STATUS.items() if isinstance(error, kind)), 422)
        fields = [{"name": name, "message": said} for name, said in error.fields.items()]
        answer = problem(request, status, code=error.code, detail=error.message, fields=fields)
        if error.code == "in_flight":
            answer["Retry-After"] = "1"  # seconds: what the first request takes at most, as a rule
        return answer
    if isinstance(error, ValidationError):
        fields = [_field(one) for one in error.errors]
        return problem(request, 422, code="invalid", fields=fields)
    if isinstance(error, HttpError):  # ninja's own, in English: a body that is no JSON
        return problem(request, error.status_code)
    if isinstance(error, DataError | UnicodeEncodeError):
        # A value no column can hold: too large a number, NUL, half of a surrogate pair.
        return problem(request, 422, code="invalid")
    for kinds, status in EXPECTED:
        if isinstance(error, kinds):
            return problem(request, status)
    log.error("api.broken", trace=getattr(request, "short_code", ""), exc_info=error)
    return problem(request, 500)


EXPECTED: tuple[tuple[tuple[type[Exception], ...], int], ...] = (
    ((SignInFirst, AuthenticationError), 401),
    ((PermissionDenied,), 403),
    ((Http404,), 404),
    ((RequestDataTooBig,), 413),
    ((BadRequest, SuspiciousOperation, UnreadablePostError), 400),
)


def as_problem(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """An error that never reached an operation (no such route or method) in the same form; what
    other layers have said in headers (Allow, Retry-After, those of safety) stays."""
    if response.status_code < 400 or "problem+json" in response.get("Content-Type", ""):
        return response
    said = problem(request, response.status_code)
    for header, value in response.items():
        if header.lower() not in ("content-type", "content-length"):
            said.headers.setdefault(header, value)
    return said


# What is wrong with a value, by the kind of error its schema finds. What is not here is said in
# the words of the schema library, in English.
_TEXT, _INSTANT, _WHOLE = (
    _("This must be a text."),
    _("This must be an instant with its zone, such as 2026-05-01T09:30:00+08:00."),
    _("This must be a whole number."),
)
FAULTS: Mapping[str, Any] = {
    "missing": _("Please fill this in."),
    "string_type": _TEXT,
    "string_too_long": _("This is too long: at most %(max_length)s characters."),
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "greater_than_equal": _("This must be at least %(ge)s."),
    "less_than_equal": _("This must be at most %(le)s."),
    "uuid_type": _("This must be an id as the API gives it."),
    "uuid_parsing": _("This must be an id as the API gives it."),
    "literal_error": _("This must be one of: %(expected)s."),
    "timezone_aware": _INSTANT,
    "datetime_type": _INSTANT,
    "datetime_parsing": _INSTANT,
    "datetime_from_date_parsing": _INSTANT,
    "dict_type": _("This must be an object with names and values."),
    "model_attributes_type": _("This must be an object with names and values."),
}


def _field(error: Mapping[str, Any]) -> dict[str, str]:
    """Where in the request and what: `body.place` from ("body", "body", "place")."""
    where = [str(part) for part in error.get("loc", ())]
    name = ".".join(where[2:] if where[:1] == ["body"] and len(where) > 2 else where[1:] or where)
    words = FAULTS.get(str(error.get("type")))
    message = str(words) % error.get("ctx", {}) if words else str(error.get("msg", ""))
    return {"name": name, "message": message}
