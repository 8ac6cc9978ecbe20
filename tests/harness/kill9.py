"""kill -9 under load on the whole product: what was acknowledged is there, whole and once.

    python -m tests.harness.kill9 --n 30 --seed 1
    python -m tests.harness.kill9 --n 1000 --seed 7 --first 350     (goes on there)
    python -m tests.harness.kill9 --n 30 --seed 1 --seed-bug event-later

`anju up` runs on its embedded PostgreSQL. Clients report cases and take them through their lives
over the API, one `anju import cases` follows another. Then one part is killed (web, live, worker,
ticker, the database, one of its backends, an import, the supervisor) or all of them at once; where
the supervisor died, `anju up` is started again. The house must come back by itself in time; every
request is repeated with its key until it is answered; everything told must be sealed and heard.
Then nobody writes and the tables must say exactly what was acknowledged (`kill9_checks`), some
answers are asked for again, and `anju verify` must find nothing. A house lives for 30 kills; then
Ctrl-C must leave no process behind, and importing every row once more must import none.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import psycopg

from tests.harness.kill9_bugs import BUGS
from tests.harness.kill9_checks import await_quiet, findings, imported
from tests.harness.kill9_house import Late, Up, a_house, kill, strike
from tests.harness.kill9_import import ROWS
from tests.harness.kill9_scene import Scene, asked_again, under_load, verified

PER_HOUSE = 30
VICTIMS = {
    "web": 4, "web's worker": 4, "live": 1, "live's worker": 1, "worker": 2, "ticker": 4,
    "postgres": 4, "backend": 3, "import": 3, "supervisor": 2, "all": 3,
}  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--n", type=int, default=30, help="kills")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="go on at this kill")
    parser.add_argument("--seed-bug", metavar="NAME", help="run with this bug in the product")
    parser.add_argument("--list-bugs", action="store_true")
    parser.add_argument("--like", default="", metavar="DATA", help="begin with a copy of this")
    parser.add_argument(
        "--patience", type=float, default=60.0, metavar="SECONDS",
        help="in which the house has to be back, and at work again",
    )  # fmt: skip
    asked = parser.parse_args(argv)
    if asked.list_bugs:
        print("\n".join(f"{name:22} {bug.law}" for name, bug in BUGS.items()))
        return 0
    return _run(asked)


@dataclass
class Tally:
    """What happened in all houses together."""

    kills: Counter[str] = field(default_factory=Counter)
    writes: int = 0
    repeated: int = 0
    rows: int = 0
    longest: float = 0.0


def _run(asked: argparse.Namespace) -> int:
    begun, tally = time.monotonic(), Tally()
    number, faults = asked.first, []
    while number < asked.n and not faults:
        until = min(asked.n, (number // PER_HOUSE + 1) * PER_HOUSE)
        with a_house(bug=asked.seed_bug or "", patience=asked.patience, like=asked.like) as house:
            number, faults = _block(asked.seed, range(number, until), house, tally)
        if number < asked.n and not faults:  # a long run can be gone on with from here
            print(f"  {number} of {asked.n}: {time.monotonic() - begun:.0f} s", flush=True)
    for fault in faults[:5]:
        print(f"BROKEN: {fault}")
    if faults:
        print(f"  --seed {asked.seed} --first {number}")
    killed = ", ".join(f"{what} {n}" for what, n in sorted(tally.kills.items()))
    print(
        f"kill9: seed {asked.seed}, first {asked.first}, n {sum(tally.kills.values())} kills, "
        f"{time.monotonic() - begun:.1f} s, {tally.writes} writes acknowledged, "
        f"{tally.repeated} requests repeated, {tally.rows} rows imported, back after at most "
        f"{tally.longest:.1f} s, {len(faults)} faults ({killed})"
    )
    return 1 if faults else 0


def _block(seed: int, numbers: range, house: Up, tally: Tally) -> tuple[int, list[str]]:
    """The kills of one house; where it stopped, and what was wrong there."""
    number = numbers.start
    try:
        with under_load(house, f"{seed}:{number}") as scene:
            try:
                for number in numbers:
                    if faults := _once(scene, Random(f"{seed}:{number}"), tally):
                        return number, faults
                return numbers.stop, list(_end(scene))
            finally:
                tally.writes += len(scene.ledger.told)
                tally.repeated += scene.ledger.repeated
                tally.rows += scene.importer.whole * ROWS
    except Late as late:
        return number, [f"{late}; it said:\n{house.words()}"]


def _once(scene: Scene, rng: Random, tally: Tally) -> list[str]:
    """One kill and all that must hold after it."""
    what = rng.choices(list(VICTIMS), list(VICTIMS.values()))[0]
    scene.go_on()
    time.sleep(rng.uniform(0.2, 0.7))
    if what == "import":
        gone = _kill_an_import(scene, rng)
    else:
        gone = strike(scene.house, what, rng)
    assert gone, f"{what} was not there"
    tally.kills[what] += 1
    if what in ("all", "supervisor"):
        scene.house.start()
    tally.longest = max(tally.longest, scene.house.await_back(gone))
    scene.rest()
    faults = list(scene.ledger.faults)
    if not faults and (owed := await_quiet(scene.house.owner(), scene.house.patience)):
        faults.append(owed)
    faults += [*findings(scene.house.owner(), scene.ledger), *verified(scene)]
    faults += asked_again(scene.api, scene.ledger.told, rng)
    return [f"after {what} was killed: {fault}" for fault in dict.fromkeys(faults)]


def _kill_an_import(scene: Scene, rng: Random) -> list[int]:
    """One that is under way, somewhere between its start and its end."""
    scene.importer.wanted.set()
    with psycopg.connect(scene.house.owner(), autocommit=True) as db:
        until = imported(db) + rng.randrange(ROWS // 2)
        end = time.monotonic() + scene.house.patience
        while time.monotonic() < end:
            process = scene.importer.process
            running = process is not None and process.poll() is None
            if process is not None and running and imported(db) > until:
                return kill([process.pid])
            time.sleep(0.002)
    raise Late("no import came to be killed")


def _end(scene: Scene) -> Iterator[str]:
    """The imports end; nothing is imported twice; Ctrl-C stops everyone."""
    importer, house = scene.importer, scene.house
    importer.over = True
    importer.join(90)
    for _try in range(3):
        if importer.whole < len(importer.files):
            importer.try_once()
    said: dict[str, Any] = importer.everything() or {}
    files = len(importer.files)
    if importer.whole != files or said.get("imported") != 0:
        yield f"{files} files, {importer.whole} imported; once more as one: {said}"
    yield from scene.ledger.faults
    verify = house.command("verify", "--json")
    out, _err = verify.communicate(timeout=120)
    if verify.returncode:
        yield f"anju verify ends with {verify.returncode}: {out[-400:]}"
    if code := house.interrupt():
        yield f"anju up ended with {code} after Ctrl-C"
    if left := house.everyone():
        yield f"{len(left)} processes are left after Ctrl-C"


if __name__ == "__main__":
    sys.exit(main())
