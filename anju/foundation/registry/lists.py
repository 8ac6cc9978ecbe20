"""Which lists can be imported: those of the registry, and those that apps above give by a name."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from anju.foundation.registry.sheet import Sheet
from anju.foundation.registry.sheets import ALL, BY_NAME
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Unknown

Give = Callable[[str, Actor], Sheet | None]
_given: dict[str, tuple[Any, Give]] = {}


def give_lists(kind: str, title: Any, give: Give) -> None:
    """Let lists of a kind be imported: `give` makes the one whose name is the kind, a hyphen and
    what it is given; None where there is none that the actor may see."""
    _given[kind] = title, give


def list_named(name: str, actor: Actor) -> Sheet:
    """The list of this name. Raises `Unknown`."""
    kind, _hyphen, which = name.partition("-")
    given = _given.get(kind)
    sheet = BY_NAME.get(name) or (given[1](which, actor) if given else None)
    if sheet is None:
        raise Unknown(_("There is no list of this name. Choose one of the lists."))
    return sheet


def titles() -> dict[str, Any]:
    """What lists are called, by their names, or by their kind where apps give them."""
    return {sheet.name: sheet.title for sheet in ALL} | {
        kind: title for kind, (title, _give) in _given.items()
    }
