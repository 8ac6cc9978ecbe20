"""Holes sown into the product: texts that somebody calls safe without looking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.template import base
from django.utils.safestring import mark_safe

from anju.domains.requests import stories
from anju.foundation.kit import filters
from anju.foundation.kit import list as lists
from anju.foundation.people.models import Person
from anju.foundation.places.models import Place
from tests.harness.seeding import Bug

Wrong = Callable[..., Any]


def _called_safe(right: Wrong) -> Wrong:
    def wrong(*args: Any, **named: Any) -> Any:
        return mark_safe(right(*args, **named))

    return wrong


def _story_called_safe(right: Wrong) -> Wrong:
    def wrong(*args: Any) -> Any:
        entry = right(*args)
        return replace(entry, text=mark_safe(entry.text))

    return wrong


STORED = "a stored text is shown as text"
BUGS = {
    "names of people": Bug(STORED, Person, "name_for", _called_safe),
    "places": Bug(STORED, Place, "__str__", _called_safe),
    "cells of lists": Bug(STORED, lists, "_shown", _called_safe),
    "what was said": Bug(STORED, stories, "_entry", _story_called_safe),
    "templates": Bug(STORED, base, "conditional_escape", lambda right: str),
    "what was not understood": Bug(
        "what stands in an address is shown as text", filters, "_not_understood", _called_safe
    ),
}
