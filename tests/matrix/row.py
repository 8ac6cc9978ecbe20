"""One row of the table, and the groups of roles it speaks of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from tests.matrix.world import ROLES, Relation, World

About = Literal["thing", "company", "whole", "list", "self", "open"]
# The relations in which a row is tried: all that can differ for what it is about.
RELATIONS: dict[About, tuple[Relation, ...]] = {
    "thing": ("own", "beside", "foreign", "anonymous"),
    "company": ("own", "beside", "foreign", "anonymous"),
    "whole": ("above", "own", "beside", "foreign", "anonymous"),
    "list": ("own", "beside", "foreign", "anonymous"),
    "self": ("own", "anonymous"),
    "open": ("own", "anonymous"),
}
Asked = tuple[dict[str, Any], dict[str, Any]]

EVERYONE = " ".join(ROLES)
KEEPERS = "manager admin"
# Who works here.
STAFF = "desk concierge technician guard cleaner leader inspector manager headquarters admin"
READERS = f"{STAFF} reviewer"
DISPATCHERS = "desk concierge leader manager admin"
WATCHERS = "desk leader inspector manager headquarters admin reviewer"
PLANNERS = "manager headquarters admin"
JOURNAL = "manager headquarters admin reviewer"


def nothing(_world: World) -> Asked:
    """No arguments, no body."""
    return {}, {}


@dataclass(frozen=True)
class Row:
    """One method of one route.

    `roles`: who is let in at the place the thing stands in; everybody else of the company is
    refused there. `about`: "thing" is something in the home community (refused to the same role
    elsewhere and in another company), "company" is something of the whole company (refused in
    another), "whole" the same where the role must hold for the whole company, "list" is a page
    anyone with the role may open, showing only what is theirs, "self" concerns the caller alone,
    "open" needs no account. `ask(world)` gives the arguments of the address, and the body (the
    query of a GET). `sees`: what a let-in person of the home community must find in the answer.
    """

    method: str
    route: str
    roles: str
    about: About
    ask: Callable[[World], Asked] = nothing
    sees: str = ""

    @property
    def is_api(self) -> bool:
        return self.route.startswith("api/")
