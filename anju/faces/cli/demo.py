"""`anju demo`: the demo company; `--fill` lives its past behind a running house."""

import argparse
import os
from collections.abc import Sequence

from anju.faces.demo.company import SEED, builder, found_demo, sign_ins
from anju.faces.demo.history import fill
from anju.foundation.server.supervisor import say


def run_demo(argv: Sequence[str]) -> int:
    """Found the demo company if it is not there; print its sign-ins with the present codes.

    Filling in its past runs at the lowest priority: whoever tries the house must not wait for it.
    """
    parser = argparse.ArgumentParser(
        prog="anju demo",
        description="found the demo company and print its sign-ins, one-time codes of this moment",
    )
    parser.add_argument("--fill", action="store_true", help="live its past as well")
    parser.add_argument(
        "--seed", type=int, help="what decides who lives there and what happened; fills it in"
    )
    parser.add_argument(
        "--months", type=int, choices=range(1, 37), metavar="M",
        help="how many months of past, 1 to 36 (12); fills them in",
    )  # fmt: skip
    asked = parser.parse_args(argv)
    seed = SEED if asked.seed is None else asked.seed
    company = found_demo(seed)
    if asked.fill or asked.seed is not None or asked.months:
        os.nice(15)
        fill(builder(company), say, seed=seed, months=asked.months or 12)
        return 0
    for line in sign_ins(company):
        print(line)
    return 0
