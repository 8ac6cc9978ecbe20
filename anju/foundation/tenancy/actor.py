"""Who acts, for which company, and what they may do where (architecture.md D9)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID, uuid5

from django.utils.translation import gettext_lazy as _

from anju.foundation.tenancy.errors import Refused

Kind = Literal["person", "resident", "machine"]
EVERYTHING = "*"
WHOLE_COMPANY = ""


@dataclass(frozen=True)
class Actor:
    """The first keyword of every command and of `seen_by`.

    `grants` maps a permission ("case.see") to the place paths under which it holds; the path ""
    is the whole company. Nothing is allowed that is not granted. `written_by`: the account of who
    writes down what this one did (代录); it is told with every event, and kept with every record.
    """

    id: UUID
    name: str
    company_id: UUID
    grants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kind: Kind = "person"
    person_id: UUID | None = None
    written_by: UUID | None = None

    def paths(self, permission: str) -> tuple[str, ...]:
        """The place paths under which the actor holds `permission`; empty when nowhere."""
        return self.grants.get(permission) or self.grants.get(EVERYTHING) or ()

    def may(self, permission: str, path: str | None = None) -> bool:
        """Whether the actor holds `permission` at the place `path` (None: anywhere at all)."""
        held = self.paths(permission)
        return bool(held) if path is None else any(path.startswith(p) for p in held)

    def require(self, permission: str, path: str | None = None) -> None:
        """Raise `Refused` unless the actor holds `permission` at `path`."""
        if not self.may(permission, path):
            raise Refused(
                _(
                    "Your role does not allow this here (%(permission)s). Nothing was changed. "
                    "Ask your project manager to do it or to extend your role."
                )
                % {"permission": permission}
            )

    @classmethod
    def machine(cls, company_id: UUID, name: str) -> "Actor":
        """A part of the product itself (ticker, import, demo): may do everything in one company."""
        return cls(
            id=uuid5(company_id, f"machine:{name}"),
            name=name,
            company_id=company_id,
            grants={EVERYTHING: (WHOLE_COMPANY,)},
            kind="machine",
        )

    @classmethod
    def of(cls, company_id: UUID, name: str, permissions: Iterable[str], path: str = "") -> "Actor":
        """An actor holding `permissions` under one path, its id derived from its name."""
        return cls(
            id=uuid5(company_id, f"actor:{name}"),
            name=name,
            company_id=company_id,
            grants=dict.fromkeys(permissions, (path,)),
        )
