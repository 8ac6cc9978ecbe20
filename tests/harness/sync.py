"""Two phones, the desk and the server in any order: nothing is lost, doubled, or falsely "done".

    python -m tests.harness.sync --n 20000 --seed 1
    python -m tests.harness.sync --n 1000000 --seed 7 --first 400000     (goes on there)
    python -m tests.harness.sync --n 20000 --seed 1 --seed-bug receipt-forgotten

One interleaving: work on two phones about two work orders that the desk moves too; messages are
lost, repeated, overtake each other; phones and server are killed; clocks are wrong and are set.
Then the line is good. The server decides by the product's rules; `sync_checks` knows none of them.
`sync_real` plays the same phones against the real server. Ends with 1 when a law was broken.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence

from tests.harness.program import program

ACTIONS = 40


def main(argv: Sequence[str] | None = None) -> int:
    return program(_run, argv, doc=__doc__, counts=(20_000, "interleaving"), bugs="sync_bugs")


def _run(asked: argparse.Namespace) -> int:
    from tests.harness.sync_checks import wrong_with  # needs Django set up
    from tests.harness.sync_model import World  # it too

    begun, number, fault = time.monotonic(), asked.first, ""
    became: Counter[str] = Counter()
    while number < asked.n and not fault:
        world = World(f"{asked.seed}:{number}")
        world.play(ACTIONS)
        fault = wrong_with(world)
        became.update(made.state for made in world.server.ledger.values())
        number += not fault
    if fault:
        print(f"BROKEN: {fault}\n  --seed {asked.seed} --first {number}")
    told = ", ".join(f"{state} {n}" for state, n in sorted(became.items()))
    print(
        f"sync: seed {asked.seed}, first {asked.first}, n {number - asked.first} interleavings, "
        f"{time.monotonic() - begun:.1f} s, {'1 broken' if fault else '0 broken'}; {told}"
    )
    return 1 if fault else 0


if __name__ == "__main__":
    sys.exit(main())
