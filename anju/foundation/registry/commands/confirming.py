"""Confirming an import: all rows or none, in one transaction (trust.md P17)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from anju.foundation.entries.commands import Change
from anju.foundation.entries.models import Entry
from anju.foundation.events.commands import tell
from anju.foundation.events.rules import plain
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.registry.commands.staging import staged
from anju.foundation.registry.models import Batch, Entered
from anju.foundation.registry.planning import Plan
from anju.foundation.registry.queries import planned
from anju.foundation.registry.sheet import Part, Planned, held_value
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet

BATCH = 1000


def confirm(batch_id: UUID, *, digest: str | None = None, actor: Actor) -> Batch:
    """Write what the preview showed, all of it or nothing.

    `digest` is the fingerprint of the preview that was looked at. Refuses (`NotYet`) while a row
    is wrong or in conflict, when a required column is missing, and when nothing is new; refuses
    (`Conflict`) when the registry has changed since the preview. One import at a time per company.
    """
    actor.require("import.run")
    with acting(actor):
        one_at_a_time(actor=actor)
        batch = staged(batch_id, actor=actor)
        plan = planned(batch, actor=actor)
        _check(plan, digest)
        entered = _write(plan, batch, actor)
        Entered.objects.bulk_create(entered, batch_size=BATCH)
        batch.state, batch.table, batch.settled_at = "confirmed", None, now()
        batch.counts = plan.counts
        batch.save(update_fields=["state", "table", "settled_at", "counts"])
        tell(
            "import.confirmed",
            subject=("import", batch.id),
            actor=actor,
            said={"sheet": batch.sheet, "sha256": batch.sha256, "rows": plan.counts},
            wrote=written(batch),
        )
    return batch


def one_at_a_time(*, actor: Actor) -> None:
    """Wait until no other import of the company is being written or undone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('anju.import ' || %s, 0))",
            [str(actor.company_id)],
        )


def _check(plan: Plan, digest: str | None) -> None:
    counts = plan.counts
    wrong = counts["error"] + counts["conflict"]
    if wrong:
        raise NotYet(
            _(
                "%(rows)d rows: %(good)d can be imported, %(wrong)d have a problem. Nothing was "
                "written. Download the error table, correct the rows and upload it again."
            )
            % {"rows": len(plan.lines), "good": len(plan.lines) - wrong, "wrong": wrong},
            code="rows_wrong",
        )
    if not counts["new"] + counts["changed"]:
        raise NotYet(
            _("All %(rows)d rows are already there. There is nothing to import.")
            % {"rows": len(plan.lines)},
            code="nothing_new",
        )
    if digest is not None and digest != plan.digest:
        raise Conflict(
            _("The registry has changed since the preview. Look at the preview again and confirm.")
        )


def _write(plan: Plan, batch: Batch, actor: Actor) -> list[Entered]:
    entered: list[Entered] = []
    done: set[type[Entry]] = set()
    for part in plan.sheet.parts:
        if part.model in done:
            continue
        done.add(part.model)
        mine = [p for p in plan.planned if p.part.model is part.model]
        drafts: list[Entry] = []
        for entry in mine:
            if entry.found is None:
                _draft(entry, drafts)
        part.add(drafts, actor=actor)
        entered += [_entered(batch, draft, None) for draft in drafts]
        changed = [p for p in mine if p.found is not None and p.changes]
        entered += _change(part, changed, batch, actor)
    for part in plan.sheet.parts:
        if part.after is not None:
            part.after(plan.lines, actor)
    if plan.sheet.rows is not None:
        plan.sheet.rows.write(plan.lines, actor)
    return entered


def _draft(entry: Planned, drafts: list[Entry]) -> Entry:
    """The unsaved row of a plan, after those of its model that it points to."""
    if entry.draft is None:
        fields = {name: v for name, v in entry.defaults.items() if v not in (None, "")}
        for name, value in {**fields, **entry.values}.items():
            meant = value.entry or _draft(value, drafts) if isinstance(value, Planned) else value
            fields[_field(entry.part, name, meant)] = meant
        entry.draft = entry.part.model(**fields)
        drafts.append(entry.draft)
    return entry.draft


def _field(part: Part, name: str, value: Any) -> str:
    """The field itself, or its column where the value is an id."""
    field = part.model._meta.get_field(name)
    return getattr(field, "attname", name) if isinstance(value, UUID) else name


def _change(part: Part, changed: Sequence[Planned], batch: Batch, actor: Actor) -> list[Entered]:
    before: dict[UUID, dict[str, Any]] = {}
    changes: dict[frozenset[str], list[Change[Any]]] = {}
    for entry in changed:
        row = entry.found
        if row is None:
            continue
        before[row.id] = plain({f: held_value(row, f) for f in entry.changes})
        values = {f: v.entry if isinstance(v, Planned) else v for f, v in entry.changes.items()}
        changes.setdefault(frozenset(values), []).append(Change(row, values))
    rows: list[Any] = []
    for group in changes.values():  # one UPDATE writes the same fields of all its rows
        rows += part.change(group, actor=actor)
    return [_entered(batch, row, before[row.id]) for row in rows]


def _entered(batch: Batch, row: Entry, before: dict[str, Any] | None) -> Entered:
    return Entered(
        company_id=batch.company_id,
        batch=batch,
        kind=row.entry_kind,
        subject_id=row.id,
        version=row.version,
        before=before,
        person_id=row.whose(),
    )
