"""The ASGI application of live pages: `granian --interface asginl anju.faces.live:application`."""

import os

import django

from anju.foundation.lib.loading import for_good

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.settings")
with for_good():
    django.setup()

    from anju.faces.streams.app import application  # tables can be read only from here on

__all__ = ["application"]
