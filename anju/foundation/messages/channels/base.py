"""What a channel to the outside is."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from anju.foundation.messages.models import Message
from anju.foundation.messages.rules.outbox import Outcome
from anju.foundation.tenancy.actor import Actor


class Undeliverable(Exception):
    """A message that cannot be sent whatever we try; `code` is one of `rules.outbox.ERRORS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotNow(Exception):
    """A message that must wait until `until`: it would ring in quiet hours."""

    def __init__(self, until: datetime) -> None:
        super().__init__(str(until))
        self.until = until


@dataclass(frozen=True)
class Parcel:
    """Everything sending one message needs, so that no transaction is open while it is sent.

    `target` is who answers: when one parcel finds nobody there, the next one to it waits.
    """

    target: str
    to: str
    body: Any = field(repr=False)
    headers: dict[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = field(default=(), repr=False)


class Channel(Protocol):
    """One way to the outside. An object of it serves one batch and may keep a connection."""

    @staticmethod
    def parcel(message: Message, *, actor: Actor) -> Parcel:
        """Look the address up and write the text, inside `acting`; raises `Undeliverable`, or
        `NotNow` in quiet hours."""
        ...

    def send(self, parcel: Parcel) -> Outcome:
        """Try once, outside any transaction, for less than `rules.outbox.LEASE`. Never raises for
        what the other side does."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
