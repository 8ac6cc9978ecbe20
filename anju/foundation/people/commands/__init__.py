"""The writes of this app: residents, staff, and the right of everyone to their own data."""

from anju.foundation.people.commands.duty import change_roster, put_on_duty
from anju.foundation.people.commands.privacy import Erased, erase_person, export_person, reveal
from anju.foundation.people.commands.residents import (
    add_occupancies,
    add_people,
    add_person,
    add_vehicle,
    add_vehicles,
    change_owner,
    contact_for,
    edit_occupancies,
    edit_people,
    edit_person,
    edit_vehicles,
    end_occupancy,
    move_in,
)
from anju.foundation.people.commands.staff import (
    add_post,
    add_qualification,
    add_staff_rows,
    add_team,
    assign,
    edit_staff_rows,
    end_deputies,
    name_deputy,
)

__all__ = [
    "Erased",
    "add_occupancies",
    "add_people",
    "add_person",
    "add_post",
    "add_qualification",
    "add_staff_rows",
    "add_team",
    "add_vehicle",
    "add_vehicles",
    "assign",
    "change_owner",
    "change_roster",
    "contact_for",
    "edit_occupancies",
    "edit_people",
    "edit_person",
    "edit_staff_rows",
    "edit_vehicles",
    "end_deputies",
    "end_occupancy",
    "erase_person",
    "export_person",
    "move_in",
    "name_deputy",
    "put_on_duty",
    "reveal",
]
