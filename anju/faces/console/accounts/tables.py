"""The list of users."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Q
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from anju.foundation.access.models import Account
from anju.foundation.access.rules import ROLE_NAMES
from anju.foundation.kit.filters import Filter, Rows
from anju.foundation.kit.list import Column
from anju.foundation.kit.templatetags.kit import tag
from anju.foundation.places.models import Place
from anju.foundation.places.queries import full_names
from anju.foundation.tenancy.actor import Actor

STATES: Mapping[str, tuple[Any, Q]] = {
    "open": (_("in use"), Q(closed_at=None)),
    "locked": (_("locked"), Q(closed_at__isnull=False)),
    "one_factor": (_("without second factor"), Q(totp_on=False)),
}


def columns(place_names: Callable[[], Mapping[str, str]]) -> list[Column]:
    """Name, login name, roles (prefetched as `in_force`) and state.

    `place_names` is asked once, when the first row with a role is drawn.
    """
    names: Any = SimpleLazyObject(place_names)

    def roles(account: Any) -> Any:
        held = ((ROLE_NAMES[g.role], place_name(g.path, names)) for g in account.in_force)
        return format_html_join("; ", "{} · {}", held)

    return [
        Column(name="name", label=_("Name"), render=lambda a: a.name, sort="name", look="title"),
        Column(name="login", label=_("Login name"), render=lambda a: a.login, sort="login"),
        Column(name="roles", label=_("Roles"), render=roles, look="wide"),
        Column(name="state", label=_("State"), render=state, look="mark"),
    ]


def place_name(path: str, names: Mapping[str, str]) -> Any:
    """The name of a role's place; a place that is no more shows its path."""
    return names.get(path, path) if path else _("whole company")


def names_at(paths: Any, *, actor: Actor) -> dict[str, str]:
    """Path -> full name of the places the actor may see among `paths` (a list or a subquery)."""
    found = list(Place.objects.seen_by(actor).filter(path__in=paths))
    named = full_names(found)
    return {place.path: named[place.id] for place in found}


def state(account: Account) -> Any:
    """Locked, or with or without a second factor: a word and a tone."""
    if account.closed_at:
        return tag(STATES["locked"][0], "edge", "pause")
    if account.totp_on:
        return tag(_("second factor on"), "ok", "check")
    return tag(STATES["open"][0])


def filters() -> list[Filter]:
    """By name or login name, and by state."""
    return [
        Filter(name="q", label=_("Name"), kind="text", apply=_like, hint=_("Name or login name")),
        Filter(
            name="state",
            label=_("State"),
            apply=lambda rows, key: rows.filter(STATES[key][1]),
            choices=[(key, label) for key, (label, _q) in STATES.items()],
        ),
    ]


def _like(rows: Rows, words: str) -> Rows:
    return rows.filter(Q(name__icontains=words) | Q(login__icontains=words))
