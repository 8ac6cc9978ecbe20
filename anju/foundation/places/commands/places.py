"""The place tree: add, edit, move, retire."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from anju.foundation.access.commands import follow_place
from anju.foundation.entries.commands import Change, amend, enter, index_all_for_search
from anju.foundation.events.commands import tell
from anju.foundation.lib.search import merged
from anju.foundation.places.models import Asset, Place
from anju.foundation.places.rules import code_base, full_code, segment, stands_in
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet


def add_place(
    *,
    actor: Actor,
    kind: str,
    code: str,
    name: str = "",
    parent: Place | None = None,
    use: str = "",
    area: Decimal | None = None,
    delivered_on: date | None = None,
    zone: str = "",
    climate: str = "",
) -> Place:
    """Add one place in `parent` (None: at the top). See `add_places` for what is refused."""
    draft = Place(
        parent=parent,
        kind=kind,
        code=code,
        name=name or code,
        use=use,
        area=area,
        delivered_on=delivered_on,
        zone=zone,
        climate=climate,
    )
    return add_places([draft], actor=actor)[0]


def add_places(drafts: Sequence[Place], *, actor: Actor) -> list[Place]:
    """Add unsaved places, parents before children (a parent may be a draft of the same list).

    Gives each its path and full code. Refuses a kind that cannot stand where it is put, a missing
    code, a negative area (`NotYet`), a code taken at the same place (`Conflict`), and anything
    outside the actor's places (`Refused`). All or nothing.
    """
    with acting(actor):
        numbers = _segments(len(drafts))
        for draft, number in zip(drafts, numbers, strict=True):
            parent = draft.parent
            actor.require("place.edit", parent.path if parent else "")
            _check(draft, parent)
            draft.path = (parent.path if parent else "") + segment(number)
            draft.full_code = full_code(draft.kind, draft.code, _base(parent))
        return enter(drafts, actor=actor)


def edit_places(changes: Sequence[Change[Place]], *, actor: Actor) -> list[Place]:
    """Change name, use, area, delivery, zone or climate of many places; not codes (see
    `edit_place`)."""
    for change in changes:
        place = change.row
        actor.require("place.edit", place.path)
        if area := change.values.get("area"):
            _check_area(area)
    return amend(changes, actor=actor)


def edit_place(
    place: Place, *, actor: Actor, version: int | None = None, **values: object
) -> Place:
    """Change a place; a new code renames everything inside in the same transaction.

    `version` is the one its editor saw. Refuses a code taken among its siblings and a stale
    version (`Conflict`), a bad value (`NotYet`), a place outside the actor's (`Refused`).
    """
    with acting(actor):
        before = place.full_code
        code = str(values.get("code", place.code))
        if code != place.code:
            draft = Place(kind=place.kind, code=code)
            _check(draft, place.parent)
            place.full_code = full_code(place.kind, code, _base(place.parent))
            values["full_code"] = place.full_code
        edit_places([Change(place, values, version)], actor=actor)
        if place.full_code != before and place.kind in ("building", "unit"):
            _recode(place.path, f"{before}-", f"{place.full_code}-", actor=actor)
    return place


def move_subtree(place: Place, *, to: Place | None, actor: Actor) -> Place:
    """Move a place and everything in it: one UPDATE of paths, one event.

    Roles given on the old path follow. Refuses a place that cannot stand there or would stand in
    itself (`NotYet`), and a code already taken there (`Conflict`).
    """
    actor.require("place.edit", place.path)
    actor.require("place.edit", to.path if to else "")
    _check(place, to)
    if to is not None and to.path.startswith(place.path):
        raise NotYet(_("A place cannot stand inside itself. Choose another destination."))
    old_path, old_base = place.path, _base(place.parent)
    new_path = (to.path if to else "") + old_path.split(".")[-2] + "."
    with acting(actor):
        old_parent = place.parent_id
        amend(
            [Change(place, {"parent_id": to.id if to else None})], actor=actor, name="place.moved"
        )
        place.parent = to
        Place.objects.below(old_path).update(
            path=Concat(Value(new_path), Substr("path", len(old_path) + 1))
        )
        place.path = new_path
        follow_place(actor=actor, old=old_path, new=new_path)
        tell(
            "place.subtree_moved",
            subject=place.subject(),
            actor=actor,
            said={"old": old_path, "new": new_path, "old_parent": str(old_parent or "")},
        )
        if place.kind not in ("region", "community", "building"):
            _recode(new_path, old_base, _base(to), actor=actor)
            place.refresh_from_db()
    return place


def retire_place(place: Place, *, actor: Actor, on: date, version: int | None = None) -> Place:
    """Take a place out of use from `on`; its history stays. Refuses while something still stands
    in it or equipment is in use there (`NotYet`, with what is in the way)."""
    with acting(actor):
        inside = Place.objects.below(place.path).standing().exclude(id=place.id)
        things = Asset.objects.filter(place=place).kept()
        if inside.exists() or things.exists():
            shown = ", ".join(str(x) for x in [*inside[:3], *things[:3]])
            raise NotYet(
                _(
                    "The place is still in use: %(shown)s ... It was not retired. Retire or move "
                    "these first."
                )
                % {"shown": shown}
            )
        actor.require("place.edit", place.path)
        amend([Change(place, {"retired_on": on}, version)], actor=actor, name="place.retired")
    return place


def reinstate_place(place: Place, *, actor: Actor) -> Place:
    """Take a retired place into use again."""
    actor.require("place.edit", place.path)
    amend([Change(place, {"retired_on": None})], actor=actor, name="place.reinstated")
    return place


def _segments(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('places_segment') FROM generate_series(1, %s)", [count])
        return [int(row[0]) for row in cursor.fetchall()]


def _base(parent: Place | None) -> str:
    return code_base(parent.kind, parent.code, parent.full_code) if parent else ""


def _check(draft: Place, parent: Place | None) -> None:
    if not stands_in(draft.kind, parent.kind if parent else None):
        raise NotYet(
            _("A %(kind)s cannot stand there. Choose another kind or another place above it.")
            % {"kind": draft.get_kind_display()},
            fields={"kind": _("Choose a kind that can stand there.")},
        )
    code = draft.code.strip()
    if not code or code != draft.code or len(code) > 24 or any(c in code for c in "/\\\t\n"):
        raise NotYet(
            _("Please give a short code without slashes, for example 1201."),
            fields={"code": _("Please give a short code without slashes, for example 1201.")},
        )
    if draft.area is not None:
        _check_area(draft.area)
    if draft.zone and draft.zone not in _zones(draft.zone):
        raise NotYet(
            _("There is no time zone %(zone)s. Write it like Asia/Shanghai.")
            % {"zone": draft.zone},
            fields={"zone": _("Write it like Asia/Shanghai.")},
        )


def _check_area(area: object) -> None:
    if not isinstance(area, Decimal) or not Decimal(0) <= area < Decimal(10**10):
        raise NotYet(
            _("The area must be a number of square metres, zero or more."),
            fields={"area": _("The area must be a number of square metres, zero or more.")},
        )


def _zones(name: str) -> set[str]:
    try:
        return {ZoneInfo(name).key}
    except (KeyError, ValueError, OSError):
        return set()


def _recode(path: str, old: str, new: str, *, actor: Actor) -> None:
    """Rewrite the beginning of the full codes in a subtree, and how they are found."""
    if old == new:
        return
    inside = Place.objects.below(path).exclude(full_code=F("code"), kind="building")
    if old:
        inside = inside.filter(full_code__startswith=old)
    inside.update(full_code=Concat(Value(new), Substr("full_code", len(old) + 1)))
    index_all_for_search(
        (("place", p.id, merged(p.search_tokens())) for p in Place.objects.below(path)),
        actor=actor,
    )
