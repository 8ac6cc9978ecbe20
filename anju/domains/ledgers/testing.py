"""A ledger for tests."""

from typing import Any

from anju.domains.ledgers.commands import Kept, Said, open_ledger, write_line
from anju.domains.ledgers.models import Ledger, Line
from anju.domains.ledgers.shipped import BY_CODE
from anju.foundation.places.models import Place
from anju.foundation.tenancy.actor import Actor


def a_ledger(
    actor: Actor, place: Place, shelf: str = "VISITOR", *, code: str = "", **kept: Any
) -> Ledger:
    """One of the shelf, its form in force; under a `code` of its own where there are more."""
    shelved = BY_CODE[shelf]
    said = {"name": shelved.name, "form": shelved.form, **shelved.kept, **kept}
    return open_ledger(place, code or shelf, Kept(**said), actor=actor)


def a_visitor(ledger: Ledger, actor: Actor, *, name: str = "钱途", **more: Any) -> Line:
    """Somebody who came in and has not left."""
    given = {
        "name": Said(value={"text": name}),
        "room": Said(value={"text": "3-2-1201"}),
        "reason": Said(value={"text": "探访"}),
    }
    return write_line(ledger.id, given, actor=actor, **more)
