"""The long forms of the proofs, one part after the other, each at most forty minutes.

    make test-deep                          every part, in the order of the table
    make test-deep PART=clock-year-2        one part; PART=clock-year takes all of that name
    make test-deep PART=laws SEED=7         the same histories again
    python -m tests.deep --part laws --n 20 --first 10     smaller, or from the middle on
    python -m tests.deep --list             names, sizes, commands

What was run is written to `.cache/deep.jsonl`, one line per part: seed, from where, how many,
seconds, and the last line that the harness said, or its last lines where it failed. Ends with 1
when a part failed or took too long.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import SystemRandom
from threading import Timer

from anju.foundation.lib import now

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".cache" / "deep.jsonl"
LIMIT = 40 * 60  # seconds; what needs more is split
HARNESS = ("python", "-m", "tests.harness.{name}", "--seed", "{seed}", "--first", "{first}")
UNTIL, COUNT = ("--n", "{until}"), ("--n", "{n}")


@dataclass(frozen=True)
class Part:
    """Numbers `first` to `until` of what a proof counts; `run` is filled in with them."""

    name: str
    what: str
    until: int
    run: tuple[str, ...]
    first: int = 0
    rows: bool = False  # one database of that many rows: there is no middle to go on from

    def command(self, seed: int) -> list[str]:
        given = {"seed": seed, "first": self.first, "until": self.until, "n": self.n}
        said = [word.format(**given) for word in self.run]
        return [sys.executable, *said[1:]]

    @property
    def n(self) -> int:
        return self.until - self.first


def _harness(module: str, *size: str) -> tuple[str, ...]:
    return tuple(word.replace("{name}", module) for word in (*HARNESS, *size))


def _split(name: str, what: str, n: int, times: int, run: tuple[str, ...]) -> Iterator[Part]:
    """`n` in so many parts: name-1, name-2, and on."""
    each = n // times
    for number in range(times):
        first = number * each
        yield Part(f"{name}-{number + 1}", what, first + each, run, first)


SEARCH = (
    "python", "-m", "pytest", "-q",
    "anju/foundation/entries/tests/test_index.py::test_the_index_answers_under_the_policies",
)  # fmt: skip
FIGURES = (
    "python", "-m", "pytest", "-q",
    "tests/independent/test_service_report.py::test_figures_of_the_whole_files",
)  # fmt: skip
MONTH = (
    "python", "-m", "pytest", "-q", "-s",
    "tests/independent/test_rounds_month.py::test_every_point_of_a_month_is_judged_the_same_without_anju",
)  # fmt: skip
BUGS = ("python", "-m", "pytest", "-q", "tests/harness", "-k", "sown or stays_dead")
TAB = ("python", "-m", "pytest", "-q", "tests/journeys/test_offline.py", "-k", "killed")
XSS = ("python", "-m", "pytest", "-q", "tests/harness/test_xss.py", "-k", "not sown")
PARTS = {
    part.name: part
    for part in (
        Part("calendar-oracle", "histories", 100_000, _harness("calendar_oracle", *COUNT)),
        Part(
            "plan-oracle",
            "plans over 10 years",
            10_000,
            _harness("plan_oracle", *COUNT, "--years", "10"),
        ),
        Part("planned", "plans for a week", 1_000, _harness("planned", *UNTIL)),
        Part("expand-kill9", "rounds of expansion", 1_000, _harness("expand_kill9", *UNTIL)),
        Part("tamper", "tamperings", 10_000, _harness("tamper", *UNTIL)),
        Part("outbox", "days of 120 messages", 500, _harness("outbox_days", *UNTIL)),
        Part("channels", "nights of 600 messages", 20, _harness("channels_days", *UNTIL)),
        Part("once", "rounds of 50 requests", 1_000, _harness("once", *UNTIL)),
        Part("search", "rows of the index", 1_000_000, SEARCH, rows=True),
        Part("figures", "rows of the largest file", 100_000, FIGURES, rows=True),
        Part("rounds-month", "points of a month", 2_000, MONTH, rows=True),
        Part("bugs", "sown bugs", 193, BUGS, rows=True),
        Part("xss", "hostile texts", 500, XSS, rows=True),
        Part("sync-tab", "tabs killed three times", 200, TAB, rows=True),
        *_split("laws", "histories", 2_000, 4, _harness("laws", *UNTIL)),
        *_split("sync-real", "interleavings", 5_000, 5, _harness("sync_real", *UNTIL)),
        *_split("sync-model", "interleavings", 1_000_000, 2, _harness("sync", *UNTIL)),
        *_split("clock-year", "clocks", 1_000_000, 2, _harness("clock_year", *UNTIL)),
        *_split("api-fuzz", "requests", 200_000, 8, _harness("api_fuzz", *UNTIL)),
        *_split("hostile", "requests", 100_000, 2, _harness("hostile", *UNTIL)),
        *_split("kill9", "kills", 1_000, 10, _harness("kill9", *UNTIL)),
    )
}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--part", metavar="NAME", help="one part, or all of a name")
    parser.add_argument("--seed", type=int, help="default: another one each time")
    parser.add_argument("--first", type=int, help="go on at this number of the part")
    parser.add_argument("--n", type=int, help="so many instead of all of the part")
    parser.add_argument("--list", action="store_true")
    asked = parser.parse_args(argv)
    chosen = [part for part in PARTS.values() if _named(part, asked.part)]
    if asked.first is not None and len(chosen) > 1:  # in the part it lies in, not in each of them
        chosen = [part for part in chosen if part.first <= asked.first < part.until]
    if not chosen:
        parser.error(f"there is no part {asked.part}; --list names them")
    seed = SystemRandom().randrange(10**9) if asked.seed is None else asked.seed
    chosen = [_sized(part, asked.first, asked.n) for part in chosen]
    if asked.list:
        for part in chosen:
            print(f"{part.name:16} {part.n:>9,} {part.what:22} {' '.join(part.command(seed)[1:])}")
        return 0
    return max([_run(part, seed) for part in chosen])


def _named(part: Part, asked: str | None) -> bool:
    return asked in (None, part.name, part.name.rpartition("-")[0])


def _sized(part: Part, first: int | None, n: int | None) -> Part:
    """The part as it was asked for on the command line."""
    first = part.first if first is None or part.rows else first
    return replace(part, first=first, until=part.until if n is None else first + n)


def _run(part: Part, seed: int) -> int:
    command = part.command(seed)
    print(f"{part.name}: {' '.join(command[1:])}", flush=True)
    begun = time.monotonic()
    code, last = _watched(command, part)
    seconds = time.monotonic() - begun
    kept = {
        "part": part.name, "seed": seed, "first": part.first, "n": part.n, "what": part.what,
        "seconds": round(seconds, 1), "held": code == 0, "said": last, "at": now().isoformat(),
        "commit": _commit(),
    }  # fmt: skip
    KEPT.parent.mkdir(exist_ok=True)
    with KEPT.open("a", encoding="utf-8") as file:
        file.write(json.dumps(kept, ensure_ascii=False) + "\n")
    print(json.dumps(kept, ensure_ascii=False), flush=True)
    return 0 if code == 0 else 1


def _watched(command: list[str], part: Part) -> tuple[int, str]:
    """Its exit code and its last line, or its last lines where it failed; all of it is shown. Over
    the limit it is interrupted."""
    errors = ROOT / ".cache" / f"deep-{part.name}.log"  # a line for each request of the product
    errors.parent.mkdir(exist_ok=True)
    environment = {
        **os.environ, "CI": "true", "PYTHONPATH": str(ROOT), "ANJU_DEEP_SIZE": str(part.n)
    }  # fmt: skip
    late, lines = [], deque[str](maxlen=12)
    with errors.open("w", encoding="utf-8") as log:
        ran = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
        )
        # As Ctrl-C does, so that it stops the server it has started.
        limit = Timer(LIMIT, lambda: (late.append(1), ran.send_signal(signal.SIGINT)))
        limit.start()
        assert ran.stdout is not None
        for line in ran.stdout:
            print(f"  {line.rstrip()}", flush=True)
            lines.extend([line.strip()] if line.strip() else [])
        code = ran.wait()
        limit.cancel()
    last = lines[-1] if lines else ""
    if late:
        return 1, f"stopped after {LIMIT // 60} minutes; before: {last}"
    if code:
        print(f"  (what it wrote to stderr: {errors.relative_to(ROOT)})", flush=True)
        return code, "\n".join(lines)
    return code, last


def _commit() -> str:
    """Which tree this was run on; "+" where something in it was not committed."""
    try:
        asked = ["git", "describe", "--always", "--dirty=+", "--abbrev=10"]
        said = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return said.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
