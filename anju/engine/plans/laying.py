"""What a domain adds to planned work as its window opens: the points of a round.

It is written in the transaction that opens the work, so whoever takes a step of it finds it there.
"""

from collections.abc import Sequence
from typing import Protocol

from anju.engine.plans.models import Occurrence
from anju.foundation.tenancy.actor import Actor


class Layer(Protocol):
    """Adds to what opens; one event for all it writes."""

    def __call__(self, opened: Sequence[Occurrence], *, actor: Actor) -> None: ...


_layers: list[Layer] = []


def lay_with(layer: Layer) -> None:
    """Let `layer` add to planned work as it opens. Called once per domain when the app starts."""
    if layer not in _layers:
        _layers.append(layer)


def laid(opened: Sequence[Occurrence], actor: Actor) -> None:
    """Add to these, whose windows have opened and whose work is owed."""
    for layer in _layers if opened else ():
        layer(opened, actor=actor)
