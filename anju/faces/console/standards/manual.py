"""The standards manual (服务标准手册): every standard in force on A4, with contents and a QR by
which a reader finds out whether the copy in hand is still the current one."""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, Literal

import noto_cjk_sans_otc
import typst
from django.utils.translation import gettext as _

from anju.engine.standards.models import Standard
from anju.faces.console.standards.words import GROUNDS, limit_rows, measured, ruled
from anju.foundation.kit.templatetags.kit import length
from anju.foundation.places.labels import qr
from anju.foundation.tenancy.actor import Actor

PAPER = Path(__file__).with_name("manual.typ")
FONTS = Path(noto_cjk_sans_otc.__file__).parent


def chapters(standards: Iterable[Standard], *, actor: Actor, url: str) -> list[dict[str, Any]]:
    """What stands in the manual of each of these. `url`: where the company's pages stand."""
    return [_chapter(one, actor, url) for one in standards]


def manual(
    standards: Iterable[Standard],
    *,
    actor: Actor,
    company: str,
    url: str,
    on: date,
    kind: Literal["pdf", "png"] = "pdf",
) -> bytes | list[bytes]:
    """The PDF of these versions. `url`: where the company's pages stand; `on`: the day of printing;
    as "png" one picture per page, for looking at and for tests."""
    return typeset(chapters(standards, actor=actor, url=url), company=company, on=on, kind=kind)


def typeset(
    standards: list[dict[str, Any]],
    *,
    company: str,
    on: date,
    kind: Literal["pdf", "png"] = "pdf",
) -> bytes | list[bytes]:
    """These chapters on paper. Text is never markup: it goes to the typesetter as data."""
    data = {
        "title": _("Manual of service standards"),
        "company": company,
        "on": on.isoformat(),
        "note": _("Scan the code of a standard to see whether this copy is still current."),
        "words": {
            "contents": _("Contents"),
            "requirements": _("Quality requirements"),
            "limits": _("Time limits"),
            "promise": _("Promise"),
            "basis": _("Basis"),
        },
        "standards": standards,
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


def _chapter(standard: Standard, actor: Actor, url: str) -> dict[str, Any]:
    document = standard.document
    method, judged = document.method, document.evaluation
    since = f"{standard.published_at:%Y-%m-%d}" if standard.published_at else "—"
    return {
        "name": document.name,
        "sub": f"{document.code} · v{standard.version} · {standard.get_state_display()} · {since}",
        "qr": qr(f"{url}/standards/{standard.id}"),
        "elements": [
            [str(_("Audience")), document.audience or "—"],
            [str(_("Service item")), document.item or "—"],
            [str(_("Rules")), ruled(standard, actor)],
            [str(_("Provider")), document.provider or "—"],
            [str(_("Method and tools")), method.text or method.procedure or "—"],
            [str(_("Evaluation")), judged.text or judged.sample or "—"],
        ],
        "requirements": [
            " · ".join(filter(None, [one.text, measured(one)])) for one in document.requirements
        ],
        "limits": [
            [
                " · ".join(filter(None, [str(row["clock"]), row["where"]])),
                *(str(length(cell)) if cell else "—" for cell in row["cells"]),
            ]
            for row in limit_rows(document.limits, actor)
        ],
        "basis": [
            " · ".join(filter(None, [str(GROUNDS[one.kind]), one.ref, one.source]))
            for one in document.basis
        ],
    }
