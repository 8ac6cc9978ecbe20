"""Plans made by three processes that are killed at any moment, changed and paused meanwhile.

    python -m tests.harness.expand_kill9 --n 20 --seed 1
    python -m tests.harness.expand_kill9 --n 400 --seed 7 --first 120    (goes on there)
    python -m tests.harness.expand_kill9 --n 20 --seed 1 --seed-bug half-a-plan

A round: time goes on by hours or by weeks (the house stood still), three processes make the work of
all plans of a company, a fourth changes, pauses and resumes some of them; each is killed with
`kill -9` at a moment of its own, or not. Then one more runs to its end, and what stands must be
what each plan says now since it says so: nothing twice, nothing left out, one work order each, no
work order of nobody. A company lives for ten rounds; then `anju verify` must find nothing.
"""

import argparse
import sys
from collections.abc import Sequence

from tests.harness.program import program


def main(argv: Sequence[str] | None = None) -> int:
    return program(
        _run, argv, doc=__doc__, counts=(20, "round"), bugs="expand_kill9_bugs", silent=True
    )


def _run(asked: argparse.Namespace) -> int:
    from tests.harness.expand_kill9_run import run  # needs Django set up

    return run(asked)


if __name__ == "__main__":
    sys.exit(main())
