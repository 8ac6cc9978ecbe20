"""Taking the archive of a case out of the house."""

from typing import BinaryIO
from uuid import UUID

from anju.engine.loop.commands.ground import the_one
from anju.engine.loop.models import Case
from anju.engine.loop.queries import dossier_of
from anju.foundation.events.archive.export import export_archive
from anju.foundation.events.commands import tell
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def export_case(case_id: UUID, *, actor: Actor) -> tuple[Case, BinaryIO]:
    """The case, and its archive as a ZIP that proves itself without a server; told in its journal.

    Refuses (`Refused`) without `journal.see` at the place of the case, and (`NotYet`) while an
    event of the case waits for its seal: about a second. Close the file to free it.
    """
    with acting(actor):
        case: Case = the_one(
            Case.objects.seen_by(actor).select_related("place", "standard"), case_id
        )
        actor.require("journal.see", case.place.path if case.place else "")
        archive = export_archive(dossier_of(case), actor=actor)
        tell("case.exported", subject=("case", case.id), actor=actor)
    return case, archive
