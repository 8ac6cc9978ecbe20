"""`python -m benchmarks [--full] [--part P]`: each part measures a house of its own.

Without --part all parts of the size run one after the other, each in its own process. `make bench`
takes less than 15 minutes; each part of `make bench-full` less than 40.
"""

import argparse
import os
import subprocess
import sys
import time
from importlib import import_module

import django
import structlog

from benchmarks.house import running
from benchmarks.machine import described

# name -> how `anju up` is started, and whether it belongs to the full size only
PARTS = {
    "opening": (("--workers", "2"), False),
    "pages": (("--workers", "2"), False),
    "ticker": ((), False),
    "history": ((), False),
    "standards": ((), False),
    "plans": ((), False),
    "live": (("--workers", "2"), False),
    "crowd": (("--workers", "2"), False),
    "slow": ((), False),
    "tasks": ((), False),
    "sync": (("--workers", "2"), False),
    "idle": (("--demo",), False),
    "mine": ((), True),
    "sustained": (("--workers", "2"), True),
}


def main() -> int:
    """Run the parts; 1 when a check of one did not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--full", action="store_true", help="1,000,000 cases; 10 minutes of load")
    parser.add_argument("--part", choices=sorted(PARTS))
    asked = parser.parse_args()
    if asked.part:
        return _part(asked.part, full=asked.full)
    names = [name for name, (_arguments, full_only) in PARTS.items() if asked.full or not full_only]
    size = ["--full"] if asked.full else []
    codes = [
        subprocess.call([sys.executable, "-m", "benchmarks", "--part", name, *size])
        for name in names
    ]
    return max(codes)


def _part(name: str, *, full: bool) -> int:
    arguments, _full_only = PARTS[name]
    began = time.monotonic()
    print(f"\n== {name} ==", flush=True)
    with running(*arguments) as house:
        os.environ["DJANGO_SETTINGS_MODULE"] = "anju.settings"
        django.setup(set_prefix=False)
        structlog.configure(logger_factory=structlog.ReturnLoggerFactory())  # the house logs itself
        with house.owner() as db:
            (version,) = db.execute("SHOW server_version").fetchone() or ("?",)
        print("\n".join(described(version)), flush=True)
        part = import_module(f"benchmarks.parts.{name}")  # its imports need Django set up
        good = part.run(house, full=full)
    verdict = "all checks held" if good else "A CHECK DID NOT HOLD"
    print(f"{name}: {verdict}; {time.monotonic() - began:.0f} s in all", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
