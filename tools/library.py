"""Write every piece of the built-in library the one way it is written; say what is still missing.

`python -m tools.library` rewrites anju/engine/library/data/items/*.yaml (comments are lost: a file
of data holds none) and the schema beside them. Beside the collection of the field's facts, it lists
the rows of it that are neither an item nor omitted.
"""

import json
import re
import sys
from pathlib import Path

import django
from django.conf import settings

FIELD = Path(__file__).parents[2] / "shared" / "reference" / "field.md"


def field_rows(text: str) -> dict[str, list[str]]:
    """Per section ("1.1", "6"), its rows as keys "1", "2", ... (of tables) and "p1", ... (text),
    each with its first cell or the start of its text."""
    return {
        section: [
            f"{key}\t{line.strip('|').split('|')[0].strip()[:60]}" for key, line in rows.items()
        ]
        for section, rows in field_lines(text).items()
    }


def field_lines(text: str) -> dict[str, dict[str, str]]:
    """Per section, its rows by their keys, whole."""
    found: dict[str, dict[str, str]] = {}
    section = ""
    for line in text[: text.index("## 15.")].splitlines():
        if heading := re.match(r"#{2,3} (\d+(?:\.\d+)?)\.? ", line):
            section = heading[1]
            found[section] = {}
            head = True
        elif not section or not line.strip() or line.strip() == "---":
            head = True
        elif line.startswith("|"):
            if head or re.fullmatch(r"[-:| ]+", line):  # the heading of a table, and its rule
                head = False
                continue
            n = sum(not key.startswith("p") for key in found[section]) + 1
            found[section][str(n)] = line
        else:
            head = True
            n = sum(key.startswith("p") for key in found[section]) + 1
            found[section][f"p{n}"] = line
    return found


def main() -> int:
    """Rewrite, then report. 1 where a row of the collection is missing."""
    if not settings.configured:
        settings.configure(USE_I18N=False)
        django.setup()
    # Django must be set up before the reader asks for translations.
    from anju.engine.library.reading import DATA, read_library, read_piece, schema, write_piece

    found = read_library()
    for piece in found.pieces.values():
        path = DATA / "items" / f"{piece.code}.yaml"
        read = read_piece(path.read_text(encoding="utf-8"), file=path.name, sources=found.sources)
        path.write_text(write_piece(read.text), encoding="utf-8")
    shape = json.dumps(schema(), ensure_ascii=False, indent=1)
    (DATA / "piece.schema.json").write_text(shape + "\n", encoding="utf-8")
    print(f"{len(found.pieces)} pieces, {len(found.items)} items")
    if not FIELD.exists():
        return 0
    have = {(item.section, str(row)) for item in found.items.values() for row in item.rows}
    have |= {(one.section, str(one.row)) for one in found.omitted}
    missing = [
        (section, row)
        for section, rows in field_rows(FIELD.read_text(encoding="utf-8")).items()
        for row in rows
        if (section, row.split("\t")[0]) not in have
    ]
    wanted = sys.argv[1:]
    for section, row in missing:
        if not wanted or section in wanted:
            print(f"missing: {section} {row}")
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
