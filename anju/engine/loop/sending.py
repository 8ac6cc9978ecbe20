"""Whom a domain would not send: asked of everybody who hands work out, whichever door they use."""

from collections.abc import Callable, Sequence
from uuid import UUID

from anju.engine.loop.models import WorkOrder
from anju.foundation.tenancy.actor import Actor

Against = Callable[[WorkOrder, UUID, Actor], Sequence[str]]

_asked: list[Against] = []


def ask_before_sending(against: Against) -> None:
    """Tell who knows what speaks against giving a work order to a person, in words; nothing where
    nothing does. Called once per domain when the app starts."""
    _asked.append(against)


def against_sending(work: WorkOrder, person: UUID, actor: Actor) -> list[str]:
    """Everything that speaks against it. The queries of whoever is asked."""
    return [word for ask in _asked for word in ask(work, person, actor)]
