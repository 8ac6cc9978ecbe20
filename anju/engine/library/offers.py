"""What a standard may rest on."""

from collections.abc import Iterable

from anju.engine.library.reading import library
from anju.engine.standards.offers import offers
from anju.foundation.tenancy.actor import Actor


@offers("library")
def items(actor: Actor) -> Iterable[str]:
    """The items that are shipped, the same for every company."""
    return library().items
