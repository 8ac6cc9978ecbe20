"""The lists that can be imported, one description each."""

from anju.foundation.registry.sheet import Sheet
from anju.foundation.registry.sheets.assets import ASSETS
from anju.foundation.registry.sheets.places import PLACES
from anju.foundation.registry.sheets.residents import RESIDENTS, VEHICLES
from anju.foundation.registry.sheets.staff import DUTIES, POSTS, QUALIFICATIONS, STAFF, TEAMS

ALL: tuple[Sheet, ...] = (
    PLACES,
    RESIDENTS,
    VEHICLES,
    ASSETS,
    TEAMS,
    POSTS,
    STAFF,
    DUTIES,
    QUALIFICATIONS,
)
BY_NAME = {sheet.name: sheet for sheet in ALL}
