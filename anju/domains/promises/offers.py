"""What a standard may answer, and what rests on laws by way of standards."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

from django.utils.timezone import localdate

from anju.domains.promises.models import Contract, Need
from anju.engine.library.grounds import Resting, rests
from anju.engine.standards.offers import offers
from anju.foundation.lib import now
from anju.foundation.tenancy.actor import Actor


@offers("needs")
def needs(actor: Actor) -> Mapping[str, float | None] | Iterable[str]:
    """The needs of the company with their weights; None where nobody weighed one. A company that
    has written none down yet is not judged by them. One query."""
    found = Need.objects.filter(company_id=actor.company_id)
    return {one.code: one.weight or None for one in found} or ()


@rests("contract", Contract)
def clauses(actor: Actor) -> Iterator[Resting]:
    """Each clause of a contract that is not over, by its own words and by the standards that keep
    it. One query."""
    open_ones = Contract.objects.filter(company_id=actor.company_id, last__gte=localdate(now()))
    for contract in open_ones.exclude(ended_on__lt=localdate(now())).order_by("number"):
        for clause in contract.says:
            mark = sha256("\n".join([clause.text, *clause.standards]).encode()).hexdigest()
            name = f"{contract.number} · {clause.number}"
            yield Resting(
                "contract", contract.id, name, (clause.text,), clause.standards, clause.number, mark
            )
