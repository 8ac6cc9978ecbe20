"""Random worlds and histories, and an oracle that watches a wall clock tick by tick and counts.

It knows no table, no bisection and no formula: through two weeks it asks at each tick whether
someone is at work and whether the clock is held. It takes nothing from the product but the values
that describe a calendar and a promise.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from anju.engine.clocks.rules.promise import Promise
from anju.engine.standards.rules import Step
from anju.foundation.calendars.rules.working import WorkCalendar

TICK = 30  # seconds: starts and pauses fall on half minutes, hours and limits on whole ones
DAYS = 14
# Zone and the first day of a window: around changes of the clock wherever there are any.
WINDOWS = [
    ("Asia/Shanghai", (2026, 9, 20)), ("Asia/Shanghai", (2026, 2, 10)),
    ("Asia/Shanghai", (1986, 4, 25)), ("Asia/Kathmandu", (2024, 2, 20)),
    ("America/New_York", (2025, 3, 1)), ("America/New_York", (2025, 10, 25)),
    ("Europe/London", (2024, 3, 24)), ("Europe/London", (2024, 10, 18)),
    ("Australia/Lord_Howe", (2025, 3, 30)), ("Australia/Lord_Howe", (2025, 9, 27)),
    ("America/Havana", (2025, 3, 2)), ("America/Havana", (2025, 10, 26)),
    ("America/Sao_Paulo", (2017, 10, 8)), ("America/Sao_Paulo", (2018, 2, 10)),
    ("Pacific/Apia", (2011, 12, 24)), ("UTC", (2023, 12, 22)),
]  # fmt: skip
OFFICE = [(540, 720), (810, 1080)]
SHAPES = {
    "always": [[(0, 1440)]] * 7,
    "office": [OFFICE] * 5 + [[], []],
    "service": [[(480, 1200)]] * 7,
    "night": [[(1320, 1800)]] * 7,
    "shifts": [[(360, 840), (1320, 1860)]] * 6 + [[]],
    "sparse": [[], [(600, 660)], [], [], [(61, 62), (1439, 1500)], [], []],
    "dawn": [[(0, 90), (120, 150), (185, 240)]] * 7,
    "brink": [[(30, 75), (130, 200)]] * 7,
}


@dataclass
class World:
    """A calendar, and what a watcher of its wall clock saw at every tick of two weeks."""

    calendar: WorkCalendar
    begin: datetime
    hand: list[datetime] = field(default_factory=list)  # the wall, as a clock never set back
    works: bytearray = field(default_factory=bytearray)
    segments: dict[date, list[tuple[int, int]]] = field(default_factory=dict)
    ticks_on: dict[date, list[int]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.works)

    def instant(self, tick: int) -> datetime:
        return self.begin + timedelta(seconds=tick * TICK)

    def tick(self, at: datetime) -> float:
        return (at - self.begin) / timedelta(seconds=TICK)


@dataclass
class History:
    start: int
    promise: Promise
    pauses: list[tuple[int, int | None, str]]

    def holders(self) -> list[tuple[int, int | None, str]]:
        return sorted(self.pauses, key=lambda p: p[0])[: self.promise.pause_max_count]


def a_world(rng: Random) -> World:
    zone, first = rng.choice(WINDOWS)
    week = (
        [_some_day(rng) for _ in range(7)]
        if rng.random() < 0.2
        else (SHAPES[rng.choice(list(SHAPES))])
    )
    begin = datetime(*first, tzinfo=UTC)
    dates = [begin.date() + timedelta(days=n) for n in range(-3, DAYS + 60)]
    days: dict[date, list[tuple[int, int]]] = {}
    names: dict[date, str] = {}
    for day in dates if rng.random() < 0.7 else []:
        if rng.random() < 0.2:
            working_day = rng.choice([OFFICE, week[0], week[2], _some_day(rng)])
            days[day] = [] if rng.random() < 0.6 else list(working_day)
            names[day] = f"day {day.isoformat()}"
    change = dates[rng.randrange(5, 20)] if rng.random() < 0.2 else None
    later = SHAPES[rng.choice(list(SHAPES))]
    calendar = WorkCalendar(
        zone=zone,
        week=_frozen(week),
        days={day: tuple(segments) for day, segments in days.items()},
        names=names,
        changes=((change, _frozen(later)),) if change else (),
    )
    world = World(calendar, begin)
    for day in dates:
        usual = later if change and day >= change else week
        world.segments[day] = days.get(day, usual[day.weekday()])
    _watch(world, ZoneInfo(zone))
    return world


def _frozen(week: list[list[tuple[int, int]]]) -> Any:
    return tuple(tuple(day) for day in week)


def _some_day(rng: Random) -> list[tuple[int, int]]:
    cuts = sorted(rng.sample(range(2881), 2 * rng.randrange(0, 4)))
    pairs = zip(cuts[::2], cuts[1::2], strict=True)
    return [(a, b) for a, b in pairs if a < 1440]


def _watch(world: World, zone: ZoneInfo) -> None:
    """Look at the wall every minute, from a day before so that a set-back clock is known."""
    hand, today = datetime.min, date.min
    at, minute = world.begin - timedelta(days=1), timedelta(minutes=1)
    spans: list[tuple[int, int]] = []
    for n in range(-1440, DAYS * 1440):
        hand = max(hand, at.astimezone(zone).replace(tzinfo=None))
        at += minute
        if n < 0:
            continue
        if hand.date() != today:
            today = hand.date()
            spans = list(world.segments.get(today, ()))
            night = world.segments.get(today - timedelta(days=1), ())
            spans += [(a - 1440, b - 1440) for a, b in night]
            ticks = world.ticks_on.setdefault(today, [])
        now = hand.hour * 60 + hand.minute
        works = any(a <= now < b for a, b in spans)
        ticks += [2 * n, 2 * n + 1]
        world.hand += [hand, hand]
        world.works += b"\1\1" if works else b"\0\0"


def a_history(rng: Random, world: World) -> History:
    start = rng.randrange(world.size // 2)
    start -= start % 2 if rng.random() < 0.7 else 0
    feedback = rng.random() < 0.1
    capped = rng.choice([0, 10, 90, 600, 2880]) if not feedback else 0
    steps = (
        Step(-rng.randrange(1, 90), "lead"),
        Step(0, "chief"),
        Step(rng.randrange(1, 600), "hq"),
    )
    minutes = _some_limit(rng, world, start) if rng.random() > 0.15 else None
    promise = Promise(
        kind="feedback" if feedback else "finish",
        calendar="always" if feedback else "other",
        pause_cap=capped,
        pause_max_count=rng.choice([None, 1, 2]),
        ladder=steps,
        minutes=minutes,
        days=rng.randrange(1, 4) if minutes is None else None,
    )
    pauses = []
    for _ in range(rng.choice([0, 0, 1, 2, 3])):
        at = max(0, start + rng.randrange(-600, 6000))
        length = rng.choice([2, 61, 240, 2880])
        pauses.append((at, None if rng.random() < 0.3 else at + length, f"reason {len(pauses)}"))
    return History(start, promise, pauses)


def _some_limit(rng: Random, world: World, start: int) -> int:
    """Whole minutes; one time in three just what is left until some closing."""
    closings = [
        t for t in range(start + 1, min(start + 9000, world.size))
        if world.works[t - 1] and not world.works[t]
    ]  # fmt: skip
    if closings and rng.random() < 0.33:
        return max(1, sum(world.works[start : rng.choice(closings)]) // 2)
    return rng.choice([1, 30, 120, 600, rng.randrange(1, 2500)])


def open_ticks(world: World, history: History) -> bytes:
    """One byte per tick from the start on: 1 where the promise's calendar is open."""
    if history.promise.kind == "feedback":
        return b"\1" * (world.size - history.start)
    return bytes(world.works[history.start :])


