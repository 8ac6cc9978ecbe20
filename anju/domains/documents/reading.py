"""Reads of who reads what: the version in force, the people of a list, what one has to do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from anju.domains.documents.models import Attempt, Distribution, Document, Quiz, Reading
from anju.engine.standards.models import Standard
from anju.foundation.access.models import Account
from anju.foundation.access.queries import in_force
from anju.foundation.people.models import Assignment, Person
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today

KINDS: dict[str, Any] = {"document": Document, "standard": Standard}
TARGETS = ("role", "post", "team", "person")


def title_of(row: Any) -> str:
    """What a paper is called."""
    return str(row.title if isinstance(row, Document) else row.name)


def to_read(kind: str, code: str, *, actor: Actor) -> Any:
    """The version in force of a document or a standard, or None. One query."""
    if kind not in KINDS:
        return None
    return KINDS[kind].objects.filter(company_id=actor.company_id, code=code).in_force().first()


def people_of(targets: Iterable[str], *, actor: Actor) -> set[UUID]:
    """The staff a list reaches today: who holds a post, alone or in a team, whose account has a
    role, who is named. At most four queries."""
    by: dict[str, list[str]] = {kind: [] for kind in TARGETS}
    for target in targets:
        kind, _, value = target.partition(":")
        by.setdefault(kind, []).append(value)
    found: set[UUID] = set()
    if by["post"] or by["team"]:
        held = Assignment.objects.on(today(actor.company_id)).filter(company_id=actor.company_id)
        there = held.filter(Q(post_id__in=by["post"]) | Q(post__team_id__in=by["team"]))
        found |= set(there.values_list("person_id", flat=True))
    if by["role"]:
        accounts = in_force(actor=actor).filter(role__in=by["role"]).values("account_id")
        mine = Account.objects.filter(company_id=actor.company_id, closed_at=None)
        persons = mine.filter(id__in=accounts.order_by()).values_list("person_id", flat=True)
        found |= {person for person in persons if person}
    people = Person.objects.filter(company_id=actor.company_id, kind="staff", erased_at=None)
    reached = people.filter(Q(id__in=found) | Q(id__in=by["person"]))
    return set(reached.values_list("id", flat=True))


def due_for(actor: Actor) -> list[Reading]:
    """What the actor has to read or to be examined on, the oldest first. One query."""
    if actor.person_id is None:
        return []
    quiz = Quiz.objects.filter(company_id=actor.company_id, paper=OuterRef("paper"))
    mine = Reading.objects.standing().filter(
        company_id=actor.company_id, person_id=actor.person_id, passed_at=None
    )
    return list(mine.filter(Q(signed_at=None) | Exists(quiz)).order_by("asked_at", "id"))


@dataclass(frozen=True)
class Reader:
    """One person on the list: what they have done, and how often they were examined."""

    reading: Reading
    attempts: int
    done: bool


@dataclass(frozen=True)
class Readers:
    """Who has the version in force to read. `n` of `m` have read it, and passed where there is an
    examination."""

    rows: Sequence[Reader]
    quiz: Quiz | None

    @property
    def m(self) -> int:
        """How many are on the list."""
        return len(self.rows)

    @property
    def n(self) -> int:
        """How many are through."""
        return sum(one.done for one in self.rows)


def readers_of(paper: UUID, *, actor: Actor) -> Readers:
    """Who has a version to read, as far as the actor may see, those who are not through first.
    Three queries."""
    seen = Reading.objects.seen_by(actor).standing().filter(paper=paper).select_related("person")
    rows = list(seen.order_by("asked_at", "id"))
    quiz = Quiz.objects.seen_by(actor).filter(paper=paper).first()
    tries: dict[UUID, int] = {}
    for id in Attempt.objects.filter(reading__in=rows).values_list("reading_id", flat=True):
        tries[id] = tries.get(id, 0) + 1
    found = [
        Reader(row, tries.get(row.id, 0), bool(row.passed_at if quiz else row.signed_at))
        for row in rows
    ]
    return Readers(sorted(found, key=lambda one: one.done), quiz)


def with_readers(rows: QuerySet[Document], *, actor: Actor) -> QuerySet[Document]:
    """Documents with `asked`, how many have each to read as far as the actor may see, and `read`,
    how many of them are through; None where nobody has. In the same query."""
    quiz = Quiz.objects.filter(company_id=actor.company_id, paper=OuterRef("paper"))
    through = Q(passed_at__isnull=False) | Q(~Exists(quiz), signed_at__isnull=False)
    of = Reading.objects.seen_by(actor).standing().filter(paper=OuterRef("pk")).order_by()
    asked = of.values("paper").annotate(n=Count("id"))
    read = of.values("paper").annotate(n=Count("id", filter=through))
    return rows.annotate(asked=Subquery(asked.values("n")), read=Subquery(read.values("n")))


def distribution_of(kind: str, code: str, *, actor: Actor) -> Distribution | None:
    """The list of a paper, where there is one. One query."""
    return Distribution.objects.seen_by(actor).filter(kind=kind, code=code).first()
