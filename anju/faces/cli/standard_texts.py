"""`anju standards export | import | diff | cost`: the versions of a company as files, and beside
each other."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from anju.engine.forms.books import read_book, write_book
from anju.engine.standards.commands import draft_standard
from anju.engine.standards.comparing import Difference, differences
from anju.engine.standards.document import Document, read_standard, write_standard
from anju.engine.standards.models import Standard
from anju.engine.standards.smart import Bill, bill
from anju.faces.cli.terminal import machine_of
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet
from anju.foundation.texts import BadText

MOST = 4_000_000  # bytes; a longer file is not read at all


def add_verbs(verbs: Any) -> None:
    """The verbs, with what each is given."""
    exporting = verbs.add_parser("export", help="a version as YAML, or all that are in force")
    exporting.add_argument("names", nargs="*", metavar="CODE[@VERSION]")
    exporting.add_argument("--to", type=Path, help="folder for a file each; without it, printed")
    exporting.add_argument("--xlsx", action="store_true", help="Excel for people, into the folder")
    importing = verbs.add_parser("import", help="make a draft of each file")
    importing.add_argument("files", nargs="+", type=Path, metavar="FILE.yaml | FILE.xlsx")
    comparing = verbs.add_parser("diff", help="what differs between two versions or files")
    comparing.add_argument("before", metavar="FILE.yaml | CODE[@VERSION]")
    comparing.add_argument("after", metavar="FILE.yaml | CODE[@VERSION]")
    costing = verbs.add_parser("cost", help="hours and money a year; with two, before and after")
    costing.add_argument("names", nargs="*", metavar="FILE.yaml | CODE[@VERSION]")
    for one in (exporting, importing, comparing, costing):
        one.add_argument("--company", help="code of the company, where there are several")
        one.add_argument("--json", action="store_true", help="print one JSON object")


def read_file(path: Path) -> Document:
    """A standard from a file or what is piped in (-). Raises `BadText`."""
    try:
        if str(path) == "-":
            data = sys.stdin.buffer.read(MOST + 1)
        else:
            with path.open("rb") as file:
                data = file.read(MOST + 1)
    except OSError as error:
        raise BadText(
            _("This file cannot be read (%(why)s).") % {"why": error.strerror},
            _("Check its name and that you may read it."),
            file=str(path),
        ) from None
    if len(data) > MOST:
        raise BadText(
            _("This file is larger than any standard."), _("Choose another."), file=str(path)
        )
    if data.startswith(b"PK"):
        try:
            return read_book(data, Document)
        except NotYet as refusal:
            raise BadText(str(refusal), "", file=path.name) from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadText(
            _("This file is not written in UTF-8."), _("Save it as UTF-8."), file=str(path)
        ) from None
    return read_standard(text, file=path.name).said


def export_texts(asked: argparse.Namespace) -> int:
    """Print or write versions; without a name, all that are in force."""
    actor = machine_of(asked.company, "standards")
    with acting(actor):
        found = [version_named(name, actor) for name in asked.names] or list(
            Standard.objects.seen_by(actor).in_force()
        )
        texts = {f"{s.code}-v{s.version}.yaml": write_standard(s.document) for s in found}
    if asked.xlsx:
        return _export_books(found, asked.to)
    if asked.json:
        print(json.dumps(texts, ensure_ascii=False, indent=2))
    elif asked.to:
        asked.to.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (asked.to / name).write_text(text, encoding="utf-8")
            print(asked.to / name)
    else:
        print("---\n".join(texts.values()), end="")
    return 0


def _export_books(found: Sequence[Standard], to: Path | None) -> int:
    if to is None:
        raise BadText(
            _("Excel files need a folder to be written to."), _("Name it with --to."), file="--xlsx"
        )
    to.mkdir(parents=True, exist_ok=True)
    for one in found:
        path = to / f"{one.code}-v{one.version}.xlsx"
        try:
            path.write_bytes(write_book(one.document))
        except NotYet as refusal:
            raise BadText(str(refusal), "", file=path.name) from None
        print(path)
    return 0


def import_texts(asked: argparse.Namespace) -> int:
    """Make a draft of each file; all of them or none."""
    actor = machine_of(asked.company, "standards")
    documents = [read_file(path) for path in asked.files]
    with acting(actor):
        drafts = [draft_standard(one, actor=actor) for one in documents]
    rows = [{"id": str(s.id), "code": s.code, "version": s.version} for s in drafts]
    if asked.json:
        print(json.dumps({"drafts": rows}, ensure_ascii=False, indent=2))
    for row in () if asked.json else rows:
        print(
            _("%(code)s v%(version)s is a draft now; review and publish it on its page.")
            % {"code": row["code"], "version": row["version"]}
        )
    return 0


def compare_texts(asked: argparse.Namespace) -> int:
    """Say every difference; exit 1 where there is one, as diff does."""
    before, after = (_document(name, asked) for name in (asked.before, asked.after))
    found = differences(before, after)
    if asked.json:
        print(json.dumps([_plain(one) for one in found], ensure_ascii=False, indent=2))
    for one in () if asked.json else found:
        print(" · ".join(filter(None, [one.part, one.line])))
        for sign, side in (("-", one.before), ("+", one.after)):
            if side is not None:
                print(f"  {sign} {json.dumps(side, ensure_ascii=False)}")
    return 1 if found else 0


def cost_texts(asked: argparse.Namespace) -> int:
    """A year of the standards named, or of all in force: hours by post, wages, materials."""
    bills: dict[str, Bill] = {name: bill([_document(name, asked)]) for name in asked.names}
    if not bills:
        actor = machine_of(asked.company, "standards")
        with acting(actor):
            standing = [s.document for s in Standard.objects.seen_by(actor).in_force()]
        bills = {_("all in force"): bill(standing)}
    if asked.json:
        print(json.dumps({k: _cost(v) for k, v in bills.items()}, ensure_ascii=False, indent=2))
        return 0
    for name, one in bills.items():
        print(name)
        for post, hours in sorted(one.hours.items()):
            print(f"  {post}  " + _("%(n)s hours") % {"n": f"{hours:,.1f}"})
        print("  " + _("wages %(n)s yuan") % {"n": f"{one.wages:,.2f}"})
        print("  " + _("materials %(n)s yuan") % {"n": f"{one.materials:,.2f}"})
        if one.silent:
            codes = ", ".join(sorted(one.silent))
            print("  " + _("not said how often a year: %(codes)s") % {"codes": codes})
    return 0


def version_named(name: str, actor: Actor) -> Standard:
    """CODE@VERSION, or CODE: the version in force, else the newest. Inside `acting`.

    Raises `BadText` with what there is.
    """
    code, _at, version = name.partition("@")
    versions = Standard.objects.seen_by(actor).filter(code=code)
    if version.isdecimal():
        found = versions.filter(version=int(version)).first()
    else:
        found = versions.filter(state="published").first() or versions.order_by("-version").first()
    if found is None:
        there = Standard.objects.seen_by(actor).order_by("code", "version")
        names = ", ".join(f"{s.code}@{s.version}" for s in there) or "—"
        raise BadText(
            _("There is no standard %(name)s.") % {"name": name},
            _("There are: %(names)s.") % {"names": names},
        )
    return found


def _document(name: str, asked: argparse.Namespace) -> Document:
    """A file where there is one of that name, else a version of the company."""
    if name == "-" or name.endswith((".yaml", ".yml")) or Path(name).is_file():
        return read_file(Path(name))
    actor = machine_of(asked.company, "standards")
    with acting(actor):
        return version_named(name, actor).document


def _plain(one: Difference) -> Mapping[str, Any]:
    return {"part": one.part, "line": one.line, "before": one.before, "after": one.after}


def _cost(one: Bill) -> Mapping[str, Any]:
    return {
        "hours": one.hours,
        "wages": one.wages,
        "materials": one.materials,
        "silent": sorted(one.silent),
    }
