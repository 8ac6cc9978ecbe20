"""From a grade of the library to the standards of one community, part by part of its service. Pure.

What a grade asks of repairs and complaints sets the clocks of the community's own version of the
standard the company has for them already; each other part becomes a standard of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from anju.engine.library.drafting import bases_of, limits_of, requirement_of
from anju.engine.library.rules import Item, Library, Piece, Value
from anju.engine.library.script import in_script
from anju.engine.library.words import said
from anju.engine.standards.document import Document
from anju.engine.standards.rules import Limit
from anju.engine.standards.scope import Scope
from anju.engine.standards.smart.clashes import AFTER

Pair = tuple[Item, Value]
# the figures a community's version of a standard with clocks is judged by
JUDGED = {
    "repair": ("repair_responded", "repair_timely", "satisfied"),
    "complaint": ("complaint_responded", "complaint_feedback", "complaint_timely"),
}
TITLES = {"repair": "报修", "complaint": "投诉"}
# a word of a part's title -> its code
CODES = (
    ("保洁", "cleaning"), ("绿", "greening"), ("秩序", "order"), ("设备", "equipment"),
    ("房屋", "house"), ("共用部位", "house"), ("基本", "basics"),
)  # fmt: skip
LONGEST_CLAUSE = 600


@dataclass(frozen=True)
class Part:
    """What a grade asks of one part of the service. `pairs`: facts with the value of the level."""

    code: str
    title: str
    pairs: tuple[Pair, ...]

    @property
    def confirmed(self) -> tuple[Pair, ...]:
        """What may be promised: the rest is a suggestion until somebody confirms it."""
        return tuple((item, value) for item, value in self.pairs if item.value_feeds(value))

    @property
    def clocks(self) -> bool:
        """Whether it sets the clock of a case."""
        return any(limits_of(self.pairs))


def parts_of(piece: Piece, level: str) -> list[Part]:
    """The parts of a grade in its own order; repairs and complaints stand first, because their
    clocks run from the first case on. Values of other levels, or of none, are no part of it."""
    found: dict[str, tuple[str, list[Pair]]] = {code: (TITLES[code], []) for code in JUDGED}
    for item in piece.items:
        for value in item.values:
            if item.kind == "requirement" and level and value.level == level:
                code = _code(item, found)
                found.setdefault(code, (item.group or piece.title, []))[1].append((item, value))
    return [Part(code, title, tuple(pairs)) for code, (title, pairs) in found.items() if pairs]


def _code(item: Item, found: dict[str, tuple[str, list[Pair]]]) -> str:
    head, _colon, rest = item.metric.partition(":")
    kind = rest.split(":")[1] if head == "clock" else "repair" if rest == "satisfied" else ""
    if kind in JUDGED:
        return kind
    same = next((code for code, (title, _p) in found.items() if title == item.group), "")
    named = next((code for word, code in CODES if word in item.group), "")
    return same or (named if named and named not in found else f"part{len(found)}")


def clause_of(part: Part, piece: Piece, level: str, script: str = "zh-Hans") -> str:
    """The words of a clause: what of the part is confirmed, as much as a clause has room for."""
    rows = [f"{item.title}：{said(value)}" for item, value in part.confirmed]
    if not rows:
        return in_script(f"{part.title}：按《{piece.title}》{level}，数值核对后写入", script)
    text = f"{part.title}："
    for n, row in enumerate(rows):
        more = f"{'；' if n else ''}{row}"
        if len(text) + len(more) > LONGEST_CLAUSE - 1:
            text += "等"
            break
        text += more
    return in_script(text, script)


@dataclass(frozen=True)
class Home:
    """Where a standard of a grade shall hold: the path and name of a community, and the code that
    tells its standards from those of others."""

    path: str
    name: str
    code: str


def standard_of(
    library: Library, part: Part, piece: Piece, *, home: Home, base: Document | None, script: str
) -> Document:
    """The standard of a part for a community. `base`: what the company promises in such cases
    everywhere; what the grade asks stands in its place, and the rest is kept."""
    level = next((value.level for _item, value in part.pairs), "")
    asked = tuple(
        requirement_of(item, value, n, script) for n, (item, value) in enumerate(part.pairs, 1)
    )
    rests = tuple(bases_of(library, [item for item, _v in part.pairs], script))
    at = {"code": f"{home.code}-{part.code}", "scope": Scope(places=(home.path,))}
    if base is None or part.code not in JUDGED:
        name = part.title.removesuffix("标准")
        title = in_script(f"{name}标准（{home.name}）"[:80], script)
        item = in_script(f"{piece.title} {level}：{part.title}", script)
        kinds = (part.code,) if part.code in JUDGED else ()
        return Document.model_validate(
            {
                **at, "name": title, "item": item, "requirements": asked, "basis": rests,
                "kinds": kinds, "limits": tuple(limits_of(part.pairs)),
            }
        )  # fmt: skip
    changed = {
        **at,
        "name": f"{base.name}（{home.name}）"[:80],
        "requirements": (*base.requirements, *asked),
        "limits": with_asked(base.limits, limits_of(part.pairs)),
        "evaluation": base.evaluation.model_copy(update={"indicators": JUDGED[part.code]}),
        "basis": (*base.basis, *rests),
    }
    return base.model_copy(update=changed)


def with_asked(limits: Sequence[Limit], asked: Iterable[Limit]) -> tuple[Limit, ...]:
    """Limits with what a grade asks of them, kept in order: what is more urgent never has more
    time, and no step more than what can only come after it."""
    found = list(limits)
    for one in asked:
        found = [_set(limit, one) for limit in found]
        if not any((row.clock, row.urgency) == (one.clock, one.urgency) for row in found):
            every = one.urgency is None and any(row.clock == one.clock for row in found)
            found += [] if every else [one]
        for late, before in AFTER.items():
            found = [
                replace(limit, minutes=min([limit.minutes, *_of(found, late, limit)]))
                if limit.clock in before
                else limit
                for limit in found
            ]
    return tuple(found)


def _of(limits: Iterable[Limit], clock: str, like: Limit) -> Iterator[int]:
    """Minutes of this clock for the same matters as another limit."""
    for limit in limits:
        if limit.clock == clock and limit.urgency == like.urgency:
            yield limit.minutes


def _set(limit: Limit, asked: Limit) -> Limit:
    if limit.clock != asked.clock:
        return limit
    if limit.urgency == asked.urgency:
        return replace(limit, minutes=asked.minutes, calendar=asked.calendar)
    if asked.urgency is None or (limit.urgency or 4) < asked.urgency:
        return replace(limit, minutes=min(limit.minutes, asked.minutes))
    return replace(limit, minutes=max(limit.minutes, asked.minutes))
