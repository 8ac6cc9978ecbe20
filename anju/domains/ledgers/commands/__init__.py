"""Keeping ledgers: how each is kept, its lines, and its months."""

from anju.domains.ledgers.commands.keeping import (
    Kept,
    change_ledger,
    end_ledger,
    open_ledger,
    review_month,
)
from anju.domains.ledgers.commands.lines import Said, add_to_line, sign_line, write_line
from anju.domains.ledgers.commands.tending import erase_old_lines, tell_overdue

__all__ = [
    "Kept",
    "Said",
    "add_to_line",
    "change_ledger",
    "end_ledger",
    "erase_old_lines",
    "open_ledger",
    "review_month",
    "sign_line",
    "tell_overdue",
    "write_line",
]
