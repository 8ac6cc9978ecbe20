"""Two versions of a standard side by side: what was added, taken out, changed. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from anju.engine.standards.document import Document
from anju.foundation.texts import plain

# Lists whose lines are recognised by what names them, so that a changed line is one difference.
NAMED = {
    "requirements": ("code", "text"),
    "limits": ("clock", "urgency", "category", "place"),
    "items": ("code",),
    "basis": ("kind", "ref"),
}


@dataclass(frozen=True)
class Difference:
    """One difference: the `part` of the document, which line of it, what it said and says.

    None on one side: the line is only on the other.
    """

    part: str
    line: str
    before: Any
    after: Any


def differences(before: Document, after: Document) -> list[Difference]:
    """All differences, in the order of the document's parts; empty when both say the same."""
    old, new = plain(before), plain(after)
    found: list[Difference] = []
    for part in Document.model_fields:
        one, other = old.get(part), new.get(part)
        if one == other:
            continue
        if part in NAMED:
            found += _lines(part, one or [], other or [])
        elif isinstance(one or other, dict):
            one, other = one or {}, other or {}
            found += [
                Difference(part, name, one.get(name), other.get(name))
                for name in {**one, **other}
                if one.get(name) != other.get(name)
            ]
        else:
            found.append(Difference(part, "", one, other))
    return found


def _lines(part: str, old: Iterable[Any], new: Iterable[Any]) -> list[Difference]:
    one, other = _by_name(part, old), _by_name(part, new)
    return [
        Difference(part, name, one.get(name), other.get(name))
        for name in {**one, **other}
        if one.get(name) != other.get(name)
    ]


def _by_name(part: str, lines: Iterable[Any]) -> dict[str, Any]:
    """Each line under its name; a name that stands twice is counted."""
    found: dict[str, Any] = {}
    for line in lines:
        name = _name(part, line if isinstance(line, Mapping) else {"text": line})
        key, n = name, 1
        while key in found:
            n += 1
            key = f"{name} ({n})"
        found[key] = line
    return found


def _name(part: str, line: Mapping[str, Any]) -> str:
    if part == "requirements":  # a code stays when the words change
        return str(line.get("code") or line["text"])
    said = (f"P{line[n]}" if n == "urgency" else str(line[n]) for n in NAMED[part] if line.get(n))
    return " · ".join(said)
