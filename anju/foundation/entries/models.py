"""What every entry of the registry is: a row with a version, a digest and a place in the search."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.foundation.tenancy.models import Owned


class Entry(Owned):
    """Base of places, things, people and what binds them.

    `kind` names the entry in events, search and addresses. `sealed` are the non-personal fields an
    event commits to; `personal` go into erasable event values; `derived` are computed by
    `complete()` and written with every change.
    """

    entry_kind: ClassVar[str] = ""
    sealed: ClassVar[tuple[str, ...]] = ()
    personal: ClassVar[tuple[str, ...]] = ()
    derived: ClassVar[tuple[str, ...]] = ()
    taken: ClassVar[Any] = _("The same entry is already there. Nothing was changed.")

    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True

    def complete(self) -> None:
        """Fill the derived fields, and bring the others into the form the database gives back;
        called before every write."""

    def sealed_fields(self) -> dict[str, Any]:
        """The non-personal values an event's `wrote` commits to, as the database holds them."""
        return {name: getattr(self, name) for name in (*self.sealed, "version")}

    def personal_values(self) -> dict[str, str]:
        """The personal values, for an event's erasable part; empty ones left out."""
        return {name: str(getattr(self, name)) for name in self.personal if getattr(self, name)}

    def subject(self) -> tuple[str, UUID]:
        """Whose story an event about this row belongs to."""
        return self.entry_kind, self.id

    def whose(self) -> UUID | None:
        """The person whose values `personal` are, so that an erasure finds them."""
        return None

    def search_tokens(self) -> Iterable[str]:
        """Tokens by which the row is found; none when it is not looked for by itself."""
        return ()


def filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that say something: empty ones left out."""
    return {name: value for name, value in values.items() if value not in (None, "")}


class SearchRow(Owned):
    """How one subject is found: `anju_search` reads it, nothing else does (D10).

    The column `tokens` (tsvector) is known to the migration and to `commands` only: Django's own
    field for it would need queries at every connect.
    """

    kind = models.CharField(max_length=24)
    subject_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind", "subject_id"], name="search_row_once"
            )
        ]
