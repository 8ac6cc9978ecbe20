"""What of the documents rests on laws."""

from collections.abc import Iterator

from anju.domains.documents.models import Document
from anju.engine.library.grounds import Resting, rests
from anju.foundation.tenancy.actor import Actor


@rests("document", Document)
def documents(actor: Actor) -> Iterator[Resting]:
    """Revisions in force and in preparation. One query."""
    mine = Document.objects.filter(company_id=actor.company_id).exclude(state="obsolete")
    for one in mine.defer("text").order_by("code", "version"):
        kind, code = one.points_at
        standards = (code,) if kind == "standard" else ()
        yield Resting("document", one.id, str(one), tuple(one.basis), standards)
