"""Small things every command of the terminal needs: who acts, widths of Chinese text, durations."""

import unicodedata
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from anju.foundation.access.queries import company_named
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Unknown

MINUTE, HOUR, DAY = 60, 3600, 86400


def machine_of(code: str | None, name: str) -> Actor:
    """The machine of the company `code`, or of the only one. Raises Unknown."""
    company = company_named(code)
    if company is None:
        raise Unknown(
            _("There is no company with the code %(code)s.") % {"code": code}
            if code
            else _("There is not exactly one company here. Name one with --company CODE.")
        )
    return Actor.machine(company.id, name)


def short_time(seconds: float) -> str:
    """12 s, 4 min 05 s, 3 h 20 min, 8 d 4 h: two units at most."""
    whole = round(seconds)
    if whole < MINUTE:
        return _("%(s)d s") % {"s": whole}
    if whole < HOUR:
        return _("%(m)d min %(s)02d s") % {"m": whole // MINUTE, "s": whole % MINUTE}
    if whole < DAY:
        return _("%(h)d h %(m)02d min") % {"h": whole // HOUR, "m": whole % HOUR // MINUTE}
    return _("%(d)d d %(h)d h") % {"d": whole // DAY, "h": whole % DAY // HOUR}


def width(text: str) -> int:
    """Columns of a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1) -> str:
    """Columns in line, the first `left` of them flush left, the rest flush right."""
    lines = [list(header), *[list(row) for row in rows]]
    widths = [max(width(line[n]) for line in lines) for n in range(len(header))]

    def cell(n: int, text: str) -> str:
        blank = " " * (widths[n] - width(text))
        return text + blank if n < left else blank + text

    rule = ["-" * w for w in widths]
    return "\n".join(
        "  ".join(cell(n, text) for n, text in enumerate(line)).rstrip()
        for line in (lines[0], rule, *lines[1:])
    )
