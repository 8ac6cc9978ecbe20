"""Backups of the whole product under load, each restored elsewhere, started there and verified.

    python -m tests.harness.backup_load --n 2 --seed 1
    python -m tests.harness.backup_load --n 200 --seed 7 --first 40     (goes on there)
    python -m tests.harness.backup_load --n 2 --seed 1 --seed-bug restored-unlooked

The clients and imports of `kill9` write without a pause while `anju backup` and `anju restore` run
as commands. The restored house must hold every write acknowledged before the backup began, no half
case, and a record in which `anju verify` finds nothing; `anju up` starts it, the tokens of the old
house open it, and a request repeated there with its key gets its old answer and changes nothing.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from random import Random

from tests.harness.kill9_bugs import BACKUP_BUGS as BUGS
from tests.harness.kill9_checks import findings_restored
from tests.harness.kill9_house import FIRST_START, Late, Up, a_house
from tests.harness.kill9_load import Api
from tests.harness.kill9_scene import Scene, asked_again, under_load

PER_HOUSE = 20
SECONDS = 300.0  # a command that takes longer is a finding


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--n", type=int, default=2, help="backups")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="go on at this backup")
    parser.add_argument("--seed-bug", metavar="NAME", help="run with this bug in the product")
    parser.add_argument("--list-bugs", action="store_true")
    parser.add_argument("--like", default="", metavar="DATA", help="begin with a copy of this")
    asked = parser.parse_args(argv)
    if asked.list_bugs:
        print("\n".join(f"{name:22} {bug.law}" for name, bug in BUGS.items()))
        return 0
    begun, number, faults, writes = time.monotonic(), asked.first, [], 0
    while number < asked.n and not faults:
        until = min(asked.n, (number // PER_HOUSE + 1) * PER_HOUSE)
        with a_house(bug=asked.seed_bug or "", like=asked.like) as house:
            with under_load(house, f"{asked.seed}:{number}") as scene:
                while number < until and not faults:
                    faults = list(_once(scene, Random(f"{asked.seed}:{number}"), asked.seed_bug))
                    number += not faults
                writes += len(scene.ledger.told)
    for fault in faults[:5]:
        print(f"BROKEN: {fault}")
    if faults:
        print(f"  --seed {asked.seed} --first {number}")
    print(
        f"backup_load: seed {asked.seed}, first {asked.first}, n {number - asked.first} backups, "
        f"{time.monotonic() - begun:.1f} s, {writes} writes acknowledged beside them, "
        f"{len(faults)} faults"
    )
    return 1 if faults else 0


def _once(scene: Scene, rng: Random, bug: str | None) -> Iterator[str]:
    """One backup under load, and the house that comes of it."""
    scene.go_on()
    time.sleep(rng.uniform(0.5, 1.5))
    ledger, place = scene.ledger, scene.house.folder / "backups"
    with ledger.lock:
        last, told = dict(ledger.last), list(ledger.told)
    yield from _command(scene.house, "backup", str(place))
    with ledger.lock:
        went_on = len(ledger.told) - len(told)
    scene.rest()
    yield from ledger.faults
    if not went_on:
        yield "nobody could write while the backup was made"
    archive = max(place.glob("anju-*"), default=None)
    if archive is None:
        yield "there is no archive"
        return
    with a_house(bug=bug or "") as other:
        yield from _command(other, "restore", str(archive), "--into", str(other.data))
        try:
            other.start()
            other.await_back(patience=FIRST_START)
        except Late as late:
            yield f"the restored house: {late}; it said:\n{other.words()}"
            return
        yield from findings_restored(other.owner(), last)
        yield from asked_again(Api(other.port, scene.api.tokens), told, rng)
        yield from findings_restored(other.owner(), last)
        yield from _command(other, "verify")
        if code := other.interrupt():
            yield f"the restored house ended with {code} after Ctrl-C"


def _command(house: Up, *arguments: str) -> Iterator[str]:
    process = house.command(*arguments)
    try:
        out, err = process.communicate(timeout=SECONDS)
    finally:
        process.kill()
    if process.returncode:
        yield f"anju {arguments[0]} ended with {process.returncode}: {(out + err)[-400:]}"


if __name__ == "__main__":
    sys.exit(main())
