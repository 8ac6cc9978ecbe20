"""The built-in library: what a piece, an item and a value are, and which of them may be used for
what. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

Kind = Literal[
    "requirement", "task", "limit", "duty", "record", "plan", "sheet", "question", "indicator",
    "procedure", "form", "class", "life", "fee", "fact",
]  # fmt: skip
KINDS: tuple[Kind, ...] = (
    "requirement", "task", "limit", "duty", "record", "plan", "sheet", "question", "indicator",
    "procedure", "form", "class", "life", "fee", "fact",
)  # fmt: skip
Basis = Literal["law", "national", "industry", "local", "practice"]
Status = Literal["in_force", "superseded", "unknown"]
Certainty = Literal["confirmed", "suggested"]
Op = Literal[">=", "<=", "==", "every", "text"]
Period = Literal[
    "hour", "shift", "day", "week", "half_month", "month", "two_months", "quarter", "half_year",
    "year", "event",
]  # fmt: skip
# A page or a file of the list of sources, a law of it or one of its articles, or what an opinion of
# ours is marked with: our own knowledge (how sure; then the norm it is believed in), a default.
Key = Annotated[str, Field(pattern=r"^(P[0-9]{2,3}|GH[0-9]+|law:[^#]+(#[^#]+)?|K\.[HML]( .+)?|D)$")]
METRIC = r"^(clock:[a-z]+:[a-z]+(:[1-4])?|indicator:[a-z_]+|called:[a-z]+(:[1-4])?|)$"
OPINIONS = ("K.H", "K.M", "K.L", "D")


def _number(said: object) -> object:
    """Words that are numbers as numbers: whole ones stay whole, so they are written back alike."""
    if isinstance(said, str):
        return int(said) if said.lstrip("-").isdecimal() and len(said) < 16 else said
    return said


@dataclass(frozen=True)
class Source:
    """Where a fact was seen. Without an address it can be named but not looked up again."""

    key: str
    title: str
    address: str = ""


class Value(BaseModel):
    """One thing an item says: `op` `value` `unit`, so often in a `period`, of a `scope`.

    `every` reads "once every `value` `unit`". `text` says it in words; with the op "text" it is
    all there is. `level` is one of the levels of the piece, or empty where the item has none.
    `source`: where this value was seen, where that differs from its item. `veto`: a criterion of a
    score sheet whose failure caps the sheet. `metric`: what measures this value, where that differs
    from its item; then its scope is measured too.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    level: Annotated[str, Field(max_length=12)] = ""
    op: Op
    value: Annotated[int | float | None, BeforeValidator(_number)] = None
    unit: Annotated[str, Field(max_length=24)] = ""
    period: Period | None = None
    scope: Annotated[str, Field(max_length=120)] = ""
    text: Annotated[str, Field(max_length=600)] = ""
    veto: bool = False
    source: tuple[Key, ...] = ()
    metric: Annotated[str, Field(pattern=METRIC)] = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.op == "text":
            fits = bool(self.text) and self.value is None
        else:
            fits = self.value is not None and bool(self.unit)
        if not fits:
            raise PydanticCustomError("value", "number and unit, or the op 'text' and words")
        return self


@dataclass(frozen=True)
class Item:
    """One fact of the field, and how sure it is.

    `rows`: the rows of its section in the collection it was taken from, for the count of what is
    left out. `metric`: what measures it in Anju, "clock:arrive:repair:2" (clock, kind of case,
    urgency) or "indicator:satisfied"; empty where nothing does.
    """

    id: str
    section: str
    kind: Kind
    title: str
    values: tuple[Value, ...]
    basis: Basis
    source: tuple[str, ...]
    status: Status
    certainty: Certainty
    piece: str
    rows: tuple[int | str, ...] = ()
    group: str = ""
    effective: date | None = None
    city: str = ""
    metric: str = ""

    @property
    def confirmed(self) -> bool:
        """Seen in a page or in the text of a law that can be looked up again."""
        return self.certainty == "confirmed"

    @property
    def feeds(self) -> bool:
        """Whether it may be counted for compliance: confirmed, and not superseded."""
        return self.confirmed and self.status != "superseded"

    def value_feeds(self, value: Value) -> bool:
        """The same of one value: one of our own opinion feeds nothing, whatever its item is."""
        return self.feeds and not (value.source and all(is_opinion(s) for s in value.source))


@dataclass(frozen=True)
class Piece:
    """A set of items that is installed as one. `levels`: the best first."""

    code: str
    title: str
    note: str
    levels: tuple[str, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Omitted:
    """A row of the collection that is no item, and why."""

    section: str
    row: int | str
    reason: str


@dataclass(frozen=True)
class Library:
    """All pieces, where their facts come from, and what was left out."""

    pieces: Mapping[str, Piece]
    items: Mapping[str, Item]
    sources: Mapping[str, Source]
    omitted: tuple[Omitted, ...]

    def sources_of(self, item: Item) -> tuple[Source, ...]:
        """Where an item was seen, resolved; opinions are left out."""
        keys = dict.fromkeys([*item.source, *(s for v in item.values for s in v.source)])
        return tuple(source for key in keys if (source := self.source(key)))

    def source(self, key: str) -> Source | None:
        """A source by its key. "law:NAME#ARTICLE" is an article of a law listed by its name."""
        if is_opinion(key):
            return None
        name, _, article = key.partition("#")
        found = self.sources[name]
        if not article:
            return found
        return Source(key, f"{found.title} 第{article}条", found.address)


def is_opinion(key: str) -> bool:
    """Whether a source is our own knowledge ("K.H GB 25201") or a default of ours ("D")."""
    return key.split(" ", 1)[0] in OPINIONS


def can_be_looked_up(sources: Mapping[str, Source], keys: tuple[str, ...]) -> bool:
    """Whether one of these sources has an address."""
    return any(
        bool(sources[name].address)
        for key in keys
        if not is_opinion(key) and (name := key.partition("#")[0]) in sources
    )
