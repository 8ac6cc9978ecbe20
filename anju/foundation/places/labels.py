"""QR labels as an A4 PDF: 3 x 8 of 70 x 37 mm, error correction Q, four modules of quiet zone."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import noto_cjk_sans_otc
import segno
import typst
from django.utils.translation import gettext as _

PER_PAGE = 24
MOST = 20 * PER_PAGE
SHEET = Path(__file__).with_name("labels.typ")
FONTS = Path(noto_cjk_sans_otc.__file__).parent


@dataclass(frozen=True)
class Sticker:
    """One label: `short` is the code of its address, the rest is for people."""

    short: str
    code: str
    name: str = ""
    above: str = ""


def address(short: str, *, url: str) -> str:
    """What the QR says: a short https address that every scanner opens."""
    return f"{url}/q/{short}"


def qr(text: str) -> str:
    """The QR of a text as SVG: black on white, so that it survives a dirty lift."""
    buffer = io.BytesIO()
    segno.make(text, error="q", boost_error=False, micro=False).save(
        buffer, kind="svg", border=4, light="white", xmldecl=False
    )
    return buffer.getvalue().decode()


def sheet(
    stickers: Sequence[Sticker],
    *,
    url: str,
    phone: str = "",
    kind: Literal["pdf", "png"] = "pdf",
) -> bytes | list[bytes]:
    """The sheet of these labels; as "png" one picture per page, for looking at and for tests."""
    said = _("Scan to report a repair or sign in")
    labels = [{**asdict(s), "qr": qr(address(s.short, url=url))} for s in stickers]
    return drawn(labels, said=said, phone=phone, kind=kind)


def drawn(
    labels: Sequence[Mapping[str, str]],
    *,
    said: str,
    phone: str = "",
    kind: Literal["pdf", "png"] = "pdf",
) -> bytes | list[bytes]:
    """A sheet of squares with words beside them: `above`, `code`, `name`, `short`, and the `qr`."""
    if len(labels) > MOST:
        raise ValueError(f"at most {MOST} labels at once")
    data = {"invitation": said, "phone": phone, "labels": labels}
    made: bytes | list[bytes] = typst.compile(
        SHEET,
        format=kind,
        ppi=200.0 if kind == "png" else None,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        font_paths=[FONTS],
        ignore_system_fonts=True,
    )
    return [made] if kind == "png" and isinstance(made, bytes) else made
