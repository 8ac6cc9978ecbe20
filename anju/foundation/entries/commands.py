"""The writes every list of the registry shares: enter, amend, strike, and the search index.

Each writes the rows, one event per row and the search rows in one transaction. Permissions are the
business of the commands that call these: they know the place.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import IntegrityError, connection
from django.utils.translation import gettext_lazy as _

from anju.foundation.entries.models import Entry, SearchRow, filled
from anju.foundation.events.commands import Draft, draft, tell_all
from anju.foundation.events.sealed import deleted, written
from anju.foundation.lib import uuid7
from anju.foundation.lib.search import merged
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict

E = TypeVar("E", bound=Entry)
BATCH = 1000
INDEX = """
    INSERT INTO entries_searchrow (company_id, id, kind, subject_id, tokens)
    SELECT %s, r.id, r.kind, r.subject, r.tokens::tsvector
      FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::text[])
           AS r(id, kind, subject, tokens)
    ON CONFLICT (company_id, kind, subject_id) DO UPDATE SET tokens = excluded.tokens
"""


@dataclass(frozen=True)
class Change(Generic[E]):
    """New values of one row; `version` as its editor saw it, None when nobody looked."""

    row: E
    values: Mapping[str, Any] = field(default_factory=dict)
    version: int | None = None


def enter(rows: Sequence[E], *, actor: Actor, name: str = "") -> list[E]:
    """Insert new rows of one model, with an event (`<kind>.added`, or `name`) and tokens each.

    Refuses (`Conflict`, with the model's own words) when a row is already there; writes nothing
    then. Constant number of statements per thousand rows.
    """
    if not rows:
        return []
    model = type(rows[0])
    for row in rows:
        row.company_id = actor.company_id
        row.complete()
    try:
        with acting(actor):
            for batch in _batches(rows):
                model._default_manager.bulk_create(batch)
                tell_all((_added(row, name, actor) for row in batch), actor=actor)
                _index(batch, actor=actor)
    except IntegrityError as error:
        raise Conflict(model.taken) from error
    return list(rows)


def amend(changes: Sequence[Change[E]], *, actor: Actor, name: str = "") -> list[E]:
    """Change rows of one model; returns those that really differ, with a raised version.

    An event each (`<kind>.changed`, or `name`) says old and new of plain values; personal ones go
    into its erasable part. Refuses (`Conflict`) when a row has changed since its editor saw it, or
    the new value is taken; nothing is written then.
    """
    if not changes:
        return []
    model = type(changes[0].row)
    try:
        with acting(actor):
            _lock(model, changes)
            drafts, rows, fields = [], [], set(model.derived)
            for change in changes:
                if (told := _apply(change, name, actor)) is not None:
                    drafts.append(told)
                    rows.append(change.row)
                    fields |= set(change.values)
            if rows:
                model._default_manager.bulk_update(rows, [*fields, "version"], batch_size=BATCH)
                tell_all(drafts, actor=actor)
                _index(rows, actor=actor)
    except IntegrityError as error:
        raise Conflict(model.taken) from error
    return rows


def strike(rows: Sequence[Entry], *, actor: Actor, name: str = "") -> None:
    """Take rows of one model back, children before parents, with an event each (`<kind>.struck`):
    only the undo of an import may. Refuses (`Conflict`) when something hangs on one of them."""
    if not rows:
        return
    model = type(rows[0])
    try:
        with acting(actor):
            for batch in _batches(rows):
                ids = [row.id for row in batch]
                tell_all((_struck(row, name, actor) for row in batch), actor=actor)
                SearchRow.objects.filter(subject_id__in=ids, kind=model.entry_kind).delete()
                # Not `.delete()`: it would refuse a parent for a child that goes with it; the
                # keys of the database refuse what really hangs on a row.
                model._default_manager.filter(id__in=ids)._raw_delete("default")
    except IntegrityError as error:
        raise Conflict(_("Something refers to this entry. Nothing was taken back.")) from error


def index_for_search(kind: str, id: UUID, *tokens: Iterable[str], actor: Actor) -> None:
    """Say by which tokens (see `lib.search`) the subject (kind, id) is found; replaces what stood.

    For subjects that are no entries (cases). Empty tokens take it out of the search.
    """
    index_all_for_search([(kind, id, merged(*tokens))], actor=actor)


def index_all_for_search(rows: Iterable[tuple[str, UUID, Sequence[str]]], *, actor: Actor) -> None:
    """`index_for_search` for many subjects at once: (kind, id, tokens)."""
    kept: list[tuple[str, UUID, str]] = []
    gone: list[UUID] = []
    for kind, id, tokens in rows:
        if tokens:
            kept.append((kind, id, " ".join(_lexeme(token) for token in tokens)))
        else:
            gone.append(id)
    with acting(actor), connection.cursor() as cursor:
        for start in range(0, len(kept), BATCH):
            batch = kept[start : start + BATCH]
            kinds, ids, tokens = (list(column) for column in zip(*batch, strict=True))
            cursor.execute(INDEX, [actor.company_id, [uuid7() for _ in batch], kinds, ids, tokens])
        if gone:
            SearchRow.objects.filter(subject_id__in=gone).delete()


def _lexeme(token: str) -> str:
    escaped = token.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _index(rows: Sequence[Entry], *, actor: Actor) -> None:
    if type(rows[0]).search_tokens is Entry.search_tokens:
        return
    index_all_for_search(
        ((row.entry_kind, row.id, merged(row.search_tokens())) for row in rows), actor=actor
    )


def _batches(rows: Sequence[E]) -> Iterator[Sequence[E]]:
    """So many at a time that their events do not fill the memory."""
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def _struck(row: Entry, name: str, actor: Actor) -> Draft:
    return draft(
        name or f"{row.entry_kind}.struck",
        subject=row.subject(),
        actor=actor,
        wrote=deleted(row),
    )


def _added(row: Entry, name: str, actor: Actor) -> Draft:
    return draft(
        name or f"{row.entry_kind}.added",
        subject=row.subject(),
        actor=actor,
        said=filled(row.sealed_fields()),
        wrote=written(row),
        values=row.personal_values(),
        whose=row.whose(),
    )


def _lock(model: type[E], changes: Sequence[Change[E]]) -> None:
    ids = [change.row.id for change in changes]
    held = model._default_manager.select_for_update().filter(id__in=ids).order_by("id")
    versions = dict(held.values_list("id", "version"))
    for change in changes:
        seen = change.row.version if change.version is None else change.version
        if versions.get(change.row.id) != seen:
            raise Conflict(
                _(
                    "Someone changed this entry while you had it open. Your input is still on the "
                    "page. Compare it with the current values and save again."
                )
            )


def _apply(change: Change[E], name: str, actor: Actor) -> Draft | None:
    row, before = change.row, change.row.sealed_fields()
    changed = [f for f, value in change.values.items() if getattr(row, f) != value]
    if not changed:
        return None
    for f in changed:
        setattr(row, f, change.values[f])
    row.complete()
    row.version += 1
    after = row.sealed_fields()
    differ = [f for f in {**before, **after} if before.get(f) != after.get(f)]
    old, new = ({f: v.get(f) for f in differ} for v in (before, after))
    return draft(
        name or f"{row.entry_kind}.changed",
        subject=row.subject(),
        actor=actor,
        said={"old": filled(old), "new": filled(new)},
        wrote=written(row),
        values={f: str(getattr(row, f)) for f in row.personal if f in changed},
        whose=row.whose(),
    )
