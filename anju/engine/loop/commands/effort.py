"""What a piece of work took: materials, time, and the signature of whom it was done for.

`at` of a command is when it happened (UTC; default now).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anju.engine.loop.commands.ground import happened, the_one
from anju.engine.loop.commands.work_moves import may_do
from anju.engine.loop.models import Record, WorkOrder
from anju.engine.loop.presets import SIGNERS
from anju.engine.loop.receiving import receiver_of
from anju.engine.loop.rules import WORK_LIVE
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.files.commands import Content, keep_file
from anju.foundation.people.models import Person
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet

CENT, THOUSANDTH = Decimal("0.01"), Decimal("0.001")
LONGEST = 24 * 60  # minutes of one person on one piece of work
DEAREST = Decimal(1_000_000)
NAME_MOST = 60
ABSENT = ("nobody_home", "declined", "public_area")


@dataclass(frozen=True)
class Material:
    """What was used: `quantity` of `unit`, `price` in yuan for one (0: nothing is asked)."""

    name: str
    quantity: Decimal
    unit: str = ""
    price: Decimal = Decimal(0)


def use_material(
    work_id: UUID, used: Material, *, actor: Actor, at: datetime | None = None
) -> Record:
    """Note what the work used. Refuses (`NotYet`) a thing without name, no or a negative quantity,
    a price below nothing, and work that is not in the actor's hands or is over."""
    wrong: dict[str, Any] = {}
    if not used.name.strip() or len(used.name) > 80:
        wrong["name"] = _("Say what was used, for example: angle valve DN15.")
    if not (used.quantity.is_finite() and 0 < used.quantity < DEAREST):
        wrong["quantity"] = _("The quantity is a number above 0, for example 2 or 0.5.")
    if not (used.price.is_finite() and 0 <= used.price < DEAREST):
        wrong["price"] = _("The price is in yuan for one, 0 or more, for example 18.50.")
    _refuse(wrong)
    value = {
        "name": used.name.strip(),
        "quantity": format(used.quantity.quantize(THOUSANDTH).normalize(), "f"),
        "unit": used.unit.strip()[:12],
        "price": str(used.price.quantize(CENT)),
    }
    return _noted(work_id, "material", value, actor=actor, at=at)


def spend_minutes(
    work_id: UUID, minutes: int, *, actor: Actor, at: datetime | None = None
) -> Record:
    """Note how long somebody worked on it, in minutes. Refuses (`NotYet`) none and more than a
    day."""
    if not 0 < minutes <= LONGEST:
        text = _("Working time is in minutes, from 1 to 1440, for example 45.")
        _refuse({"minutes": text})
    return _noted(work_id, "labour", {"minutes": minutes}, actor=actor, at=at)


def take_back(work_id: UUID, record_id: UUID, *, actor: Actor) -> Record:
    """A line of materials or time was wrong: it stays as it is and counts no more. Done again, it
    changes nothing."""
    with acting(actor):
        lines = Record.objects.filter(work_id=work_id, kind__in=("material", "labour"))
        line: Record = the_one(lines, record_id)
        done = Record.objects.filter(work_id=work_id, kind="taken_back")
        if held := done.filter(value__record=str(line.id)).first():
            return held
        return _noted(work_id, "taken_back", {"record": str(line.id)}, actor=actor)


def sign_for(
    work_id: UUID, content: Content, *, signer: str, actor: Actor, name: str = "",
    person: UUID | None = None, at: datetime | None = None,
) -> Record:  # fmt: skip
    """Keep the signature of whom the work was done for, or who receives it: a picture in the file
    store, erased with the reporter's data. `signer` says as whom they signed; their `name` stands
    beside the event, where it can be erased. `person`: which of those who live there signs, whose
    export and erasure find it then, as they find a name that is that of one of them.
    Refuses what is no picture, and a person who does not live there."""
    if signer not in SIGNERS:
        _refuse({"signer": _("Choose who has signed.")})
    with acting(actor):
        work = _in_hand(work_id, actor)
        who = _receiver(work, person, name.strip(), happened(at, work.case))
        name = who.name if who else name
        file = keep_file(content, actor=actor, name="signature.png")
        if not file.is_picture:
            _refuse({"signature": _("A signature is a picture. Sign again in the box.")})
        typed = {"signer": name.strip()[:NAME_MOST]} if name.strip() else {}
        return _written(
            work, "signature", {"by": signer}, actor, file_id=file.id, typed=typed, at=at,
            whose=who.id if who else None,
        )  # fmt: skip


def _receiver(work: WorkOrder, person: UUID | None, name: str, at: datetime) -> Person | None:
    found = receiver_of(work, at, person, name)
    if person and found is None:
        _refuse({"person": _("This person does not live there now. Write the name instead.")})
    return found


def sign_for_nobody(
    work_id: UUID, reason: str, *, actor: Actor, at: datetime | None = None
) -> Record:
    """Note that nobody signs, and why: nobody was at home, they declined, a public area."""
    if reason not in ABSENT:
        _refuse({"reason": _("Choose why nobody signs.")})
    return _noted(work_id, "signature", {"absent": reason}, actor=actor, at=at)


def _refuse(wrong: Mapping[str, Any]) -> None:
    if wrong:
        text = _("Nothing was noted: some answers are missing or wrong. Nothing is lost.")
        raise NotYet(text, code="bad_value", fields=dict(wrong))


def _noted(
    work_id: UUID, kind: str, value: dict[str, Any], *, actor: Actor, at: datetime | None = None
) -> Record:
    with acting(actor):
        return _written(_in_hand(work_id, actor), kind, value, actor, at=at)


def _in_hand(work_id: UUID, actor: Actor) -> WorkOrder:
    """The work, when it is the actor's to do and not over; planned work is begun and done in one
    press, so what belongs to it may come before."""
    seen = WorkOrder.objects.seen_by(actor).select_related("place", "case")
    work: WorkOrder = the_one(seen, work_id)
    may_do(work, "work.do", actor=actor)
    if work.state not in WORK_LIVE - ({"waiting", "assigned"} if work.case_id else set()):
        text = _("This work is not yet accepted, or it is over: nothing can be added to it.")
        raise NotYet(text, code="not_in_hand")
    return work


def _written(
    work: WorkOrder,
    kind: str,
    value: dict[str, Any],
    actor: Actor,
    *,
    file_id: UUID | None = None,
    typed: Mapping[str, str] = MappingProxyType({}),
    at: datetime | None = None,
    whose: UUID | None = None,
) -> Record:
    made = Record.objects.create(
        company_id=actor.company_id,
        case_id=work.case_id,
        work=work,
        kind=kind,
        value=value,
        file_id=file_id,
        by=actor.id,
        written_by=actor.written_by,
        at=happened(at, work.case),
    )
    tell(
        "record.made",
        subject=("case", work.case_id) if work.case_id else ("work", work.id),
        actor=actor,
        at=made.at,
        said={"kind": kind, "work": str(work.id)},
        wrote=written(made),
        values=dict(typed),
        whose=whose or (work.case.reporter_id if work.case else None),
    )
    return made
