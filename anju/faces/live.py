"""The ASGI application of live pages: `granian --interface asginl anju.faces.live:application`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.settings")
django.setup()

from anju.faces.streams.app import application  # noqa: E402 - tables can be read only from here on

__all__ = ["application"]
