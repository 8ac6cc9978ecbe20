"""The writes of what comes in."""

from anju.domains.intake.commands.handling import erase_traces, settle
from anju.domains.intake.commands.receiving import receive
from anju.domains.intake.commands.results import Received
from anju.domains.intake.commands.sources import (
    add_source,
    change_source,
    rotate_source_secret,
)
from anju.domains.intake.commands.wecom import echo_wecom, receive_wecom

__all__ = [
    "Received",
    "add_source",
    "change_source",
    "echo_wecom",
    "erase_traces",
    "receive",
    "receive_wecom",
    "rotate_source_secret",
    "settle",
]
