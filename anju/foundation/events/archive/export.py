"""Writing the archive of one matter."""

import hashlib
import json
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO
from uuid import UUID

from django.utils.translation import gettext as _

from anju.foundation.events.archive.check import FORMAT
from anju.foundation.events.archive.dossier import Dossier
from anju.foundation.events.models import Event, EventValue, Position, Seal
from anju.foundation.events.rules import inclusion_proof, plain
from anju.foundation.events.sealed import row_key
from anju.foundation.lib import canonical, now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet

IN_MEMORY = 8 * 1024 * 1024
CHUNK = 256 * 1024


def export_archive(dossier: Dossier, *, actor: Actor) -> BinaryIO:
    """The ZIP of a dossier, ready to be read from its start; close it to free its temporary file.

    Holds the rows, the events with the personal values still there, the files, for each event the
    proof that it is in its seal, and a manifest. Refuses (`NotYet`) while an event waits for its
    seal: about a second. Reads only: the command that calls this asks whether the actor may, and
    tells who took an archive of what.
    """
    with acting(actor):
        events = _events(dossier, actor)
        seals, proofs = _proofs(actor.company_id, [e.position for e in events])
        told = [_event(event, *proofs[event.position]) for event in events]
        for event, values in zip(told, _values(events, actor), strict=True):
            event["held"] = values
        head = {
            "format": FORMAT, "company": str(actor.company_id),
            "subject": [dossier.subject[0], str(dossier.subject[1])], "title": dossier.title,
            "made_at": now(), "by": actor.name,
            "files": [{"sha256": f.sha256, "name": f.name} for f in dossier.files],
        }  # fmt: skip
        rows = {row_key(row): row.sealed_fields() for row in dossier.rows}
    out = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  the caller reads and closes it
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        manifest = {
            name: _add(archive, name, [content])
            for name, content in (
                ("README.txt", _readme().encode()),
                ("archive.json", canonical(head)),
                ("shown.json", canonical(plain(dossier.shown))),
                ("rows.json", canonical(rows)),
                ("events.json", canonical(told)),
                ("seals.json", canonical(seals)),
            )
        }
        for file in {f.sha256: f for f in dossier.files}.values():
            name = f"files/{file.sha256}.{file.ending}"
            with file.open() as content:
                manifest[name] = _add(archive, name, _chunks(content))
        archive.writestr("manifest.json", json.dumps(manifest, indent=1))
    out.seek(0)
    return out  # type: ignore[return-value]  # a SpooledTemporaryFile is one in all but name


def _add(archive: zipfile.ZipFile, name: str, chunks: Iterable[bytes]) -> dict[str, Any]:
    sha256, size = hashlib.sha256(), 0
    with archive.open(name, "w", force_zip64=True) as member:
        for chunk in chunks:
            sha256.update(chunk)
            size += len(chunk)
            member.write(chunk)
    return {"sha256": sha256.hexdigest(), "size": size}


def _chunks(content: BinaryIO) -> Iterator[bytes]:
    while chunk := content.read(CHUNK):
        yield chunk


def _events(dossier: Dossier, actor: Actor) -> list[Event]:
    wanted = set(dossier.events)
    mine = {"company_id": actor.company_id}
    placed = Position.objects.filter(**mine, event_id__in=wanted).values_list("event_id", "n")
    places = dict(placed)
    if places.keys() != wanted:
        raise NotYet(
            _(
                "The last events of this record are just being sealed, so the archive could not "
                "prove them yet. Try again in a few seconds."
            )
        )
    events = list(Event.objects.filter(**mine, id__in=wanted))
    for event in events:
        event.position = places[event.id]
    return sorted(events, key=lambda event: event.position)


def _proofs(
    company: UUID, places: list[int]
) -> tuple[list[dict[str, Any]], dict[int, tuple[int, list[bytes]]]]:
    """The seals over these positions, and for each position its seal and its way to the root."""
    seals: list[dict[str, Any]] = []
    proofs: dict[int, tuple[int, list[bytes]]] = {}
    left = sorted(places)
    while left:
        seal = Seal.objects.filter(company_id=company, last__gte=left[0]).order_by("n")[0]
        inside = [n for n in left if n <= seal.last]
        left = left[len(inside) :]
        sealed = Position.objects.filter(company_id=company, n__range=(seal.first, seal.last))
        leaves = [bytes(x) for x in sealed.order_by("n").values_list("event__leaf", flat=True)]
        proofs |= {n: (seal.n, inclusion_proof(leaves, n - seal.first)) for n in inside}
        seals.append(
            {
                "n": seal.n, "first": seal.first, "last": seal.last, "root": seal.root,
                "previous": seal.previous, "at": seal.at, "digest": seal.digest,
            }
        )  # fmt: skip
    return seals, proofs


def _event(event: Event, seal: int, proof: list[bytes]) -> dict[str, Any]:
    return {
        "id": event.id, "name": event.name, "subject_kind": event.subject_kind,
        "subject_id": event.subject_id, "by": event.by, "at": event.at,
        "noted_at": event.noted_at, "said": event.said, "wrote": event.wrote,
        "values": event.values, "leaf": event.leaf, "position": event.position,
        "seal": seal, "proof": proof,
    }  # fmt: skip


def _values(events: list[Event], actor: Actor) -> list[dict[str, Any]]:
    held: dict[UUID, dict[str, Any]] = defaultdict(dict)
    mine = EventValue.objects.filter(company_id=actor.company_id)
    for value in mine.filter(event_id__in=[event.id for event in events]):
        held[value.event_id][value.name] = {"salt": value.salt, "text": value.text}
    return [held[event.id] for event in events]


def _readme() -> str:
    return _(
        "This is the archive of one record.\n\n"
        "rows.json    the record as its last events wrote it\n"
        "events.json  what happened, in order, with the proof that each event is in its seal\n"
        "seals.json   the seals over these events\n"
        "shown.json   the same for reading\n"
        "files/       photos and documents, named by their SHA-256\n"
        "manifest.json  the SHA-256 of every file in here\n\n"
        "To check it, with no connection to anything:  anju verify --archive FILE.zip\n"
        "That shows that nothing in here was changed since it was sealed. It cannot show that "
        "nothing was left out. Compare the seals it names with an anchor you hold.\n"
    )
