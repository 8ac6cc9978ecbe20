"""What a standard may answer."""

from collections.abc import Iterable, Mapping

from anju.domains.promises.models import Need
from anju.engine.standards.offers import offers
from anju.foundation.tenancy.actor import Actor


@offers("needs")
def needs(actor: Actor) -> Mapping[str, float | None] | Iterable[str]:
    """The needs of the company with their weights; None where nobody weighed one. A company that
    has written none down yet is not judged by them. One query."""
    found = Need.objects.filter(company_id=actor.company_id)
    return {one.code: one.weight or None for one in found} or ()
