"""How a piece of planned work stands to its window, and each point of a round to its own. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

Standing = Literal[
    "ahead", "open", "late", "missed", "early", "on_time", "made_up", "too_late", "void",
    "passed_over",
]  # fmt: skip
STANDING_NAMES: Mapping[str, Any] = {
    "ahead": _("ahead"),
    "open": _("to be done now"),
    "late": _("late, can be made up"),
    "missed": _("missed and not made up"),
    "early": _("done early"),
    "on_time": _("done in time"),
    "made_up": _("made up"),
    "too_late": _("done too late"),
    "void": _("not needed"),
    "passed_over": _("passed over"),
}
TONES: Mapping[str, str] = {
    "open": "blue", "late": "warn", "missed": "bad", "early": "warn", "on_time": "ok",
    "made_up": "warn", "too_late": "bad",
}  # fmt: skip
BEGUN = frozenset({"arrived", "doing", "held"})


@dataclass(frozen=True)
class Window:
    """When it may be done: from, in time until, made up until (all aware)."""

    opens_at: datetime
    closes_at: datetime
    lapses_at: datetime


def standing(window: Window, state: str, done_at: datetime | None, moment: datetime) -> Standing:
    """How it stands at `moment`. `state`: of the work order, "" where none was made. What somebody
    has begun is never missed; what is done is judged by when it was done, not by when it was
    heard of. The instant at which a window closes still belongs to it."""
    if not state:
        return "passed_over"
    if state == "void":
        return "void"
    if done_at is not None:
        return _done(window, done_at)
    if moment < window.opens_at:
        return "ahead"
    if moment <= window.closes_at:
        return "open"
    return "late" if moment <= window.lapses_at or state in BEGUN else "missed"


def _done(window: Window, at: datetime) -> Standing:
    if at < window.opens_at:
        return "early"
    if at <= window.closes_at:
        return "on_time"
    return "made_up" if at <= window.lapses_at else "too_late"


# The points of a round.

Proof = Literal["hand", "photo", "qr", "qr_photo", "nfc", "nfc_photo"]
PROOF_NAMES: tuple[tuple[Proof, Any], ...] = (
    ("qr_photo", _("QR code and photo")),
    ("qr", _("QR code (can be copied)")),
    ("nfc", _("NFC tag")),
    ("nfc_photo", _("NFC tag and photo")),
    ("photo", _("photo")),
    ("hand", _("a press of the button")),
)
ORDER_NAMES = (
    ("fixed", _("always in this order")),
    ("random", _("in another order each time")),
)
# A QR code can be copied and scanned anywhere, a tag hardly; a photo adds to either. What is asked
# is met by what is at least as strong.
_WAYS: Mapping[str, int] = {"hand": 0, "qr": 2, "nfc": 4}
_ASKED: Mapping[str, int] = {
    "hand": 0, "photo": 1, "qr": 2, "qr_photo": 3, "nfc": 4, "nfc_photo": 5
}  # fmt: skip
FLAG_NAMES: Mapping[str, Any] = {
    "order": _("out of order"),
    "speed": _("faster than one can walk"),
    "dwell": _("stay too short"),
    "photo": _("photo used before"),
    "proof": _("weaker proof than asked"),
    "reading": _("no reading"),
    "people": _("passed by two people"),
    "twice": _("passed twice"),
    "told": _("written down by another"),
}


def point_window(whole: Window, at: datetime, minute: int | None, slack: int) -> Window:
    """When a point is in time: the whole window of its round (planned for `at`), or `slack` minutes
    around its own minute, inside that. It is made up for as long as the round is."""
    if minute is None:
        return whole
    middle, around = at + timedelta(minutes=minute), timedelta(minutes=slack)
    opens = min(max(whole.opens_at, middle - around), whole.closes_at)
    closes = max(min(whole.closes_at, middle + around), whole.opens_at)
    return Window(opens, closes, whole.lapses_at)


@dataclass(frozen=True)
class Stop:
    """What a round asks of one point: `n` is where it stands in the route, `turn` in this round.
    `walk`: least seconds from the point before it in the route; `dwell`: least seconds there."""

    id: UUID
    n: int
    turn: int
    window: Window
    walk: int = 0
    dwell: int = 0
    proof: str = "hand"
    reads: bool = False


@dataclass(frozen=True)
class Visit:
    """Somebody (`by`) passed a point. `photo`: there is one; `used`: its content was the photo of
    an earlier visit. `read`: there is a reading. `told`: another wrote it down for who
    was there."""

    id: UUID
    stop: UUID
    at: datetime
    by: UUID
    verdict: str = "pass"
    how: str = "hand"
    photo: bool = False
    used: bool = False
    read: bool = False
    told: bool = False


@dataclass(frozen=True)
class Judged:
    """How a point stands, what is odd about it, its first visit and the verdict of its last; `na`
    without a visit: nobody passed it, and somebody said that it cannot be reached."""

    state: Standing
    flags: tuple[str, ...] = ()
    visit: Visit | None = None
    verdict: str = ""


def judge_round(
    stops: Collection[Stop],
    visits: Iterable[Visit],
    moment: datetime,
    *,
    fixed: bool,
    void: bool = False,
) -> dict[UUID, Judged]:
    """Judge every point of a round by all that is known of it at `moment`, whenever it was heard.

    A point is judged by its first visit (by `at`, then id). `order`: it was passed after one that
    comes later. `speed`, `dwell`: who passed it was at another point too few seconds before, by
    `walk`, or by `walk` and `dwell`; between points that are no neighbours of the route the least
    is its shortest way. `people`, `twice`: it was passed again, though it was not found wrong.
    `void`: nothing is owed. Who says that a point cannot be reached (`na`) did not pass it.
    """
    by_stop, barred = dict[UUID, list[Visit]](), set[UUID]()
    for visit in sorted(visits, key=lambda one: (one.at, str(one.id))):
        if visit.verdict == "na":
            barred.add(visit.stop)
        else:
            by_stop.setdefault(visit.stop, []).append(visit)
    known = {stop.id: stop for stop in stops}
    firsts = [(known[id], found[0]) for id, found in by_stop.items() if id in known]
    firsts.sort(key=lambda one: (one[1].at, str(one[1].id)))
    walked = _walked(firsts, _shortest(stops), fixed=fixed)
    return {
        stop.id: _judged(stop, found, walked[stop.id], moment)
        if (found := by_stop.get(stop.id))
        else Judged(
            standing(stop.window, "void" if void else "waiting", None, moment),
            verdict="na" if stop.id in barred else "",
        )
        for stop in stops
    }


def _judged(stop: Stop, visits: Sequence[Visit], walked: Sequence[str], moment: datetime) -> Judged:
    first = visits[0]
    flags = {*walked, *_shown(stop, first), *_again(visits)}
    return Judged(
        standing(stop.window, "done", first.at, moment),
        tuple(name for name in FLAG_NAMES if name in flags),
        first,
        visits[-1].verdict,
    )


def _walked(
    firsts: Sequence[tuple[Stop, Visit]], shortest: int, *, fixed: bool
) -> dict[UUID, list[str]]:
    """What is odd about how each point was come to, in the order they were passed."""
    furthest, last, found = -1, dict[UUID, tuple[Stop, Visit]](), dict[UUID, list[str]]()
    for stop, visit in firsts:
        flags = found.setdefault(stop.id, [])
        if fixed and stop.turn < furthest:
            flags.append("order")
        furthest = max(furthest, stop.turn)
        if visit.by in last:
            before, left = last[visit.by]
            near = abs(before.n - stop.n) == 1
            walk = max(before, stop, key=lambda one: one.n).walk if near else shortest
            gap = (visit.at - left.at).total_seconds()
            if gap < walk:
                flags.append("speed")
            elif gap < walk + stop.dwell:
                flags.append("dwell")
        last[visit.by] = (stop, visit)
    return found


def _shortest(stops: Iterable[Stop]) -> int:
    """The shortest way between two neighbours that says how long it takes."""
    return min((stop.walk for stop in stops if stop.walk and stop.n > 1), default=0)


def _shown(stop: Stop, visit: Visit) -> Iterator[str]:
    if visit.told:
        yield "told"
    if visit.used:
        yield "photo"
    if _WAYS.get(visit.how, 0) + visit.photo < _ASKED[stop.proof]:
        yield "proof"
    if stop.reads and not visit.read:
        yield "reading"


def _again(visits: Sequence[Visit]) -> Iterator[str]:
    """Whoever comes back to what was found wrong looks at it once more: that is asked."""
    for one, other in pairwise(visits):
        if one.verdict == "pass":
            yield "twice" if one.by == other.by else "people"


ALIKE = 6  # of 64 bits in which two photos may differ and still look alike


def are_alike(one: str, other: str) -> bool:
    """Whether two photos look alike, by how their brightness runs (dHash, as hex)."""
    return (int(one, 16) ^ int(other, 16)).bit_count() <= ALIKE
