"""What other systems tell us: POST /api/v1/hooks/<channel>, signed (docs/operations.md).

It has no token, reads bytes and answers WeCom in plain text, so it is no operation of ninja's; what
stands in the OpenAPI document about it stands here too.
"""

from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from ninja import Schema
from pydantic import Field

from anju.domains.intake.commands import echo_wecom, receive, receive_wecom
from anju.foundation.access.doors import PROBLEM, Request, door

SIGNATURE = "Anju-Signature"


@csrf_exempt
@door(anonymous=True, methods="GET POST")
def hook(request: Request, channel: str) -> HttpResponse:
    """Take one message in. 201 something new, 200 it came before; 403 not signed, 409 replayed.

    WeCom asks by GET whether the address is ours, and signs in the address.
    For a call that rings the answer holds the address of its card on the desk.
    """
    if request.method == "GET":
        return HttpResponse(echo_wecom(channel, request.GET.dict()), content_type="text/plain")
    if "msg_signature" in request.GET:
        receive_wecom(channel, request.body, request.GET.dict())
        return HttpResponse("success", content_type="text/plain")
    got = receive(channel, request.body, request.headers.get(SIGNATURE, ""))
    said = {"state": got.state, "id": str(got.id), "case": got.number or None, "again": got.again}
    if got.caller and got.state == "ringing":
        desk = reverse("console:desk")
        said["card"] = f"{settings.URL}{desk}?{urlencode({'caller': got.caller})}"
    return JsonResponse(said, status=200 if got.again else 201)


# In the OpenAPI document


class ReporterTold(Schema):
    """Who reports, as the other system knows them."""

    name: str = Field("", max_length=80)
    phone: str = Field("", max_length=32)


class MatterTold(Schema):
    """A report. `id` (or `number`, as hotlines call it) is its own outside; `about`: the number of
    a case, or the `id` of an earlier message; `due`: until when the other side wants an answer.
    What does not read like this waits for a person."""

    id: str = Field("", max_length=120)
    number: str = Field("", max_length=120)
    title: str = Field("", max_length=300)
    text: str = Field("", max_length=20_000)
    kind: str = Field("", max_length=12)
    category: str = Field("", max_length=120)
    urgency: Literal["P1", "P2", "P3", "P4", 1, 2, 3, 4] = 3
    place: str = Field("", max_length=400)
    about: str = Field("", max_length=120)
    reporter: ReporterTold | None = None
    at: datetime | None = None
    due: datetime | None = None


class CallTold(Schema):
    """A step of a telephone call, by the telephone system's own number of the call."""

    call: str = Field(max_length=120)
    event: Literal["ring", "answer", "abandon", "end"]
    number: str = Field("", max_length=32)
    at: datetime | None = None


class Taken(Schema):
    """What became of it. `case`: the number of its case; `again`: it had come before; `card`: for a
    call that rings, the address of the desk with its caller."""

    state: Literal["case", "message", "kept", "settled", "ringing", "answered", "missed"]
    id: UUID
    case: str | None
    again: bool
    card: str = ""


SCHEMAS = (MatterTold, CallTold, Taken)


def _of(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


_TAKEN = {
    "application/json": {"schema": _of("Taken")},
    "text/plain": {"schema": {"type": "string"}},  # to WeCom
}
PATHS: dict[str, Any] = {
    "/api/v1/hooks/{channel}": {
        "post": {
            "operationId": "take_in",
            "summary": "Take In",
            "description": (
                "One message of another system, at most 256 KB, signed with the secret of its "
                "source. The very same request twice is refused; signed anew, the same `id` is "
                "answered as before and done once. No token is asked for."
            ),
            "tags": ["hooks"],
            "security": [],
            "parameters": [
                {
                    "name": "channel",
                    "in": "path",
                    "required": True,
                    "description": "The last part of the address on the page of the source.",
                    "schema": {"type": "string", "minLength": 1},
                },
                {
                    "name": SIGNATURE,
                    "in": "header",
                    "required": True,
                    "description": "t=<seconds since 1970>,v1=<HMAC-SHA256 of t.body, in hex>",
                    "schema": {"type": "string", "pattern": "^t=[0-9]{1,11}(,v1=[0-9a-f]{64})+$"},
                },
            ],
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {"schema": {"anyOf": [_of("MatterTold"), _of("CallTold")]}}
                },
            },
            "responses": {
                "200": {"description": "It came before", "content": _TAKEN},
                "201": {"description": "Taken in", "content": _TAKEN},
                **{str(n): PROBLEM for n in (400, 403, 404, 405, 409, 413, 422)},
            },
        }
    }
}
