"""From the files of the library to its values, and back. Errors name the file and the line.

What a shape cannot say (sources are listed, a confirmed item can be looked up, levels are of the
piece, an id stands once) is checked here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, TypeVar

from django.utils.translation import gettext as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, RootModel

from anju.engine.library.rules import (
    METRIC,
    Basis,
    Certainty,
    Item,
    Key,
    Kind,
    Library,
    Omitted,
    Piece,
    Source,
    Status,
    Value,
    can_be_looked_up,
    is_opinion,
)
from anju.foundation.texts import BadText, TextFile, read_text, schema_of, write_text

DATA = Path(__file__).parent / "data"
ON_A_LINE = ("levels", "defaults", "rows", "source", "values")
_HELP = "docs/library.md"
Whole = TypeVar("Whole", bound=BaseModel)


def _row(said: object) -> object:
    return int(said) if isinstance(said, str) and said.isdecimal() else said


Row = Annotated[int | Annotated[str, Field(pattern=r"^p[0-9]+$")], BeforeValidator(_row)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Shared(_Part):
    """What items of a piece may share: none of them repeats it."""

    section: Annotated[str, Field(pattern=r"^[0-9]{1,2}(\.[0-9]{1,2})?$")] | None = None
    kind: Kind | None = None
    group: Annotated[str, Field(max_length=40)] = ""
    basis: Basis | None = None
    source: tuple[Key, ...] = ()
    status: Status | None = None
    certainty: Certainty | None = None
    effective: date | None = None
    city: Annotated[str, Field(max_length=20)] = ""


class ItemText(_Part):
    """An item as it is written; what it leaves out is in the defaults of its piece."""

    id: Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9_.]*[A-Z0-9]$", max_length=40)]
    section: Annotated[str, Field(pattern=r"^[0-9]{1,2}(\.[0-9]{1,2})?$")] | None = None
    rows: tuple[Row, ...] = ()
    kind: Kind | None = None
    group: Annotated[str, Field(max_length=40)] = ""
    title: Annotated[str, Field(min_length=2, max_length=120)]
    values: Annotated[tuple[Value, ...], Field(min_length=1)]
    basis: Basis | None = None
    source: tuple[Key, ...] = ()
    status: Status | None = None
    certainty: Certainty | None = None
    effective: date | None = None
    city: Annotated[str, Field(max_length=20)] = ""
    metric: Annotated[str, Field(pattern=METRIC)] = ""


class PieceText(_Part):
    """A set of items of the built-in library that is installed as one."""

    piece: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=32)]
    title: Annotated[str, Field(min_length=2, max_length=80)]
    note: Annotated[str, Field(max_length=1000)] = ""
    levels: tuple[Annotated[str, Field(min_length=1, max_length=12)], ...] = ()
    defaults: Shared = Shared()
    items: Annotated[tuple[ItemText, ...], Field(min_length=1)]


class _SourceText(_Part):
    title: Annotated[str, Field(min_length=2)]
    address: Annotated[str, Field(pattern=r"^https?://[^ ]+$|^$")] = ""


class _Sources(RootModel[dict[str, _SourceText]]):
    pass


class _Reasons(RootModel[dict[str, dict[Row, Annotated[str, Field(min_length=8)]]]]):
    pass


@dataclass(frozen=True)
class Read:
    """A piece, and the text it was read from: what is shared stays shared when written back."""

    piece: Piece
    text: PieceText


def schema() -> dict[str, Any]:
    """The published JSON Schema of a piece."""
    return schema_of(PieceText, "Anju library piece")


def read_piece(text: str, *, file: str, sources: Mapping[str, Source]) -> Read:
    """A piece from its text. Raises `BadText`: hostile or malformed YAML, a name or value that is
    not known, a source that is not listed, an item that claims more than it can show."""
    read = read_text(text, PieceText, file=file, help=_("See %s.") % _HELP)
    said = read.said
    items = tuple(_item(read, n, sources) for n in range(len(said.items)))
    return Read(Piece(said.piece, said.title, said.note, said.levels, items), said)


def write_piece(text: PieceText) -> str:
    """The one text of a piece; what equals the defaults of the piece is not repeated."""
    shared = {k: v for k, v in text.defaults if v}
    items = tuple(
        one.model_copy(
            update={
                name: ItemText.model_fields[name].default
                for name, value in shared.items()
                if getattr(one, name) == value
            }
        )
        for one in text.items
    )
    lean = text.model_copy(update={"items": items})
    return write_text(lean, on_a_line=ON_A_LINE).replace("\n  - id: ", "\n\n  - id: ")


def item_data(item: Item) -> dict[str, Any]:
    """An item as plain values for programs, with the piece it is of; what is empty is left out."""
    data: dict[str, Any] = {"piece": item.piece}
    for name in ItemText.model_fields:
        said = getattr(item, name)
        if name == "values":
            said = [value.model_dump(mode="json", exclude_defaults=True) for value in said]
        elif isinstance(said, date):
            said = said.isoformat()
        elif isinstance(said, tuple):
            said = list(said)
        data[name] = said
    return {name: said for name, said in data.items() if said not in ("", None, [])}


def _item(read: TextFile[PieceText], n: int, sources: Mapping[str, Source]) -> Item:
    said, shared = read.said.items[n], read.said.defaults
    found = {name: getattr(said, name) or value for name, value in shared}
    for name in ("section", "kind", "basis", "source", "status", "certainty"):
        if not found[name]:
            raise read.refusal(
                _("%(id)s has no '%(name)s'.") % {"id": said.id, "name": name},
                _("Write it there or in the defaults of the piece."),
                "items", n,
            )  # fmt: skip
    item = Item(
        id=said.id,
        title=said.title,
        rows=said.rows,
        values=said.values,
        metric=said.metric,
        piece=read.said.piece,
        **found,
    )
    if fault := _dishonest(item, read.said.levels, sources):
        raise read.refusal(f"{item.id}: {fault}", _("See %s.") % _HELP, "items", n)
    return item


def _dishonest(item: Item, levels: tuple[str, ...], sources: Mapping[str, Source]) -> str:
    for value in item.values:
        if value.level and value.level not in levels:
            return _("The piece has no level '%s'.") % value.level
    for key in [*item.source, *(s for v in item.values for s in v.source)]:
        if not is_opinion(key) and key.partition("#")[0] not in sources:
            return _("The source '%s' is not in sources.yaml.") % key
    if item.confirmed and not can_be_looked_up(sources, item.source):
        return _("It is called confirmed, but nobody can look again at any of its sources.")
    return ""


def read_library(folder: Path = DATA) -> Library:
    """Everything, from its files. Raises `BadText`, also for an id that stands twice."""
    sources = {
        key: Source(key, said.title, said.address)
        for key, said in _read(folder / "sources.yaml", _Sources).root.items()
    }
    reasons = _read(folder / "omitted.yaml", _Reasons).root
    pieces = [
        read_piece(path.read_text(encoding="utf-8"), file=path.name, sources=sources).piece
        for path in sorted((folder / "items").glob("*.yaml"))
    ]
    return Library(
        pieces=MappingProxyType({piece.code: piece for piece in pieces}),
        items=MappingProxyType(_once(pieces)),
        sources=MappingProxyType(sources),
        omitted=tuple(
            Omitted(section, row, reason)
            for section, rows in reasons.items()
            for row, reason in rows.items()
        ),
    )


def _read(path: Path, model: type[Whole]) -> Whole:
    text = path.read_text(encoding="utf-8")
    return read_text(text, model, file=path.name, help=_("See %s.") % _HELP).said


def _once(pieces: Iterable[Piece]) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for piece in pieces:
        for item in piece.items:
            if item.id in found:
                raise BadText(
                    _("The id %(id)s is also in %(file)s.")
                    % {"id": item.id, "file": f"{found[item.id].piece}.yaml"},
                    _("Give one of the two another id."),
                    file=f"{piece.code}.yaml",
                )
            found[item.id] = item
    return found


@cache
def library() -> Library:
    """The library that is shipped; read once in the life of a process."""
    return read_library()
