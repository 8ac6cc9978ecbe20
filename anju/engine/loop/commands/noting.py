"""A remark about a piece of work, by who does it."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.ground import happened, the_one
from anju.engine.loop.models import Record, WorkOrder
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet


def note_work(work_id: UUID, text: str, *, actor: Actor, at: datetime | None = None) -> None:
    """Note something about work: on its case, where it belongs to one; planned work keeps it as a
    record, the words beside its event, where they can be erased. `at`: when (UTC; default now).
    Refuses (`NotYet`) nothing written, and work that is void."""
    with acting(actor):
        seen = WorkOrder.objects.seen_by(actor).select_related("place", "case")
        work: WorkOrder = the_one(seen, work_id)
        if work.case_id:
            move_case(work.case_id, "note", actor=actor, said={"text": text}, at=at)
            return
        actor.require("record.add", work.place.path if work.place else "")
        if not text.strip():
            words = _("Write what there is to note, for example: the lamp flickers.")
            raise NotYet(words, code="missing", fields={"text": words})
        if work.state == "void":
            raise NotYet(_("This work is over: nothing can be added to it any more."), code="over")
        made = Record.objects.create(
            company_id=actor.company_id,
            work=work,
            kind="note",
            by=actor.id,
            written_by=actor.written_by,
            at=happened(at, None),
        )
        tell(
            "record.made",
            subject=("record", made.id),
            actor=actor,
            at=made.at,
            said={"kind": "note", "work": str(work.id)},
            wrote=written(made),
            values={"text": text.strip()[:4000]},
        )
