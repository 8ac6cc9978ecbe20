"""A text as a workbook for people: what is said once on the first sheet, a sheet for each list.

YAML holds everything; what Excel cannot hold is refused when it is written, never lost. Names are
those of the schema, shown in the language of whoever reads and read in any of ours. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any, TypeVar

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import override
from pydantic import BaseModel, ValidationError
from xlsxwriter.utility import xl_col_to_name

from anju.engine.forms.labels import FORMER, LABELS, LANGUAGES, WORDS
from anju.engine.forms.papers import refused
from anju.foundation.registry.reading import read_sheets
from anju.foundation.tenancy.errors import NotYet
from anju.foundation.texts.faults import problem
from anju.foundation.texts.writing import plain

LONGEST_CELL = 32_000  # characters; Excel cuts a longer text without a word
MAIN = "main"
OF = "of"  # the column that names the row a line of a list in a list belongs to
YES = frozenset({"yes", "y", "true", "1", "是", "√", "✓"})
NO = frozenset({"no", "n", "false", "0", "否"})
Model = TypeVar("Model", bound=BaseModel)
At = tuple[str | int, ...]


@dataclass
class Plan:
    """The sheets of a model: of each list its columns with their kinds. "" is the first sheet."""

    columns: dict[str, dict[str, str]] = field(default_factory=lambda: {"": {}})

    @classmethod
    @cache
    def of(cls, model: type[BaseModel]) -> "Plan":
        """By the published schema."""
        schema, plan = model.model_json_schema(), cls()
        plan._take(schema, schema.get("$defs", {}), sheet="", head="")
        plan.columns[""].pop("anju", None)
        return plan

    def _take(self, part: Any, known: Any, *, sheet: str, head: str) -> None:
        for name, said in part.get("properties", {}).items():
            one, path = _resolved(said, known), f"{head}{name}"
            inner = _resolved(one.get("items", {}), known)
            if "properties" in one:
                self._take(one, known, sheet=sheet, head=f"{path}.")
            elif "properties" in inner:
                below = f"{sheet}.{path}".strip(".")
                self.columns[below] = {OF: "text"} if sheet else {}
                self._take(inner, known, sheet=below, head="")
            else:
                kind = {"array": "texts", "boolean": "bool"}.get(one.get("type", ""), "text")
                self.columns[sheet][path] = kind

    def parent(self, sheet: str) -> str:
        """The list in which this list stands; "" for one of the text itself."""
        above = [one for one in self.columns if one and sheet.startswith(f"{one}.")]
        return max(above, key=len, default="")


def _resolved(said: Any, known: Any) -> Any:
    """The schema behind a reference; of several the one that says most."""
    if "$ref" in said:
        return _resolved(known[said["$ref"].rpartition("/")[2]], known)
    for name in ("anyOf", "oneOf", "allOf"):
        if name in said:
            found = [_resolved(one, known) for one in said[name]]
            best = ("properties", "items", "type")
            return min(found, key=lambda one: (one.get("type") == "null",
                                               [key not in one for key in best]))  # fmt: skip
    return said


def write_book(said: BaseModel) -> bytes:
    """The workbook of a text. Refuses (`NotYet`) what would come back otherwise."""
    model = type(said)
    plan, data = Plan.of(model), plain(said)
    out = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        looks = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True})
        for sheet, columns in plan.columns.items():
            page = book.add_worksheet(sheet_label(sheet)[:31])
            page.freeze_panes(1, 0)
            page.set_column(0, max(1, len(columns) - 1), 18 if sheet else 40)
            rows = [[column_label(name) for name in columns]] if sheet else _main(columns, data)
            rows += [
                [_cell(_deep(row, name), name) for name in columns]
                for row in (_rows(plan, sheet, data) if sheet else ())
            ]
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    _put(page, (number, column), value, looks[bool(number)])
    content = out.getvalue()
    with suppress(NotYet):
        if plain(read_book(content, model)) == data:
            return content
    raise refused(_("Excel cannot hold this text unchanged. Take it as YAML."))


def _main(columns: Mapping[str, str], data: Any) -> list[list[Any]]:
    head = [[_("Part"), _("Content")]]
    return head + [[column_label(name), _cell(_deep(data, name), name)] for name in columns]


def _rows(plan: Plan, sheet: str, data: Any) -> Iterator[Any]:
    """The lines of a list, or of that list in every line of the one it stands in."""
    above = plan.parent(sheet)
    if not above:
        yield from map(_spread, _deep(data, sheet) or ())
        return
    for number, row in enumerate(_rows(plan, above, data), start=1):
        for line in _deep(row, sheet[len(above) + 1 :]) or ():
            yield {OF: row.get("code") or number, **_spread(line)}


def _spread(line: Any) -> Any:
    """A bare text stands for a line that says only that."""
    return {"text": line} if isinstance(line, str) else line


def _deep(data: Any, path: str) -> Any:
    for name in path.split("."):
        data = data.get(name) if isinstance(data, Mapping) else None
    return data


def _cell(value: Any, name: str) -> Any:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "\n".join(str(WORDS.get(name, {}).get(one, one)) for one in value)
    return str(WORDS[name][value]) if value in WORDS.get(name, ()) else value


def _put(page: Any, at: tuple[int, int], value: Any, look: Any) -> None:
    if isinstance(value, str) and len(value) > LONGEST_CELL:
        raise refused(_("Excel cannot hold this text unchanged. Take it as YAML."))
    if isinstance(value, str):
        page.write_string(*at, value, look)
    elif value is not None:
        page.write_number(*at, value, look)


def is_book(content: bytes) -> bool:
    """Whether this is a workbook as `write_book` makes it, by its first sheet."""
    if not content.startswith(b"PK"):
        return False
    first = next(iter(read_sheets(content)), "")
    return first in _known((MAIN,))


def read_book(content: bytes, model: type[Model]) -> Model:
    """The text of a workbook. Refuses (`NotYet`), with sheet, row and column, what is no such
    workbook, a sheet or column that is not known, and what does not fit."""
    plan = Plan.of(model)
    pages = _named(read_sheets(content), plan)
    data: dict[str, Any] = {}
    places: dict[At, str] = {}
    first = pages.pop("", None)
    if first is None:
        raise refused(_("The first sheet is missing: “%s”.") % sheet_label(""))
    _read_main(first, plan.columns[""], data, places)
    lines: dict[str, list[tuple[Any, At]]] = {}
    for sheet in sorted(pages, key=lambda one: (one.count("."), one)):
        lines[sheet] = _read_list(pages[sheet], plan, sheet, (data, lines, places))
    try:
        return model.model_validate(data)
    except ValidationError as errors:
        error = min(errors.errors(), key=lambda e: e["type"] != "extra_forbidden")
        at: At = tuple(error["loc"])
        near = [at[:n] for n in range(len(at), 0, -1) if at[:n] in places]
        words = problem(error, at, {})
        raise refused(f"{places[near[0]]}: {words}" if near else words) from None


@dataclass(frozen=True)
class Page:
    """A sheet as it was read; `name` as people know it."""

    name: str
    rows: Sequence[tuple[int, list[str]]]

    def at(self, row: int, column: int) -> str:
        """A cell, as people find it."""
        said = {"sheet": self.name, "row": row, "column": xl_col_to_name(column)}
        return _("sheet “%(sheet)s”, row %(row)s, column %(column)s") % said


def _named(sheets: Mapping[str, Any], plan: Plan) -> dict[str, Page]:
    names = {_last(sheet): sheet for sheet in plan.columns}
    known = {said: names[code] for said, code in _known(tuple(names)).items()}
    found = {}
    for name, rows in sheets.items():
        if not rows:
            continue
        if name not in known:
            words = _("The sheet “%(name)s” is not known. There are: %(known)s.")
            listed = ", ".join(map(sheet_label, plan.columns))
            raise refused(words % {"name": name, "known": listed})
        found[known[name]] = Page(name, rows)
    return found


def _read_main(page: Page, columns: Mapping[str, str], data: Any, places: dict[At, str]) -> None:
    known = _columns(tuple(columns))
    for number, cells in page.rows[1:]:
        name = known.get(cells[0].strip())
        if name is None:
            words = _("“%(name)s” is not known here. There are: %(known)s.")
            listed = ", ".join(map(column_label, columns))
            raise refused(f"{page.at(number, 0)}: {words % {'name': cells[0], 'known': listed}}")
        at: At = tuple(name.split("."))
        if at in places:
            words = _("“%(name)s” is said twice.") % {"name": cells[0]}
            raise refused(f"{page.at(number, 0)}: {words}")
        places[at] = page.at(number, 1)
        if len(cells) > 1 and cells[1].strip():
            _set(data, at, _value(cells[1], columns[name], name))


def _read_list(
    page: Page, plan: Plan, sheet: str, into: tuple[Any, dict[str, Any], dict[At, str]]
) -> list[tuple[Any, At]]:
    """The lines of a sheet, put where they belong; each with its place in the text."""
    data, lines, places = into
    columns, above = plan.columns[sheet], plan.parent(sheet)
    known, (top, header) = _columns(tuple(columns)), page.rows[0]
    names = [known.get(head.strip()) for head in header]
    for column, (head, name) in enumerate(zip(header, names, strict=True)):
        if head.strip() and (name is None or names.index(name) != column):
            words = _("“%(name)s” is not known here. There are: %(known)s.")
            listed = ", ".join(map(column_label, columns))
            raise refused(f"{page.at(top, column)}: {words % {'name': head, 'known': listed}}")
    read = []
    for number, cells in page.rows[1:]:
        line: dict[str, Any] = {}
        for name, cell in zip(names, cells, strict=False):
            if name and cell.strip():
                _set(line, tuple(name.split(".")), _value(cell, columns[name], name))
        owner, up = (
            _owner(line.pop(OF, ""), lines.get(above, []), page, number) if above else (data, ())
        )
        held = _list_in(owner, sheet[len(above) + 1 :] if above else sheet)
        at: At = (*up, *(sheet[len(above) + 1 :] if above else sheet).split("."), len(held))
        held.append(line)
        read.append((line, at))
        places[at] = page.at(number, 0)
        for column, name in enumerate(names):
            if name:
                places[(*at, *name.split("."))] = page.at(number, column)
    return read


def _owner(said: str, above: Sequence[tuple[Any, At]], page: Page, row: int) -> tuple[Any, At]:
    """The line that is meant by its code, or by its number."""
    for number, (line, at) in enumerate(above, start=1):
        if said == line.get("code") or ("code" not in line and said == str(number)):
            return line, at
    words = _("There is no line “%(name)s” it could belong to.") % {"name": said}
    raise refused(f"{page.at(row, 0)}: {words}")


def _list_in(owner: Any, path: str) -> list[Any]:
    *heads, last = path.split(".")
    for name in heads:
        owner = owner.setdefault(name, {})
    held: list[Any] = owner.setdefault(last, [])
    return held


def _set(data: Any, at: At, value: Any) -> None:
    for name in at[:-1]:
        data = data.setdefault(name, {})
    data[at[-1]] = value


def _value(said: str, kind: str, name: str) -> Any:
    if kind == "bool":
        word = said.strip().lower()
        return True if word in YES else False if word in NO else said
    words = _words(name)
    if kind == "texts":
        return [words.get(one.strip(), one.strip()) for one in said.split("\n") if one.strip()]
    return words.get(said.strip(), said)


@cache
def _columns(names: tuple[str, ...]) -> dict[str, str]:
    """Every way to call these columns -> its name."""
    found = {name: name for name in names}
    for labels in ({**LABELS, **FORMER}, LABELS):
        for language in LANGUAGES:
            with override(language):
                found |= {_label(name, labels): name for name in names}
    return found


@cache
def _known(codes: tuple[str, ...]) -> dict[str, str]:
    """Every way to call these sheets -> its last name."""
    found = {code: code for code in codes}
    for labels in ({**LABELS, **FORMER}, LABELS):
        for language in LANGUAGES:
            with override(language):
                found |= {str(labels[code])[:31]: code for code in codes}
    return found


@cache
def _words(column: str) -> dict[str, str]:
    """Every way to write the words of a column -> its code."""
    said = WORDS.get(column, {})
    found = {code: code for code in said}
    for language in LANGUAGES:
        with override(language):
            found |= {str(label): code for code, label in said.items()}
    return found


def column_label(name: str) -> str:
    """A column as people read it."""
    return _label(name, LABELS)


def _label(name: str, labels: Mapping[str, Any]) -> str:
    return " · ".join(str(labels[part]) for part in name.split("."))


def sheet_label(sheet: str) -> str:
    """A sheet as people read it."""
    return str(LABELS[_last(sheet)])


def _last(sheet: str) -> str:
    return sheet.rpartition(".")[2] or MAIN
