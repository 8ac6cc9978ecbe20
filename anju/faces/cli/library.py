"""`anju library`: what the field knows, one fact of it, taking a piece over, its sums."""

import argparse
import json
import sys
from collections.abc import Sequence

from django.utils.translation import gettext as _

from anju.engine.library.commands import install_piece
from anju.engine.library.counting import counted, faults
from anju.engine.library.reading import item_data, library
from anju.engine.library.rules import Item, Piece
from anju.engine.library.script import in_script
from anju.engine.library.words import said
from anju.faces.cli.terminal import machine_of, table
from anju.foundation.tenancy.errors import Unknown

EXIT_FAILED = 1


def run_library(argv: Sequence[str]) -> int:
    """Run one verb. 0 when done; for `verify`, 1 when something does not add up."""
    asked = _parser().parse_args(argv)
    verbs = {"list": _list, "show": _show, "install": _install, "verify": _verify}
    return verbs[asked.verb](asked)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="anju library", description="the built-in library")
    verbs = parser.add_subparsers(dest="verb", required=True)
    listed = verbs.add_parser("list", help="the pieces, and counts per section")
    show = verbs.add_parser("show", help="a piece, or one fact with its sources")
    show.add_argument("what", help="code of a piece, or id of a fact")
    install = verbs.add_parser("install", help="take a piece over into the company")
    install.add_argument("piece", help="code of the piece")
    install.add_argument("--level", default="", help="one of its levels, where it has several")
    install.add_argument("--company", help="code of the company, where there are several")
    for verb in (show, install):
        verb.add_argument("--script", choices=("zh-Hans", "zh-Hant"), default="zh-Hans")
    verify = verbs.add_parser("verify", help="compute its sums again; refuse what has no source")
    for verb in (listed, show, install, verify):
        verb.add_argument("--json", action="store_true", help="for programs")
    return parser


def _list(asked: argparse.Namespace) -> int:
    found = library()
    if asked.json:
        print(json.dumps(_counts(), ensure_ascii=False, indent=2))
        return 0
    rows = [
        [p.code, p.title, str(len(p.items)), str(sum(i.confirmed for i in p.items))]
        for p in found.pieces.values()
    ]
    print(table([_("piece"), _("title"), _("facts"), _("of them confirmed")], rows, left=2))
    print()
    sections = [
        [row.section, str(row.items), str(row.confirmed), str(row.omitted)]
        for row in counted(found)
    ]
    head = [_("section"), _("facts"), _("of them confirmed"), _("left out with a reason")]
    print(table(head, sections))
    return 0


def _counts() -> dict[str, object]:
    found = library()
    return {
        "items": len(found.items),
        "confirmed": sum(item.confirmed for item in found.items.values()),
        "omitted": len(found.omitted),
        "sections": {
            row.section: {"items": row.items, "confirmed": row.confirmed, "omitted": row.omitted}
            for row in counted(found)
        },
        "pieces": [
            {"code": p.code, "title": p.title, "levels": list(p.levels), "items": len(p.items)}
            for p in found.pieces.values()
        ],
    }


def _show(asked: argparse.Namespace) -> int:
    found = library()
    piece, item = found.pieces.get(asked.what), found.items.get(asked.what)
    if piece is None and item is None:
        raise Unknown(
            _(
                "The library has neither a piece nor a fact %(what)s. `anju library list` names "
                "them."
            )
            % {"what": asked.what}
        )
    if asked.json:
        items = piece.items if piece else [item] if item else []
        print(json.dumps([item_data(i) for i in items], ensure_ascii=False, indent=2))
    elif piece:
        _print_piece(piece, asked.script)
    elif item:
        _print_item(item, asked.script)
    return 0


def _print_piece(piece: Piece, script: str) -> None:
    print(in_script(piece.title, script))
    print(in_script(piece.note, script))
    for item in piece.items:
        print()
        _print_item(item, script)


def _print_item(item: Item, script: str) -> None:
    print(f"{item.id}  {in_script(item.title, script)}")
    for value in item.values:
        level = f"{value.level} " if value.level else ""
        print(f"  {in_script(level + said(value), script)}")
    sources = library().sources_of(item)
    for source in sources:
        print(f"  {in_script(source.title, script)} {source.address}".rstrip())
    if not item.confirmed:
        print("  " + _("Suggestion: not confirmed, never counted for compliance."))


def _install(asked: argparse.Namespace) -> int:
    actor = machine_of(asked.company, "library")
    done = install_piece(asked.piece, actor=actor, level=asked.level, script=asked.script)
    draft = done.standard
    if asked.json:
        drafts = [{"code": draft.code, "version": draft.version}] if draft else []
        said = {"piece": asked.piece, "facts": done.adopted, "drafts": drafts}
        print(json.dumps({**said, "papers": done.papers}))
        return 0
    print(_("%(n)d facts taken over.") % {"n": done.adopted})
    if done.papers:
        print(_("%(n)d drafts of forms and procedures.") % {"n": done.papers})
    if draft:
        print(_("Draft of a standard: %(standard)s. Review and publish it.") % {"standard": draft})
    return 0


def _verify(asked: argparse.Namespace) -> int:
    wrong = faults(library())
    if asked.json:
        said = [{"code": f.code, "of": f.of, "said": f.said} for f in wrong]
        print(json.dumps({"ok": not wrong, "faults": said, **_counts()}, ensure_ascii=False))
    else:
        for fault in wrong:
            print(f"{fault.code}: {fault.of}: {fault.said}", file=sys.stderr)
        print(
            _("%(n)d facts, all with a source; the sums add up.") % {"n": len(library().items)}
            if not wrong
            else _("%(n)d things do not add up.") % {"n": len(wrong)}
        )
    return EXIT_FAILED if wrong else 0
