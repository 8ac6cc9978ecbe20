"""What the ticker asks of ledgers."""

from itertools import product

from anju.domains.ledgers.commands import erase_old_lines, tell_overdue
from anju.foundation.tenancy.across import each_by_itself
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.queries import companies


def tend_all_ledgers() -> int:
    """Tell of lines that should have ended, and erase what was kept long enough, company by
    company; how many lines. What is wrong with one keeps no other waiting; the first error is
    raised when all others are done. Safe to repeat; asked by the ticker."""
    actors = [Actor.machine(company.id, "ledgers") for company in companies()]
    turns = product(actors, (tell_overdue, erase_old_lines))
    return each_by_itself(turns, lambda turn: turn[1](actor=turn[0]))
