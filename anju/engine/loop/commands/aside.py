"""What a device recorded and brings when it fits no longer: kept all the same, beside the work."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from anju.engine.loop.commands.evidence import STAGES
from anju.engine.loop.models import Record, WorkOrder
from anju.engine.loop.presets import SIGNERS
from anju.engine.loop.receiving import receiver_of
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.files.models import StoredFile
from anju.foundation.lib import given_id
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

LOST = "lost"  # its file will not come: somebody has said why
UNSIGNED = "unsigned"  # a signature whose file was refused: nobody has said why nobody signs
NAME_LENGTH = 24  # of a text beside an event


def keep_aside(
    subject: UUID,
    said: Mapping[str, Any],
    *,
    actor: Actor,
    why: str,
    at: datetime,
    files: Iterable[StoredFile] = (),
) -> list[Record]:
    """Keep what was recorded about the work order `subject` though it cannot be added to it (`why`:
    the code of the refusal): one record, and one more for each further file. It hangs on the work
    where the actor sees it. What was typed stands beside the event, where it can be erased: with
    who of those who live there signed, chosen (`person`) or by a typed name as `sign_for` knows
    them, whether or not the actor still sees the work; else with who reported the case, where the
    actor sees it."""
    with acting(actor):
        seen = WorkOrder.objects.seen_by(actor).select_related("case").filter(id=subject)
        work: WorkOrder | None = seen.first()
        case = work.case if work else None
        kept: list[StoredFile | None] = [*files]
        stage = {"stage": said["stage"]} if said.get("stage") in STAGES else {}
        signed = {"by": said["signer"]} if said.get("signer") in SIGNERS else {}
        made = [
            Record.objects.create(
                company_id=actor.company_id,
                case=case,
                work=work,
                kind="aside",
                value={"why": why, "subject": str(subject), **stage, **signed},
                file_id=file.id if file else None,
                by=actor.id,
                written_by=actor.written_by,
                at=at,
            )
            for file in kept or [None]
        ]
        subject_of = ("case", case.id) if case else ("record", made[0].id)
        tell(
            "record.made",
            subject=subject_of,
            actor=actor,
            at=at,
            said={"kind": "aside", "why": why},
            wrote=written(*made),
            values={k[:NAME_LENGTH]: str(v) for k, v in said.items() if v not in ("", None)},
            whose=_signed(subject, said, at, actor) or (case.reporter_id if case else None),
        )
    return made


def _signed(subject: UUID, said: Mapping[str, Any], at: datetime, actor: Actor) -> UUID | None:
    works = WorkOrder.objects.filter(company_id=actor.company_id, id=subject)
    work = works.select_related("place", "case").first() if said.get("signer") else None
    if work is None:
        return None
    person = given_id(said["person"]) if said.get("person") else None
    who = receiver_of(work, at, person, str(said.get("name") or "").strip())
    return who.id if who else None
