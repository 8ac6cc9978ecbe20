"""A controlled document on A4: what it says, its state across every page, and a QR by which a
reader finds out whether the copy in hand is still the current one."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Literal

import noto_cjk_sans_otc
import typst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from anju.domains.documents.content import Section
from anju.domains.documents.models import Document
from anju.foundation.places.labels import qr

PAPER = Path(__file__).with_name("paper.typ")
FONTS = Path(noto_cjk_sans_otc.__file__).parent


def paper(
    row: Document,
    *,
    sections: Sequence[Section],
    company: str,
    url: str,
    on: date,
    kind: Literal["pdf", "png"] = "pdf",
) -> bytes | list[bytes]:
    """The PDF of a revision. `url`: where the company's pages stand; `on`: the day of printing; as
    "png" one picture per page, for looking at and for tests.

    Text is never markup: it goes to the typesetter as data.
    """
    since = f"{row.in_force_at:%Y-%m-%d}" if row.in_force_at else "—"
    data = {
        "title": row.title,
        "company": company,
        "on": _("printed on %(day)s") % {"day": on.isoformat()},
        "sub": f"{row.code} · v{row.version} · {row.get_state_display()} · {since}",
        "stamp": "" if row.state == "in_force" else _stamp(row),
        "note": _("Scan the code to see whether this copy is still current."),
        "qr": qr(f"{url}/documents/{row.id}"),
        "sections": [[one.title, list(one.lines)] for one in sections]
        or [["", [_("What it says is a file. Open it with the code above.")]]],
        "basis": row.basis,
        "basis_title": _("Basis"),
    }
    made: bytes | list[bytes] = typst.compile(
        PAPER,
        format=kind,
        ppi=150.0 if kind == "png" else None,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        font_paths=[FONTS],
        ignore_system_fonts=True,
    )
    return made


def _stamp(row: Document) -> str:
    """What is written across a copy that nobody works by."""
    return pgettext("document", "obsolete") if row.state == "obsolete" else _("draft")
