"""What imports still hold of a person goes with the person (trust.md P22)."""

from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.people.models import Person
from anju.foundation.registry.models import Batch, Entered
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def forget_person(person: Person, *, actor: Actor) -> int:
    """Blank the former values that undos were kept for, and drop uploaded files that name the
    person. Returns how many rows changed. Whether the actor may erase is asked by `erase_person`.
    """
    signs = [sign for sign in (person.name, person.phone) if sign]
    signs += [v.plate for v in person.vehicles.all() if v.plate]
    with acting(actor):
        kept = Entered.objects.filter(person_id=person.id).exclude(before=None)
        count = kept.exclude(before={}).update(before={})
        for batch in Batch.objects.filter(state="staged").exclude(table=None):
            if any(sign in cell for sign in signs for cell in _cells(batch)):
                batch.state, batch.table, batch.settled_at = "dropped", None, now()
                batch.file_name = ""
                batch.save(update_fields=["state", "table", "settled_at", "file_name"])
                tell(
                    "import.dropped",
                    subject=("import", batch.id),
                    actor=actor,
                    wrote=written(batch),
                )
                count += 1
    return count


def _cells(batch: Batch) -> list[str]:
    rows = (batch.table or {}).get("rows", [])
    return [cell for _number, cells in rows for cell in cells]
