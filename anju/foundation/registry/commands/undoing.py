"""Undoing an import: everything back to what it was, as long as nothing hangs on it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from anju.foundation.entries.commands import Change, amend, strike
from anju.foundation.entries.models import Entry
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.registry.commands.confirming import one_at_a_time
from anju.foundation.registry.models import Batch, Entered
from anju.foundation.registry.queries import SHOWN, entered_rows, hanging
from anju.foundation.registry.sheets import BY_NAME
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown
from anju.foundation.tenancy.rows import only


def undo(batch_id: UUID, *, actor: Actor) -> Batch:
    """Take back what an import made, and put back what it changed.

    Refuses (`NotYet`, with `fields["hanging"]` the list) while something hangs on it: an entry
    was changed since, or something refers to an entry it made. Nothing is undone then.
    """
    actor.require("import.run")
    with acting(actor):
        one_at_a_time(actor=actor)
        batch = only(Batch.objects.seen_by(actor).select_for_update().filter(id=batch_id))
        if batch is None:
            raise Unknown(_("There is no such import, or you may not see it."))
        if batch.state != "confirmed":
            raise NotYet(_("This import has not been confirmed, or was undone already."))
        if found := hanging(batch):
            shown = "; ".join(f"{h.entry}: {h.why} ({h.count})" for h in found[:SHOWN])
            raise NotYet(
                _("The import cannot be undone, because its entries are in use: %(shown)s")
                % {"shown": shown},
                code="hanging",
                fields={"hanging": [f"{h.entry}: {h.why} ({h.count})" for h in found]},
            )
        _take_back(batch, actor)
        batch.state, batch.settled_at = "undone", now()
        batch.save(update_fields=["state", "settled_at"])
        Entered.objects.filter(batch=batch).delete()
        tell("import.undone", subject=("import", batch.id), actor=actor, wrote=written(batch))
    return batch


def _take_back(batch: Batch, actor: Actor) -> None:
    parts = {part.model: part for part in BY_NAME[batch.sheet].parts}
    everything = [
        (model, [(e, row) for e, row in rows if row is not None])
        for model, rows in entered_rows(batch)
    ]
    for model, rows in everything:
        for entered, row in rows:
            if entered.before is not None:
                values = {f: _back(model, f, entered.before.get(f)) for f in entered.before}
                amend([Change(row, values)], actor=actor)
                # The entry is again what an earlier import left: that one may be undone too.
                Entered.objects.filter(subject_id=row.id, version=entered.version - 1).update(
                    version=row.version
                )
        made = [row for e, row in rows if e.before is None]
        if (before := parts[model].before_strike) is not None:
            before(made, actor)
        strike(list(reversed(made)), actor=actor)


def _back(model: type[Entry], name: str, value: Any) -> Any:
    """A value as it was, from the form in which it was kept."""
    field = model._meta.get_field(name)
    if field.is_relation:
        related: Any = field.related_model
        return related._default_manager.get(id=value) if value else None
    kinds: dict[str, Any] = {
        "DateField": date.fromisoformat,
        "DateTimeField": datetime.fromisoformat,
        "DecimalField": Decimal,
    }
    read = kinds.get(field.get_internal_type())
    return read(value) if read and value is not None else value
