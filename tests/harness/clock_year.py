"""A simulated year of clocks under two tickers that crash: nothing missed, double or early.

    python -m tests.harness.clock_year --n 20000 --seed 1
    python -m tests.harness.clock_year --n 1000000 --seed 7 --first 300000     (goes on there)
    python -m tests.harness.clock_year --n 20000 --seed 1 --seed-bug told-twice

Random clocks (kind, limit, calendar, pause cap, ladder) start, are held, resumed, stopped and
dropped over a year, some of it heard of days later. Two tickers sweep at random moments, each on
its own connection; their transactions are broken off at random points, by an error or by the
server ending the connection. What they told, and what the rows say in the end, must equal what
`clock_year_world` counted minute by minute. A block of 20,000 is made from the seed and its number.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from random import Random

from tests.harness.program import program

PER_BLOCK = 20_000


def main(argv: Sequence[str] | None = None) -> int:
    return program(_run, argv, doc=__doc__, counts=(PER_BLOCK, "clock"), bugs="clock_year_bugs")


def _run(asked: argparse.Namespace) -> int:
    from tests.harness.clock_year_run import a_year  # needs Django set up

    begun, done, faults = time.monotonic(), asked.first, []
    counts: Counter[str] = Counter()
    while done < asked.n and not faults:
        count = min(PER_BLOCK, asked.n - done)
        faults = a_year(Random(f"{asked.seed}:{done}"), count, counts)
        done += 0 if faults else count
    for fault in faults[:5]:
        print(f"NOT AS COUNTED: {fault}")
    if faults:
        print(f"  --seed {asked.seed} --first {done}")
    seconds = time.monotonic() - begun
    print(
        f"clock_year: seed {asked.seed}, first {asked.first}, n {done - asked.first} clocks, "
        f"{seconds:.1f} s, {counts['told']} told at {counts['sweeps']} sweeps, "
        f"{counts['crashes']} crashes, {len(faults)} faults"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
