"""The writes of rounds: their routes, and the points of each of them."""

from anju.domains.rounds.commands.laying import lay_points
from anju.domains.rounds.commands.looking import look_at_points
from anju.domains.rounds.commands.passing import Said, pass_point
from anju.domains.rounds.commands.routes import PointSaid, RouteSaid, change_route, make_route
from anju.domains.rounds.commands.shelf import make_plan_kept
from anju.domains.rounds.commands.yearly import publish_year

__all__ = [
    "PointSaid",
    "RouteSaid",
    "Said",
    "change_route",
    "lay_points",
    "look_at_points",
    "make_plan_kept",
    "make_route",
    "pass_point",
    "publish_year",
]
