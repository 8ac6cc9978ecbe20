"""A corpus of hostile files: what is taken is never run by a browser, and we survive all of it."""

import io
import resource
import struct
import zipfile
import zlib
from itertools import product

import pytest
from csp.middleware import CSPMiddleware
from django.http import HttpRequest
from django.utils import translation
from PIL import Image, PngImagePlugin

from anju.foundation.files import store
from anju.foundation.files.commands import keep_file
from anju.foundation.files.rules import KINDS, clean_name, kind_of
from anju.foundation.files.testing import a_picture, a_workbook
from anju.foundation.files.views import file_response
from anju.foundation.tenancy.errors import NotYet

SCRIPT = b"<script>alert(1)</script>"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG that says it is so large; its data may say otherwise."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            chunk(b"IHDR", header),
            chunk(b"IDAT", data or zlib.compress(bytes(100))),
            chunk(b"IEND", b""),
        )
    )


def zipped(*names: str, content: bytes = b"x", workbook: bool = True) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (*(("[Content_Types].xml", "xl/workbook.xml") if workbook else ()), *names):
            archive.writestr(name, content)
    return made.getvalue()


def with_text(text: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", text)
    made = io.BytesIO()
    Image.new("RGB", (8, 8)).save(made, "PNG", pnginfo=info)
    return made.getvalue()


def with_exif(text: str, kind: str = "JPEG") -> bytes:
    exif = Image.Exif()
    exif[0x010E] = text
    exif.get_ifd(0x8769)[0x9003] = text
    return a_picture(kind, exif=exif.tobytes())


REFUSED = {
    "empty": b"",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "svg with declaration": b"<?xml version='1.0'?><svg><script>alert(1)</script></svg>",
    "html": b"<!DOCTYPE html><html>" + SCRIPT,
    "html behind spaces": b" \n\t<html>" + SCRIPT,
    "html behind a byte order mark": b"\xef\xbb\xbf<html>" + SCRIPT,
    "utf-7": b"+ADw-script+AD4-alert(1)",
    "gif that is a script": b"GIF89a/*" + SCRIPT + b"*/=1;",
    "bmp": b"BM" + bytes(60),
    "tiff": b"II*\0" + bytes(60),
    "icon": b"\0\0\1\0" + bytes(60),
    "elf": b"\x7fELF" + bytes(60),
    "windows program": b"MZ" + bytes(60),
    "shell": b"#!/bin/sh\nrm -rf /\n",
    "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "avif": b"\0\0\0\x18ftypavif\0\0\0\0avifmif1",
    "quicktime": b"\0\0\0\x14ftypqt  \0\0\0\0qt  ",
    "pdf not at the start": b"x%PDF-1.7\n%%EOF",
    "jpeg behind html": SCRIPT + a_picture(),
    "gzip": b"\x1f\x8b" + bytes(60),
    "rar": b"Rar!\x1a\x07\x01\0" + bytes(60),
    "old excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60),
    "php": b"<?php system($_GET[0]);",
    "riff that is not webp": b"RIFF\0\0\0\0WAVE" + bytes(60),
    "zip that is no workbook": zipped("a.txt", workbook=False),
    "zip slip": zipped("../../../etc/cron.d/x"),
    "zip slip in windows": zipped("..\\..\\x"),
    "zip with an absolute name": zipped("/etc/passwd"),
    "zip with a drive": zipped("C:/x"),
    "workbook with macros": zipped("xl/vbaProject.bin"),
    # Made when their turn has come: every worker of a run reads this list.
    "zip bomb": lambda: zipped(*(f"xl/{n}.xml" for n in range(6)), content=bytes(40 << 20)),
    "zip of many": lambda: zipped(*(f"xl/{n}" for n in range(5_001)), content=b""),
    "zip cut short": a_workbook()[:-30],
    "jar": zipped("META-INF/MANIFEST.MF", workbook=False),
    "jpeg of three bytes": b"\xff\xd8\xff",
    "jpeg with nothing in it": b"\xff\xd8\xff\xd9" + bytes(60),
    "jpeg that is html": b"\xff\xd8\xff" + SCRIPT,
    "jpeg with a broken middle": a_picture(size=(300, 300))[:200] + b"\xff\xc0" + bytes(2000),
    "png of nothing": b"\x89PNG\r\n\x1a\n",
    "png with a lying size": png_of(3000, 3000),
    "png bomb by its header": png_of(60_000, 60_000),
    "png bomb of 169 million pixels": png_of(13_000, 13_000, zlib.compress(bytes(1_000_000))),
    "png with no width": png_of(0, 10),
    "webp of nothing": b"RIFF\x24\0\0\0WEBPVP8 " + bytes(60),
    "png named as webp": b"RIFF\x24\0\0\0WEBP" + png_of(5, 5),
}  # fmt: skip
for _kind, _cut in product(("JPEG", "PNG", "WEBP"), (0.3, 0.6, 0.95)):
    _whole = a_picture(_kind, size=(400, 400), **({"quality": 50} if _kind != "PNG" else {}))
    REFUSED[f"{_kind} cut at {_cut}"] = _whole[: int(len(_whole) * _cut)]

TAKEN = {
    "jpeg with a page behind it": a_picture() + SCRIPT,
    "jpeg with a zip behind it": a_picture() + a_workbook(),
    "jpeg with a script in its comment": with_exif(SCRIPT.decode()),
    "webp with a script in its comment": with_exif(SCRIPT.decode(), "WEBP"),
    "png with a script in its text": with_text(SCRIPT.decode()),
    "pdf with a page in it": b"%PDF-1.7\n" + SCRIPT + b"\n%%EOF",
    "pdf with script": b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>\n%%EOF",
    "mp4 with a page in it": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + SCRIPT,
    "workbook with a page in front of its end": zipped("xl/a.html", content=SCRIPT),
}

NAMES = [
    "../../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", "C:\\x\\y.jpg", "a/b/c.html",
    "x.html", "x.svg", "x.jpg.exe", "x.php\0.jpg", "\u202egpj.exe", "\u200fx.jpg", "\ufeffx",
    "x\r\nSet-Cookie: a=b.jpg", 'x";filename="y.html', "照片 2026年.JPG", "ＡＢＣ．ｊｐｇ",
    "𠮷野家.png", "e\u0301.jpg", "." * 300, " ", "", "a" * 500 + ".jpg", "<script>.jpg", "CON",
    "x%0d%0ay", "🏠.jpg", ".htaccess", "x;y,z.jpg", "名" * 300,
]  # fmt: skip


@pytest.fixture(autouse=True)
def _we_stay_small():
    """The memory of this process does not grow with what the files claim."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 100 * 1024


def files_of(actor):
    return [p for p in store.company_folder(actor.company_id).rglob("*") if p.is_file()]


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED.keys())
def test_it_is_refused_in_words_and_leaves_nothing(actor, content):
    with pytest.raises(NotYet) as refused:
        keep_file(content() if callable(content) else content, actor=actor, name="x.jpg")
    assert refused.value.fields["file"]
    assert files_of(actor) == []


def runs_in_a_browser(response) -> bool:
    policy = response["Content-Security-Policy"]
    return not (
        response["X-Content-Type-Options"] == "nosniff"
        and "sandbox" in policy
        and "allow-scripts" not in policy
        and "default-src 'none'" in policy
        and response["Content-Type"] in {"image/webp", *KINDS}
        and (
            response["Content-Disposition"].startswith("attachment")
            or response["Content-Type"] == "image/webp"
        )
    )


@pytest.mark.parametrize("content", TAKEN.values(), ids=TAKEN.keys())
def test_it_is_taken_but_never_runs(actor, content):
    kept = keep_file(content, actor=actor, name="x.html")
    assert not kept.name.endswith(".html")
    assert "<" not in kept.taken
    through = CSPMiddleware(lambda request: HttpRequest())
    for size in ("original", "1600", "400"):
        response = file_response(kept, size=size)
        through.process_response(HttpRequest(), response)  # the pages' policy does not replace it
        assert not runs_in_a_browser(response)
        if size != "original" and kept.is_picture:
            assert SCRIPT not in b"".join(response.streaming_content)
        response.close()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mime", ["image/jpeg", "application/pdf"])
def test_no_name_leads_anywhere(name, mime):
    kind = KINDS[mime]
    clean = clean_name(name, kind)
    assert clean.endswith(f".{kind.ending}")
    assert 0 < len(clean) <= 120
    assert not set(clean) & set('/\\\0\r\n"<>\u202e\u200f\ufeff;%')
    assert not clean.startswith(".")


@pytest.mark.parametrize("name", NAMES[:6] + NAMES[10:20])
def test_a_name_goes_through_the_header_in_one_piece(actor, name):
    kept = keep_file(b"%PDF-1.7\n%%EOF", actor=actor, name=name)
    header = file_response(kept)["Content-Disposition"]
    assert header.startswith("attachment; filename")
    assert not set(header) & set("\r\n\0")
    assert not any(".." in str(path) for path in files_of(actor))


def test_fifty_million_pixels_are_taken_and_one_more_is_not(actor):
    made = io.BytesIO()
    Image.new("1", (10_000, 5_000)).save(made, "PNG")
    assert keep_file(made.getvalue(), actor=actor, name="plan").width == 10_000
    made = io.BytesIO()
    Image.new("1", (10_001, 5_000)).save(made, "PNG")
    with translation.override("en"), pytest.raises(NotYet, match="million"):
        keep_file(made.getvalue(), actor=actor, name="plan")


def test_no_two_kinds_share_their_first_bytes():
    heads = [a_picture("JPEG"), a_picture("PNG"), a_picture("WEBP"), b"%PDF-1.4", a_workbook()]
    assert len({kind_of(head[:64]) for head in heads}) == 5
