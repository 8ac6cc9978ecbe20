"""Periodic duties of contracts."""

from anju.domains.promises.commands.contracts import tell_dates
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.queries import companies


def tell_all_dates() -> int:
    """Tell managers of the notice dates that come near, company by company; returns how many.
    Safe to repeat; asked by the ticker."""
    return sum(tell_dates(actor=Actor.machine(one.id, "contracts")) for one in companies())