def reasons(world: World, history: History) -> dict[int, str]:
    """The ticks at which a pause holds the clock, and its reason."""
    held: dict[int, str] = {}
    holders = history.holders() if history.promise.kind != "feedback" else []
    budget = history.promise.pause_cap * 60 // TICK
    if not holders:
        return held
    for tick in range(max(history.start, holders[0][0]), world.size):
        if len(held) == budget:
            break
        for at, until, why in holders:
            if at <= tick and (until is None or tick < until):
                held[tick] = why
                break
    return held


def counts(world: World, history: History, held: dict[int, str]) -> list[int]:
    """How many ticks were counted before each tick from the start on."""
    ticks = bytearray(open_ticks(world, history))
    for tick in held:
        ticks[tick - history.start] = 0
    return list(accumulate(ticks, initial=0))


def reached(spent: list[int], history: History, amount: int) -> int | None:
    """The first tick by which `amount` ticks were counted; None: after the two weeks."""
    return history.start + spent.index(amount) if amount <= spent[-1] else None


def allowed(world: World, history: History) -> int | None:
    """The ticks the promise allows; None when that depends on days after the two weeks."""
    promise = history.promise
    if promise.minutes is not None:
        return promise.minutes * 60 // TICK
    day, left = world.hand[history.start].date(), promise.days or 0
    closing = datetime.max
    while left:
        day += timedelta(days=1)
        segments = world.segments.get(day, [(0, 1440)])
        if promise.kind == "feedback":
            segments = [(0, 1440)]
        if segments:
            left -= 1
            closing = datetime.combine(day, datetime.min.time()) + timedelta(
                minutes=segments[-1][1]
            )
    for tick in range(history.start, world.size):
        if world.hand[tick] >= closing:
            return sum(open_ticks(world, history)[: tick - history.start])
    return None
