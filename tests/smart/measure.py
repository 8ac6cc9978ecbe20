"""What the checker finds of what an expert finds, on each half of the corpus (README.md)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from anju.engine.standards.document import Document, read_standard
from anju.engine.standards.smart import Finding, Tally, World, check, key_of

HERE = Path(__file__).resolve().parent / "corpus"
Checker = Callable[[Document, World], list[Finding]]


class Said(NamedTuple):
    """One finding as it is compared: `word` of vague ones only."""

    standard: str
    code: str
    where: str
    word: str


def expected() -> set[Said]:
    """What the expert says of all sixty."""
    with (HERE / "labels.csv").open(encoding="utf-8") as file:
        return {Said(r["standard"], r["code"], r["where"], r["word"]) for r in csv.DictReader(file)}


def names() -> list[str]:
    """The sixty, by name."""
    return sorted(path.stem for path in HERE.glob("*.yaml") if path.stem != "world")


def halves() -> tuple[list[str], list[str]]:
    """The half that tunes and the half that is reported: odd and even numbers."""
    odd = [name for name in names() if int(name[:2]) % 2]
    return odd, [name for name in names() if name not in odd]


@cache
def standard(name: str) -> Document:
    """One standard of the corpus."""
    text = (HERE / f"{name}.yaml").read_text(encoding="utf-8")
    return read_standard(text, file=name).said


@cache
def _community() -> tuple[World, list[dict[str, Any]]]:
    said = yaml.safe_load((HERE / "world.yaml").read_text(encoding="utf-8"))
    named = {n: frozenset(said[n]) for n in ("procedures", "forms", "library", "calendars")}
    in_force = tuple(standard(f"in_force/{p.stem}") for p in sorted(HERE.glob("in_force/*.yaml")))
    return World(**named, needs=said["needs"], in_force=in_force), said["record"]


def world(document: Document) -> World:
    """The community of `world.yaml`, and its record as far as this standard asks for it."""
    community, rows = _community()
    return replace(community, record=record(document, rows))


def record(document: Document, rows: list[dict[str, Any]]) -> dict[Any, Tally]:
    """Each limit's line of the record, where it was counted so."""
    found = {}
    for limit in document.limits:
        for row in rows:
            if (
                row["kind"] in document.kinds
                and (row["clock"], row["urgency"]) == (limit.clock, limit.urgency)
                and (limit.calendar, limit.category, limit.place) == ("always", "", "")
                and limit.minutes in row["within"]
            ):
                found[key_of(limit)] = Tally(row["within"][limit.minutes], row["of"])
    return found


def said(names: Iterable[str], checker: Checker = check) -> set[Said]:
    """What the checker says of these standards."""
    found = set()
    for name in names:
        document = standard(name)
        for one in checker(document, world(document)):
            found.add(Said(name, one.code, one.where, str(one.facts.get("word", ""))))
    return found


@dataclass(frozen=True)
class Score:
    """`there`: what the expert says; `found` of it; `false`: said and not there; `clean` of the
    `good` standards about which nothing is said."""

    there: int
    found: int
    false: int
    good: int
    clean: int
    missed: tuple[Said, ...]
    alarms: tuple[Said, ...]


def score(names: list[str], checker: Checker = check, code: str = "") -> Score:
    """The checker against the expert on these standards; `code`: of one code only."""
    right = {one for one in expected() if one.standard in names and code in ("", one.code)}
    told = {one for one in said(names, checker) if code in ("", one.code)}
    good = set(names) - {one.standard for one in expected()}
    return Score(
        len(right),
        len(right & told),
        len(told - right),
        len(good),
        len(good - {one.standard for one in told}),
        tuple(sorted(right - told)),
        tuple(sorted(told - right)),
    )
