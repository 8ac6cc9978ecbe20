"""Periodic duties of documents."""

from anju.domains.documents.commands.documents import tell_reviews
from anju.domains.documents.commands.readers import ask_readers
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.queries import companies


def tell_all_documents() -> int:
    """Tell of the reviews whose day has come, company by company; returns how many. Safe to
    repeat; asked by the ticker."""
    return sum(tell_reviews(actor=Actor.machine(one.id, "documents")) for one in companies())


def ask_all_readers() -> int:
    """Give what is in force to who has to read it, and remind, company by company; returns how
    many. Safe to repeat; asked by the ticker."""
    return sum(ask_readers(actor=Actor.machine(one.id, "documents")) for one in companies())
