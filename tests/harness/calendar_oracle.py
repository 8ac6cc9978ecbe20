"""Calendar arithmetic and clocks against an oracle that only counts half-minutes.

    python tests/harness/calendar_oracle.py --n 5000 --seed 1
    python tests/harness/calendar_oracle.py --n 100000 --seed 7 --first 40000     (resumes there)
    python tests/harness/calendar_oracle.py --n 5000 --seed 1 --seed-bug lunch-counted

Worlds (zone, hours, holidays, swapped workdays) and histories (start, limit, pauses, dates) are
random (`calendar_world.py`); each is made from the seed and its own number alone, so any finding is
repeated by the line it prints. Ends with 1 when the product and the oracle differ.
"""

import argparse
import sys
import time
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random

from anju.engine.clocks.rules import account, deadlines, verdicts
from anju.engine.clocks.rules.pauses import Pause
from anju.foundation.calendars.rules import working
from tests.harness.calendar_bugs import BUGS
from tests.harness.calendar_world import (
    TICK,
    History,
    World,
    a_history,
    a_world,
    allowed,
    counts,
    reached,
    reasons,
)
from tests.harness.seeding import sown

PER_WORLD = 40  # histories that share a calendar: watching its two weeks is the slow part


class Mismatch(Exception):
    """The product and the oracle differ."""


def agree(what: str, product: object, oracle: object) -> None:
    if product != oracle:
        raise Mismatch(f"{what}: product {product}, oracle {oracle}")


def compare_calendar(rng: Random, world: World) -> None:
    """counted, intervals, due and next_open by themselves."""
    a = rng.randrange(world.size)
    b = rng.randrange(a, world.size + 1)
    calendar, since, until = world.calendar, world.instant(a), world.instant(b)
    total = sum(world.works[a:b])
    agree("counted", working.counted(calendar, since, until), timedelta(seconds=total * TICK))
    found = working.intervals(calendar, since, until)
    seen = bytearray(world.size)
    for begin, end in found:
        first, last = int(world.tick(begin)), int(world.tick(end))
        seen[first:last] = bytes([1]) * (last - first)
    agree("intervals", bytes(seen[a:b]), bytes(world.works[a:b]))
    agree("intervals apart", all(x[1] < y[0] for x, y in pairwise(found)), True)
    opening = next((t for t in range(a, world.size) if world.works[t]), None)
    if opening is not None:
        agree("next open", world.tick(working.next_open(calendar, since)), opening)


