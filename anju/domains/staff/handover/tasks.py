"""What the ticker asks of handovers."""

from anju.domains.staff.handover.commands import tell_missing
from anju.foundation.tenancy.across import each_by_itself
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.queries import companies


def tell_all_missing() -> int:
    """Tell of shifts that nobody handed over, company by company; how many. What is wrong with one
    keeps no other waiting. Safe to repeat; asked by the ticker."""
    actors = [Actor.machine(company.id, "handovers") for company in companies()]
    return each_by_itself(actors, lambda actor: tell_missing(actor=actor))
