"""Who receives a piece of work: whoever signs for it may be one of those who live there."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from anju.engine.loop.models import Record, WorkOrder
from anju.foundation.events.models import EventValue
from anju.foundation.people.models import Occupancy, Person
from anju.foundation.tenancy.days import day_of


def receivers_of(work: WorkOrder, at: datetime) -> list[Person]:
    """Who lived at the place of the work on the day of `at`, and who reported its case, oldest
    first: one of them may be named as who signs. None where nobody lives there. One query."""
    company, reporter = work.company_id, work.case.reporter_id if work.case else None
    lived = Occupancy.objects.filter(company_id=company, place=work.place)
    held = lived.on(day_of(at, company)).values("person_id")
    found = Person.objects.filter(Q(id__in=held) | Q(id=reporter), company_id=company)
    return list(found.filter(erased_at=None).order_by("id"))


def receiver_of(work: WorkOrder, at: datetime, person: UUID | None, name: str) -> Person | None:
    """Who signs, of `receivers_of`: as chosen, else whoever of them alone has the name. One
    query."""
    there = receivers_of(work, at)
    if person is None:
        found = [one for one in there if name and one.name == name]
    else:
        found = [one for one in there if one.id == person]
    return found[0] if len(found) == 1 else None


def signatures_of(person: Person) -> QuerySet[Record]:
    """What is kept because a person signed, or is said to have. Two queries."""
    named = EventValue.objects.filter(
        company_id=person.company_id, person_id=person.id, event__name="record.made", name="signer"
    )
    wrote = [key for keys in named.values_list("event__wrote", flat=True) for key in keys]
    table = f"{Record._meta.db_table}:"
    ids = [UUID(key.removeprefix(table)) for key in wrote if key.startswith(table)]
    return Record.objects.filter(id__in=ids, kind__in=("signature", "aside"))
