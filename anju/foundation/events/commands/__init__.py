"""The writes of the memory: tell, seal, read on, erase."""

from anju.foundation.events.commands.erasing import erase_values
from anju.foundation.events.commands.listening import advance, drop_letter, retry_letter
from anju.foundation.events.commands.sealing import seal_once
from anju.foundation.events.commands.telling import Draft, draft, tell, tell_all
from anju.foundation.events.rules import leaf_of

__all__ = [
    "Draft",
    "advance",
    "draft",
    "drop_letter",
    "erase_values",
    "leaf_of",
    "retry_letter",
    "seal_once",
    "tell",
    "tell_all",
]
