"""The archive a person gets of their own data: JSON for machines, one page to read, files."""

import json
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from anju.foundation.events.models import Event, EventValue
from anju.foundation.events.rules import plain
from anju.foundation.people.models import Person
from anju.foundation.people.parts import Exported, Part, parts
from anju.foundation.people.queries import looks_at
from anju.foundation.places.queries import full_name
from anju.foundation.tenancy.actor import Actor

EPOCH = (1980, 1, 1, 0, 0, 0)  # equal data gives an equal archive


def archive(person: Person, *, actor: Actor, at: datetime) -> bytes:
    """The ZIP of everything held about a person: `data.json`, `index.html`, `files/`."""
    made = [(part, part.export(person, actor)) for part in parts()]
    data = {
        "format": "anju-person-1",
        "person": str(person.id),
        "made_at": at.astimezone(UTC).isoformat(),
        "parts": {part.name: plain(list(exported.rows)) for part, exported in made},
    }
    page = render_to_string(
        "people/export.html",
        {"person": person, "at": at, "parts": [(part, _table(e)) for part, e in made]},
    )
    files = {f"files/{n}": content for _part, e in made for n, content in e.files.items()}
    texts = {
        "data.json": json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True).encode(),
        "index.html": page.encode(),
    }
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in sorted({**texts, **files}.items()):
            file.writestr(zipfile.ZipInfo(name, EPOCH), content)
    return buffer.getvalue()


def _table(exported: Exported) -> dict[str, Any]:
    columns = list(dict.fromkeys(key for row in exported.rows for key in row))
    return {
        "columns": columns,
        "rows": [[row.get(column, "") for column in columns] for row in exported.rows],
    }


def _self(person: Person, actor: Actor) -> Exported:
    row = {
        "kind": person.kind,
        "name": person.name,
        "phone": person.phone,
        "note": person.note,
        "place": full_name(person.place) if person.place else "",
    }
    return Exported([row])


def _occupancies(person: Person, actor: Actor) -> Exported:
    held = person.occupancies.select_related("place").order_by("since", "id")
    return Exported(
        [
            {"place": full_name(o.place), "role": o.role, "since": o.since, "until": o.until}
            for o in held
        ]
    )


def _vehicles(person: Person, actor: Actor) -> Exported:
    return Exported([{"plate": v.plate, "note": v.note} for v in person.vehicles.order_by("id")])


def _staff(person: Person, actor: Actor) -> Exported:
    posts = [
        {"what": "post", "name": a.post.name, "since": a.since, "until": a.until}
        for a in person.assignments.select_related("post").order_by("since", "id")
    ]
    certificates = [
        {"what": "qualification", "name": q.type, "number": q.number, "until": q.expires_on}
        for q in person.qualifications.order_by("id")
    ]
    return Exported([*posts, *certificates])


def _looks(person: Person, actor: Actor) -> Exported:
    looks = looks_at(person, actor=actor)
    return Exported([{"at": x.at, "by": x.by_name, "reason": x.reason} for x in looks])


def _events(person: Person, actor: Actor) -> Exported:
    events = Event.objects.filter(subject_kind="person", subject_id=person.id).order_by("id")
    texts: dict[Any, dict[str, str]] = {}
    for value in EventValue.objects.filter(event__in=events):
        texts.setdefault(value.event_id, {})[value.name] = value.text
    return Exported([{"at": e.at, "name": e.name, **texts.get(e.id, {})} for e in events])


OWN_PARTS = (
    Part("person", _("Your data"), _self),
    Part("occupancies", _("Where you own, rent or live"), _occupancies),
    Part("vehicles", _("Your vehicles"), _vehicles),
    Part("staff", _("Your work with us"), _staff),
    Part("looks", _("Who looked at your telephone number"), _looks),
    Part("events", _("What was noted about you, and when"), _events),
)