def compare_history(rng: Random, world: World, history: History) -> None:
    """Deadline, ladder, verdict, state, account of one clock."""
    begin = world.instant(history.start)
    pauses = [
        Pause(world.instant(at), None if until is None else world.instant(until), why)
        for at, until, why in history.pauses
    ]
    clock = (begin, history.promise, world.calendar, pauses)
    amount = allowed(world, history)
    if amount is None:
        return
    held = reasons(world, history)
    spent = counts(world, history, held)
    due = reached(spent, history, amount)
    compare_instant("due", world, deadlines.due_at(*clock), due)
    for rung in deadlines.ladder(*clock):
        step = next((s for s in history.promise.ladder if s.to == rung.to), None)
        part = amount * 3 / 4 if step is None else max(0, amount + step.after * 60 // TICK)
        if part == int(part):
            at = reached(spent, history, int(part))
            compare_instant(f"rung {rung.to}", world, rung.at, at)
    near = [t for t in (due or world.size, history.start + 1) if t < world.size]
    at = rng.choice([*near, *near, rng.randrange(history.start, world.size)])
    so_far = timedelta(seconds=TICK * spent[at - history.start])
    agree("used", deadlines.used(*clock, at=world.instant(at)), so_far)
    late = due is not None and at > due
    state = deadlines.settle(*clock, stop_at=world.instant(at))
    agree("settled", state, "broken" if late else "kept")
    state = "broken" if late else "paused" if at in held else "running"
    agree("state", deadlines.read(*clock, at=world.instant(at)).state, state)
    if rng.random() < 0.4:
        compare_account(world, history, account.explain(*clock, until=world.instant(at)), held)


def compare_instant(what: str, world: World, product: datetime, oracle: int | None) -> None:
    if oracle is None:
        agree(f"{what} after the window", world.tick(product) > world.size, True)
    else:
        agree(what, world.tick(product), oracle)


def compare_account(
    world: World, history: History, spans: list[account.Span], held: dict[int, str]
) -> None:
    """The account tells of every tick what it was, and its spans meet."""
    at, feedback = history.start, history.promise.kind == "feedback"
    for span in spans:
        agree("span begins", world.tick(span.since), at)
        end = int(world.tick(span.until))
        for tick in range(at, end):
            today = world.hand[tick].date()
            name = world.calendar.names.get(today, "")
            works = bool(world.segments.get(today))
            if tick in held:
                expected = (False, "paused", held[tick])
            elif feedback:
                expected = (True, "open", "")
            elif world.works[tick]:
                expected = (True, "open", name if works else "")
            else:
                expected = (False, "holiday" if name and not works else "closed", name)
            if expected != (span.counted, span.why, span.note):
                raise Mismatch(f"account at {world.instant(tick)}: {span}, oracle {expected}")
        at = end


def compare_judgement(rng: Random, world: World, history: History) -> None:
    """A verdict on two moments, by trying times of day."""
    (start, starts), (stop, stops) = _moment(rng, world, 0.4), _moment(rng, world, 0.6)
    verdicts_seen = set()
    # The two may have been the same moment, wherever their days allow it.
    starts, stops = (
        [*starts, *(t for t in stops if starts[0] <= t <= starts[-1])],
        [*stops, *(t for t in starts if stops[0] <= t <= stops[-1])],
    )
    for tick in starts:
        one = History(tick, history.promise, [])
        amount = allowed(world, one)
        if amount is None:
            return
        due = reached(counts(world, one, {}), one, amount)
        for end in stops:
            if end >= tick:
                verdicts_seen.add("kept" if due is None or end <= due else "broken")
    expected = verdicts_seen.pop() if len(verdicts_seen) == 1 else "not_judgeable"
    judged = verdicts.judge(start, stop, history.promise, world.calendar)
    agree(f"judgement of {start} .. {stop}", judged.state, expected)


def _moment(rng: Random, world: World, share: float) -> tuple[datetime | date, list[int]]:
    """A moment and the ticks to try for it: the ends of its day and some whole minutes between.

    The last half minute of a day stands for all instants after its last whole minute.
    """
    tick = rng.randrange(3000, int(world.size * share))
    if rng.random() < 0.35:
        return world.instant(tick - tick % 2), [tick - tick % 2]
    day = world.hand[tick].date()
    ticks = world.ticks_on[day]
    some = [t - t % 2 for t in rng.sample(ticks, 3)]
    return day, [ticks[0], *some, ticks[-1]]


def run(n: int, seed: int, first: int = 0, progress: int = 0) -> None:
    """Compare histories number `first` to `first + n - 1`. Raises Mismatch with its number."""
    world, made = None, -1
    for number in range(first, first + n):
        if number // PER_WORLD != made or world is None:
            made = number // PER_WORLD
            world = a_world(Random(f"{seed}:world:{made}"))
        rng = Random(f"{seed}:{number}")
        history = a_history(rng, world)
        try:
            compare_calendar(rng, world)
            compare_history(rng, world, history)
            if number % 3 == 0:
                compare_judgement(rng, world, history)
        except Mismatch as error:
            calendar = world.calendar
            raise Mismatch(
                f"history {number}: {error}\n  repeat with --seed {seed} --first {number} --n 1\n"
                f"  zone {calendar.zone}, week {calendar.week}\n"
                f"  start {world.instant(history.start)}, {history}"
            ) from error
        if progress and (number + 1 - first) % progress == 0:
            print(f"  {number + 1 - first} of {n}, next --first {number + 1}", flush=True)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--n", type=int, default=5000, help="histories")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first history")
    parser.add_argument("--seed-bug", choices=sorted(BUGS), help="sow this bug into the product")
    parser.add_argument("--list-bugs", action="store_true")
    options = parser.parse_args(arguments)
    if options.list_bugs:
        for name, bug in BUGS.items():
            print(f"{name:24} {bug.law}")
        return 0
    begun, finding = time.monotonic(), ""
    with sown(BUGS[options.seed_bug] if options.seed_bug else None):
        try:
            run(options.n, options.seed, options.first, progress=5000)
        except Mismatch as error:
            finding = str(error)
    seconds = time.monotonic() - begun
    result = f"MISMATCH in {finding}" if finding else "0 mismatches"
    sown_bug = f", bug {options.seed_bug}" if options.seed_bug else ""
    print(
        f"calendar oracle: seed {options.seed}, first {options.first}, n {options.n}{sown_bug}, "
        f"{seconds:.1f} s, {result}"
    )
    return 1 if finding else 0


if __name__ == "__main__":
    sys.exit(main())
