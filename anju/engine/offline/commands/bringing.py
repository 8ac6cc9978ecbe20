"""A device brings what was done on it: each command once, in its order, in its own transaction."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError
from django.utils.translation import gettext as _

from anju.engine.offline.commands.settling import receipt_of, settle, take
from anju.engine.offline.doing import RECORDS, takes_files, whose_of
from anju.engine.offline.models import Delivery, Device, Stream
from anju.engine.offline.queries import files_here, subject_of
from anju.engine.offline.rules import BIGGEST, Heard, happened_at, readable, turn_of
from anju.foundation.access.commands.phones import enrol_phone
from anju.foundation.access.queries import by_token
from anju.foundation.events.commands import tell
from anju.foundation.lib import digest, now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

MOST = 50
PATIENCE = 5.0  # seconds; what was not reached is sent again
Receipt = dict[str, Any]
log = structlog.get_logger("anju.offline")


@dataclass(frozen=True)
class Command:
    """What was done on a device. `seq` counts what it did about this subject, from 1; `tick` is
    its clock that nobody can set, None where that did not run all the while."""

    v: int
    id: UUID
    device: UUID
    seq: int
    who: UUID
    subject: UUID
    base_version: int | None
    name: str
    at: datetime
    tick: float | None
    said: Mapping[str, Any]

    @property
    def digest(self) -> bytes:
        """Of what was done; number and tick depend on when and from where it is sent."""
        told = [str(self.who), str(self.subject), self.name, self.at, self.said]
        return digest(told)

    @property
    def files(self) -> list[str]:
        """The hashes of the files that belong to it."""
        many = self.said.get("files")
        named = [self.said.get("file"), *(many if isinstance(many, list) else ())]
        return list(dict.fromkeys(str(one)[:64].lower() for one in named if one))


def bring(
    commands: Sequence[Command],
    heard: Heard,
    *,
    actor: Actor,
    left: int = 0,
    in_order: bool = True,
    token: UUID | None = None,
) -> list[Receipt]:
    """Take what a device brings, and say of each command what became of it.

    Each is its own transaction, and one id acts once: it gets the same receipt again. "wait": keep
    it and send it again (one before it is missing, it is another person's, this server cannot read
    it yet, or just now). Records are never refused: "taken", or kept "aside". A step is "taken",
    "refused", or "blocked" behind a refused one. "waiting": received, files are to come. After five
    seconds the receipts so far. `left`: what stays on the device; `in_order`: False where the
    sign-in of who brings it is over, which is told with each step.
    `token`: the one it came with, revoked when the device is reported lost.
    """
    begun, receipts = time.monotonic(), []
    ordered = sorted(commands, key=lambda one: (one.device, one.subject, one.seq))
    for command in ordered:
        if time.monotonic() - begun > PATIENCE:
            break
        receipts.append(_brought(command, heard, actor, in_order=in_order))
    held = left + len(ordered) - len([r for r in receipts if r["status"] != "wait"])
    for device in {command.device for command in ordered}:
        _heard_of(device, heard, actor, held, token=token)
    return receipts


def hear(device: UUID, heard: Heard, *, actor: Actor, left: int, token: UUID | None = None) -> None:
    """A device says that it is there, and how much it holds. `token`: the one it came with."""
    _heard_of(device, heard, actor, left, token=token)


def enrol(device: UUID, *, actor: Actor, name: str) -> str:
    """Make the token with which this device brings what the actor does on it, and return it, this
    once (`enrol_phone`). The device is known from now on, so that it can be reported lost before it
    brought anything. One that was reported lost is told so when it brings something."""
    with acting(actor):
        token = enrol_phone(actor=actor, name=name)
        row, who = _device(device, Heard(now(), now(), None), actor), by_token(token)
        row.account_id, row.tokens = actor.id, {**row.tokens, str(actor.id): str(who and who.held)}
        row.save(update_fields=["account_id", "tokens"])
    return token


def _brought(command: Command, heard: Heard, actor: Actor, *, in_order: bool) -> Receipt:
    if command.who != actor.id:
        return _wait(command, "other_person", _("Its maker has to sign in on this device first."))
    if not readable(command.v, heard.received.date()):
        return _wait(command, "format", _("This app is of another version. Open it again."))
    try:
        with acting(actor):
            return _received(command, heard, actor, in_order=in_order)
    except DatabaseError as error:
        log.error("offline.broken", name=command.name, exc_info=error)
        return _wait(command, "broken", _("Just now it could not be taken. It is sent again."))


def _wait(command: Command, code: str, text: str) -> Receipt:
    return {"id": str(command.id), "status": "wait", "code": code, "text": text}


def _received(command: Command, heard: Heard, actor: Actor, *, in_order: bool) -> Receipt:
    device = _device(command.device, heard, actor)
    stream = _stream(device, command.subject, actor)
    mine = Delivery.objects.filter(company_id=actor.company_id)
    known = mine.filter(command=command.id).first()
    turn = turn_of(stream.known, command.seq, known=known is not None)
    if turn == "again" and known is not None:
        return _again(known, command, actor)
    if turn == "gap":
        return _wait(command, "gap", _("What was done before it has not come yet."))
    if turn == "used":
        return _wait(command, "used", _("Something else came under its number."))
    at = happened_at(command.at, command.tick, heard=heard, since=device.emptied_at)
    made = Delivery(
        company_id=actor.company_id,
        command=command.id,
        stream=stream,
        seq=command.seq,
        who=command.who,
        name=command.name,
        asked=command.digest,
        at=max(at, stream.at or at),
        received_at=heard.received,
        base=command.base_version,
        said=dict(command.said),
        lacks=_lacking(command, actor) if takes_files(command.name) else [],
    )
    stream.last, stream.at = command.seq, made.at
    take(made, stream)
    made.save()
    stream.save()
    if (heard.skew or not in_order) and made.name not in RECORDS:
        _flag(made, command, heard, actor, in_order=in_order)
    return made.receipt  # type: ignore[no-any-return]  # a JSON column


def _again(known: Delivery, command: Command, actor: Actor) -> Receipt:
    """The receipt of before; what waits for files that have come meanwhile is settled first."""
    if bytes(known.asked) != command.digest:
        text = _("Something else came under its id.")
        return {**_wait(command, "used", text), "status": "refused"}
    if known.state == "waiting":
        settle(known.stream_id, actor=actor)
        known.refresh_from_db()
    return receipt_of(known)


def _lacking(command: Command, actor: Actor) -> list[str]:
    wanted = command.files
    here = files_here(wanted, who=command.who, company=actor.company_id) if wanted else {}
    return [one for one in wanted if one not in here]


def _device(id: UUID, heard: Heard, actor: Actor) -> Device:
    mine = Device.objects.filter(company_id=actor.company_id, device=id)
    if (device := mine.first()) is None:
        new = Device(
            company_id=actor.company_id, device=id, account_id=actor.id, heard_at=heard.received
        )
        Device.objects.bulk_create([new], ignore_conflicts=True)
        device = mine.get()
    return device


def _stream(device: Device, subject: UUID, actor: Actor) -> Stream:
    """Its row, locked: one command of a stream at a time."""
    mine = Stream.objects.filter(company_id=actor.company_id, device=device, subject=subject)
    if (found := mine.select_for_update().first()) is None:
        new = Stream(company_id=actor.company_id, device=device, subject=subject)
        Stream.objects.bulk_create([new], ignore_conflicts=True)
        found = mine.select_for_update().get()
    return found


def _heard_of(id: UUID, heard: Heard, actor: Actor, held: int, *, token: UUID | None) -> None:
    with acting(actor):
        device = _device(id, heard, actor)
        said: dict[str, Any] = {
            "heard_at": heard.received,
            "account_id": actor.id,
            "left": min(max(held, 0), BIGGEST),
            "skew": int(heard.skew.total_seconds()),
        }
        if token:
            said["tokens"] = {**device.tokens, str(actor.id): str(token)}
        if held <= 0:
            said["emptied_at"] = heard.received
        Device.objects.filter(company_id=actor.company_id, id=device.id).update(**said)


def _flag(made: Delivery, command: Command, heard: Heard, actor: Actor, *, in_order: bool) -> None:
    """Say in the memory what was odd about who or what brought a step."""
    mine = whose_of(made.name, command.said, actor)
    tell(
        "device.odd",
        subject=(mine.kind, mine.id) if mine else subject_of(command.subject, actor=actor),
        actor=actor,
        at=made.at,
        said={
            "step": made.name,
            "skew": int(heard.skew.total_seconds()),
            "signed_out": not in_order,
        },
    )
