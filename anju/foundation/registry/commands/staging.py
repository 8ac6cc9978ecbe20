"""A file on its way: nothing of the registry is written yet."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.registry.lists import list_named
from anju.foundation.registry.models import Batch
from anju.foundation.registry.planning import guessed_mapping
from anju.foundation.registry.reading import read_table
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown
from anju.foundation.tenancy.rows import only

KEPT = timedelta(hours=24)


def stage(content: bytes, *, name: str, sheet: str, actor: Actor) -> Batch:
    """Read an uploaded file and guess its columns; the preview comes from `queries.preview`.

    Refuses a broken, empty or too large file (`NotYet`), an unknown list (`Unknown`), and who may
    not import (`Refused`). Files of others and uploads older than a day are forgotten.
    """
    actor.require("import.run")
    with acting(actor):
        columns = list_named(sheet, actor)
    table = read_table(content, name)
    with acting(actor):
        for old in Batch.objects.filter(state="staged", made_at__lt=now() - KEPT):
            _settle(old, "dropped", actor)
        batch = Batch.objects.create(
            company_id=actor.company_id,
            sheet=sheet,
            file_name=name[-120:],
            sha256=table.sha256,
            mapping=guessed_mapping(columns, table.header),
            table={"header": list(table.header), "rows": [[n, cells] for n, cells in table.rows]},
            made_by=actor.id,
            made_at=now(),
        )
        tell(
            "import.staged",
            subject=("import", batch.id),
            actor=actor,
            said={"sheet": sheet, "sha256": table.sha256, "rows": len(table.rows)},
            wrote=written(batch),
        )
    return batch


def remap(batch_id: UUID, *, mapping: Mapping[str, int], actor: Actor) -> Batch:
    """Say which column of the file is which column of the list (key -> index).

    Refuses a column that is not there or used twice (`NotYet`), and an import that is no longer
    open (`NotYet`).
    """
    with acting(actor):
        batch = staged(batch_id, actor=actor)
        table, sheet = batch.table or {"header": []}, list_named(batch.sheet, actor)
        known = {column.key for column in sheet.columns}
        indexes = list(mapping.values())
        if set(mapping) - known or any(not 0 <= n < len(table["header"]) for n in indexes):
            raise NotYet(_("The file has no such column. Choose the columns again."))
        if len(set(indexes)) < len(indexes):
            raise NotYet(_("One column of the file is used twice. Choose each only once."))
        batch.mapping = dict(mapping)
        batch.save(update_fields=["mapping"])
    return batch


def drop(batch_id: UUID, *, actor: Actor) -> None:
    """Forget an uploaded file; nothing was written from it."""
    with acting(actor):
        _settle(staged(batch_id, actor=actor), "dropped", actor)


def staged(batch_id: UUID, *, actor: Actor) -> Batch:
    """The actor's open import, locked until the transaction ends."""
    batch = only(Batch.objects.seen_by(actor).select_for_update().filter(id=batch_id))
    if batch is None:
        raise Unknown(_("There is no such import, or you may not see it."))
    if batch.state != "staged" or batch.table is None:
        raise NotYet(
            _("This import is no longer open. Upload the file again if you want to repeat it.")
        )
    return batch


def _settle(batch: Batch, state: str, actor: Actor) -> None:
    batch.state, batch.table, batch.settled_at = state, None, now()
    batch.save(update_fields=["state", "table", "settled_at"])
    tell(f"import.{state}", subject=("import", batch.id), actor=actor, wrote=written(batch))
