"""A flow chart as SVG: black on white by its attributes, in the colours of a page by classes."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from anju.engine.procedures.layout import (
    BOX,
    HEAD,
    LANE,
    LINE,
    PAD,
    SIZE,
    SMALL,
    SMALL_LINE,
    Arrow,
    Box,
    Chart,
    End,
    Exit,
    chart_of,
)
from anju.engine.procedures.rules import Procedure

TIP = 5  # of an arrow
SHEET = 860  # the tallest piece on one sheet of A4 at its printed size
_FONT = "sans-serif"


def svg_of(procedure: Procedure) -> SafeString:
    """The whole chart as one picture."""
    chart = chart_of(procedure)
    return picture(procedure, chart, 0, chart.height)


def sheets_of(procedure: Procedure) -> list[SafeString]:
    """The chart in pieces that fit on A4 one by one, at one scale."""
    chart = chart_of(procedure)
    return [picture(procedure, chart, low, high) for low, high in chart.sheets(SHEET)]


def picture(procedure: Procedure, chart: Chart, low: float, high: float) -> SafeString:
    """What of a chart lies between two heights. It has no style: a page colours it by classes."""
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="flow" role="img" aria-label="{}" '
        'viewBox="0 {} {} {}" width="{}" height="{}" font-family="{}" font-size="{}">{}</svg>',
        procedure.name,
        _n(low),
        _n(chart.width),
        _n(high - low),
        _n(chart.width),
        _n(high - low),
        _FONT,
        SIZE,
        _drawn(chart),
    )


def _drawn(chart: Chart) -> SafeString:
    middle = chart.left + BOX / 2
    parts = [
        _pill(middle, 0, _("Begin")),
        *(_arrow(middle, arrow) for arrow in chart.arrows),
        *(_exit(chart, way) for way in chart.exits),
        *(_end(middle, end) for end in chart.ends),
        *(_box(chart.left, box) for box in chart.boxes),
    ]
    return format_html_join("", "{}", ((part,) for part in parts))


def _box(left: float, box: Box) -> SafeString:
    name = _lines(box.name, left + PAD, box.top + PAD + SIZE - 2, "flow-name")
    below = box.top + PAD + len(box.name) * LINE + SMALL - 3
    note = _lines(box.note, left + PAD, below, "flow-note")
    return format_html(
        '<rect class="flow-box" x="{}" y="{}" width="{}" height="{}" rx="6" fill="#ffffff" '
        'stroke="#333333"/>{}{}',
        _n(left), _n(box.top), BOX, _n(box.height), name, note,
    )  # fmt: skip


def _lines(lines: tuple[str, ...], x: float, y: float, look: str) -> SafeString:
    """Lines of a text, the first at `y`."""
    large = look == "flow-name"
    weight, size, step = ("600", SIZE, LINE) if large else ("400", SMALL, SMALL_LINE)
    return format_html_join(
        "",
        '<text class="{}" x="{}" y="{}" font-size="{}" font-weight="{}" fill="#111111">{}</text>',
        ((look, _n(x), _n(y + n * step), size, weight, line) for n, line in enumerate(lines)),
    )


def _pill(middle: float, top: float, text: str) -> SafeString:
    return format_html(
        '<rect class="flow-end" x="{}" y="{}" width="84" height="{}" rx="13" fill="#eeeeee" '
        'stroke="#333333"/><text class="flow-note" x="{}" y="{}" font-size="{}" '
        'text-anchor="middle" fill="#111111">{}</text>',
        _n(middle - 42), _n(top + 0.5), HEAD - 1, _n(middle), _n(top + HEAD / 2 + 4), SMALL, text,
    )  # fmt: skip


def _end(middle: float, end: End) -> SafeString:
    line = _arrow(middle, Arrow(end.above, end.top, ()))
    return format_html("{}{}", line, _pill(middle, end.top, _("End")))


def _arrow(middle: float, arrow: Arrow) -> SafeString:
    words = _lines(arrow.lines, middle + 10, arrow.top + SMALL + 4, "flow-when")
    line = _path(f"M{_n(middle)} {_n(arrow.top)}V{_n(arrow.bottom - TIP)}")
    return format_html("{}{}{}", line, _tip(middle, arrow.bottom, "down"), words)


def _exit(chart: Chart, way: Exit) -> SafeString:
    """A line of its own below the step, and its way through the lane to the side of the target."""
    right = way.lane > 0
    edge = chart.left + BOX if right else chart.left
    lane = edge + way.lane * LANE
    target = chart.boxes[way.target]
    y, end = way.top + way.height / 2, target.top + target.height / 2
    tip = edge + TIP if right else edge - TIP
    line = _path(f"M{_n(edge)} {_n(y)}H{_n(lane)}V{_n(end)}H{_n(tip)}")
    return format_html(
        '<rect class="flow-way" x="{}" y="{}" width="{}" height="{}" rx="3" fill="#f4f4f4" '
        'stroke="#777777" stroke-dasharray="3 2"/>{}{}{}',
        _n(chart.left), _n(way.top), BOX, _n(way.height),
        _lines(way.lines, chart.left + PAD, way.top + SMALL + 3, "flow-when"),
        line, _tip(edge, end, "left" if right else "right"),
    )  # fmt: skip


def _path(d: str) -> SafeString:
    return format_html('<path class="flow-line" d="{}" fill="none" stroke="#333333"/>', d)


def _tip(x: float, y: float, way: str) -> SafeString:
    points = {
        "down": ((x, y), (x - TIP, y - 2 * TIP), (x + TIP, y - 2 * TIP)),
        "left": ((x, y), (x + 2 * TIP, y - TIP), (x + 2 * TIP, y + TIP)),
        "right": ((x, y), (x - 2 * TIP, y - TIP), (x - 2 * TIP, y + TIP)),
    }[way]
    said = " ".join(f"{_n(a)},{_n(b)}" for a, b in points)
    return format_html('<polygon class="flow-tip" points="{}" fill="#333333"/>', said)


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
