"""From a table to a plan: what would be new, changed, in conflict or wrong. Reads only."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from anju.foundation.entries.models import Entry
from anju.foundation.lib import digest
from anju.foundation.places.models import Place
from anju.foundation.registry.rules import BadCell, header
from anju.foundation.registry.sheet import (
    Column,
    Line,
    Part,
    Planned,
    Problem,
    Sheet,
    held_value,
    key_of,
)
from anju.foundation.tenancy.actor import Actor

VERDICTS = ("new", "changed", "same", "conflict", "error")
WHAT_TO_DO = "要怎么做"  # the header of the error workbook's own column, ignored on upload
IGNORED = {header(name) for name in (WHAT_TO_DO, "What to do", "要怎麼做")}

Columns = Mapping[str, int]


@dataclass(frozen=True)
class Plan:
    """What an import would do. `digest` changes when the answer would."""

    sheet: Sheet
    lines: Sequence[Line]
    planned: Sequence[Planned]
    skipped_examples: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """Rows by verdict, all five."""
        found = Counter(line.verdict for line in self.lines)
        return {verdict: found[verdict] for verdict in VERDICTS}

    @property
    def clean(self) -> bool:
        """No row stands in the way."""
        return not any(line.problems for line in self.lines)

    @property
    def digest(self) -> str:
        """Fingerprint of the outcome: rows, and versions of what is there."""
        lines = [[line.number, line.verdict, line.there] for line in self.lines]
        there = [[str(p.found.id), p.found.version] if p.found else [] for p in self.planned]
        return digest([lines, there]).hex()


def guessed_mapping(sheet: Sheet, headers: Sequence[str]) -> dict[str, int]:
    """Column key -> index in the file, by its header in any language."""
    named = [header(name) for name in headers]
    found: dict[str, int] = {}
    for column in sheet.columns:
        names = column.headers()
        for index, name in enumerate(named):
            if name in names and index not in found.values():
                found[column.key] = index
                break
    return found


def unknown_headers(sheet: Sheet, headers: Sequence[str], mapping: Columns) -> list[str]:
    """Headers of the file that no column takes: they would not be imported."""
    return [
        name
        for index, name in enumerate(headers)
        if name and index not in mapping.values() and header(name) not in IGNORED
    ]


def missing_columns(sheet: Sheet, mapping: Columns) -> list[Column]:
    """Required columns the file does not have."""
    return [column for column in sheet.columns if column.required and column.key not in mapping]


def plan(
    sheet: Sheet, rows: Iterable[tuple[int, Sequence[str]]], mapping: Columns, *, actor: Actor
) -> Plan:
    """Match every row with what is there. A fixed number of queries per column and part."""
    lines, examples = [], 0
    for number, cells in rows:
        line = Line(number, {key: cells[n] if n < len(cells) else "" for key, n in mapping.items()})
        if _is_example(sheet, line):
            examples += 1
        else:
            lines.append(line)
    for column in sheet.columns:
        _read(column, lines)
        if column.refers is not None:
            _refer(column, lines, actor)
    planned: dict[tuple[Any, ...], Planned] = {}
    for part in sheet.parts:
        _gather(part, lines, planned)
        _look_up(part, lines, planned, actor)
    if sheet.rows is not None:
        sheet.rows.match(lines, actor)
    everything = list(planned.values())
    _settle(everything, {line.number: line for line in lines}, actor)
    for line in lines:
        line.verdict = _verdict(line)
    return Plan(sheet, lines, everything, examples)


def _is_example(sheet: Sheet, line: Line) -> bool:
    shown = [(line.cells[c.key], c.example) for c in sheet.columns if c.key in line.cells]
    return any(example for _cell, example in shown) and all(c == e for c, e in shown)


def _read(column: Column, lines: Sequence[Line]) -> None:
    for line in lines:
        cell = line.cells.get(column.key, "")
        if not cell:
            if column.required:
                _wrong(
                    line,
                    column.key,
                    _("Please fill in “%(column)s”, for example %(example)s.")
                    % {"column": column.title, "example": column.example},
                )
            continue
        try:
            if column.many:
                parts = [part.strip() for part in re.split(r"[;；、\n]", cell)]
                line.values[column.key] = [column.parse(part) for part in parts if part]
            else:
                line.values[column.key] = column.parse(cell)
        except BadCell as wrong:
            _wrong(line, column.key, str(wrong))


def _refer(column: Column, lines: Sequence[Line], actor: Actor) -> None:
    cells: dict[str, None] = {}
    for line in lines:
        value = line.get(column.key)
        if value:
            cells |= dict.fromkeys(value if column.many else [value])
    if not cells or column.refers is None:
        return
    found = column.refers(list(cells), actor)
    for line in lines:
        value = line.get(column.key)
        if not value:
            continue
        matches = [found.get(cell) for cell in (value if column.many else [value])]
        for match in matches:
            if isinstance(match, str):
                _wrong(line, column.key, match)
        entries = [match for match in matches if isinstance(match, Entry)]
        line.values[column.key] = entries if column.many else next(iter(entries), None)


def _gather(part: Part, lines: Sequence[Line], planned: dict[tuple[Any, ...], Planned]) -> None:
    """Collect the entries the rows speak of in one part; rows that agree share one."""
    for line in lines:
        if line.problems:
            continue
        values = part.values(line)
        if values is None:
            continue
        given = {name: value for name, value in values.items() if value not in (None, "")}
        key = (part.model, *part.key(values))
        entry = planned.get(key)
        if entry is None:
            entry = planned[key] = Planned(part, dict(given), dict(part.defaults(line)), [])
        else:
            _agree(entry, given, line)
        entry.lines.append(line.number)
        line.planned[part.name] = entry
        if part.own(line):
            entry.part = part
            entry.defaults = {**entry.defaults, **part.defaults(line)}
            if entry.own_line is not None:
                _wrong(
                    line,
                    None,
                    _("Row %(row)d is about the same entry. Keep one of the two rows.")
                    % {"row": entry.own_line},
                    conflict=True,
                )
            else:
                entry.own_line = line.number


def _agree(entry: Planned, given: Mapping[str, Any], line: Line) -> None:
    for name, value in given.items():
        if name.startswith("_"):  # a hint for `find`, not a field
            continue
        said = entry.values.get(name)
        if name in entry.values and key_of(said) != key_of(value):
            _wrong(
                line,
                None,
                _("Row %(row)d says something else about the same entry. Make the rows agree.")
                % {"row": entry.lines[0]},
                conflict=True,
            )
        else:
            entry.values[name] = value


def _look_up(
    part: Part, lines: Sequence[Line], planned: Mapping[tuple[Any, ...], Planned], actor: Actor
) -> None:
    fresh = [p for p in planned.values() if p.part is part and not p.looked_up]
    if not fresh:
        return
    numbered = {line.number: line for line in lines}
    for entry, match in zip(fresh, part.find([p.values for p in fresh], actor), strict=True):
        entry.looked_up = True
        if isinstance(match, str):
            for number in entry.lines:
                _wrong(numbered[number], None, match, conflict=True)
        else:
            entry.found = match


def _settle(planned: Sequence[Planned], lines: Mapping[int, Line], actor: Actor) -> None:
    """What changes, what contradicts, what is missing, and what the actor may not touch."""
    for entry in planned:
        trouble: tuple[str, bool] | None = None
        found = entry.found
        if found is None:
            if entry.part.must_be_there and entry.own_line is None:
                trouble = (str(entry.part.missing), False)
        else:
            entry.changes = {
                name: value
                for name, value in entry.values.items()
                if key_of(value) != held_value(found, name)
            }
            if any(name in entry.part.fixed for name in entry.changes):
                trouble = (
                    _("The code is already used by something else. Check kind and number."),
                    True,
                )
        if trouble is None and (found is None or entry.changes):
            if not all(actor.may(entry.part.permission, path) for path in _paths(entry)):
                trouble = (
                    _("You may not change entries at this place. Leave this row out."),
                    False,
                )
        if trouble is not None:
            for number in dict.fromkeys(entry.lines):
                _wrong(lines[number], None, trouble[0], conflict=trouble[1])


def _paths(entry: Planned) -> list[str]:
    paths = [path_of(entry.part.place(entry.values, entry.found))]
    if entry.found is not None:
        paths.append(path_of(entry.part.place({}, entry.found)))
    return paths


def path_of(place: Any) -> str:
    """The path where permission is asked: of what is there, or the nearest above that is."""
    while isinstance(place, Planned):
        if place.found is not None:
            place = place.found
        else:
            place = place.values.get("parent")
    return place.path if isinstance(place, Place) else ""


def _verdict(line: Line) -> str:
    if line.problems:
        return "conflict" if all(p.conflict for p in line.problems) else "error"
    if line.verdict:
        return line.verdict
    said = [p for p in line.planned.values() if p.own_line in (None, line.number)]
    if any(p.found is None for p in said):
        return "new"
    return "changed" if any(p.changes for p in said) else "same"


def _wrong(line: Line, column: str | None, message: str, *, conflict: bool = False) -> None:
    if not any(p.message == message for p in line.problems):
        line.problems.append(Problem(column, message, conflict))
