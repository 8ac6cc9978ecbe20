"""Periodic duties of standards."""

from anju.engine.standards.commands import tell_reviews
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.queries import companies


def tell_all_reviews() -> int:
    """Tell who writes standards of the reviews that come near, company by company; returns how
    many. Safe to repeat; asked by the ticker."""
    return sum(tell_reviews(actor=Actor.machine(one.id, "reviews")) for one in companies())
