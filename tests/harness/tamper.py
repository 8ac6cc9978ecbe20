"""Random tamperings of events, seals, values and rows as the owner of the database: all found?

    python -m tests.harness.tamper --n 500 --seed 1
    python -m tests.harness.tamper --n 10000 --seed 7 --first 4000     (goes on there)
    python -m tests.harness.tamper --n 500 --seed 1 --seed-bug anchor-ignored

One anchor is known outside, over the first part of each record; behind it everything but a
rebuild is tried. Each tampering is made from the seed and its own number alone, inside a
transaction that is rolled back. Ends with 1 when one was not found, or when an untouched record
was called tampered with.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from random import Random

from tests.harness.program import program

PER_WORLD = 50  # tamperings of one record; making the record is the slow part
FREED = {  # what stops an honest owner's hand, and not a dishonest one's
    "events_position": ("position_once", "position_event_once", "events_position_event_own"),
    "events_seal": ("seal_once",),
    "events_eventvalue": ("events_eventvalue_event_own",),
    "events_deadletter": ("events_deadletter_event_own",),
}


def main(argv: Sequence[str] | None = None) -> int:
    return program(_run, argv, doc=__doc__, counts=(500, "tampering"), bugs="tamper_bugs")


def _run(asked: argparse.Namespace) -> int:
    begun, kinds = time.monotonic(), Counter[str]()
    number, fault = asked.first, ""
    while number < asked.n and not fault:
        block = number // PER_WORLD
        until = min(asked.n, (block + 1) * PER_WORLD)
        number, fault = _block(asked.seed, block, range(number, until), kinds)
    seconds = time.monotonic() - begun
    if fault:
        print(f"NOT FOUND: {fault}; --seed {asked.seed} --first {number}")
    print(
        f"tamper: seed {asked.seed}, first {asked.first}, n {asked.n}, "
        f"{sum(kinds.values())} found, {len(kinds)} kinds of finding, {seconds:.1f} s"
    )
    return 1 if fault else 0


class Undo(Exception):
    """Rolls a block back."""


def _block(seed: int, block: int, numbers: range, kinds: Counter[str]) -> tuple[int, str]:
    """The tamperings of one record; where it stopped, and what was wrong there."""
    from anju.foundation.tenancy.across import across  # these need Django set up
    from tests.harness.tamper_world import OutOfOrder, a_world

    try:
        world = a_world(Random(f"{seed}:world:{block}"))
    except OutOfOrder:
        return numbers.start, "the sealer changed the order of the events"
    reached, fault = numbers.start, ""
    try:
        with across("owner", "everything here is rolled back") as cursor:
            for table, constraints in FREED.items():
                for name in constraints:
                    cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            if found := _found(world):
                fault = f"an untouched record was called tampered with: {sorted(found)}"
            while reached < numbers.stop and not fault:
                fault = _once(world, Random(f"{seed}:{reached}"), kinds)
                reached += not fault
            raise Undo
    except Undo:
        return reached, fault


def _once(world, rng, kinds) -> str:
    from anju.foundation.tenancy.across import across  # these need Django set up
    from tests.harness.tamper_acts import ACTS

    said = None
    try:
        with across("owner", "one tampering, rolled back") as cursor:
            while said is None:
                said = rng.choice(ACTS)(cursor, world, rng)
            found = _found(world)
            raise Undo
    except Undo:
        kinds.update(found)
    return "" if found else said


def _found(world) -> set[str]:
    """The first finding: a tampering needs no more, and asking for all takes five times as long."""
    from anju.foundation.events.registry import Scope  # these need Django set up
    from anju.foundation.events.verification import report

    scope = Scope(world.company, quick=True)
    passes = report.Chain(scope, world.anchors), report.Values(scope), report.Rows(scope)
    found = report.problems_in(passes, scope)
    first = next(found, None)
    found.close()
    return {first.code} if first else set()


if __name__ == "__main__":
    sys.exit(main())
