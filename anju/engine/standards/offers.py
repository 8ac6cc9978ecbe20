"""What there is for a standard to point at: each app registers what it has in its room `offers.py`.

The library and the customers' needs stand on floors above; here they are known by name only. What
nobody registers is not known, and not judged.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from anju.engine.forms.models import Form
from anju.engine.procedures.models import Procedure
from anju.engine.standards.models import Standard
from anju.engine.standards.smart import Key, Tally, World
from anju.foundation.calendars.models import Calendar
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.rooms import load_rooms

Name = Literal["library", "needs"]
Offer = Callable[[Actor], Iterable[str] | Mapping[str, float | None]]

_offers: dict[Name, Offer] = {}


def offers(name: Name) -> Callable[[Offer], Offer]:
    """Register a function that gives the codes of a company; of needs with their weights."""

    def register(offer: Offer) -> Offer:
        _offers[name] = offer
        return offer

    return register


def world_of(actor: Actor, record: Mapping[Key, Tally] | None = None) -> World:
    """What a standard of this company is checked against; `record`: how its limits would have been
    kept (`indicators.record`), where that was asked. Four queries and those of the offers."""
    load_rooms("offers")
    with acting(actor):
        mine = {"company_id": actor.company_id}
        codes = set(Calendar.objects.filter(**mine).values_list("code", flat=True))
        forms, procedures = (
            frozenset(papers.objects.filter(**mine).in_force().values_list("code", flat=True))
            for papers in (Form, Procedure)
        )
        needs = _offers["needs"](actor) if "needs" in _offers else None
        return World(
            procedures=procedures,
            forms=forms,
            library=_known("library", actor),
            # A company without any has not set them up yet; its first standards may come before.
            calendars=frozenset({"always", *codes}) if codes else None,
            needs=dict(needs) if isinstance(needs, Mapping) else None,
            record=record,
            in_force=tuple(one.document for one in Standard.objects.filter(**mine).in_force()),
        )


def _known(name: Name, actor: Actor) -> frozenset[str] | None:
    return frozenset(_offers[name](actor)) if name in _offers else None
