"""The phones of `sync` against the real server, through a proxy that loses, repeats and cuts.

    python -m tests.harness.sync_real --n 60 --seed 1
    python -m tests.harness.sync_real --n 5000 --seed 7 --first 400      (goes on there)
    python -m tests.harness.sync_real --n 60 --seed 1 --seed-bug id-forgotten

The server breaks in the midst of commands, photos come in pieces, the desk moves the same work.
Afterwards the tables must hold each command once, in its order and at its time, each note and photo
once, and nothing may have been shown as received that they did not hold. Threads of the server are
not in step, so a seed gives nearly the same interleaving again. Ends with 1 when a law was broken.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from random import Random

from tests.harness.program import program
from tests.harness.sync_proxy import a_proxy

ACTIONS = 16


def main(argv: Sequence[str] | None = None) -> int:
    return program(
        _run, argv, doc=__doc__, counts=(60, "interleaving"), bugs="sync_real_bugs", silent=True
    )


def _run(asked: argparse.Namespace) -> int:
    from tests.harness.once_rounds import a_server  # needs Django set up
    from tests.harness.sync_house import Company, Interleaving  # it too

    begun, number, fault = time.monotonic(), asked.first, ""
    with a_server() as port, a_proxy(port) as proxy:
        company = Company(proxy)
        while number < asked.n and not fault:
            one = Interleaving(company, Random(f"{asked.seed}:{number}"))
            fault = one.play(ACTIONS)
            number += not fault
        did = ", ".join(f"{name} {n}" for name, n in sorted(proxy.did.items()))
    if fault:
        print(f"BROKEN: {fault}\n  --seed {asked.seed} --first {number}")
    print(
        f"sync_real: seed {asked.seed}, first {asked.first}, n {number - asked.first} "
        f"interleavings, {time.monotonic() - begun:.1f} s, {'1 broken' if fault else '0 broken'}; "
        f"requests {did}"
    )
    return 1 if fault else 0


if __name__ == "__main__":
    sys.exit(main())
