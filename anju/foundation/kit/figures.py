"""Figures for pages: a value is never shown without its n, its interval and its target."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

Number = int | float | Decimal
Tone = Literal["ok", "warn", ""]
FEW = 30
"""Below this n, an interval around the target says "too few", not "no difference"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One indicator: what it is, how much, out of how many, how sure, against what.

    `low` and `high` bound the 95 % interval. `better` says which side of the target is good.
    `said` replaces the words of the verdict where a domain knows better ones ("2 not in time").
    """

    label: str
    value: Number | None
    n: int
    unit: str = "%"
    digits: int = 1
    low: Number | None = None
    high: Number | None = None
    target: Number | None = None
    better: Literal["high", "low"] = "high"
    trend: Sequence[Number] = ()
    beside: str = ""
    said: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judgement of a figure: tone, icon, words; always shown together."""

    tone: Tone
    icon: str
    text: str


def verdict(figure: Figure) -> Verdict | None:
    """Judge `figure` against its target; None when there is no target.

    At or beyond the target: met. On the wrong side with the target inside the interval: cannot be
    told yet (few) or no difference shown. The whole interval on the wrong side, or no interval
    because everything was counted: below target.
    """
    if figure.target is None:
        return None
    if figure.value is None or figure.n == 0:
        return Verdict("", "info", _("no data yet"))
    sign = 1 if figure.better == "high" else -1
    value, target = float(figure.value), float(figure.target)
    if (value - target) * sign >= 0:
        return Verdict("ok", "check", figure.said or _("target met"))
    reach = figure.high if figure.better == "high" else figure.low
    if reach is not None and (float(reach) - target) * sign >= 0:
        words = _("too few to tell") if figure.n < FEW else _("no difference shown")
        return Verdict("", "info", figure.said or words)
    words = _("below target") if figure.better == "high" else _("above target")
    return Verdict("warn", "warn", figure.said or words)


def number(value: Number | None, digits: int = 0) -> str:
    """`value` with thousands grouped and fixed digits; an em dash for nothing."""
    return "—" if value is None else f"{value:,.{digits}f}"


def short_number(value: Number) -> str:
    """`value` for an axis: 万 and 亿 in Chinese, k and M elsewhere, no needless zeros."""
    chinese = (get_language() or "").startswith("zh")
    traditional = (get_language() or "").lower().startswith("zh-hant")
    hundred_million, ten_thousand = ("億", "萬") if traditional else ("亿", "万")
    units: tuple[tuple[float, float, str], ...] = ((1e6, 1e6, "M"), (1e4, 1e3, "k"))
    if chinese:
        units = ((1e8, 1e8, hundred_million), (1e4, 1e4, ten_thousand))
    for start, size, name in units:
        if abs(float(value)) >= start:
            return f"{_plain(float(value) / size)}{name}"
    return _plain(float(value))


def _plain(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def percent(part: Number, whole: int) -> str:
    """A share with its denominator, one decimal: "96.4 % (n=412)"; never a bare percentage."""
    if not whole:
        return _("no data (n=0)")
    share = 100 * float(part) / whole
    return _("%(share)s %% (n=%(n)s)") % {"share": f"{share:.1f}", "n": number(whole)}


def grounds(figure: Figure) -> str:
    """The line under a value: n, interval, target, in one font size."""
    digits = figure.digits
    parts = [_("n=%(n)s") % {"n": number(figure.n)}]
    if figure.low is not None and figure.high is not None:
        span = f"{number(figure.low, digits)}–{number(figure.high, digits)}"
        parts.append(_("interval %(span)s") % {"span": span})
    if figure.target is not None:
        parts.append(_("target %(target)s") % {"target": _plain(float(figure.target))})
    if figure.beside:
        parts.append(figure.beside)
    return " · ".join(parts)
