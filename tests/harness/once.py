"""One Idempotency-Key fifty times at once: one effect, and every answer is that one's.

    python -m tests.harness.once --n 6 --seed 1
    python -m tests.harness.once --n 2000 --seed 7 --first 400     (goes on there)
    python -m tests.harness.once --n 6 --seed 1 --seed-bug key-not-kept

Fifty connections to a threaded web server send the same write with the same key in the same
moment: a case reported, a note on a case, or two reports under one key. Each answer must be the
stored one, or 409 while the first is under way, or 422 where the body is another; asked again
later, the stored one. The tables must hold one effect, and another account's same key its own. A
round is made from the seed and its number. Ends with 1 when a round went otherwise.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from random import Random

from tests.harness.program import program

AT_ONCE = 50


def main(argv: Sequence[str] | None = None) -> int:
    return program(_run, argv, doc=__doc__, counts=(6, "round"), bugs="once_bugs", silent=True)


def _run(asked: argparse.Namespace) -> int:
    from tests.harness.once_rounds import Rounds, a_server  # needs Django set up

    begun, number, fault = time.monotonic(), asked.first, ""
    counts: Counter[str] = Counter()
    with a_server() as port:
        rounds = Rounds(port, counts)
        while number < asked.n and not fault:
            fault = rounds.play(Random(f"{asked.seed}:{number}"), AT_ONCE)
            number += not fault
    if fault:
        print(f"BROKEN: {fault}\n  --seed {asked.seed} --first {number}")
    seconds = time.monotonic() - begun
    answers = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    print(
        f"once: seed {asked.seed}, first {asked.first}, n {number - asked.first} rounds of "
        f"{AT_ONCE}, {seconds:.1f} s, {'1 broken' if fault else '0 broken'}; {answers}"
    )
    return 1 if fault else 0


if __name__ == "__main__":
    sys.exit(main())
