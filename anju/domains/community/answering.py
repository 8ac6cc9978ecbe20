"""Who answers for a matter right now: a person with a name, never a department."""

from dataclasses import dataclass
from uuid import UUID

from anju.engine.loop.models import Case, WorkOrder
from anju.engine.loop.owned import owners_of
from anju.foundation.access.queries import names_of
from anju.foundation.messages.queries import Staff, staff
from anju.foundation.tenancy.actor import Actor

OWNERS = ("concierge", "desk")  # the lobby's own first
ABOVE = ("manager", "headquarters", "admin")


@dataclass(frozen=True)
class Answering:
    """The accounts that answer, the first of them by name, and those one level above."""

    accounts: tuple[UUID, ...]
    above: tuple[UUID, ...]
    name: str = ""
    above_name: str = ""


def answering_for(case: Case, *, actor: Actor) -> Answering:
    """Who owns the matter and who has the work in hand, else the desk at the place; above them the
    manager. Five queries."""
    path = case.place.path if case.place else ""
    roles = staff({*OWNERS, *ABOVE}, actor=actor)
    works = WorkOrder.objects.filter(company_id=actor.company_id, case_id=case.id).live()
    persons = works.exclude(person=None).order_by("-id").values_list("person_id", flat=True)
    doers = roles.of_persons(list(persons))
    owner = owners_of([case.id]).get(case.id)
    owners = roles.of_persons([owner.person_id]) if owner and owner.person_id else []
    owners = owners or next((f for role in OWNERS if (f := _holding(roles, role, path))), [])
    above = next((found for role in ABOVE if (found := _holding(roles, role, path))), [])
    accounts = tuple(dict.fromkeys([*doers, *(owners or above)]))
    names = names_of([*accounts[:1], *above[:1]], actor=actor)
    return Answering(
        accounts=accounts,
        above=tuple(above),
        name=names.get(accounts[0], "") if accounts else "",
        above_name=names.get(above[0], "") if above else "",
    )


def _holding(roles: Staff, role: str, path: str) -> list[UUID]:
    return roles.holding(role, path, upwards=False)
