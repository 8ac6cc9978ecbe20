"""Search tokens: what is stored for a row, and what is asked for a query. Pure.

A token is a lexeme of a `simple` tsvector: Chinese in overlapping pairs, Latin and digits in runs,
pinyin and initials from every syllable on, the last digits of a telephone number, the ways a room
is written. A query is a conjunction of prefixes of such tokens.
"""

import re
from collections.abc import Iterable, Iterator

from anju.foundation.lib.fold import fold
from anju.foundation.lib.pinyin import initials, readings

LONGEST = 40  # a lexeme; PostgreSQL allows 2 KB, nobody types more than this
SYLLABLES = 8  # pinyin of longer names starts at most here
QUERY_RUNS = 12

_CJK = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS = re.compile(f"[{_CJK}]+|[a-z0-9]+(?:[-_.][a-z0-9]+)*")
_ROOM = re.compile(
    r"^(\w{1,4}?)\s*(?:号楼|栋|幢|座|楼)\s*(?:(\w{1,3}?)\s*(?:单元|门|梯)\s*)?([a-z0-9]{1,6}?)\s*(?:室|号|房)?$"
)
_DASHED = re.compile(r"^[a-z0-9]{1,4}(?:-[a-z0-9]{1,6}){1,3}$")


def words(*texts: str) -> set[str]:
    """Tokens of ordinary text: pairs of Chinese characters, Latin and digit runs."""
    found: set[str] = set()
    for text in texts:
        for run in _runs(text):
            found |= set(_pairs(run, last=True)) if _is_cjk(run) else set(_latin(run))
    return {token[:LONGEST] for token in found}


def names(name: str, *, surname: bool = False) -> set[str]:
    """Tokens of a name: its words, its pinyin and initials in every reading."""
    found = words(name)
    chinese = "".join(run for run in _runs(name) if _is_cjk(run))
    for reading in readings(chinese, surname=surname) if chinese else ():
        for start in range(min(len(reading), SYLLABLES)):
            found.add("".join(reading[start:])[:LONGEST])
            found.add(initials(reading[start:])[:LONGEST])
    return found


def phones(number: str) -> set[str]:
    """Tokens of a telephone number: all of it, and its last four to eight digits."""
    digits = re.sub(r"[^0-9]", "", fold(number))
    return {digits, *(digits[-n:] for n in range(4, 9))} if len(digits) >= 4 else set()


def plates(plate: str) -> set[str]:
    """Tokens of a number plate: whole, without the province, without the letter after it."""
    sign = re.sub(r"[\s·.\-]", "", fold(plate))
    return {part for part in (sign, sign[1:], sign[2:]) if len(part) > 2}


def rooms(code: str) -> set[str]:
    """Tokens of a room's code `3-2-1201`: as written, without dashes, without the middle, its end.

    `31201` finds `3-2-1201` and `3-1201`, as people say it when a building's numbers are unique.
    """
    parts = fold(code).split("-")
    ends = (parts[0], parts[-1])
    return {"-".join(parts), "".join(parts), "-".join(ends), "".join(ends), parts[-1]}


def room_code(text: str) -> str | None:
    """The code of a room in any of its written forms, or None when `text` is no room.

    `3栋2单元1201`, `3号楼2单元1201室`, `３－２－１２０１` -> `3-2-1201`; `3栋1201` -> `3-1201`.
    """
    plain = re.sub(r"\s*[-—–_/]\s*", "-", fold(text))
    if _DASHED.match(plain):
        return plain
    if found := _ROOM.match(plain):
        return "-".join(part for part in found.groups() if part)
    return None


def asked(text: str) -> str:
    """The tsquery (as text) for what a person typed; empty when nothing can be looked for.

    All parts must match; each as a prefix, so that typing narrows.
    """
    whole = room_code(text)
    if whole is not None:
        return _prefix(whole)
    parts: list[str] = []
    for piece in fold(text).split():
        if (code := room_code(piece)) is not None:
            parts.append(_prefix(code))
        elif re.fullmatch(f"[{_CJK}][a-z][a-z0-9·]{{4,6}}", piece):
            parts.append(_prefix(piece.replace("·", "")))
        else:
            for run in _runs(piece):
                parts += [_prefix(p) for p in _pairs(run)] if _is_cjk(run) else [_prefix(run)]
    return " & ".join(dict.fromkeys(parts[:QUERY_RUNS]))


def merged(*groups: Iterable[str]) -> list[str]:
    """All tokens once, sorted, without empty ones."""
    return sorted({token for group in groups for token in group if token})


def _runs(text: str) -> list[str]:
    return _RUNS.findall(fold(text))


def _is_cjk(run: str) -> bool:
    return run[0] > "\u2e7f"


def _pairs(run: str, *, last: bool = False) -> Iterator[str]:
    """Overlapping pairs; with `last` also the last character alone, which begins no pair."""
    if len(run) == 1 or last:
        yield run[-1]
    for n in range(len(run) - 1):
        yield run[n : n + 2]


def _latin(run: str) -> Iterator[str]:
    yield run
    parts = re.split(r"[-_.]", run)
    if len(parts) > 1:
        yield from (part for part in parts if part)
        yield "".join(parts)


def _prefix(token: str) -> str:
    # One letter or digit as a prefix would match half of the index.
    star = ":*" if len(token) > 1 or _is_cjk(token) else ""
    return f"'{token[:LONGEST]}'{star}"
