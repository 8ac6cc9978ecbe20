"""The writes of the roster: shifts, duties, and what staff ask for."""

from anju.domains.staff.commands.asking import (
    agree,
    approve,
    ask_for_leave,
    ask_for_swap,
    end_leave,
    refuse,
    withdraw,
)
from anju.domains.staff.commands.planning import decide_plan, send_plan
from anju.domains.staff.commands.rostering import (
    add_shift,
    add_usual_shifts,
    close_shift,
    copy_week,
    fill_gap,
    lay,
    set_day,
)

__all__ = [
    "add_shift",
    "add_usual_shifts",
    "agree",
    "approve",
    "ask_for_leave",
    "ask_for_swap",
    "close_shift",
    "copy_week",
    "decide_plan",
    "end_leave",
    "fill_gap",
    "lay",
    "refuse",
    "send_plan",
    "set_day",
    "withdraw",
]
