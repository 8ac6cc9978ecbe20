"""What becomes of what comes in."""

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True)
class Received:
    """What became of a message; `again`: it had come before, nothing was done. `caller`: the number
    of a call, for the address of its card."""

    state: str
    id: UUID | None = None
    number: str = ""
    again: bool = False
    caller: str = field(default="", repr=False)
