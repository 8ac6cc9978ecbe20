"""The writes of plans."""

from anju.engine.plans.commands.expanding import HORIZON, Expanded, expand, expand_plans
from anju.engine.plans.commands.following import (
    begin_plan,
    hear_cases,
    hear_readings,
    make_next,
)
from anju.engine.plans.commands.looking import look_at_planned
from anju.engine.plans.commands.missing import Missed, find_missed, make_good, take_back
from anju.engine.plans.commands.news import hear_late_news
from anju.engine.plans.commands.writing import Planned, change_plan, make_plan, move_plan

__all__ = [
    "HORIZON",
    "Expanded",
    "Missed",
    "Planned",
    "begin_plan",
    "change_plan",
    "expand",
    "expand_plans",
    "find_missed",
    "hear_cases",
    "hear_late_news",
    "hear_readings",
    "look_at_planned",
    "make_good",
    "make_next",
    "make_plan",
    "move_plan",
    "take_back",
]
