"""Cells of a table to values: pure. Each parser says in its refusal what to write instead."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from anju.foundation.lib.fold import fold
from anju.foundation.people.rules import plain_phone, plain_plate

MOST_ROWS = 50_000
MOST_BYTES = 20 * 1024 * 1024
MOST_COLUMNS = 80
MOST_UNPACKED = 300 * 1024 * 1024
LANGUAGES = ("zh-hans", "zh-hant", "en")
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)

Parser = Callable[[str], Any]

_DAY = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")
_DAY_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_TIME = re.compile(r"^(\d{1,2})[:时点](\d{1,2})?(?::\d{2})?分?$")


class BadCell(ValueError):
    """A cell that cannot be read; the text says what to write instead."""


def text(most: int) -> Parser:
    """Any text up to `most` characters."""

    def parse(cell: str) -> str:
        if len(cell) > most:
            raise BadCell(
                _("This text is longer than %(most)d characters. Please shorten it.")
                % {"most": most}
            )
        return cell

    return parse


def day(cell: str) -> date:
    """A date: 2019-06-30, 2019/6/30, 2019年6月30日, 20190630."""
    plain = fold(cell).removesuffix(" 00:00").removesuffix("t00:00")
    found = _DAY.match(plain) or _DAY_COMPACT.match(plain)
    try:
        value = date(*map(int, found.groups())) if found else None
    except ValueError:
        value = None
    if value is None or not EARLIEST <= value < LATEST:
        raise BadCell(
            _("“%(cell)s” is no possible date. Write it like 2019-06-30.") % {"cell": cell}
        )
    return value


def clock_time(cell: str) -> time:
    """A time of day: 08:00, 8:00, 20时30分."""
    found = _TIME.match(fold(cell).split("t")[-1].split(" ")[-1])
    try:
        return time(int(found[1]) % 24, int(found[2] or 0)) if found else time(25)
    except ValueError:
        raise BadCell(
            _("“%(cell)s” is no time of day. Write it like 08:00.") % {"cell": cell}
        ) from None


def number(cell: str) -> Decimal:
    """A number that is zero or more, with at most two decimals kept: 89.5, 1,204.00, 89.5㎡."""
    plain = re.sub(r"(?:㎡|m2|平米|平方米|平方|米)$", "", fold(cell)).replace(",", "").strip()
    try:
        value = Decimal(plain).quantize(Decimal("0.01"))
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or not Decimal(0) <= value < Decimal(10**10):
        raise BadCell(
            _("“%(cell)s” is no number of zero or more. Write it like 89.50.") % {"cell": cell}
        )
    return value


def whole(cell: str) -> int:
    """A whole number of zero or more."""
    value = number(cell)
    if value != int(value) or value > 30_000:
        raise BadCell(_("“%(cell)s” is no whole number. Write it like 3.") % {"cell": cell})
    return int(value)


PHONE_NAMES = (  # how lists head the column
    "电话", "telephone", "来电", "手机", "手机号", "手机号码", "联系电话", "联系方式", "phone",
)  # fmt: skip


def phone(cell: str) -> str:
    """A telephone number in its one form."""
    try:
        return plain_phone(cell)
    except ValueError:
        raise BadCell(
            _("“%(cell)s” is no telephone number. Write only digits, for example 13800138000.")
            % {"cell": cell}
        ) from None


def plate(cell: str) -> str:
    """A number plate in its one form."""
    try:
        return plain_plate(cell)
    except ValueError:
        raise BadCell(
            _("“%(cell)s” is no number plate. Write it like 沪A12345.") % {"cell": cell}
        ) from None


def choice(pairs: Sequence[tuple[str, Any]], also: Mapping[str, str] | None = None) -> Parser:
    """One of `pairs` (value, label), by value or by label in any language, or `also` by its
    other names."""

    def parse(cell: str) -> str:
        known = {fold(other): value for other, value in (also or {}).items()}
        for language in LANGUAGES:
            with override(language):
                known |= {fold(str(label)): value for value, label in pairs if value}
        known |= {fold(value): value for value, _label in pairs}
        if (plain := fold(cell)) not in known:
            raise BadCell(
                _("“%(cell)s” is not in the list. Choose one of: %(choices)s.")
                % {"cell": cell, "choices": "、".join(str(label) for _value, label in pairs)}
            )
        return known[plain]

    return parse


def numbered(*suffixes: str) -> Parser:
    """A code without its unit of counting: 3栋 -> 3, 2单元 -> 2, 1201室 -> 1201; else as it is."""
    tail = re.compile(f"^(.+?)(?:{'|'.join(suffixes)})$")

    def parse(cell: str) -> str:
        plain = fold(cell)
        found = tail.match(plain) if suffixes else None
        code = found[1] if found else unicodedata.normalize("NFKC", cell).strip()
        if len(code) > 24 or set("/\\\t\n") & set(code):
            raise BadCell(
                _("“%(cell)s” is no short code. Write at most 24 characters without slashes.")
                % {"cell": cell}
            )
        return code.upper() if code.isascii() else code

    return parse


def header(cell: str) -> str:
    """A header in the form in which headers are compared: no stars, brackets or spaces."""
    plain = re.sub(r"[((\[【][^))\]】]*[))\]】]", "", fold(cell))
    return re.sub(r"[\s*:_\-/]", "", plain)


def shown(value: Any) -> str:
    """A value of a file or of a row as a person writes it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        if value.time() == time():
            return value.date().isoformat()
        return value.isoformat(" ", "minutes")
    if isinstance(value, time):
        return value.isoformat("minutes")
    return str(value).strip()
