"""The command line that every harness has: how many, the seed, where to go on, a sown bug."""

import argparse
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from importlib import import_module
from typing import Any

from tests.harness.house import a_house

Run = Callable[[argparse.Namespace], int]


def program(
    run: Run,
    argv: Sequence[str] | None,
    *,
    doc: str | None,
    counts: tuple[int, str],
    bugs: str,
    silent: bool = False,
    shrinks: bool = False,
) -> int:
    """`run` what was asked for on a database of its own, with the bug named in the table `BUGS` of
    the module `bugs` in place. `counts`: how many without `--n`, and of what; `silent`: without a
    line per request; `shrinks`: the harness knows `--shrink`."""
    n, unit = counts
    parser = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    parser.add_argument("--n", type=int, default=n, help=f"how many ({unit})")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help=f"go on at this {unit}")
    if shrinks:
        parser.add_argument("--shrink", action="store_true", help=f"look for the shortest {unit}")
    parser.add_argument("--seed-bug", metavar="NAME", help="run with this bug in the product")
    parser.add_argument("--list-bugs", action="store_true")
    asked = parser.parse_args(argv)
    with a_house():
        from tests.harness.seeding import quiet, sown  # these need Django set up

        table = import_module(f"tests.harness.{bugs}").BUGS  # it too
        if asked.list_bugs:
            print("\n".join(f"{name:28} {bug.law}" for name, bug in table.items()))
            return 0
        with (
            quiet() if silent else nullcontext(),
            sown(table[asked.seed_bug] if asked.seed_bug else None),
        ):
            return run(asked)


def day_by_day(
    asked: argparse.Namespace, day: Callable[[int], list[Any]], *, name: str, unit: str, each: int
) -> int:
    """One `unit` after the other, each from a seed of its own with `each` messages, until one
    breaks a law; then 1."""
    begun, at, faults = time.monotonic(), asked.first, []
    while at < asked.n and not faults:
        faults = day(asked.seed * 1_000_003 + at)
        at += not faults
    for fault in faults[:5]:
        print(f"BROKEN: {fault}")
    if faults:
        print(f"  --seed {asked.seed} --first {at}")
    done = at - asked.first
    print(
        f"{name}: seed {asked.seed}, first {asked.first}, n {done} {unit}, {done * each} messages, "
        f"{time.monotonic() - begun:.1f} s, {len(faults)} faults"
    )
    return 1 if faults else 0
