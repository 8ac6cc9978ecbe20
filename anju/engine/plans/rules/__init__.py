"""Pure rules of plans: recurrence, and what a plan does on days off."""

from anju.engine.plans.rules.expanding import CatchUp, Due, Window, due
from anju.engine.plans.rules.reading import Rule, RuleUnclear, read_moment, read_rule, write_rule
from anju.engine.plans.rules.recurrence import Recurrence, wall_times
from anju.engine.plans.rules.saying import as_recurrence
from anju.engine.plans.rules.timetable import (
    DayOff,
    Occurrence,
    Timetable,
    occurrences,
    planned_between,
)

__all__ = [
    "CatchUp",
    "DayOff",
    "Due",
    "Occurrence",
    "Recurrence",
    "Rule",
    "RuleUnclear",
    "Timetable",
    "Window",
    "as_recurrence",
    "due",
    "occurrences",
    "planned_between",
    "read_moment",
    "read_rule",
    "wall_times",
    "write_rule",
]
