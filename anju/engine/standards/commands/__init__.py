"""Writing, trying, publishing and retiring standards; telling of reviews; their manual."""

from anju.engine.standards.commands.writing import (
    REVIEW_NOTICE,
    change_asking,
    draft_standard,
    edit_draft,
    install_defaults,
    move_standard,
    put_in_force,
    tell_reviews,
)

__all__ = [
    "REVIEW_NOTICE",
    "change_asking",
    "draft_standard",
    "edit_draft",
    "install_defaults",
    "move_standard",
    "put_in_force",
    "tell_reviews",
]
