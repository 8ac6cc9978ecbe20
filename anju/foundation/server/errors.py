"""What the server room says to the person at the terminal.

Nothing here may import Django: these sentences are needed before settings exist. A sentence keeps
its msgid and values, so that a face which has a language can still say it in that language.
"""

from __future__ import annotations

from collections.abc import Callable


def _(msgid: str) -> str:
    """Mark a sentence for the message catalogue; the face that prints it translates it."""
    return msgid


class Said(str):
    """A finished English sentence that remembers how it was made."""

    msgid: str
    values: dict[str, object]

    def __new__(cls, msgid: str, **values: object) -> Said:
        said = super().__new__(cls, msgid % values if values else msgid)
        said.msgid = msgid
        said.values = values
        return said

    def translated(self, gettext: Callable[[str], str]) -> str:
        """The same sentence in the language of `gettext`."""
        text = gettext(self.msgid)
        return text % self.values if self.values else text


class ServerError(Exception):
    """The server, a backup or the supervisor cannot go on; `said` tells what to do."""

    def __init__(self, msgid: str, **values: object) -> None:
        self.said = Said(msgid, **values)
        super().__init__(self.said)


class Held(ServerError):
    """Another process already works on this data directory."""
