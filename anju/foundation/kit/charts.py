"""Charts as inline SVG drawn on the server: pure functions, classes only, no style attributes.

Every chart is an image with a title and a description in words; a CSV of its numbers belongs
beside it. Bars begin at zero. Colours come from the classes under `.g` in kit.css.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from anju.foundation.kit.figures import Figure, Number, number, short_number

WIDTH, LEFT, RIGHT, TOP = 620, 40, 56, 12
MOST_BARS = 24


@dataclass(frozen=True, slots=True)
class Point:
    """One place on a line: its label on the axis and its value (None leaves a gap); `out`: whether
    it is marked, where that is not said by the limits of the chart."""

    label: str
    value: Number | None
    out: bool | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; with `of`, the part above `value` up to `of` is what was missed."""

    label: str
    value: Number
    of: Number | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear map from values onto pixels; clamps to its ends."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: Number) -> float:
        span = (self.high - self.low) or 1.0
        share = min(1.0, max(0.0, (float(value) - self.low) / span))
        return round(self.start + (self.end - self.start) * share, 1)


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers that cover low..high, at most about `most` of them, ends included."""
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError("a chart needs finite numbers")
    size = max(1e-3, abs(low), abs(high))
    if high - low < size * 1e-6:  # one value, within what a picture can show
        high = low + size
    rough = (high - low) / max(1, most - 1)
    power: float = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)]


def whisker(figure: Figure, beside: Sequence[Figure] = ()) -> SafeString:
    """Dot = value, band = 95 % interval, upright = target, on one thin axis: its own, or the one
    it shares with the figures `beside` it."""
    if figure.value is None:
        return SafeString("")
    each = beside or [figure]
    bounds = [(f.value, f.low, f.high, f.target) for f in each if f.value is not None]
    known = [float(v) for four in bounds for v in four if v is not None]
    pad = (max(known) - min(known)) * 0.35 or abs(known[0]) * 0.05 or 1.0
    low, high = min(known) - pad, max(known) + pad
    if figure.unit == "%":
        low, high = max(0.0, low), min(100.0, high)
    x = Scale(low, high, 6, 194)
    parts = [_path("ax", "M4 9H196")]
    if figure.low is not None and figure.high is not None:
        parts.append(_rect("ci", (x(figure.low), 4), (x(figure.high) - x(figure.low), 10)))
    if figure.target is not None:
        parts.append(_path("tick", f"M{x(figure.target)} 1v16"))
    parts.append(_dot("b1", x(figure.value), 9, 4))
    return _svg((200, 18), figure.label, _figure_words(figure), parts, look="whisker")


def spark(values: Sequence[Number]) -> SafeString:
    """A trend without axis; decoration beside a value, hidden from screen readers."""
    if len(values) < 2:
        return SafeString("")
    y = Scale(float(min(values)), float(max(values)), 21, 3)
    x = Scale(0, len(values) - 1, 2, 92)
    dots = [(x(i), y(v)) for i, v in enumerate(values)]
    return format_html(
        '<svg class="g spark" viewBox="0 0 96 24" width="96" height="24" aria-hidden="true">'
        "{}{}</svg>",
        _path("l1", _trace(dots)),
        _dot("b1", *dots[-1], 2.5),
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    """The plane a line is drawn on."""

    x: Scale
    y: Scale
    marks: tuple[float, ...]

    right = WIDTH - RIGHT
    bottom = 152

    def dots(self, points: Sequence[Point]) -> list[tuple[float, float] | None]:
        """Where each stands on it."""
        placed = ((self.x(i), p.value) for i, p in enumerate(points))
        return [None if value is None else (x, self.y(value)) for x, value in placed]


def _frame(points: Sequence[Point], marks: tuple[float, ...]) -> _Frame:
    across = Scale(0, max(1, len(points) - 1), LEFT, _Frame.right)
    return _Frame(across, Scale(marks[0], marks[-1], _Frame.bottom, TOP), marks)


def _lines(dots: Sequence[tuple[float, float] | None]) -> Iterable[SafeString]:
    for run in _runs(dots):
        yield _path("l1", _trace(run)) if len(run) > 1 else _dot("b1", *run[0], 2.5)


def line(
    points: Sequence[Point],
    *,
    title: str,
    unit: str = "%",
    target: Number | None = None,
    better: str = "high",
) -> SafeString:
    """A line over time with the good side of its target as a band, the last value named."""
    known = [float(p.value) for p in points if p.value is not None]
    if not known:
        return empty(title)
    spread = known if target is None else [*known, float(target)]
    marks = tuple(m for m in ticks(min(spread), max(spread)) if unit != "%" or 0 <= m <= 100)
    frame = _frame(points, marks)
    dots = frame.dots(points)
    parts = [
        *([] if target is None else _band(frame, target, better)),
        *_grid(frame),
        *([] if target is None else [_path("tg", f"M{LEFT} {frame.y(target)}H{frame.right}")]),
    ]
    parts += _lines(dots)
    end = [dot for dot in dots if dot][-1]
    parts.append(_dot("pt", *end, 3.5))
    parts.append(_text(end[0] + 7, end[1] + 4, f"{_short(known[-1])}{_tight(unit)}", look="s"))
    if target is not None:
        parts.append(_target_word(frame, frame.y(target), end))
    parts += _dates(frame, points)
    said = "; ".join(f"{p.label} {_value(p.value, unit)}" for p in points)
    return _svg((WIDTH, 176), title, said, parts)


def readings(
    points: Sequence[Point],
    *,
    title: str,
    said: str,
    low: Number | None = None,
    high: Number | None = None,
) -> SafeString:
    """What was read over time between its limits, each one marked that is beyond them or was `out`
    of others when it was read; a time that was not
    read leaves a gap. `said`: in words what it shows."""
    known = [p.value for p in points if p.value is not None]
    if not known:
        return empty(title)
    limits = [limit for limit in (low, high) if limit is not None]
    spread = [float(value) for value in (*known, *limits)]
    frame = _frame(points, tuple(ticks(min(spread), max(spread))))
    top = TOP if high is None else frame.y(high)
    foot = frame.bottom if low is None else frame.y(low)
    parts = [_rect("band", (LEFT, top), (frame.right - LEFT, foot - top))] if limits else []
    parts += _grid(frame)
    for limit in limits:
        parts.append(_path("lim", f"M{LEFT} {frame.y(limit)}H{frame.right}"))
        parts.append(_text(frame.right + 7, frame.y(limit) + 4, short_number(limit)))
    dots = frame.dots(points)
    parts += _lines(dots)
    least, most = (-math.inf if low is None else low), (math.inf if high is None else high)
    for point, dot in zip(points, dots, strict=True):
        if dot and point.value is not None:
            if point.out or (point.out is None and not least <= point.value <= most):
                parts.append(_dot("out", *dot, 3.5))
    parts += _dates(frame, points)
    return _svg((WIDTH, 176), title, said, parts)


def _band(frame: _Frame, target: Number, better: str) -> list[SafeString]:
    """The good side of the target."""
    edge = frame.y(target)
    top, height = (TOP, edge - TOP) if better == "high" else (edge, frame.bottom - edge)
    return [_rect("band", (LEFT, top), (frame.right - LEFT, height))]


def _grid(frame: _Frame) -> Iterable[SafeString]:
    for mark in frame.marks:
        yield _path("gr", f"M{LEFT} {frame.y(mark)}H{frame.right}")
        yield _text(LEFT - 6, frame.y(mark) + 4, short_number(mark), anchor="end")


def _target_word(frame: _Frame, y: float, end: tuple[float, float]) -> SafeString:
    """The word "target" at the end of its line, moved aside where the last value stands."""
    near = end[0] > frame.right - 40 and abs(y - end[1]) < 14
    y = end[1] + (14 if y >= end[1] else -14) if near else y
    return _text(frame.right + 7, y + 4, _("target"))


def _dates(frame: _Frame, points: Sequence[Point]) -> Iterable[SafeString]:
    """About seven labels below the line, the last one always."""
    last, step = len(points) - 1, max(1, math.ceil(len(points) / 7))
    for i in [*range(0, last - step + 1, step), last]:
        yield _text(frame.x(i), frame.bottom + 18, points[i].label, anchor="middle")


def bars(items: Sequence[Bar], *, title: str, unit: str = "") -> SafeString:
    """Upright bars from zero, the number on each; with `of`, the missed part in amber on top."""
    if not items:
        return empty(title)
    items = items[:MOST_BARS]
    bottom, slot = 128, WIDTH / len(items)
    width = round(min(44.0, slot * 0.56), 1)
    y = Scale(0, max(float(b.of or b.value) for b in items) or 1, bottom, 24)
    parts = []
    for i, bar in enumerate(items):
        middle = round(slot * (i + 0.5), 1)
        left, whole = round(middle - width / 2, 1), y(bar.of if bar.of is not None else bar.value)
        if bar.of is not None:
            parts.append(_rect("b4", (left, whole), (width, y(bar.value) - whole)))
        parts.append(_rect("b1", (left, y(bar.value)), (width, bottom - y(bar.value))))
        parts.append(_text(middle, whole - 6, _of(bar), look="s", anchor="middle"))
        parts.append(_text(middle, bottom + 18, _cut(bar.label, slot), anchor="middle"))
    parts.append(_path("ax", f"M0 {bottom}H{WIDTH}"))
    return _svg((WIDTH, 152), title, _bar_words(items, unit), parts)


def ranking(items: Sequence[Bar], *, title: str, unit: str = "") -> SafeString:
    """Lying bars from zero for long names, in the order given."""
    if not items:
        return empty(title)
    items = items[:MOST_BARS]
    x = Scale(0, max(float(b.of or b.value) for b in items) or 1, 168, WIDTH - 72)
    parts = []
    for i, bar in enumerate(items):
        top = 28 * i + 4
        whole = x(bar.of if bar.of is not None else bar.value)
        parts.append(_text(160, top + 14, _cut(bar.label, 150), anchor="end"))
        if bar.of is not None:
            parts.append(_rect("b4", (x(bar.value), top), (whole - x(bar.value), 20)))
        parts.append(_rect("b1", (168, top), (x(bar.value) - 168, 20)))
        parts.append(_text(whole + 6, top + 14, _of(bar), look="s"))
    parts.append(_path("ax", f"M168 0V{28 * len(items)}"))
    return _svg((WIDTH, 28 * len(items)), title, _bar_words(items, unit), parts)


def pareto(items: Sequence[Bar], *, title: str) -> SafeString:
    """Causes by size with their running share; those within the first 80 % in colour."""
    items = sorted(items, key=lambda bar: -float(bar.value))[:MOST_BARS]
    total = sum(float(bar.value) for bar in items)
    if not total:
        return empty(title)
    top, bottom, right = 16, 200, WIDTH - RIGHT
    slot = (right - LEFT) / len(items)
    width = round(min(56.0, slot * 0.68), 1)
    y = Scale(0, total, bottom, top)
    parts = [_path("ax", f"M{LEFT} {top}V{bottom}H{right}")]
    running, trail = 0.0, []
    for i, bar in enumerate(items):
        middle, high = round(LEFT + slot * (i + 0.5), 1), y(bar.value)
        vital = running < 0.8 * total
        running += float(bar.value)
        inside = vital and bottom - high > 24
        parts.append(
            _rect("b1" if vital else "b2", (middle - width / 2, high), (width, bottom - high))
        )
        label_y = high + 16 if inside else high - 5
        parts.append(
            _text(
                middle, label_y, _short(bar.value), look="inv" if inside else "s", anchor="middle"
            )
        )
        parts.append(_text(middle, bottom + 18, _cut(bar.label, slot), anchor="middle"))
        trail.append((middle, y(running)))
    parts.append(_path("tg", f"M{LEFT} {y(total * 0.8)}H{right}"))
    parts.append(_path("l2", _trace(trail)))
    parts += [_dot("k", cx, cy, 2.5) for cx, cy in trail[1:]]
    parts += [_text(right + 6, y(total * share) + 4, f"{share:.0%}") for share in (0.8, 1.0)]
    return _svg((WIDTH, 226), title, _bar_words(items, ""), parts)


def empty(title: str) -> SafeString:
    """What stands where a chart has no numbers: it says so instead of drawing an empty frame."""
    return format_html(
        '<p class="empty"><b>{}</b>{}</p>', title, _("There are no figures for this period yet.")
    )


def _svg(
    size: tuple[int, int], title: str, said: str, parts: Iterable[SafeString], *, look: str = ""
) -> SafeString:
    return format_html(
        '<svg class="g {}" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">'
        "<title>{}</title><desc>{}</desc>{}</svg>",
        look, *size, *size, f"{title}: {said}", title, said, _all(parts),
    )  # fmt: skip


def _all(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _path(look: str, d: str) -> SafeString:
    return format_html('<path class="{}" d="{}"/>', look, d)


def _rect(look: str, corner: tuple[float, float], size: tuple[float, float]) -> SafeString:
    (x, y), (width, height) = corner, size
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>',
        look, round(x, 1), round(y, 1), round(max(0.0, width), 1), round(max(0.0, height), 1),
    )  # fmt: skip


def _dot(look: str, x: float, y: float, radius: float) -> SafeString:
    return format_html('<circle class="{}" cx="{}" cy="{}" r="{}"/>', look, x, y, radius)


def _text(x: float, y: float, words: str, *, look: str = "", anchor: str = "") -> SafeString:
    named = (("class", look), ("text-anchor", anchor))
    extra = format_html_join("", ' {}="{}"', ((name, value) for name, value in named if value))
    return format_html('<text x="{}" y="{}"{}>{}</text>', round(x, 1), round(y, 1), extra, words)


def _trace(dots: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in dots)


def _runs(dots: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """The stretches of dots between gaps."""
    found: list[list[tuple[float, float]]] = [[]]
    for dot in dots:
        if dot is not None:
            found[-1].append(dot)
        elif found[-1]:
            found.append([])
    return [run for run in found if run]


def _cut(label: str, room: float) -> str:
    """`label` shortened to about `room` pixels at 12 px (a CJK sign is 12 wide, a Latin 6.5)."""
    used = 0.0
    for i, sign in enumerate(label):
        used += 12 if ord(sign) > 0x2E7F else 6.5
        if used > room:
            return label[: max(1, i - 1)] + "…"
    return label


def _tight(unit: str) -> str:
    return "%" if unit == "%" else f" {unit}" if unit else ""


def _short(value: Number) -> str:
    return short_number(round(float(value), 1))


def _of(bar: Bar) -> str:
    return _short(bar.value) if bar.of is None else f"{_short(bar.value)}/{_short(bar.of)}"


def _value(value: Number | None, unit: str) -> str:
    return _("no value") if value is None else f"{_short(value)}{_tight(unit)}"


def _bar_words(items: Sequence[Bar], unit: str) -> str:
    return "; ".join(f"{bar.label} {_of(bar)}{_tight(unit)}" for bar in items)


def _figure_words(figure: Figure) -> str:
    words = [_("value %(value)s") % {"value": number(figure.value, figure.digits)}]
    if figure.low is not None and figure.high is not None:
        words.append(
            _("interval %(low)s to %(high)s")
            % {"low": number(figure.low, figure.digits), "high": number(figure.high, figure.digits)}
        )
    if figure.target is not None:
        words.append(_("target %(target)s") % {"target": figure.target})
    return ", ".join(words)
