"""Which files are taken: a short list of kinds, told by their first bytes and never by their name.

No kind that a browser may execute is on it (SVG, HTML), and none that cannot be checked here.
"""

import re
import unicodedata
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

MB = 1024 * 1024
HEAD = 64  # bytes `kind_of` needs
MAX_PIXELS = 50_000_000
NAME_LENGTH = 120

MAX_ENTRIES = 5_000  # of a workbook
MAX_UNPACKED = 200 * MB


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken. `limit`: largest size in bytes."""

    mime: str
    ending: str
    limit: int
    picture: bool = False


JPEG = Kind("image/jpeg", "jpg", 10 * MB, picture=True)
PNG = Kind("image/png", "png", 10 * MB, picture=True)
WEBP = Kind("image/webp", "webp", 10 * MB, picture=True)
PDF = Kind("application/pdf", "pdf", 20 * MB)
XLSX = Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", 20 * MB)
MP4 = Kind("video/mp4", "mp4", 50 * MB)
M4A = Kind("audio/mp4", "m4a", 20 * MB)
WEBM = Kind("video/webm", "webm", 50 * MB)  # what browsers record where they cannot write MP4

MOST = 50 * MB  # of any kind

KINDS = {kind.mime: kind for kind in (JPEG, PNG, WEBP, PDF, XLSX, MP4, M4A, WEBM)}
MP4_BRANDS = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1")
BRANDS = {b"M4A ": M4A, b"M4B ": M4A, **dict.fromkeys(MP4_BRANDS, MP4)}


def kind_of(head: bytes) -> Kind | None:
    """The kind of a file by its first bytes; None when it is not taken."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return XLSX  # whether it is one is seen by `is_workbook`
    if head.startswith(b"\x1aE\xdf\xa3"):
        return WEBM if b"\x82\x84webm" in head else None  # its DocType
    if head[4:8] == b"ftyp":
        return BRANDS.get(head[8:12])
    return None


def is_workbook(file: BinaryIO) -> bool:
    """Whether a ZIP file is an Excel workbook without macros that may be opened without danger."""
    return is_office(file, main="xl/workbook.xml", most=MAX_UNPACKED)


def is_office(file: BinaryIO, *, main: str, most: int) -> bool:
    """Whether a ZIP file is an Office file around the part `main`, without macros, that may be
    opened without danger.

    Reads the directory only: nothing is unpacked. Refuses names that lead out of a folder, more
    than `most` bytes in all, and two entries under one name.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False
    names = [entry.filename for entry in entries]
    return (
        len(entries) <= MAX_ENTRIES
        and len(set(names)) == len(names)
        and sum(entry.file_size for entry in entries) <= most
        and {"[Content_Types].xml", main} <= set(names)
        and not any(_leads_out(name) or "vbaProject" in name for name in names)
    )


def _leads_out(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0]


def clean_name(name: str, kind: Kind) -> str:
    """A name to show and to offer on download: no folders, no control or direction signs, and the
    ending of what the file is."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(c for c in last if unicodedata.category(c)[0] not in "CZ" or c == " ")
    shown = re.sub(r"[<>:\"|?*;%]", "_", shown).strip(". ")
    stem = shown.rpartition(".")[0] or shown or "file"
    return f"{stem[: NAME_LENGTH - len(kind.ending) - 1]}.{kind.ending}"
