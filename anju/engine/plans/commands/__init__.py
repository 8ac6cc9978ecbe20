"""The writes of plans."""

from anju.engine.plans.commands.expanding import HORIZON, Expanded, expand, expand_plan
from anju.engine.plans.commands.looking import look_at_planned
from anju.engine.plans.commands.news import hear_late_news
from anju.engine.plans.commands.writing import Planned, change_plan, make_plan, move_plan

__all__ = [
    "HORIZON",
    "Expanded",
    "Planned",
    "change_plan",
    "expand",
    "expand_plan",
    "hear_late_news",
    "look_at_planned",
    "make_plan",
    "move_plan",
]
