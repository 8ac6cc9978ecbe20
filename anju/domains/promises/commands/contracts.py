"""Writing the service contract of a community, and telling of its dates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from anju.domains.promises.commands.ground import (
    held,
    kept,
    refuse,
    the_community,
    unknown_standards,
)
from anju.domains.promises.models import Contract
from anju.domains.promises.queries import grades, today_at
from anju.domains.promises.rules import Clause, NoticeDate, missing, overlap, too_long, words
from anju.foundation.access.queries import in_force
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.messages.commands.queueing import Note, queue_messages
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

LONGEST = {"number": 40, "client": 120, "provider": 120, "fee_basis": 300}
LONGEST_CLAUSE, LONGEST_NUMBER, LONGEST_DATE = 600, 20, 120
MOST_CLAUSES, MOST_DATES, MOST_DAYS = 200, 20, 366
MANAGERS = ("manager", "headquarters")


@dataclass(frozen=True, kw_only=True)
class ContractText:
    """What is written of a contract. `ended_on`: the last day it held, where it ended early."""

    number: str
    client: str
    provider: str
    first: date
    last: date
    ended_on: date | None = None
    notices: Sequence[NoticeDate] = ()
    grade: str = ""
    fee_basis: str = ""
    clauses: Sequence[Clause] = ()


def write_contract(
    place: Place,
    said: ContractText,
    *,
    actor: Actor,
    contract_id: UUID | None = None,
    edited: int = 0,
) -> Contract:
    """Write down the contract of a community, or one of it anew.

    Refuses (`Refused`) whoever may not write standards there, (`NotYet`) with fields: what is
    missing, a term that ends before it begins or shares a day with another contract of the
    community, an unknown grade or standard, a number that is taken, a place that is no community;
    (`Conflict`) an edition somebody wrote over. Tells contract.written.
    """
    actor.require("standard.edit", place.path)
    with acting(actor):
        body = _body(said, actor)
        community = the_community(place)
        mine = Contract.objects.filter(company_id=actor.company_id, place=community)
        if contract_id is None:
            row = Contract(company_id=actor.company_id, place=community)
        else:
            row = held(mine, contract_id, edited)
        term = (said.first, said.ended_on or said.last)
        for other in mine.exclude(id=row.id):
            if overlap(term, (other.first, other.ended_on or other.last)):
                words_ = _("On some of these days contract %(number)s holds already.")
                refuse({"first": words_ % {"number": other.number}})
        for name, value in body.items():
            setattr(row, name, value)
        return kept(row, "contract", "number", actor=actor, said={"number": row.number})


def tell_dates(*, actor: Actor) -> int:
    """Tell the managers of each community, and headquarters, of every notice date that has come
    near in a contract that holds; how many dates. Each date once, and safe to repeat: a date that
    is moved or worded anew is told again. A date that nobody is there for waits. Tells
    contract.told.
    """
    told = 0
    with acting(actor):
        rows = Contract.objects.filter(company_id=actor.company_id).exclude(notices=[])
        for row in rows.select_related("place").select_for_update(of=("self",), skip_locked=True):
            today = today_at(row.place)
            if row.state(today) != "in_force":
                continue
            near = [one for one in row.dates if one.due(today) and one.key not in row.told]
            accounts = _managers(row.place, actor) if near else set()
            for one in near if accounts else ():
                _tell(row, one, accounts, actor)
                told += 1
    return told


def _managers(place: Place, actor: Actor) -> set[UUID]:
    grants = in_force(actor=actor).filter(role__in=MANAGERS)
    return {grant.account_id for grant in grants if place.path.startswith(grant.path)}


def _tell(row: Contract, near: NoticeDate, accounts: Iterable[UUID], actor: Actor) -> None:
    row.told = [*row.told, near.key]
    row.save(update_fields=["told"])
    facts = {
        "number": row.number, "text": near.text, "on": near.on.isoformat(),
        "place": str(row.place),
    }  # fmt: skip
    notes = [
        Note(
            key=f"contract:{row.id}:{near.key}",
            kind="contract.date",
            account=account,
            subject=("contract", row.id),
            facts=facts,
            email=True,
        )
        for account in sorted(accounts)
    ]
    queue_messages(notes, actor=actor)
    said = {"number": row.number, "on": near.on.isoformat(), "count": len(notes)}
    tell("contract.told", subject=("contract", row.id), actor=actor, said=said, wrote=written(row))


def _body(said: ContractText, actor: Actor) -> dict[str, Any]:
    text = {name: words(getattr(said, name)) for name in LONGEST}
    faults = {**missing(text, "number", "client", "provider"), **too_long(text, LONGEST)}
    if said.last < said.first:
        faults["last"] = _("The last day lies before the first.")
    elif said.ended_on and not said.first <= said.ended_on <= said.last:
        faults["ended_on"] = _("It ended early on a day between the first and the last.")
    if said.grade and said.grade not in dict(grades()):
        faults["grade"] = _("Choose one of the list.")
    clauses = [Clause(words(c.number), words(c.text), c.standards) for c in said.clauses]
    dates = [NoticeDate(d.on, words(d.text), d.days) for d in said.notices]
    faults |= _faults_of_rows(clauses, dates)
    if strange := unknown_standards((s for c in clauses for s in c.standards), actor=actor):
        faults["clauses"] = strange
    refuse(faults)
    return {
        **text,
        "first": said.first,
        "last": said.last,
        "ended_on": said.ended_on,
        "grade": said.grade,
        "clauses": [one.plain() for one in clauses],
        "notices": [one.plain() for one in dates],
    }


def _faults_of_rows(clauses: Sequence[Clause], dates: Sequence[NoticeDate]) -> dict[str, Any]:
    faults: dict[str, Any] = {}
    numbers = [clause.number for clause in clauses]
    if len(clauses) > MOST_CLAUSES or not all(
        0 < len(c.number) <= LONGEST_NUMBER and 0 < len(c.text) <= LONGEST_CLAUSE for c in clauses
    ):
        faults["clauses"] = _("Each clause needs its number and its words.")
    elif len(set(numbers)) < len(numbers):
        faults["clauses"] = _("Two clauses have the same number.")
    if len(dates) > MOST_DATES or not all(
        0 < len(d.text) <= LONGEST_DATE and 0 <= d.days <= MOST_DAYS for d in dates
    ):
        faults["notices"] = _("Each date needs a day, what is due then, and 0 to 366 days before.")
    return faults
