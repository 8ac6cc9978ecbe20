"""Laws 1 to 6 under random commands of several actors, on a real database.

    python -m tests.harness.laws --n 10 --seed 1
    python -m tests.harness.laws --n 4000 --seed 7 --first 1200     (goes on there)
    python -m tests.harness.laws --n 10 --seed 1 --seed-bug own-work-passed

A history is a company from its founding on: reports, moves, checks, new versions of standards,
late news, sweeps, two at once. After each command its events, rows and clocks are held against the
laws; a refused one must leave no trace. Each is made from the seed and its own number alone. Ends
with 1 when a law is broken; `--shrink` then looks for the shortest history that breaks it.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

from tests.harness.program import program


def main(argv: Sequence[str] | None = None) -> int:
    return program(_run, argv, doc=__doc__, counts=(10, "history"), bugs="laws_bugs", shrinks=True)


def _run(asked: argparse.Namespace) -> int:
    from tests.harness.laws_steps import a_history  # needs Django set up

    begun, number, fault = time.monotonic(), asked.first, ""
    counts: Counter[str] = Counter()
    while number < asked.n and not fault:
        steps = a_history(Random(f"{asked.seed}:{number}"))
        fault = _broken(steps, counts)
        number += not fault
        if number % 50 == 0 and not fault:
            print(f"  up to {number}: {time.monotonic() - begun:.0f} s, 0 broken", flush=True)
    seconds = time.monotonic() - begun
    if fault:
        steps = _shortest(steps) if asked.shrink else steps
        print(f"BROKEN: {fault}\n  --seed {asked.seed} --first {number}, in one of these steps:")
        print("\n".join(f"    {step}" for step in steps))
    accepted = counts.total() - counts["refused"]
    print(
        f"laws: seed {asked.seed}, first {asked.first}, n {number - asked.first} histories, "
        f"{seconds:.1f} s, {accepted} commands accepted and {counts['refused']} refused, "
        f"{counts['case.close']} cases closed, {'1 broken' if fault else '0 broken'}"
    )
    return 1 if fault else 0


def _broken(steps: Sequence[Any], counts: Counter[str]) -> str:
    """What breaks a law in this history; empty when nothing does."""
    from tests.harness.laws_watch import Watch  # needs Django set up

    try:
        laws = Watch(counts)
        for step in steps:
            step.take(laws)
        laws.ends()
    except Exception as error:  # whatever it is: a command may only do it or refuse
        return f"{type(error).__name__}: {error}"
    return ""


def _shortest(steps: list[Any]) -> list[Any]:
    """Leave out step after step for as long as a law is still broken."""
    at = len(steps) - 1
    while at >= 0:
        fewer = steps[:at] + steps[at + 1 :]
        if _broken(fewer, Counter()):
            steps = fewer
        at -= 1
    return steps


if __name__ == "__main__":
    sys.exit(main())
