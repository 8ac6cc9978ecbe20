"""What goes into an archive, as a higher floor hands it over. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from uuid import UUID

from anju.foundation.events.sealed import Sealed


@dataclass(frozen=True)
class DossierFile:
    """A file of the dossier. `name`: as people see it; `ending`: "jpg"; `open`: its bytes."""

    sha256: str
    name: str
    ending: str
    open: Callable[[], BinaryIO]


@dataclass(frozen=True)
class Dossier:
    """One matter with everything that belongs to it.

    `rows`: sealed rows, the rows of stored files among them. `events`: ids of all events about
    these rows (also those about the files), in any order. `shown`: what a person wants to read,
    as plain JSON; it is vouched for by the manifest only, the rows and events by the seals.
    """

    subject: tuple[str, UUID]
    title: str
    rows: Sequence[Sealed]
    events: Sequence[UUID]
    files: Sequence[DossierFile] = ()
    shown: Mapping[str, Any] = field(default_factory=dict)
