"""What the apps declare in a room of a name that is agreed: `tasks`, `notices`, `offers` ..."""

from functools import cache

from django.utils.module_loading import autodiscover_modules


@cache
def load_rooms(name: str) -> None:
    """Import the room of this name of every app, so that it declares what it has.

    Once in a process: looking for it takes milliseconds.
    """
    autodiscover_modules(name)
