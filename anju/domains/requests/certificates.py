"""Work that only a certified person may do, and who may not be sent. Pure.

The certificates are those of 《特种作业人员安全技术培训考核管理规定》 and 《特种设备安全法》.
A job is known by its category and its matter; a certificate by the words of its type in the
register of staff.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Certificate:
    """A certificate: `words` of a job that ask for it, `types` as the register calls it."""

    code: str
    name: Any
    words: tuple[str, ...]
    types: tuple[str, ...]


CERTIFICATES = (
    Certificate("lift", _("lift operation"), ("电梯", "客梯", "货梯", "扶梯"), ("电梯",)),
    Certificate("gas", _("gas"), ("燃气", "煤气", "天然气"), ("燃气",)),
    Certificate("height", _("work at height"), ("高空", "高处", "外墙", "屋面"), ("高处", "高空")),
    Certificate(
        "electric",
        _("electrician"),
        ("跳闸", "停电", "电路", "配电", "漏电", "触电", "电线", "强电"),
        ("电工",),
    ),
)
BY_CODE: Mapping[str, Certificate] = {one.code: one for one in CERTIFICATES}


def needed(category: str, title: str) -> Certificate | None:
    """The certificate a job asks for; None for the most of them."""
    text = f"{category} {title}"
    return next((c for c in CERTIFICATES if any(word in text for word in c.words)), None)


def held(certificates: Iterable[tuple[str, date | None]], *, on: date) -> frozenset[str]:
    """The codes of the certificates in date on a day, from (type, last valid day)."""
    valid = [type for type, until in certificates if until is None or until >= on]
    return frozenset(c.code for c in CERTIFICATES if any(t in v for v in valid for t in c.types))


def unfit(job: Certificate | None, *, has: frozenset[str], off_duty: bool) -> tuple[Any, ...]:
    """Why a person should not be sent, in words; empty when nothing speaks against it."""
    lacks = job is not None and job.code not in has
    return (
        *([_("not on duty now")] if off_duty else []),
        *([_("no certificate in date for: %(name)s")] if lacks else []),
    )
