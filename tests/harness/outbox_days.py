"""Many bad days of the outbox, each of 120 messages; what a day is stands in `outbox.py`.

    python -m tests.harness.outbox_days --n 20 --seed 1
    python -m tests.harness.outbox_days --n 2000 --seed 7 --first 800     (goes on there)
    python -m tests.harness.outbox_days --n 20 --seed 1 --seed-bug "no lease"

A day is made from the seed and its own number alone. Ends with 1 when a law was broken.
"""

import argparse
import sys
from collections.abc import Sequence

from tests.harness.program import day_by_day, program

MESSAGES = 120  # of a day: more would be put off by the storm limit of an account


def main(argv: Sequence[str] | None = None) -> int:
    return program(_run, argv, doc=__doc__, counts=(20, "day"), bugs="outbox_bugs")


def _run(asked: argparse.Namespace) -> int:
    from tests.harness.outbox import run  # needs Django set up

    return day_by_day(
        asked,
        lambda seed: run(n=MESSAGES, seed=seed),
        name="outbox_days",
        unit="days",
        each=MESSAGES,
    )


if __name__ == "__main__":
    sys.exit(main())
