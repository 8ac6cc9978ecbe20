"""The states of a version of a standard and the moves between them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

State = Literal["draft", "review", "trial", "published", "retired"]
MoveName = Literal["submit", "send_back", "try", "publish", "confirm", "retire"]


@dataclass(frozen=True)
class Move:
    """From which states it may be made, and to which it leads; `tells`: the event's name."""

    name: MoveName
    froms: frozenset[State]
    to: State
    tells: str


def _move(name: MoveName, froms: str, to: State, tells: str) -> Move:
    return Move(name, frozenset(froms.split()), to, f"standard.{tells}")  # type: ignore[arg-type]  # the words are states


# submit: what is reviewed stays as it is. send_back: it may be written again; a trial ends.
# try: measured in the named communities beside the version in force, not counted.
# confirm: reviewed and still right; the next review is counted from here.
MOVES: Mapping[str, Move] = MappingProxyType(
    {
        move.name: move
        for move in (
            _move("submit", "draft", "review", "submitted"),
            _move("send_back", "review trial", "draft", "sent_back"),
            _move("try", "review", "trial", "tried"),
            _move("publish", "review trial", "published", "published"),
            _move("confirm", "published", "published", "confirmed"),
            _move("retire", "published", "retired", "retired"),
        )
    }
)
IN_PREPARATION: frozenset[State] = frozenset({"draft", "review", "trial"})


def moves_from(state: str) -> list[Move]:
    """What can be done with a version in this state, in the order of the table."""
    return [move for move in MOVES.values() if state in move.froms]
