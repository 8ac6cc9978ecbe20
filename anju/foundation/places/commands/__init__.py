"""The writes of this app: places, things, labels."""

from anju.foundation.places.commands.assets import (
    add_asset,
    add_assets,
    edit_asset,
    edit_assets,
    serve,
)
from anju.foundation.places.commands.labels import make_labels
from anju.foundation.places.commands.places import (
    add_place,
    add_places,
    edit_place,
    edit_places,
    move_subtree,
    reinstate_place,
    retire_place,
)

__all__ = [
    "add_asset", "add_assets", "add_place", "add_places", "edit_asset", "edit_assets",
    "edit_place", "edit_places", "make_labels", "move_subtree", "reinstate_place",
    "retire_place", "serve",
]  # fmt: skip
