"""Bad nights of the channels out, each of 600 messages; what a night is stands in `channels.py`.

    python -m tests.harness.channels_days --n 20 --seed 1
    python -m tests.harness.channels_days --n 20 --seed 1 --seed-bug "one nonce"

Ends with 1 when a law was broken.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence

from tests.harness.program import day_by_day, program

MATTERS = 100  # of a night, on six channels each
MANY = 5_000  # messages: of fewer a share says little


def main(argv: Sequence[str] | None = None) -> int:
    return program(_run, argv, doc=__doc__, counts=(20, "night"), bugs="channels_bugs")


def _run(asked: argparse.Namespace) -> int:
    from tests.harness.channels import run  # needs Django set up

    tally: Counter[str] = Counter()
    code = day_by_day(
        asked,
        lambda seed: run(n=MATTERS, seed=seed, tally=tally),
        name="channels_days",
        unit="nights",
        each=MATTERS * 6,
    )
    print(f"{tally['doubled']} of {tally['messages']} messages doubled")
    return code or int(tally["messages"] >= MANY and tally["doubled"] * 100 > tally["messages"])


if __name__ == "__main__":
    sys.exit(main())
