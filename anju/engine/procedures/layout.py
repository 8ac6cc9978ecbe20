"""Where everything of a flow chart stands: one column of steps, ways beside it. Pure.

A column is read on a telephone and printed without turning the sheet. The way to the next step is
an arrow down. Every other way leaves from a line of its own below its step, and runs in a lane:
right of the column down, left of it up. Ways to one step share a lane. Lengths are pixels.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import east_asian_width

from django.utils.translation import gettext as _

from anju.engine.procedures.rules import Procedure, Step

SIZE, SMALL = 14, 12  # of letters
LINE, SMALL_LINE = 20, 17
BOX, PAD, LANE, GAP, HEAD = 230, 10, 14, 30, 26  # width of a box; its padding; of a lane; between
EDGE = 8


@dataclass(frozen=True)
class Box:
    """A step: its top, its height, the lines of its name, then of who does it and how long."""

    step: Step
    n: int
    top: float
    height: float
    name: tuple[str, ...]
    note: tuple[str, ...]

    @property
    def bottom(self) -> float:
        """Where its lower border is."""
        return self.top + self.height


@dataclass(frozen=True)
class Exit:
    """A way that does not go straight down: its lines, where it stands, its lane (right of the
    column from 1, left of it from -1), and the box it comes to."""

    lines: tuple[str, ...]
    top: float
    height: float
    lane: int
    target: int


@dataclass(frozen=True)
class Arrow:
    """The way straight down from one box to the next, with its condition beside it."""

    top: float
    bottom: float
    lines: tuple[str, ...]


@dataclass(frozen=True)
class End:
    """An end below a step."""

    top: float
    above: float


@dataclass(frozen=True)
class Chart:
    """Everything, and how large it is. `left`: where the column begins. `cuts`: heights at which a
    sheet may end without cutting through anything written."""

    width: float
    height: float
    left: float
    boxes: tuple[Box, ...]
    exits: tuple[Exit, ...]
    arrows: tuple[Arrow, ...]
    ends: tuple[End, ...]
    cuts: tuple[float, ...]

    def sheets(self, tallest: float) -> list[tuple[float, float]]:
        """The chart in pieces of at most `tallest`: (from, to) of each, cut where nothing is
        written; one piece where it fits."""
        made, begin = [], 0.0
        while self.height - begin > tallest:
            fitting = [cut for cut in self.cuts if begin < cut <= begin + tallest]
            end = fitting[-1] if fitting else begin + tallest
            made.append((begin, end))
            begin = end
        return [*made, (begin, self.height)]


def wrapped(text: str, width: float, size: float = SIZE) -> tuple[str, ...]:
    """A text in lines of at most `width`: Chinese between any two signs, other words whole where
    they fit; no line begins with a closing sign, but for several in a row."""
    lines, line = [], ""
    for word in _words(text):
        if line and _full(line, word.rstrip(), width, size):
            lines.append(line.rstrip())
            line = ""
        for sign in _pieces(word, width, size) if not line else [word]:
            if line and _full(line, sign, width, size):
                lines.append(line.rstrip())
                line = ""
            line += sign
    return tuple(part for part in [*lines, line.strip()] if part) or ("",)


def _full(line: str, sign: str, width: float, size: float) -> bool:
    """Whether this goes on the next line; one closing sign may stand over the edge."""
    fits = _width(line + sign, size) <= width
    return not fits and (sign not in _CLOSING or _width(line, size) > width)


_CLOSING = "，。；：！？、）》”’%℃…,.;:!?)"


def _words(text: str) -> Iterable[str]:
    word = ""
    for sign in " ".join(text.split()):
        if east_asian_width(sign) in "WF":
            if word:
                yield word
            yield sign
            word = ""
        elif sign == " ":
            yield word + " "
            word = ""
        else:
            word += sign
    if word:
        yield word


def _pieces(word: str, width: float, size: float) -> Iterable[str]:
    return [word] if _width(word, size) <= width else list(word)


def _width(text: str, size: float) -> float:
    return sum(size if east_asian_width(sign) in "WFA" else size * 0.58 for sign in text)


class _Drawing:
    """Places one step below the other; lanes are given once all are placed."""

    def __init__(self, procedure: Procedure) -> None:
        self.procedure = procedure
        self.place = {step.code: n for n, step in enumerate(procedure.steps)}
        self.y: float = HEAD + GAP
        self.boxes: list[Box] = []
        self.exits: list[tuple[int, Exit]] = []
        self.arrows = [Arrow(HEAD, self.y, ())]
        self.ends: list[End] = []
        self.cuts: list[float] = []

    def chart(self) -> Chart:
        for n, step in enumerate(self.procedure.steps):
            self._box(n, step)
            self._ways(n, step)
        lanes = self._lanes()
        left_lanes = max((-lane for lane in lanes.values() if lane < 0), default=0)
        right_lanes = max((lane for lane in lanes.values() if lane > 0), default=0)
        left = EDGE + left_lanes * LANE + (LANE if left_lanes else 0)
        exits = tuple(
            Exit(e.lines, e.top, e.height, lanes[e.target, e.target > n], e.target)
            for n, e in self.exits
        )
        return Chart(
            width=left + BOX + right_lanes * LANE + (LANE if right_lanes else 0) + EDGE,
            height=self.y,
            left=left,
            boxes=tuple(self.boxes),
            exits=exits,
            arrows=tuple(self.arrows),
            ends=tuple(self.ends),
            cuts=tuple(self.cuts),
        )

    def _box(self, n: int, step: Step) -> None:
        name = wrapped(f"{n + 1} {step.name}", BOX - 2 * PAD)
        said = [step.who, *([step.time] if step.time else [])]
        note = wrapped(" · ".join(said), BOX - 2 * PAD, SMALL)
        height = len(name) * LINE + len(note) * SMALL_LINE + 2 * PAD - 4
        self.boxes.append(Box(step, n, self.y, height, name, note))
        self.y += height

    def _ways(self, n: int, step: Step) -> None:
        ways = [way for way in step.next if self.place[way.to] != n + 1]
        down = [way for way in step.next if self.place[way.to] == n + 1]
        for way in ways:
            to = self.place[way.to]
            name = self.procedure.steps[to].name
            text = f"{way.when or (_('otherwise') if len(step.next) > 1 else '')} → {to + 1} {name}"
            lines = wrapped(text.strip(), BOX - 2 * PAD, SMALL)
            height = len(lines) * SMALL_LINE + 8
            self.exits.append((n, Exit(lines, self.y + 4, height, 0, to)))
            self.y += height + 4
        if not step.next:
            self.ends.append(End(self.y + GAP - 8, self.y))
            self.y += GAP - 8 + HEAD
        last = n + 1 == len(self.procedure.steps)
        if down:  # one arrow, whatever leads there
            when = [way.when or (_("otherwise") if len(step.next) > 1 else "") for way in down]
            text = " / ".join(when)
            lines = wrapped(text, BOX / 2 - 16, SMALL) if text else ()
            gap = max(GAP, len(lines) * SMALL_LINE + 12)
            self.arrows.append(Arrow(self.y, self.y + gap, lines))
            self.cuts.append(self.y + 2)
            self.y += gap
        if not down:
            self.y += EDGE if last else GAP
            if not last:
                self.cuts.append(self.y - GAP / 2)

    def _lanes(self) -> dict[tuple[int, bool], int]:
        """A lane for every step that ways come to from above (right) and from below (left), so that
        no two that stand beside each other share one: the shortest nearest to the column."""
        spans: dict[tuple[int, bool], list[float]] = {}
        for n, one in self.exits:
            box = self.boxes[one.target]
            ys = [one.top, one.top + one.height, box.top, box.bottom]
            spans.setdefault((one.target, one.target > n), []).extend(ys)
        given: dict[tuple[int, bool], int] = {}
        taken: dict[int, list[tuple[float, float]]] = {}
        for key, ys in sorted(spans.items(), key=lambda item: max(item[1]) - min(item[1])):
            low, high = min(ys), max(ys)
            lane = step = 1 if key[1] else -1
            while any(low < b and a < high for a, b in taken.get(lane, [])):
                lane += step
            given[key] = lane
            taken.setdefault(lane, []).append((low, high))
        return given


def chart_of(procedure: Procedure) -> Chart:
    """Where everything stands. The procedure may have faults, but its ways lead to steps of it."""
    return _Drawing(procedure).chart()
