"""What a list is made of: a `Sheet` of columns and parts. Every list is one description.

A row of a list may say several entries at once: a room's row says its building and unit too, a
resident's row says a person and an occupancy. Each is a `Part`; the engine matches every part
with what is there, and writes through the part's own commands.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import override

from anju.foundation.entries.models import Entry
from anju.foundation.registry.rules import LANGUAGES, Parser, header
from anju.foundation.tenancy.actor import Actor

Match = Entry | str | None  # what is there, why it is not clear, or nothing
Reference = Callable[[Sequence[str], Actor], Mapping[str, Match]]


@dataclass(frozen=True)
class Column:
    """A column: its header (`title`, and `also` in other words), how a cell is read, an example.

    `refers` finds what the cells point to, all at once; `many` cells hold several, split by ;.
    """

    key: str
    title: Any
    parse: Parser
    also: tuple[str, ...] = ()
    required: bool = False
    example: str = ""
    choices: tuple[tuple[str, Any], ...] = ()
    refers: Reference | None = None
    many: bool = False

    def headers(self) -> set[str]:
        """Every header by which the column is known, in the form of `rules.header`."""
        names = {self.key, *self.also}
        for language in LANGUAGES:
            with override(language):
                names.add(str(self.title))
        return {header(name) for name in names}


@dataclass(slots=True)
class Problem:
    """What is wrong in a row, and what to do; `column` None is the row as a whole."""

    column: str | None
    message: str
    conflict: bool = False


@dataclass(slots=True)
class Planned:
    """One entry that rows speak of.

    `found` is what is there; `draft` is what will be. `own_line` is the row that is about this
    entry; other rows only mention it.
    """

    part: "Part"
    values: dict[str, Any]
    defaults: dict[str, Any]
    lines: list[int]
    own_line: int | None = None
    looked_up: bool = False
    found: Entry | None = None
    draft: Entry | None = None
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def entry(self) -> Entry | None:
        """What is there, else what will be, once it is made."""
        return self.found or self.draft


@dataclass(slots=True)
class Line:
    """One row of a file on its way: texts by column, values, problems, entries by part. Of a list
    of `Rows`: what would change (what, old, new), and the name of what is there."""

    number: int
    cells: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    planned: dict[str, Planned] = field(default_factory=dict)
    verdict: str = ""
    differences: list[tuple[Any, Any, Any]] = field(default_factory=list)
    there: str = ""

    def get(self, key: str) -> Any:
        """The value of a column, None where the cell is empty."""
        return self.values.get(key)


Values = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """One entry of a row.

    `values(line)` gives fields to values (a `Planned` where the entry of another part is meant;
    None leaves a field as it is), or None when the row does not speak of it. `defaults(line)` are
    used only when the entry is new. `key(values)` tells entries of one model apart within the
    file; `find(all values, actor)` says what is there for each. `add` and `change` are the
    commands. `place(values, entry)` is where `permission` is asked. `own(line)`: the row is about
    this entry (no second row may be), else it only mentions it. `fixed` fields must agree with
    what is there. `must_be_there` parts are never made by a row that only mentions them:
    `missing` says so. `after` runs when all rows stand, `before_strike` before an undo takes
    entries back.
    """

    name: str
    model: type[Entry]
    values: Callable[[Line], Values | None]
    key: Callable[[Values], tuple[Any, ...]]
    find: Callable[[Sequence[Values], Actor], Sequence[Match]]
    add: Callable[..., Sequence[Any]]
    change: Callable[..., Sequence[Any]]
    permission: str
    place: Callable[[Values, Any], Any]
    defaults: Callable[[Line], Values] = lambda line: {}
    own: Callable[[Line], bool] = lambda line: True
    fixed: tuple[str, ...] = ()
    must_be_there: bool = False
    missing: Any = ""
    labels: Mapping[str, Any] = field(default_factory=dict)
    after: Callable[[Sequence[Line], Actor], None] | None = None
    before_strike: Callable[[Sequence[Any], Actor], None] | None = None


@dataclass(frozen=True)
class Rows:
    """A list whose rows are no entries. `match` gives each row that was read without a problem its
    problems, or its verdict ("new", "changed", "same"), its differences and what is there; it
    raises `NotYet` where nothing can be brought at all. `write` writes what is new and changed."""

    match: Callable[[Sequence[Line], Actor], None]
    write: Callable[[Sequence[Line], Actor], None]


@dataclass(frozen=True)
class Sheet:
    """One list: its name in addresses, its title, columns, and what its rows are: entries part by
    part, or `rows` of another kind."""

    name: str
    title: Any
    columns: tuple[Column, ...]
    parts: tuple[Part, ...] = ()
    help: Any = ""
    rows: Rows | None = None

    def column(self, key: str) -> Column:
        """The column of that key."""
        return next(column for column in self.columns if column.key == key)


def key_of(value: Any) -> Any:
    """A value as part of a key: what is there by its id, what is not yet by its plan."""
    if isinstance(value, Planned):
        return value.found.id if value.found is not None else ("new", id(value))
    return value.id if isinstance(value, Entry) else value


def held_value(row: Entry, name: str) -> Any:
    """A row's field as part of a key, without reading what it points to."""
    return getattr(row, getattr(row._meta.get_field(name), "attname", name))


def find_by(
    model: type[Entry], *fields: str, related: tuple[str, ...] = (), among: Q | None = None
) -> Callable[[Sequence[Values], Actor], list[Match]]:
    """The usual `find`: rows of the company that equal the values in `fields`; the first field
    is asked in bulk, the others compared. `related` are read along; `among`: only such rows."""

    def find(values: Sequence[Values], actor: Actor) -> list[Match]:
        keys = [tuple(key_of(v.get(name) or None) for name in fields) for v in values]
        wanted = {key[0] for key in keys if not isinstance(key[0], tuple)}
        where = Q(**{f"{fields[0]}__in": [key for key in wanted if key is not None]})
        if None in wanted:
            where |= Q(**{fields[0]: None})
        rows = model._default_manager.filter(where, among or Q(), company_id=actor.company_id)
        rows = rows.select_related(*related) if related else rows
        held = {tuple(held_value(row, name) or None for name in fields): row for row in rows}
        return [held.get(key) for key in keys]

    return find
