"""Bad nights of the channels out, each of 500 messages; what a night is stands in `channels.py`.

    python -m tests.harness.channels_days --n 20 --seed 1
    python -m tests.harness.channels_days --n 20 --seed 1 --seed-bug "one nonce"

Ends with 1 when a law was broken.
"""

import argparse
import sys
import time
from collections.abc import Sequence

from tests.harness.program import program

MATTERS = 100  # of a night, on five channels each


def main(argv: Sequence[str] | None = None) -> int:
    return program(_run, argv, doc=__doc__, counts=(20, "night"), bugs="channels_bugs")


def _run(asked: argparse.Namespace) -> int:
    from tests.harness.channels import run  # needs Django set up

    begun, night, faults = time.monotonic(), asked.first, []
    while night < asked.n and not faults:
        faults = run(n=MATTERS, seed=asked.seed * 1_000_003 + night)
        night += not faults
    for fault in faults[:5]:
        print(f"BROKEN: {fault}")
    if faults:
        print(f"  --seed {asked.seed} --first {night}")
    seconds = time.monotonic() - begun
    print(
        f"channels_days: seed {asked.seed}, first {asked.first}, n {night - asked.first} nights, "
        f"{(night - asked.first) * MATTERS * 5} messages, {seconds:.1f} s, {len(faults)} faults"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
