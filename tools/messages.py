"""Translations: English in the code, Chinese in `locale/terms/*.csv`, catalogues built from both.

Each CSV has the columns `msgid,zh_Hans,zh_Hant` and, where one English word has two meanings,
`context` (the first argument of `pgettext`). Nothing else is written by hand: the catalogues that
Django reads are compiled into `anju/locale/` by this script and by the build of a wheel, without
GNU gettext.

    python tools/messages.py           compile, and say what is missing
    python tools/messages.py --check   the same, and fail on anything missing or wrong
    python tools/messages.py --tidy    drop terms no text uses, sort what stays
"""

from __future__ import annotations

import ast
import csv
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("zh_Hans", "zh_Hant")
COLUMNS = ("msgid", *LANGUAGES)


class Key(NamedTuple):
    """What a text is looked up by: its context (mostly empty) and its English."""

    context: str
    msgid: str


class Term(NamedTuple):
    """One row of a CSV."""

    file: str
    row: int
    key: Key
    said: dict[str, str]


def terms(root: Path = ROOT) -> list[Term]:
    """Every row of every CSV, in the order of file names and rows."""
    found = []
    for path in sorted((root / "locale" / "terms").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), 2):
                if None in row or None in row.values() or not row["msgid"]:
                    raise SystemExit(f"{path.name}:{number}: expected {', '.join(COLUMNS)}")
                key = Key(row.get("context", ""), row["msgid"])
                said = {language: row[language].strip() for language in LANGUAGES}
                found.append(Term(path.name, number, key, said))
    return found


def catalogue(pairs: dict[Key, str]) -> bytes:
    """A GNU .mo file. Chinese has one form for any number, so each term is written twice: as a
    plain text and as the plural of itself; then `gettext` and `ngettext` both find it."""
    head = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=1; plural=0;\n"
    entries = {b"": head.encode()}
    for key, said in pairs.items():
        name = (f"{key.context}\x04" if key.context else "") + key.msgid
        entries[name.encode()] = said.encode()
        entries[f"{name}\0{key.msgid}".encode()] = said.encode()
    names = sorted(entries)
    start = 28 + 16 * len(names)
    tables: list[bytes] = []
    body = b""
    for strings in (names, [entries[name] for name in names]):
        for text in strings:
            tables.append(struct.pack("<II", len(text), start + len(body)))
            body += text + b"\0"
    header = struct.pack("<7I", 0x950412DE, 0, len(names), 28, 28 + 8 * len(names), 0, start)
    return header + b"".join(tables) + body


def compile_all(root: Path = ROOT) -> None:
    """Write `anju/locale/<language>/LC_MESSAGES/django.mo` where it would change."""
    rows = terms(root)
    for language in LANGUAGES:
        pairs = {t.key: t.said[language] for t in reversed(rows) if t.said[language]}
        built = catalogue(pairs)
        path = root / "anju" / "locale" / language / "LC_MESSAGES" / "django.mo"
        if not path.exists() or path.read_bytes() != built:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(built)


WITH_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
CALLS = WITH_CONTEXT | {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}


def keys_in_code(text: str, where: str) -> Iterator[tuple[str, Key]]:
    """Every literal text handed to gettext; a text built at run time cannot be translated."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else name
        if name not in CALLS:
            continue
        wanted = node.args[: 2 if name in WITH_CONTEXT else 1]
        if any(isinstance(arg, ast.JoinedStr | ast.BinOp) for arg in wanted):
            raise SystemExit(f"{where}:{node.lineno}: {name}() of a text put together at run time")
        said = [arg.value for arg in wanted if isinstance(arg, ast.Constant)]
        if said and len(said) == len(wanted) and all(isinstance(s, str) for s in said):
            yield f"{where}:{node.lineno}", Key(*map(str, ["", *said][-2:]))


LITERAL = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(
    rf"\b(_|gettext|ngettext|pgettext|npgettext)\(\s*(u?{LITERAL})(?:\s*,\s*(u?{LITERAL}))?", re.S
)


def keys_in_template(text: str, where: str) -> Iterator[tuple[str, Key]]:
    """Every text of `translate`, `blocktranslate` and `_("...")`, as Django itself sees them."""
    # Needs Django, which is not there when a wheel is being built.
    from django.utils.translation.template import templatize

    seen = templatize(text, origin=where)
    for call in CALL.finditer(seen):
        first, second = (ast.literal_eval(s) if s else "" for s in call.group(2, 3))
        line = seen.count("\n", 0, call.start()) + 1
        yield f"{where}:{line}", Key(first, second) if call[1] in WITH_CONTEXT else Key("", first)


def keys_used(root: Path = ROOT) -> dict[Key, str]:
    """Every text people may see, and the first place that shows it."""
    found: dict[Key, str] = {}
    for path in sorted((root / "anju").rglob("*")):
        where = path.relative_to(root)
        if "tests" in where.parts or path.name == "testing.py":
            continue
        if path.suffix == ".py":
            keys = keys_in_code(path.read_text(encoding="utf-8"), str(where))
        elif "templates" in where.parts and path.suffix in {".html", ".txt"}:
            keys = keys_in_template(path.read_text(encoding="utf-8"), str(where))
        else:
            continue
        for place, key in keys:
            if key.msgid:
                found.setdefault(key, place)
    return found


PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")


def faults(used: dict[Key, str], rows: list[Term]) -> Iterator[str]:
    """What is missing, said twice in two ways, no longer used, or has lost a placeholder."""
    known: dict[Key, Term] = {}
    for term in rows:
        place, text = f"{term.file}:{term.row}", term.key.msgid
        first = known.setdefault(term.key, term)
        if first.said != term.said:
            yield f"{place}: {text!r} is said otherwise in {first.file}:{first.row}"
        if term.key not in used:
            yield f"{place}: {text!r} is used by no text (--tidy drops it)"
        for language, said in term.said.items():
            lost = {*PLACEHOLDER.findall(text)} ^ {*PLACEHOLDER.findall(said)}
            if said and lost:
                yield f"{place}: {language} of {text!r} differs in {', '.join(sorted(lost))}"
    for key, place in used.items():
        said = known[key].said if key in known else {}
        if missing := [language for language in LANGUAGES if not said.get(language)]:
            yield f"{place}: {key.msgid!r} has no {' and no '.join(missing)}"


def tidy(used: dict[Key, str], root: Path = ROOT) -> None:
    """Drop unused and repeated rows, sort the rest, write every CSV anew."""
    kept: dict[Key, Term] = {}
    rows = terms(root)
    for term in rows:
        if term.key in used:
            kept.setdefault(term.key, term)
    for name in {term.file for term in rows}:
        mine = sorted((t for t in kept.values() if t.file == name), key=lambda t: t.key)
        columns = [*COLUMNS, "context"] if any(t.key.context for t in mine) else [*COLUMNS]
        with (root / "locale" / "terms" / name).open("w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
            out.writeheader()
            for term in mine:
                out.writerow({**term.key._asdict(), **term.said})


def main(options: list[str]) -> int:
    if "--tidy" in options:
        tidy(keys_used())
    compile_all()
    used = keys_used()
    wrong = list(faults(used, terms()))
    for line in wrong:
        print(line)
    print(f"{len(used)} texts, {len(wrong)} faults")
    return 1 if wrong and "--check" in options else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
