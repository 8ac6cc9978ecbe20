"""`anju export-person` and `anju erase-person`: a person's right to their own data.

Whoever may run these commands holds the data folder, so they act as the machine of the company.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from django.utils.translation import gettext as _

from anju.faces.cli.terminal import machine_of
from anju.foundation.people.commands import erase_person, export_person


def run_export_person(argv: Sequence[str]) -> int:
    """`anju export-person ID`: everything held about a person as one ZIP."""
    parser = _parser("export-person", "write everything held about a person into a ZIP")
    parser.add_argument("--to", type=Path, help="the file to write (default: person-ID.zip)")
    asked = parser.parse_args(argv)
    actor = machine_of(asked.company, "export-person")
    content = export_person(asked.id, actor=actor)
    path: Path = asked.to or Path(f"person-{asked.id}.zip")
    # Only its owner may read it, from its first byte on.
    path.touch(mode=0o600)
    path.write_bytes(content)
    if asked.json:
        print(json.dumps({"person": str(asked.id), "file": str(path), "bytes": len(content)}))
    else:
        print(_("Written: %(path)s (%(bytes)d bytes).") % {"path": path, "bytes": len(content)})
        print(_("It holds personal values. Hand it over safely and delete it here."))
    return 0


def run_erase_person(argv: Sequence[str]) -> int:
    """`anju erase-person ID [--dry-run] [--yes]`: blank every personal value of a person."""
    parser = _parser("erase-person", "erase the personal values of a person; records stay")
    parser.add_argument("--dry-run", action="store_true", help="say what would be erased")
    parser.add_argument("--yes", action="store_true", help="do not ask again")
    asked = parser.parse_args(argv)
    actor = machine_of(asked.company, "erase-person")
    if not (asked.dry_run or asked.yes or _sure(asked.id)):
        print(_("Nothing was erased."), file=sys.stderr)
        return 1
    erased = erase_person(asked.id, actor=actor, dry_run=asked.dry_run)
    if asked.json:
        said = {"person": str(erased.person_id), "dry_run": erased.dry_run, "rows": erased.rows}
        print(json.dumps(said, ensure_ascii=False))
        return 0
    for name, count in erased.rows.items():
        print(f"{count:>8}  {name}")
    print(
        _("A dry run: nothing was erased.")
        if erased.dry_run
        else _("Erased. Records keep a pseudonym; backups made before still hold the values.")
    )
    return 0


def _parser(name: str, description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"anju {name}", description=description)
    parser.add_argument("id", type=UUID, help="the person's id")
    parser.add_argument("--company", help="code of the company, where there are several")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _sure(id: UUID) -> bool:
    question = _("Erase %(id)s for good? This cannot be undone. Write the word erase: ")
    try:
        return input(question % {"id": id}).strip() == "erase"
    except EOFError:
        return False
