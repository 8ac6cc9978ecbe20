"""REST: what a device brings. Parse, call one command, answer."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema
from pydantic import AfterValidator, AwareDatetime, Field

from anju.engine.offline.commands.bringing import MOST, Command, bring, hear
from anju.engine.offline.commands.losing import turned_away
from anju.engine.offline.commands.settling import files_came
from anju.engine.offline.rules import BIGGEST, Heard
from anju.foundation.access.doors import Request, SignInFirst, api_door, known
from anju.foundation.access.queries import is_in_order
from anju.foundation.access.rules import DELIVER
from anju.foundation.files.commands import keep_piece
from anju.foundation.files.models import StoredFile
from anju.foundation.files.queries import come_so_far, given_before
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.errors import NotYet

router = Router(tags=["offline"])
SCOPE = "deliver write"
RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})", re.ASCII)


def _storable(given: Any) -> Any:
    """Without what no column can hold: NUL and halves of surrogate pairs."""
    if isinstance(given, str):
        return given.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(given, list):
        return [_storable(one) for one in given]
    if isinstance(given, dict):
        return {_storable(name): _storable(one) for name, one in given.items()}
    return None if isinstance(given, float) and not -1e15 < given < 1e15 else given


def _sane(at: datetime) -> datetime:
    """A clock that is off by more than a century says nothing."""
    moment = now()
    if abs(at.year - moment.year) > 100:
        return moment
    return at.astimezone(UTC)


Said = Annotated[dict[str, Any], AfterValidator(_storable)]
Instant = Annotated[AwareDatetime, AfterValidator(_sane)]
Number = Annotated[int, Field(ge=0, le=BIGGEST)]
Tick = Annotated[float, Field(ge=0, le=1e15)]


class CommandIn(Schema):
    """What was done on a device. `seq` counts what it did about this subject, from 1; `tick`:
    milliseconds of a clock nobody can set, null where it did not run all the while. `said`: what
    the command takes; files by their SHA-256 in `file` or `files`."""

    v: Annotated[int, Field(ge=1, le=BIGGEST)] = 1
    id: UUID
    device: UUID
    seq: Annotated[int, Field(ge=1, le=BIGGEST)]
    who: UUID
    subject: UUID
    base_version: Number | None = None
    name: str = Field(max_length=12)
    at: Instant
    tick: Tick | None = None
    said: Said = Field(default_factory=dict)


class CommandsIn(Schema):
    """One request of a device: what its clocks say now, what it brings, how much it still holds
    (`left`). `device` where it brings nothing and says that it is there."""

    sent_at: Instant
    tick_now: Tick | None = None
    device: UUID | None = None
    left: Number = 0
    commands: list[CommandIn] = Field(max_length=MOST)


class ReceiptOut(Schema):
    """What became of a command. "wait": keep it and send it again. `at`: when it happened by our
    clock. `waiting_for`: files that are still to come. `remains`, `next`: what a refused step
    lacks, and which steps are possible now. `state`, `version`: of the subject."""

    id: UUID
    status: Literal["wait", "waiting", "taken", "aside", "refused", "blocked"]
    number: str = ""
    at: datetime | None = None
    code: str = ""
    text: str = ""
    of: str = ""
    waiting_for: int = 0
    remains: list[str] = []
    next: list[str] = []
    state: str = ""
    version: int | None = None


class ReceiptsOut(Schema):
    """The receipts so far; what has none is sent again."""

    receipts: list[ReceiptOut]


class FileOut(Schema):
    """How much of a file has come."""

    sha256: str
    have: int
    complete: bool


@router.post("/commands", response=ReceiptsOut, operation_id="bring_commands")
@api_door(signed_in=True, scope=SCOPE, fenced=False)
def post_commands(request: Request, body: CommandsIn) -> Mapping[str, Any]:
    """Bring what was done offline: at most 50 commands, each once, in the order of its device and
    subject. Send again what has no receipt, or one that says "wait". A device that was reported
    lost is answered 401."""
    received, actor = now(), request.actor
    heard = Heard(received, body.sent_at, body.tick_now)
    with acting(actor):
        in_order = is_in_order(known(request))
    token = _own_token(request)
    commands = [Command(**dict(one)) for one in body.commands]
    devices = [*(one.device for one in commands), *([body.device] if body.device else [])]
    if turned_away(devices, actor=actor, token=token):
        raise SignInFirst
    receipts = bring(commands, heard, actor=actor, left=body.left, in_order=in_order, token=token)
    if not commands and body.device:
        hear(body.device, heard, actor=actor, left=body.left, token=token)
    return {"receipts": receipts}


@router.put("/files/{sha256}", response=FileOut, operation_id="put_file")
@api_door(signed_in=True, scope=SCOPE, fenced=False)
def put_file(request: Request, sha256: str, name: str = "photo.jpg") -> HttpResponse:
    """A file by its hash, whole or in pieces (`Content-Range: bytes 0-262143/900000`); a piece
    that begins elsewhere than where the last one has ended changes nothing: send what follows the
    `have` of the answer."""
    hash_of, actor = _hash(sha256), request.actor
    if turned_away([], actor=actor, token=_own_token(request)):
        raise SignInFirst
    size = int(request.headers.get("Content-Length") or 0)
    start, total = _range(request.headers.get("Content-Range", ""), size)
    kept = keep_piece(hash_of, request, actor=actor, start=start, total=total, name=name[:120])
    if isinstance(kept, StoredFile):
        files_came(hash_of, actor=actor)
        return _come(hash_of, kept.size, complete=True)
    return _come(hash_of, kept, complete=False)


@router.api_operation(["HEAD"], "/files/{sha256}", operation_id="ask_file")
@api_door(signed_in=True, scope=SCOPE)
def head_file(request: Request, sha256: str) -> HttpResponse:
    """How much of one's file has come: headers `Upload-Offset` and `Upload-Complete`."""
    hash_of = _hash(sha256)
    if kept := given_before(hash_of, actor=request.actor):
        return _come(hash_of, kept.size, complete=True)
    return _come(hash_of, come_so_far(hash_of, actor=request.actor), complete=False)


def _own_token(request: Request) -> UUID | None:
    """The token of a phone; None for a program's."""
    return known(request).held if DELIVER in known(request).scopes else None


def _come(sha256: str, have: int, *, complete: bool) -> HttpResponse:
    body = FileOut(sha256=sha256, have=have, complete=complete).model_dump_json()
    answer = HttpResponse(body, content_type="application/json")
    answer["Upload-Offset"] = str(have)
    answer["Upload-Complete"] = "?1" if complete else "?0"
    return answer


def _hash(given: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", given, re.ASCII):
        text = _("A file is named by its SHA-256: 64 digits from 0 to f.")
        raise NotYet(text, code="bad_value", fields={"sha256": text})
    return given.lower()


def _range(given: str, size: int) -> tuple[int, int]:
    """Where the piece begins and how long the whole is; without a range it is the whole."""
    if not given:
        return 0, size
    found = RANGE.fullmatch(given.strip())
    first, last, total = (int(n) for n in found.groups()) if found else (1, 0, 0)
    if last - first + 1 != size or not first <= last < total:
        text = _("The range must be as long as the piece, such as bytes 0-262143/900000.")
        raise NotYet(text, code="bad_value", fields={"Content-Range": text})
    return first, total
