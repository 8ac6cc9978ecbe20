"""Many bad days of the outbox, each of 120 messages; what a day is stands in `outbox.py`.

    python -m tests.harness.outbox_days --n 20 --seed 1
    python -m tests.harness.outbox_days --n 2000 --seed 7 --first 800     (goes on there)
    python -m tests.harness.outbox_days --n 20 --seed 1 --seed-bug "no lease"

A day is made from the seed and its own number alone. Ends with 1 when a law was broken.
"""

import argparse
import sys
import time
from collections.abc import Sequence

from tests.harness.program import program

MESSAGES = 120  # of a day: more would be put off by the storm limit of an account


def main(argv: Sequence[str] | None = None) -> int:
    return program(_run, argv, doc=__doc__, counts=(20, "day"), bugs="outbox_bugs")


def _run(asked: argparse.Namespace) -> int:
    from tests.harness.outbox import run  # needs Django set up

    begun, day, faults = time.monotonic(), asked.first, []
    while day < asked.n and not faults:
        faults = run(n=MESSAGES, seed=asked.seed * 1_000_003 + day)
        day += not faults
    for fault in faults[:5]:
        print(f"BROKEN: {fault}")
    if faults:
        print(f"  --seed {asked.seed} --first {day}")
    seconds = time.monotonic() - begun
    print(
        f"outbox_days: seed {asked.seed}, first {asked.first}, n {day - asked.first} days, "
        f"{(day - asked.first) * MESSAGES} messages, {seconds:.1f} s, {len(faults)} faults"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
