"""What the commands of this app share: clean words, known standards, one row held."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _

from anju.domains.promises.models import Contract, Need, Service
from anju.engine.standards.models import Standard
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only

Row = TypeVar("Row", Need, Service, Contract)


def unknown_standards(codes: Iterable[str], *, actor: Actor) -> str:
    """What is wrong with codes of standards; empty where the company has them all. One query."""
    wanted = set(codes)
    known = Standard.objects.filter(company_id=actor.company_id, code__in=wanted)
    strange = sorted(wanted - set(known.values_list("code", flat=True)))
    return _("There is no standard %(codes)s. Choose from the list of standards.") % {
        "codes": ", ".join(strange)
    } if strange else ""  # fmt: skip


def refuse(faults: Mapping[str, Any]) -> None:
    """Raise `NotYet` with what is wrong, field by field.

    No actor: it writes nothing.
    """
    if faults:
        raise NotYet(_("Nothing was saved yet, and nothing is lost."), fields=faults)


def held(rows: Any, id: UUID, edited: int) -> Any:
    """The row, locked; `Unknown` where there is none, `Conflict` where it was written since.

    No actor: whoever calls it has chosen the rows.
    """
    row = only(rows.select_for_update(of=("self",)).filter(id=id))
    if row is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    if row.edited != edited:
        raise Conflict(_("Somebody changed this meanwhile. Look at it again before you save."))
    return row


def the_community(place: Place) -> Place:
    """The place locked until the command is over, so that two writers cannot pass one another;
    `NotYet` where it is no community.

    No actor: whoever calls it has asked whether the actor may write there.
    """
    if place.kind != "community":
        raise NotYet(
            _("This belongs to a whole community. Choose one of the list."),
            fields={"place": _("Choose a community.")},
        )
    return Place.objects.select_for_update().get(company_id=place.company_id, id=place.id)


def kept(row: Row, noun: str, name: str, *, actor: Actor, said: Mapping[str, Any]) -> Row:
    """Write the row and tell it. A new one whose `name` (code or number) another took meanwhile is
    refused (`NotYet`); one that was held is written as the next edition."""
    if not row._state.adding:
        row.edited += 1
    try:
        with acting(actor):
            row.save()
    except IntegrityError:
        taken = {name: _("This is taken already. Choose another.")}
        raise NotYet(_("Nothing was saved yet, and nothing is lost."), fields=taken) from None
    tell(
        f"{noun}.written",
        subject=(noun, row.id),
        actor=actor,
        said={**said, "version": row.edited},
        wrote=written(row),
    )
    return row
