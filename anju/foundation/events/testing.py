"""Events for tests, and the ticker's part done at once."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from anju.foundation.events.commands import advance, seal_once, tell
from anju.foundation.events.models import Event
from anju.foundation.events.registry import Scope, listeners
from anju.foundation.events.verification import CompanyReport, verify_company
from anju.foundation.tenancy.across import across
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def some_events(actor: Actor, count: int = 3, **details: Any) -> list[Event]:
    """So many events, each about a subject of its own, each in a transaction of its own."""
    told = []
    for n in range(count):
        with acting(actor):
            told.append(
                tell("test.told", subject=("test", uuid4()), actor=actor, said={"n": n}, **details)
            )
    return told


def seal_all() -> None:
    """Seal everything that waits, of all companies."""
    while seal_once():
        pass


def heard_by_all(company: UUID) -> None:
    """Seal everything, and let everybody hear what was told in the company."""
    seal_all()
    for one in listeners().values():
        while advance(one, company):
            continue


def verified(company: UUID, anchors: dict[int, bytes] | None = None) -> CompanyReport:
    """The verification of one company."""
    with across("owner", "a test verifies its company"):
        return verify_company(Scope(company), anchors=anchors)


def codes(report: CompanyReport) -> set[str]:
    """What kinds of problems were found."""
    return {problem.code for problem in report.problems}


def as_owner(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Do as one who owns the database can."""
    with across("owner", "a test tampers or looks below the fence") as cursor:
        cursor.execute(sql, list(params))
        return cursor.fetchall() if cursor.description else []
