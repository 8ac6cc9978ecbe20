"""People (人员): who lives where, who works where, and who looked at whose telephone."""

from anju.foundation.people.models.residents import (
    KIND_NAMES,
    ROLE_NAMES,
    Occupancy,
    Person,
    Reveal,
    Vehicle,
)
from anju.foundation.people.models.staff import (
    DESK_NAMES,
    Assignment,
    Deputy,
    Duty,
    Post,
    Qualification,
    Team,
)

__all__ = [
    "DESK_NAMES",
    "KIND_NAMES",
    "ROLE_NAMES",
    "Assignment",
    "Deputy",
    "Duty",
    "Occupancy",
    "Person",
    "Post",
    "Qualification",
    "Reveal",
    "Team",
    "Vehicle",
]
