"""People and what binds them to places: occupancy and vehicles."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from anju.foundation.entries.commands import Change, amend, enter
from anju.foundation.people.models import Occupancy, Person, Vehicle
from anju.foundation.people.rules import KINDS, ROLES, plain_phone, plain_plate
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet


def add_person(
    *,
    actor: Actor,
    kind: str,
    name: str,
    phone: str = "",
    place: Place | None = None,
    note: str = "",
) -> Person:
    """Add one person who belongs to `place` (None: the whole company). See `add_people`."""
    draft = Person(kind=kind, name=name, phone=phone, place=place, note=note)
    return add_people([draft], actor=actor)[0]


def add_people(drafts: Sequence[Person], *, actor: Actor) -> list[Person]:
    """Add unsaved people. All or nothing.

    Two people may have one telephone (a couple) and two one name; whoever imports decides what is
    the same person. Refuses a missing name, an unknown kind, a telephone that is none (`NotYet`),
    a place outside the actor's (`Refused`; staff need `staff.edit`, others `person.edit`).
    """
    for draft in drafts:
        _require(actor, draft.kind, draft.place)
        draft.phone = _check({"kind": draft.kind, "name": draft.name, "phone": draft.phone})[
            "phone"
        ]
    return enter(drafts, actor=actor)


def contact_for(name: str, phone: str, *, actor: Actor, place: Place | None = None) -> Person:
    """The person this telephone belongs to, or a new contact of that name who belongs to `place`
    (None: the whole company, seen by nobody whose role holds for a part of it).

    Whoever reports a matter may name the reporter without being allowed to edit people: the entry
    is made by the house itself. Refuses a missing name or a telephone that is none (`NotYet`).
    """
    if phone:
        digits = _check({"kind": "contact", "name": name, "phone": phone})["phone"]
        held = Person.objects.filter(phone=digits).order_by("id").first()
        if held is not None:
            return held
    house = Actor.machine(actor.company_id, "contacts")
    return add_person(actor=house, kind="contact", name=name, phone=phone, place=place)


def edit_person(
    person: Person, *, actor: Actor, version: int | None = None, **values: object
) -> Person:
    """Change a person; `version` is the one its editor saw. Refuses as `add_people`, and a stale
    version (`Conflict`)."""
    edit_people([Change(person, values, version)], actor=actor)
    return person


def edit_people(changes: Sequence[Change[Person]], *, actor: Actor) -> list[Person]:
    """Change many people at once. An erased person cannot be filled again (`NotYet`)."""
    checked = []
    for change in changes:
        _require(actor, change.row.kind, change.row.place)
        if change.row.erased_at:
            raise NotYet(_("This person's data was erased on request. Add a new person instead."))
        checked.append(Change(change.row, _check(change.values), change.version))
    return amend(checked, actor=actor)


def move_in(
    person: Person, *, place: Place, role: str, since: date | None, actor: Actor
) -> Occupancy:
    """The person owns, rents or lives in the place from a day (None: not recorded)."""
    draft = Occupancy(person=person, place=place, role=role, since=since)
    return add_occupancies([draft], actor=actor)[0]


def add_occupancies(drafts: Sequence[Occupancy], *, actor: Actor) -> list[Occupancy]:
    """Add unsaved occupancies; several owners of one place are several rows. All or nothing.

    Refuses an unknown role, an end before the beginning (`NotYet`), the same person in the same
    role from the same day (`Conflict`), a place outside the actor's (`Refused`).
    """
    for draft in drafts:
        actor.require("person.edit", draft.place.path)
        _check_occupancy(draft.role, draft.since, draft.until)
    return enter(drafts, actor=actor)


def edit_occupancies(changes: Sequence[Change[Occupancy]], *, actor: Actor) -> list[Occupancy]:
    """Change role or dates of many occupancies."""
    for change in changes:
        row, new = change.row, change.values
        actor.require("person.edit", row.place.path)
        _check_occupancy(
            new.get("role", row.role), new.get("since", row.since), new.get("until", row.until)
        )
    return amend(changes, actor=actor)


def end_occupancy(
    occupancy: Occupancy, *, on: date, actor: Actor, version: int | None = None
) -> Occupancy:
    """The person moves out, or sells: the last day is `on`; the history stays."""
    edit_occupancies([Change(occupancy, {"until": on}, version)], actor=actor)
    return occupancy


def change_owner(place: Place, *, to: Sequence[Person], on: date, actor: Actor) -> list[Occupancy]:
    """Ownership passes on a day: present owners end the day before, `to` begin. One transaction."""
    with acting(actor):
        held = Occupancy.objects.filter(place=place, role="owner").on(on).select_related("place")
        edit_occupancies(
            [Change(row, {"until": on - timedelta(days=1)}) for row in held], actor=actor
        )
        drafts = [Occupancy(person=p, place=place, role="owner", since=on) for p in to]
        return add_occupancies(drafts, actor=actor)


def add_vehicle(
    *, actor: Actor, person: Person, plate: str, place: Place | None = None, note: str = ""
) -> Vehicle:
    """Add a person's vehicle, with its parking place where there is one."""
    draft = Vehicle(person=person, plate=plate, place=place, note=note)
    return add_vehicles([draft], actor=actor)[0]


def add_vehicles(drafts: Sequence[Vehicle], *, actor: Actor) -> list[Vehicle]:
    """Add unsaved vehicles. Refuses what is no plate (`NotYet`) and a plate already registered
    (`Conflict`). All or nothing."""
    for draft in drafts:
        _require(actor, draft.person.kind, draft.person.place)
        draft.plate = _plate(draft.plate)
    return enter(drafts, actor=actor)


def edit_vehicles(changes: Sequence[Change[Vehicle]], *, actor: Actor) -> list[Vehicle]:
    """Change plate, owner, parking place or note of many vehicles."""
    checked = []
    for change in changes:
        _require(actor, change.row.person.kind, change.row.person.place)
        values = dict(change.values)
        if "plate" in values:
            values["plate"] = _plate(values["plate"])
        checked.append(Change(change.row, values, change.version))
    return amend(checked, actor=actor)


def _require(actor: Actor, kind: str, place: Place | None) -> None:
    actor.require("staff.edit" if kind == "staff" else "person.edit", place.path if place else "")


def _check(values: Mapping[str, Any]) -> dict[str, Any]:
    checked = dict(values)
    if "name" in checked:
        checked["name"] = str(checked["name"]).strip()
        if not checked["name"]:
            raise NotYet(_("Please give a name."), fields={"name": _("Please give a name.")})
    if "kind" in checked and checked["kind"] not in KINDS:
        raise NotYet(
            _("This value is not in the list. Choose one of the list."),
            fields={"kind": _("Choose a value from the list.")},
        )
    if "phone" in checked:
        try:
            checked["phone"] = plain_phone(str(checked["phone"]))
        except ValueError:
            wrong = _("This is no telephone number. Write only digits, for example 13800138000.")
            raise NotYet(wrong, fields={"phone": wrong}) from None
    return checked


def _plate(text: str) -> str:
    try:
        return plain_plate(text)
    except ValueError:
        wrong = _("This is no number plate. Write it like 沪A12345.")
        raise NotYet(wrong, fields={"plate": wrong}) from None


def _check_occupancy(role: str, since: date | None, until: date | None) -> None:
    if role not in ROLES:
        raise NotYet(
            _("This value is not in the list. Choose one of the list."),
            fields={"role": _("Choose a value from the list.")},
        )
    if since and until and until < since:
        raise NotYet(
            _("The last day is before the first. Please check both days."),
            fields={"until": _("Please give a day that is not before the first day.")},
        )
