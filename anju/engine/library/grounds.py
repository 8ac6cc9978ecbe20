"""What rests on laws and norms: standards, forms and procedures; apps above add what they have in
their room `offers.py`."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from anju.engine.forms.models import Form
from anju.engine.library.reading import library
from anju.engine.procedures.models import Procedure
from anju.engine.standards.models import Standard
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.rooms import load_rooms


@dataclass(frozen=True)
class Resting:
    """A paper in force or in preparation. `refs`: the words by which it names what it rests on;
    `standards`: codes of those it rests on by way of them. `part`: of which the refs are, such as
    the number of a clause, and `mark`, what tells its text from another."""

    kind: str
    id: UUID
    name: str
    refs: tuple[str, ...]
    standards: tuple[str, ...] = ()
    part: str = ""
    mark: str = ""

    @property
    def key(self) -> tuple[str, UUID, str, str]:
        """What is one and the same."""
        return self.kind, self.id, self.part, self.mark


Given = Callable[[Actor], Iterable[Resting]]
_given: dict[str, Given] = {}
_models: dict[str, Any] = {"standard": Standard, "form": Form, "procedure": Procedure}


def rests(kind: str, model: Any) -> Callable[[Given], Given]:
    """Register a function that gives all papers of a kind, in force and in preparation; `model`:
    what they are rows of."""

    def register(give: Given) -> Given:
        _given[kind], _models[kind] = give, model
        return give

    return register


def resting(actor: Actor) -> list[Resting]:
    """Every paper of the company that may rest on something, also those the actor may not see:
    what is shown goes through `seen_of`. Three queries and those of the kinds that were added."""
    load_rooms("offers")
    return [*_ours(actor), *(one for give in _given.values() for one in give(actor))]


def seen_of(papers: Iterable[tuple[str, UUID]], *, actor: Actor) -> set[tuple[str, UUID]]:
    """Which of these papers, by kind and id, the actor may see. One query for each kind."""
    load_rooms("offers")
    by: dict[str, set[UUID]] = {}
    for kind, id in papers:
        by.setdefault(kind, set()).add(id)
    seen = set()
    for kind, ids in by.items():
        rows = _models[kind].objects.seen_by(actor).filter(id__in=ids)
        seen |= {(kind, id) for id in rows.values_list("id", flat=True)}
    return seen


def _ours(actor: Actor) -> Iterator[Resting]:
    mine = {"company_id": actor.company_id}
    for one in Standard.objects.filter(**mine).exclude(state="retired").order_by("code", "version"):
        cited = [
            ref for r in one.requirements if isinstance(r, dict) for ref in r.get("rests_on", ())
        ]
        refs = (*(b["ref"] for b in one.basis), *(said for ref in cited for said in _seen_in(ref)))
        yield Resting("standard", one.id, str(one), refs, (one.code,))
    for papers in (Form, Procedure):
        for paper in papers.objects.filter(**mine).exclude(state="retired").order_by("code"):
            refs = tuple(b["ref"] for b in paper.body.get("basis", ()))
            yield Resting(paper.kind, paper.id, str(paper), refs)


def _seen_in(ref: str) -> tuple[str, ...]:
    """A reference of a requirement; of an item of the library, where the item was seen."""
    item = library().items.get(ref)
    return tuple(s.title for s in library().sources_of(item)) if item else (ref,)
