"""The mapping: how the columns of a foreign table become cases. One model is the whole truth.

`examples/mappings/schema.json` is generated from `Mapping` (`json_schema`), so an editor checks a
mapping while it is typed. `load` reads a YAML file and names line and advice for what is wrong.
"""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)
from pydantic_core import PydanticCustomError

from anju.domains.requests.history.moments import compiled
from anju.foundation.texts import BadText, TextFile, read_text, schema_of

Promise = Literal[
    "respond", "dispatch", "accept", "arrive", "finish", "feedback", "callback", "verify"
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _column(value: Any) -> Any:
    """A bare text stands for a column of that name."""
    return {"column": value} if isinstance(value, str) else value


def _constant(value: Any) -> Any:
    """A bare text in the head of the mapping stands for itself."""
    return {"constant": value} if isinstance(value, str) else value


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PydanticCustomError("zone", "not a time zone") from None
    return name


def _formats(formats: tuple[str, ...]) -> tuple[str, ...]:
    for one in formats:
        try:
            compiled(one)
        except ValueError as error:
            raise PydanticCustomError(
                "format", "{error}", {"format": one, "error": str(error)}
            ) from None
    return formats


class Value(_Part):
    """One value of a case: from a column, from several joined, or the same for every row."""

    column: str | None = Field(None, description="Take this column.")
    columns: tuple[str, ...] | None = Field(
        None, min_length=1, description="Take these columns, empty ones left out, and join them."
    )
    join: str = Field(" · ", description="What stands between joined columns.")
    constant: str | None = Field(None, min_length=1, description="The same value in every row.")
    values: dict[str, str | None] | None = Field(
        None, description="Value table: what the file says -> what the case says; null: empty."
    )
    otherwise: Literal["keep", "empty", "reject"] = Field(
        "keep", description="A value the table does not name: keep it, leave it empty, or reject."
    )
    empty: tuple[str, ...] = Field((), description="Texts that mean: nothing recorded.")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [s for s in (self.column, self.columns, self.constant) if s is not None]
        if len(given) != 1:
            raise PydanticCustomError("source", "give exactly one of column, columns, constant")
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        """The columns this value reads."""
        return (self.column,) if self.column else self.columns or ()


class Time(_Part):
    """A moment: the column and the ways it is written there, tried in order.

    A format without an hour gives a bare date. Real date cells of Excel need no format.
    """

    column: str
    formats: Annotated[tuple[str, ...], AfterValidator(_formats)] = Field(
        ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"),
        min_length=1,
        description="Like strptime: %Y %m %d %H %I %p %M %S %f %z; everything else as it is.",
    )
    empty: tuple[str, ...] = Field((), description="Texts that mean: no time recorded.")


Cell = Annotated[Value, BeforeValidator(_column, json_schema_input_type=str | Value)]
Head = Annotated[Value, BeforeValidator(_constant, json_schema_input_type=str | Value)]
Moment = Annotated[Time, BeforeValidator(_column, json_schema_input_type=str | Time)]


class Stop(_Part):
    """One moment of the history that stops one or more clocks."""

    clocks: tuple[Promise, ...] = Field(min_length=1, description="The clocks it stops.")
    at: Moment
    text: Cell | None = Field(None, description="What was said or done then.")


class Columns(_Part):
    """What each row says about its case. Only `key` and `opened` must be there."""

    key: Cell = Field(description="What makes a row the same case in every export.")
    opened: Moment = Field(description="When the case was reported.")
    category: Cell | None = None
    title: Cell | None = None
    text: Cell | None = None
    channel: Cell | None = None
    urgency: Cell | None = Field(None, description="P1, P2, P3 or P4 after the value table.")
    place: tuple[Cell, ...] = Field(
        (), description="Levels of the place, outermost first; empty levels are left out."
    )
    stops: tuple[Stop, ...] = ()

    @model_validator(mode="after")
    def _each_row_its_own_key(self) -> Self:
        if not self.key.sources:
            raise PydanticCustomError("key", "the key is the same in every row")
        return self

    @model_validator(mode="after")
    def _each_clock_once(self) -> Self:
        clocks = [c for stop in self.stops for c in stop.clocks]
        if twice := {c for c in clocks if clocks.count(c) > 1}:
            raise PydanticCustomError(
                "clock", "the clock '{clock}' is stopped twice", {"clock": sorted(twice)[0]}
            )
        return self


class Mapping(_Part):
    """How a table of past cases is read and by which promise it is judged."""

    source: str = Field(
        min_length=1,
        max_length=60,
        pattern=r"^[a-z0-9][a-z0-9_.-]*$",
        description="Name of the system the rows come from: keys are unique within it.",
    )
    company: str | None = Field(None, description="Code of the company; --company goes before.")
    standard: str = Field(
        pattern=r"^[a-z0-9_.-]+@[0-9]+$",
        description="The promise by which the cases are judged, with its version: complaint@1.",
    )
    calendar: str = Field(
        min_length=1,
        max_length=32,
        description="Code of the calendar that counts the limits in working time; 'always' is day "
        "and night. Limits that run by the wall, such as feedback, stay so.",
    )
    zone: Annotated[str, AfterValidator(_zone)] = Field(
        description="Time zone in which the file writes its times."
    )
    kind: Head = Field(description="repair, complaint, suggestion, enquiry, praise ...")
    places: Literal["create", "existing"] = Field(
        description="create: make missing places under `root`; existing: look them up there."
    )
    root: str = Field(
        min_length=1,
        max_length=120,
        description="create: name of the one place under which all others are made; "
        "existing: code, name or path of the place that holds them.",
    )
    code: str | None = Field(
        None,
        pattern=r"^[A-Z0-9][A-Z0-9-]*$",
        max_length=12,
        description="create: code of the root place, with which the numbers of its cases begin; "
        "without it, from `source`.",
    )
    sheet: str | None = Field(None, description="Sheet of a workbook; without it the first.")
    header: int = Field(1, ge=1, le=100, description="The row that holds the column names.")
    delimiter: Literal[",", ";", "\t", "|"] | None = Field(
        None, description="Separator of a text file; without it, found in the header."
    )
    columns: Columns

    @property
    def series(self) -> str:
        """The code of the import root, with which the numbers of its cases begin."""
        return self.code or self.source.upper().replace("_", "-").replace(".", "-")[:12].strip("-")

    def used(self) -> Iterator[tuple[str, tuple[str | int, ...]]]:
        """Every column the mapping reads, with where it says so."""
        yield from _columns_in(self.kind, ("kind",))
        for name in type(self.columns).model_fields:
            yield from _columns_in(getattr(self.columns, name), ("columns", name))


def _columns_in(
    part: Any, at: tuple[str | int, ...]
) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    if isinstance(part, tuple):
        for n, one in enumerate(part):
            yield from _columns_in(one, (*at, n))
    elif isinstance(part, Stop):
        yield from _columns_in(part.at, (*at, "at"))
        yield from _columns_in(part.text, (*at, "text"))
    elif isinstance(part, Value):
        yield from ((name, at) for name in part.sources)
    elif isinstance(part, Time):
        yield part.column, at


class MappingFile:
    """A mapping as read from YAML, which still knows the line of each of its parts."""

    def __init__(self, read: TextFile[Mapping]) -> None:
        self.mapping, self.file, self.refusal = read.said, read.file, read.refusal

    def check_columns(self, header: Sequence[str]) -> None:
        """Raise `BadText` for the first column the file has not, or has twice."""
        for name, at in self.mapping.used():
            if header.count(name) == 1:
                continue
            if name in header:
                raise self.refusal(
                    _("The file has more than one column '%(name)s'.") % {"name": name},
                    _("Rename one of them in the file, so that it is clear which is meant."),
                    *at,
                )
            raise self.refusal(
                _("The file has no column '%(name)s'.") % {"name": name},
                _advice(name, header),
                *at,
            )


def _advice(name: str, known: Iterable[str]) -> str:
    names = [k for k in known if k]
    if near := difflib.get_close_matches(name, names, n=1, cutoff=0.6):
        return _("Did you mean '%(near)s'?") % {"near": near[0]}
    return _("It has: %(names)s.") % {"names": ", ".join(names[:60])}


def load(path: Path) -> MappingFile:
    """Read a mapping file. Raises `BadText` with file, line, what is wrong and what to do."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadText(
            _("There is no mapping file %(path)s.") % {"path": path},
            _("Give the path of a YAML file; examples/mappings shows four."),
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadText(
            _("The mapping cannot be read (%(error)s).") % {"error": error},
            _("Save it as UTF-8 text."),
            file=path.name,
        ) from None
    return loads(text, file=path.name)


def loads(text: str, *, file: str = "mapping") -> MappingFile:
    """`load` for a text already in memory; `file` is the name used in messages."""
    help = _("docs/import.md describes every part; examples/mappings/schema.json checks it.")
    return MappingFile(read_text(text, Mapping, file=file, help=help, words=_words(), anchors=True))


def _words() -> dict[str, str]:
    return {
        "zone": _("'%(name)s': '%(given)s' is not a time zone; write one like Asia/Shanghai."),
        "format": _(
            "'%(name)s': '%(format)s' is no format of a time: it needs %%Y, %%m and %%d, each part "
            "once, and %%p with %%I."
        ),
        "source": _("'%(name)s' needs exactly one of column, columns, constant."),
        "clock": _("The clock '%(clock)s' is stopped twice."),
        "key": _(
            "'%(name)s' needs a key that a column gives: a constant is the same in every row."
        ),
    }


def json_schema() -> dict[str, Any]:
    """The published schema of a mapping, as in examples/mappings/schema.json."""
    return schema_of(Mapping, "Anju history mapping")
