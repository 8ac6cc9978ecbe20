"""When plans fall due, against an oracle that asks of every minute whether the rule is true of it.

    python tests/harness/plan_oracle.py --n 200 --seed 1
    python tests/harness/plan_oracle.py --n 10000 --seed 7 --years 10 --first 4000   (resumes there)
    python tests/harness/plan_oracle.py --n 200 --seed 1 --seed-bug month-end-skipped

Plans (`plan_world.py`) are made from the seed and their own number alone, so any finding is
repeated by the line it prints. Those by the hour or minute are looked at for one year. Ends with 1
when product and oracle differ.
"""

import argparse
import sys
import time
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import chinese_calendar

from anju.engine.plans.rules import Recurrence, Timetable, occurrences, planned_between, read_rule
from anju.foundation.calendars.rules import shipped_calendar
from tests.harness.plan_bugs import BUGS
from tests.harness.plan_world import ONE_DAY, SUB_DAILY, Said, a_plan, instant, nominal
from tests.harness.seeding import sown

AROUND = 40 * ONE_DAY


class Mismatch(Exception):
    """The product and the oracle differ."""


def timetable(said: Said) -> Timetable:
    """The same plan in the product's words."""
    return Timetable(
        Recurrence(
            said.start, (read_rule(said.text, said.zone),), said.dates, frozenset(said.never)
        ),
        times=said.times,
        workday=said.workday,
        seasons=said.seasons,
        day_off=said.day_off,  # type: ignore[arg-type]  # one of the four, drawn from them
    )


def is_open(day: date) -> bool:
    """Whether it is a working day, by the library's own function; Mon-Fri where it knows none."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def expected(said: Said, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """(nominal, instant) of all with a nominal time in [since, until)."""
    found, taken = [], set()
    for at in nominal(said, until):
        if said.seasons and not (
            at.date() >= date(at.year, 11, 15) or at.date() <= date(at.year, 3, 15)
        ):
            continue
        if said.workday and not _nth(at.date(), said.workday):
            continue
        day = at.date()
        if said.day_off == "skip" and not is_open(day):
            continue
        step = {"before": -ONE_DAY, "after": ONE_DAY}.get(said.day_off)
        while step is not None and not is_open(day):
            day += step
        moved = datetime.combine(day, at.time())
        if step is None or moved not in taken:
            found.append((at, instant(said.zone, moved)))
        taken.add(moved)
    return [(at, real) for at, real in found if at >= since]


def _nth(day: date, n: int) -> bool:
    month = [day.replace(day=1)]
    while (month[-1] + ONE_DAY).month == day.month:
        month.append(month[-1] + ONE_DAY)
    working = [one for one in month if is_open(one)]
    return 0 < abs(n) <= len(working) and working[n - 1 if n > 0 else n] == day


def compare(rng: Random, said: Said, years: int) -> int:
    """One plan over its years, and over a window in them. Returns how many fell due."""
    product, calendar = timetable(said), shipped_calendar("office", said.zone)
    end = said.start + timedelta(days=365 if said.freq in SUB_DAILY else 366 * years)
    whole = expected(said, said.start, end)
    agree("all", list(occurrences(product, calendar, said.start, end)), whole)
    since = said.start + timedelta(
        minutes=rng.randrange(int((end - said.start).total_seconds() // 60))
    )
    until = since + timedelta(days=rng.randrange(1, 120))
    part = [one for one in expected(said, said.start, until) if one[0] >= since]
    agree("window", list(occurrences(product, calendar, since, until)), part)
    if said.day_off != "keep":
        seen = planned_between(product, calendar, since, until)
        tz = ZoneInfo(said.zone)
        first, last = (instant(said.zone, at) for at in (since, until))
        both = expected(said, said.start, until + AROUND)
        want = sorted((one for one in both if first <= one[1] < last), key=lambda one: one[1])
        agree(f"planned in {tz}", sorted(seen, key=lambda one: one.at), want)
    return len(whole)


def agree(
    what: str, product: list[tuple[datetime, datetime]], oracle: list[tuple[datetime, datetime]]
) -> None:
    left = [tuple(one) for one in product]
    if left != oracle:
        more = [one for one in left if one not in set(oracle)][:3]
        less = [one for one in oracle if one not in set(left)][:3]
        raise Mismatch(
            f"{what}: only in the product {_words(more)}, only in the oracle {_words(less)}"
        )


def _words(rows: list[tuple[datetime, ...]]) -> str:
    return ", ".join(" -> ".join(at.isoformat() for at in row) for row in rows) or "none"


def run(n: int, seed: int, first: int = 0, years: int = 3, progress: int = 0) -> int:
    """Compare plans number `first` to `first + n - 1`. Raises Mismatch with its number."""
    fell = 0
    for number in range(first, first + n):
        rng = Random(f"{seed}:{number}")
        said = a_plan(rng)
        try:
            fell += compare(rng, said, years)
        except Mismatch as error:
            raise Mismatch(
                f"plan {number}: {error}\n"
                f"  repeat with --seed {seed} --first {number} --n 1 --years {years}\n"
                f"  {said.text} from {said.start} in {said.zone}; {said}"
            ) from error
        if progress and (number + 1 - first) % progress == 0:
            print(f"  {number + 1 - first} of {n}, next --first {number + 1}", flush=True)
    return fell


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--n", type=int, default=200, help="plans")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first plan")
    parser.add_argument(
        "--years", type=int, default=3, help="years of a plan that is not sub-daily"
    )
    parser.add_argument("--seed-bug", choices=sorted(BUGS), help="sow this bug into the product")
    parser.add_argument("--list-bugs", action="store_true")
    options = parser.parse_args(arguments)
    if options.list_bugs:
        for name, bug in BUGS.items():
            print(f"{name:24} {bug.law}")
        return 0
    begun, finding, fell = time.monotonic(), "", 0
    with sown(BUGS[options.seed_bug] if options.seed_bug else None):
        try:
            fell = run(options.n, options.seed, options.first, options.years, progress=500)
        except Mismatch as error:
            finding = str(error)
    seconds = time.monotonic() - begun
    result = f"MISMATCH in {finding}" if finding else f"{fell} fell due, 0 mismatches"
    sown_bug = f", bug {options.seed_bug}" if options.seed_bug else ""
    print(
        f"plan oracle: seed {options.seed}, first {options.first}, n {options.n}{sown_bug}, "
        f"{seconds:.1f} s, {result}"
    )
    return 1 if finding else 0


if __name__ == "__main__":
    sys.exit(main())
