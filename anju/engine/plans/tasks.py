"""What the ticker asks of plans."""

from anju.engine.plans.commands import expand
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.queries import companies


def expand_all() -> int:
    """Make the work of all plans further, company by company; returns how many work orders. Safe to
    repeat and to run in several places at once; asked by the ticker."""
    return sum(expand(actor=Actor.machine(one.id, "plans")).made for one in companies())
