"""Which standard rules a case: the most specific of those in force. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from anju.engine.standards.rules import Subject, within

Key = TypeVar("Key")
Rank = tuple[int, int, bool]


@dataclass(frozen=True)
class Scope:
    """To which cases of its kinds a standard applies: at these places (paths) and below, in these
    categories and below, of these urgencies. Each empty: everywhere, any."""

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    places: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    urgencies: tuple[int, ...] = ()

    def rank_for(self, subject: Subject) -> Rank | None:
        """How specifically it names this case, the higher the closer; None: it does not apply.

        The deeper place binds before the deeper category, that before a named urgency.
        """
        place = [len(p) for p in self.places or ("",) if subject.path.startswith(p)]
        category = [
            len(c) for c in self.categories or ("",) if not c or within(subject.category, c)
        ]
        if not place or not category or (self.urgencies and subject.urgency not in self.urgencies):
            return None
        return max(place), max(category), bool(self.urgencies)

    def ties_with(self, other: "Scope") -> bool:
        """Whether some case is named by both equally closely, so that neither would rule it.

        That is so where both name the same place, the same category and a common urgency: a case
        exactly there has no deeper name in either.
        """
        places = set(self.places or ("",)) & set(other.places or ("",))
        categories = set(self.categories or ("",)) & set(other.categories or ("",))
        both = set(self.urgencies) & set(other.urgencies)
        urgent = both or not (self.urgencies or other.urgencies)
        return bool(places and categories and urgent)

    def plain(self) -> dict[str, Any]:
        """Plain values for the table; what is empty is left out."""
        parts = {
            "places": self.places, "categories": self.categories, "urgencies": self.urgencies,
        }  # fmt: skip
        return {name: list(said) for name, said in parts.items() if said}

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Scope":
        """The inverse of `plain`."""
        return cls(**{name: tuple(said) for name, said in row.items()})


def ruling(standing: Iterable[tuple[Key, Scope]], subject: Subject) -> Key | None:
    """The one of `standing` that rules `subject`: whose scope names it most closely.

    None where none applies. Two equally close are refused at publishing; of such the first rules.
    """
    best: tuple[Rank, Key] | None = None
    for key, scope in standing:
        rank = scope.rank_for(subject)
        if rank is not None and (best is None or rank > best[0]):
            best = rank, key
    return best[1] if best else None


def tied(
    kinds: Iterable[str], scope: Scope, others: Iterable[tuple[Key, Iterable[str], Scope]]
) -> list[Key]:
    """Those of `others` that serve one of these kinds and tie with `scope` on some case."""
    mine = set(kinds)
    return [key for key, theirs, other in others if mine & set(theirs) and scope.ties_with(other)]
