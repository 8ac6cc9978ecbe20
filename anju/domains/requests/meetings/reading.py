"""The text of minutes that were sent as a file: Word (.docx) or plain text."""

from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _

from anju.foundation.files.rules import MB, is_office
from anju.foundation.tenancy.errors import NotYet

LARGEST = 10 * MB
UNPACKED = 40 * MB  # python-docx reads all of it into memory
OLD_WORD = b"\xd0\xcf\x11\xe0"


def text_of(file: BinaryIO) -> str:
    """What is written in it; items Word counts by itself are given their number.

    Refuses (`NotYet`, field `file`) more than 10 MB, the old Word format, one protected by a
    password, what is no Word file, one with macros, and text in no known encoding.
    """
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise _refused(_("The file is larger than 10 MB. Copy its text into the field instead."))
    if content.startswith(OLD_WORD):
        raise _refused(
            _(
                "This is the old Word format (.doc), or protected by a password. Save it as .docx "
                "without a password and choose that."
            )
        )
    if content.startswith(b"PK\x03\x04"):
        file.seek(0)
        if not is_office(file, main="word/document.xml", most=UNPACKED):
            raise _unreadable()
        file.seek(0)
        return _word(file)
    if b"\0" in content:
        raise _unreadable()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unreadable()


def _word(file: BinaryIO) -> str:
    from anju.domains.requests.meetings.word import WRONG, lines_of  # every process would load it

    try:
        return "\n".join(lines_of(file))
    except WRONG as error:
        raise _unreadable() from error


def _unreadable() -> NotYet:
    return _refused(
        _(
            "This file cannot be read: only Word (.docx, without macros) and plain text (.txt) "
            "can. Copy its text into the field instead."
        )
    )


def _refused(words: Any) -> NotYet:
    return NotYet(words, code="file", fields={"file": words})
