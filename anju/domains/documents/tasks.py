"""Periodic duties of documents, and what they do when a standard changes."""

from collections.abc import Sequence

from anju.domains.documents.commands.documents import tell_reviews
from anju.domains.documents.commands.readers import ask_for, ask_readers
from anju.engine.standards.models import Standard
from anju.foundation.events.models import Event
from anju.foundation.events.registry import listen
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.queries import companies

VERSIONS = ("standard.published", "standard.retired")


def tell_all_documents() -> int:
    """Tell of the reviews whose day has come, company by company; returns how many. Safe to
    repeat; asked by the ticker."""
    return sum(tell_reviews(actor=Actor.machine(one.id, "documents")) for one in companies())


def ask_all_readers() -> int:
    """Give what is in force to who has to read it, and remind, company by company; returns how
    many. Safe to repeat; asked by the ticker."""
    return sum(ask_readers(actor=Actor.machine(one.id, "documents")) for one in companies())


def ask_for_standards(actor: Actor, events: Sequence[Event]) -> None:
    """Give a standard to its readers as soon as another version of it is in force."""
    ids = {event.subject_id for event in events}
    changed = Standard.objects.filter(company_id=actor.company_id, id__in=ids)
    for code in sorted(set(changed.values_list("code", flat=True))):
        ask_for("standard", code, actor=actor)


listen("documents.readers", ask_for_standards, names=VERSIONS)
