"""What a standard costs a year in hours and money, and a set of them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from anju.engine.standards.document import Document

MINUTES = 60  # of an hour
K = TypeVar("K")


@dataclass(frozen=True)
class Bill:
    """A year's hours by post, wages and materials in yuan, and what is not known.

    `quantities`: of each material (name, unit). `unpriced` and `unpaid`: materials and posts
    without a price; they count nothing. `silent`: standards that say no times a year.
    """

    hours: dict[str, float] = field(default_factory=dict)
    wages: float = 0.0
    materials: float = 0.0
    quantities: dict[tuple[str, str], float] = field(default_factory=dict)
    unpriced: frozenset[str] = frozenset()
    unpaid: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()

    @property
    def total_hours(self) -> float:
        """Of all posts."""
        return sum(self.hours.values())

    @property
    def money(self) -> float:
        """Wages and materials, in yuan."""
        return self.wages + self.materials

    def __add__(self, other: "Bill") -> "Bill":
        return Bill(
            _sum(self.hours, other.hours),
            self.wages + other.wages,
            self.materials + other.materials,
            _sum(self.quantities, other.quantities),
            self.unpriced | other.unpriced,
            self.unpaid | other.unpaid,
            self.silent | other.silent,
        )


def bill_of(document: Document) -> Bill:
    """What one standard costs a year: everything it takes once, times a year."""
    method = document.method
    times = method.times_a_year
    hours: dict[str, float] = {}
    quantities: dict[tuple[str, str], float] = {}
    wages = materials = 0.0
    for post in method.labour:
        spent = post.minutes * post.people / MINUTES * times
        hours[post.post] = hours.get(post.post, 0) + spent
        wages += spent * post.rate
    for one in method.materials:
        used = one.quantity * times
        key = (one.name, one.unit)
        quantities[key] = quantities.get(key, 0) + used
        materials += used * one.price
    takes = method.labour or method.materials
    return Bill(
        hours,
        wages,
        materials,
        quantities,
        frozenset(one.name for one in method.materials if not one.price),
        frozenset(one.post for one in method.labour if not one.rate),
        frozenset({document.code}) if not takes or not times else frozenset(),
    )


def bill(documents: Iterable[Document]) -> Bill:
    """What a set of standards costs a year."""
    return sum((bill_of(one) for one in documents), Bill())


@dataclass(frozen=True)
class Change:
    """A year before and after; `hours` and `money` are after less before."""

    before: Bill
    after: Bill

    @property
    def hours(self) -> dict[str, float]:
        """By post; posts nothing changes for are left out."""
        posts = {**self.before.hours, **self.after.hours}
        found = {p: self.after.hours.get(p, 0) - self.before.hours.get(p, 0) for p in posts}
        return {post: more for post, more in found.items() if more}

    @property
    def money(self) -> float:
        """In yuan a year."""
        return self.after.money - self.before.money


def _sum(one: dict[K, float], other: dict[K, float]) -> dict[K, float]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in {**one, **other}}
