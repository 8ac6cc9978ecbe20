"""People as pure values: masks, telephones, plates."""

import re
from collections.abc import Iterable
from datetime import datetime

from anju.foundation.lib.fold import fold
from anju.foundation.lib.pinyin import SURNAMES

KINDS = ("owner", "tenant", "family", "staff", "contact")
ROLES = ("owner", "tenant", "family")

_MOBILE = re.compile(r"1[0-9]{10}")
_PHONE = re.compile(r"\+?[0-9]{5,15}")
_PLATE = re.compile(r"[\u4e00-\u9fff]?[a-z][a-z0-9]{4,7}[\u4e00-\u9fff]?")


def plain_phone(text: str) -> str:
    """Digits of a telephone number: `138 0013 8000`, `+86-138...` -> `13800138000`.

    Numbers from abroad keep their `+`. Empty for empty; ValueError for what is no number.
    """
    digits = re.sub(r"[\s().\-—–/]", "", fold(text))
    if digits.startswith("+86"):
        digits = digits[3:]
    elif digits.startswith("0086"):
        digits = digits[4:]
    if digits and not _PHONE.fullmatch(digits):
        raise ValueError(text)
    return digits


def plain_plate(text: str) -> str:
    """A plate as stored: upper case, no spaces or dots. ValueError for what is no plate."""
    sign = re.sub(r"[\s·.\-]", "", fold(text))
    if not _PLATE.fullmatch(sign):
        raise ValueError(text)
    return sign.upper()


def masked_phone(phone: str) -> str:
    """`138****1234`; of short numbers only the last two digits."""
    if not phone:
        return ""
    if _MOBILE.fullmatch(phone):
        return f"{phone[:3]}****{phone[-4:]}"
    return "*" * max(len(phone) - 2, 4) + phone[-2:]


def masked_name(name: str) -> str:
    """The family name and stars: `张**`, `尉迟*`; of other names the first letter."""
    if not name:
        return ""
    kept = 2 if len(name) > 2 and name[:2] in SURNAMES else 1
    return name[:kept] + "*" * min(max(len(name) - kept, 1), 4)


def masked_plate(plate: str) -> str:
    """`沪A**345`."""
    return f"{plate[:2]}{'*' * max(len(plate) - 5, 2)}{plate[-3:]}" if plate else ""


def uncovered(
    spans: Iterable[tuple[datetime, datetime]], since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """The stretches between two instants that none of the spans covers, in order (all aware)."""
    gaps, reached = [], since
    for begins, ends in sorted(spans):
        if begins >= until:
            break
        if begins > reached:
            gaps.append((reached, begins))
        reached = max(reached, ends)
    return [*gaps, (reached, until)] if reached < until else gaps


def pseudonym(hex_id: str) -> str:
    """What stands for an erased person: the same everywhere, and no name."""
    return f"#{hex_id[-6:].upper()}"
