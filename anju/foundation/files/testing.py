"""Pictures and files for tests and the demo, drawn here."""

import io
from typing import Any

import xlsxwriter
from PIL import Image

from anju.foundation.files.commands import keep_file
from anju.foundation.files.models import StoredFile
from anju.foundation.tenancy.actor import Actor


def a_picture(
    kind: str = "JPEG", size: tuple[int, int] = (64, 48), colour: str = "teal", **how: Any
) -> bytes:
    """A picture of one colour."""
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, kind, **how)
    return made.getvalue()


def a_workbook() -> bytes:
    """An Excel file with one word in it."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        book.add_worksheet().write_string(0, 0, "安居")
    return made.getvalue()


def a_file(actor: Actor, content: bytes | None = None, name: str = "照片.jpg") -> StoredFile:
    """A kept file."""
    return keep_file(content or a_picture(), actor=actor, name=name)
