"""Periodic duties of the loop."""

from anju.engine.loop.commands.silence import close_silent
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.queries import companies


def close_all_silent() -> int:
    """Close what silence has settled, company by company; returns how many. Safe to repeat; asked
    by the ticker."""
    return sum(close_silent(actor=Actor.machine(one.id, "silence")) for one in companies())
