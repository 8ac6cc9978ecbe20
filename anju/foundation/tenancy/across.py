"""Work that sees all companies at once: the ticker's due rows, the owner's verification (D10).

Nothing here writes for a company: whoever finds work acts company by company, through `acting`.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Literal, TypeVar
from uuid import UUID

from django.db import connection, connections, transaction
from django.db.backends.utils import CursorWrapper

from anju.foundation.tenancy.actor import Actor

T = TypeVar("T")


def each_by_itself(ones: Iterable[T], do: Callable[[T], int]) -> int:
    """What `do` counts for all of them (companies, mostly), one after the other. What is wrong with
    one keeps no other waiting; the first error is raised when all others are done."""
    done, failed = 0, None
    for one in ones:
        try:
            done += do(one)
        except Exception as error:  # whatever it is: the others are due as well
            failed = failed or error
            connection.close()
    if failed:
        raise failed
    return done


def until_none_is_due(companies: Iterable[UUID], name: str, look: Callable[[Actor], int]) -> int:
    """What `look` sees in each company, batch after batch until it sees nothing more, as that
    company's machine of this name; `each_by_itself`."""

    def all_of(company: UUID) -> int:
        actor, seen = Actor.machine(company, name), 0
        while count := look(actor):
            seen += count
        return seen

    return each_by_itself(companies, all_of)


@contextmanager
def across(
    role: Literal["ticker", "owner"], reason: str, *, snapshot: bool = False
) -> Iterator[CursorWrapper]:
    """One transaction on the ticker's or the owner's connection; yields its cursor.

    `reason` is for the reader. `snapshot`: every query in it sees one and the same moment
    (REPEATABLE READ); only as the outermost block, since it must be said before the first query.
    """
    if not reason:
        raise ValueError("say why all companies are seen")
    with transaction.atomic(using=role), connections[role].cursor() as cursor:
        if snapshot:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield cursor
