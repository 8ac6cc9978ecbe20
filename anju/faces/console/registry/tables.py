"""The lists of the registry: columns and filters, declared once."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anju.foundation.kit.filters import Filter, Rows, equals
from anju.foundation.kit.list import Column
from anju.foundation.kit.templatetags.kit import moment, tag
from anju.foundation.lib.fold import fold
from anju.foundation.people.models import KIND_NAMES as PERSON_KINDS
from anju.foundation.people.models import Person
from anju.foundation.places.models import (
    ASSET_STATE_NAMES,
    IMPORTANCE_NAMES,
    KIND_NAMES,
    SYSTEM_NAMES,
    Asset,
    Place,
    under,
)
from anju.foundation.places.queries import community_names, long_name
from anju.foundation.registry.references import places as find_places
from anju.foundation.tenancy.actor import Actor

TONES = {"in_use": "ok", "standby": "edge", "stopped": "warn", "repair": "warn", "scrapped": "edge"}


def communities(actor: Actor) -> Any:
    """Names of communities by path, asked for once, when the first row is drawn."""
    return SimpleLazyObject(lambda: community_names(actor=actor))


def place_columns(names: Any) -> list[Column]:
    """Code, name, kind, use, area."""
    return [
        Column(
            name="code", label=_("Code"), render=lambda p: p.full_code, sort="full_code",
            look="title",
        ),
        Column(
            name="name", label=_("Full name"), render=lambda p: long_name(p, names), look="wide"
        ),
        Column(name="kind", label=_("Kind"), render=lambda p: p.get_kind_display(), look="mark"),
        Column(name="use", label=_("Use"), render=lambda p: p.use or "—", look="mute"),
        Column(
            name="area", label=_("Area (m²)"), render=lambda p: "—" if p.area is None else p.area,
            numeric=True, sort="area", nulls=True,
        ),
        Column(
            name="delivered", label=_("Delivered on"), look="desk",
            render=lambda p: p.delivered_on.isoformat() if p.delivered_on else "—",
        ),
    ]  # fmt: skip


def place_filters(actor: Actor) -> list[Filter]:
    """By text, kind, place above, in use."""
    return [
        Filter(
            name="q", label=_("Code or name"), kind="text", hint=_("3-2-1201"),
            apply=lambda rows, words: rows.filter(
                Q(full_code__startswith=words) | Q(name__icontains=words)
            ),
        ),
        Filter(name="kind", label=_("Kind"), choices=KIND_NAMES, apply=equals("kind")),
        _inside(actor, "path"),
        Filter(
            name="state", label=_("State"),
            choices=(("standing", _("in use")), ("retired", _("retired"))),
            apply=lambda rows, key: rows.filter(retired_on__isnull=key == "standing"),
        ),
    ]  # fmt: skip


def asset_columns(names: Any) -> list[Column]:
    """Code, name, place, system, importance, state."""
    return [
        Column(name="code", label=_("Code"), render=lambda a: a.code, sort="code", look="title"),
        Column(
            name="name", label=pgettext_lazy("thing", "Name"), render=lambda a: a.name,
            sort="name", look="wide",
        ),
        Column(
            name="place", label=_("Place"), render=lambda a: long_name(a.place, names), look="wide"
        ),
        Column(
            name="system", label=_("System"), render=lambda a: a.get_system_display(), sort="system"
        ),
        Column(
            name="importance", label=_("Importance"), render=lambda a: a.importance,
            sort="importance",
        ),
        Column(name="state", label=_("State"), render=asset_state, look="mark"),
    ]  # fmt: skip


def asset_state(asset: Asset) -> Any:
    """The state with its tone."""
    return tag(asset.get_status_display(), TONES[asset.status])


def asset_filters(actor: Actor) -> list[Filter]:
    """By text, system, importance, state, place."""
    return [
        Filter(
            name="q", label=_("Code or name"), kind="text",
            apply=lambda rows, words: rows.filter(
                Q(code__icontains=words) | Q(name__icontains=words)
            ),
        ),
        Filter(name="system", label=_("System"), choices=SYSTEM_NAMES, apply=equals("system")),
        Filter(
            name="importance", label=_("Importance"), choices=IMPORTANCE_NAMES,
            apply=equals("importance"),
        ),
        Filter(name="state", label=_("State"), choices=ASSET_STATE_NAMES, apply=equals("status")),
        _inside(actor, "place__path"),
    ]  # fmt: skip


def person_columns(actor: Actor, names: Any, homes: Any) -> list[Column]:
    """Name as the actor may read it, masked telephone, kind, and where to find them: their homes,
    for staff the community."""
    return [
        Column(
            name="name", label=_("Name"), render=lambda p: p.name_for(actor), sort="pinyin",
            look="title",
        ),
        Column(
            name="phone", label=_("Telephone"), render=lambda p: p.masked_phone or "—", look="mute"
        ),
        Column(name="kind", label=_("Kind"), render=person_kind, look="mark"),
        Column(
            name="place", label=_("Place"), look="wide",
            render=lambda p: "、".join(long_name(home, names) for home in homes().get(p.id, []))
            or (long_name(p.place, names) if p.place else "—"),
        ),
    ]  # fmt: skip


def person_kind(person: Person) -> Any:
    """What the person is to us; an erased person says so."""
    if person.erased_at:
        return tag(_("erased"), "edge")
    return tag(person.get_kind_display())


def person_filters(actor: Actor) -> list[Filter]:
    """By name, pinyin or end of the telephone; kind; place."""
    return [
        Filter(
            name="q", label=_("Name"), kind="text", hint=_("Name, pinyin or last digits"),
            apply=_person_like,
        ),
        Filter(name="kind", label=_("Kind"), choices=PERSON_KINDS, apply=equals("kind")),
        _inside(actor, "place__path"),
    ]  # fmt: skip


def certificate_state(expires_on: Any, today: Any) -> Any:
    """Whether a certificate holds, runs out within 60 days, or has run out."""
    if expires_on is None:
        return tag(_("without end"), "edge")
    if expires_on < today:
        return tag(_("expired"), "bad", "warn")
    if (expires_on - today).days <= 60:
        return tag(_("expires soon"), "warn", "warn")
    return tag(_("valid"), "ok", "check")


def batch_columns(titles: Mapping[str, Any], makers: Any) -> list[Column]:
    """File, list, state, rows, who and when."""
    return [
        Column(
            name="file", label=_("File"), render=lambda b: b.file_name or "—", look="title"
        ),
        Column(
            name="sheet", label=_("List"),
            render=lambda b: titles.get(b.sheet) or titles.get(b.sheet.partition("-")[0], b.sheet),
        ),
        Column(name="state", label=_("State"), render=batch_state, look="mark"),
        Column(
            name="new", label=_("New"), render=lambda b: b.counts.get("new", "—"), numeric=True
        ),
        Column(
            name="changed", label=_("Changed"), numeric=True,
            render=lambda b: b.counts.get("changed", "—"),
        ),
        Column(
            name="by", label=_("By"), render=lambda b: makers.get(b.made_by, _("the system")),
            look="mute",
        ),
        Column(name="made", label=_("When"), render=lambda b: moment(b.made_at), sort="made_at"),
    ]  # fmt: skip


def batch_state(batch: Any) -> Any:
    """Waiting, imported, undone or dropped."""
    tones = {"staged": "blue", "confirmed": "ok", "undone": "edge", "dropped": "edge"}
    return tag(batch.get_state_display(), tones[batch.state])


def _person_like(rows: Rows, words: str) -> Rows:
    plain = fold(words).replace(" ", "")
    return rows.filter(
        Q(name__icontains=words)
        | Q(pinyin__contains=plain)
        | Q(initials__contains=plain)
        | (Q(phone__endswith=plain) if plain.isdigit() and len(plain) >= 4 else Q(pk__in=[]))
    )


def _inside(actor: Actor, field: str) -> Filter:
    def parse(words: str) -> Any:
        found = find_places([words.strip()], actor)[words.strip()]
        return found if isinstance(found, Place) else None

    return Filter(
        name="place", label=_("Place"), kind="place", parse=parse, more=True,
        apply=lambda rows, place: rows.filter(under([place.path], field)),
    )  # fmt: skip
