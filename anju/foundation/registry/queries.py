"""Reads of imports: the preview, and what hangs on what an import made."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import ManyToOneRel
from django.utils.translation import gettext as _

from anju.foundation.access.models import RoleGrant
from anju.foundation.entries.models import Entry
from anju.foundation.places.models import Place
from anju.foundation.registry.lists import list_named
from anju.foundation.registry.models import Batch, Entered
from anju.foundation.registry.planning import Plan, missing_columns, plan, unknown_headers
from anju.foundation.registry.sheet import Sheet
from anju.foundation.registry.sheets import BY_NAME
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet

SHOWN = 20
ENOUGH = 1000  # references read per kind: the list need not be complete to be clear


@dataclass(frozen=True)
class Hanging:
    """Why an entry cannot be taken back: it was changed, or `count` of something refer to it."""

    entry: str
    why: str
    count: int = 1


@dataclass(frozen=True)
class Preview:
    """What an import would do, and what to say about its columns."""

    batch: Batch
    plan: Plan
    unknown: Sequence[str]
    earlier: Batch | None


def planned(batch: Batch, *, actor: Actor) -> Plan:
    """The plan of an open import. Refuses (`NotYet`) when a required column has no match."""
    table = batch.table or {"header": [], "rows": []}
    sheet = list_named(batch.sheet, actor)
    if missing := missing_columns(sheet, batch.mapping):
        raise NotYet(
            _(
                "The file has no column for: %(columns)s. Nothing was imported. Choose the "
                "columns, or use the template."
            )
            % {"columns": "、".join(str(column.title) for column in missing)},
            code="columns_missing",
            fields={column.key: _("Choose a column of the file.") for column in missing},
        )
    rows = [(int(n), cells) for n, cells in table["rows"]]
    return plan(sheet, rows, batch.mapping, actor=actor)


def preview(batch: Batch, *, actor: Actor) -> Preview:
    """What an open import would do; `earlier` is a confirmed import of the same file."""
    made, table = planned(batch, actor=actor), batch.table or {"header": []}
    return Preview(
        batch,
        made,
        unknown_headers(made.sheet, table["header"], batch.mapping),
        earlier_import(batch),
    )


def earlier_import(batch: Batch) -> Batch | None:
    """The last confirmed import of the same file into the same list."""
    same = Batch.objects.filter(
        company_id=batch.company_id, sheet=batch.sheet, sha256=batch.sha256, state="confirmed"
    )
    return same.exclude(id=batch.id).order_by("-made_at").first()


def entered_rows(batch: Batch) -> Iterator[tuple[type[Entry], list[tuple[Entered, Entry | None]]]]:
    """What the import wrote, by model, the parts of its list from the last to the first."""
    sheet: Sheet = BY_NAME[batch.sheet]
    entered = list(Entered.objects.filter(batch=batch).order_by("id"))
    done: set[type[Entry]] = set()
    for part in reversed(sheet.parts):
        if part.model in done:
            continue
        done.add(part.model)
        mine = [e for e in entered if e.kind == part.model.entry_kind]
        found = part.model._default_manager.in_bulk([e.subject_id for e in mine])
        if mine:
            yield part.model, [(e, found.get(e.subject_id)) for e in mine]


def hanging(batch: Batch) -> list[Hanging]:
    """What stands in the way of undoing an import; empty when nothing does.

    An entry changed since then, and everything else in the database that refers to an entry the
    import made; whatever was written that is no entry. One query per kind of reference.
    """
    if batch.sheet not in BY_NAME:
        return [Hanging(batch.file_name, _("what is written there is never taken away"))]
    everything = list(entered_rows(batch))
    own = {model: {e.subject_id for e, _row in rows} for model, rows in everything}
    found: list[Hanging] = []
    for model, rows in everything:
        for entered, row in rows:
            if row is None:
                found.append(Hanging(str(entered.subject_id), _("is no longer there")))
            elif row.version != entered.version:
                found.append(Hanging(str(row), _("was changed after the import")))
        made = {e.subject_id: row for e, row in rows if e.before is None and row is not None}
        found += _references(model, made, own)
        found += _grants(made)
    return found


def _references(
    model: type[Entry], made: Mapping[UUID, Entry], own: Mapping[Any, set[UUID]]
) -> Iterable[Hanging]:
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ManyToOneRel):
            continue
        child, name = relation.field.model, relation.field.attname
        if child.__name__ == "Served" and name == "asset_id":
            continue  # goes with the asset: the sheet's `before_strike` takes it
        rows = child._default_manager.filter(**{f"{name}__in": list(made)})
        rows = rows.exclude(pk__in=list(own.get(child, ())))
        counts = Counter(rows.values_list(name, flat=True)[:ENOUGH])
        for parent, count in counts.items():
            yield Hanging(
                str(made[parent]),
                _("is used by: %(what)s") % {"what": child._meta.verbose_name},
                count,
            )


def _grants(made: Mapping[UUID, Entry]) -> Iterable[Hanging]:
    paths = {row.path: row for row in made.values() if isinstance(row, Place)}
    if paths:
        for path in RoleGrant.objects.filter(path__in=list(paths)).values_list("path", flat=True):
            yield Hanging(str(paths[path]), _("a role was given there"))
