"""Planned work under its clock, whoever does it and whenever it is heard, beside a second count.

    python -m tests.harness.planned --n 24 --seed 1
    python -m tests.harness.planned --n 1000 --seed 7 --first 400     (goes on there)
    python -m tests.harness.planned --n 24 --seed 1 --seed-bug judged-when-heard

Eight plans live a week in one company: they are changed, paused, resumed and ended; their work is
taken, handed back, begun, held, done in time, late and too late, declared void, or left alone; some
of it is brought by a telephone hours later, with the time of then. Tickers look at random moments
and at the very edges of windows, two at once, and fall over; now and then none looks for days, and
what fell due meanwhile is made up as the plan says. What stands in the end (each work order's
verdict, clock and state, which steps were refused, the findings, who was told what and when) must
equal what `planned_oracle` counted, which knows nothing of the product.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from random import Random

from tests.harness.program import program

PER_WEEK = 8


def main(argv: Sequence[str] | None = None) -> int:
    return program(_run, argv, doc=__doc__, counts=(24, "plan"), bugs="planned_bugs", silent=True)


def _run(asked: argparse.Namespace) -> int:
    from tests.harness.planned_run import a_week  # needs Django set up

    begun, done, faults = time.monotonic(), asked.first, []
    counts: Counter[str] = Counter()
    while done < asked.n and not faults:
        count = min(PER_WEEK, asked.n - done)
        faults = a_week(Random(f"{asked.seed}:{done}"), count, counts)
        done += 0 if faults else count
    for fault in faults[:5]:
        print(f"NOT AS COUNTED: {fault}")
    if faults:
        print(f"  --seed {asked.seed} --first {done}")
    print(
        f"planned: seed {asked.seed}, first {asked.first}, n {done - asked.first} plans, "
        f"{time.monotonic() - begun:.1f} s, {counts['works']} work orders, {counts['acts']} acts, "
        f"{counts['refused']} refused, {counts['findings']} findings, {counts['told']} told at "
        f"{counts['looks']} looks, {counts['crashes']} crashes, {len(faults)} faults"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
