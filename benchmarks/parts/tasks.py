"""The tasks of each role: what the machine takes, beside what a person takes.

The journeys of `tests/journeys` do each task in a real browser, over and over; nothing is typed or
pointed at by a person there, so what passes is the machine's time: the browser's, the server's and
the database's, with the pages served from this machine. What a person takes is the keystroke-level
model's (docs/keystrokes.md). Together they stay within the goal of the task; where the machine has
a goal of its own, that is added.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from benchmarks.house import House
from benchmarks.measure import middle, table
from tests.journeys.keystrokes import TASKS

MACHINE = {"find": 1.5}  # seconds of its own, beside those of the person
JOURNEYS = ("desk", "dispatch", "emergency", "field", "portal", "set_up")


def run(house: House | None, *, full: bool) -> bool:
    """Every journey once (three times in full), most of them in both languages; the seconds of each
    task at the median and at most. Holds where every task was done and stays within its goal at
    its slowest."""
    seconds: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "took"
        for _time in range(3 if full else 1):
            _journeys(kept)
        for line in kept.read_text().splitlines():
            name, took = json.loads(line)
            seconds[name].append(took)
    rows = [
        {
            "who": task.role,
            "task": task.task,
            "n": len(seconds[name]),
            "machine p50 s": round(middle(seconds[name]), 2),
            "longest s": round(max(seconds[name]), 2),
            "person s": round(task.acts.seconds, 1),
            "together s": round(task.acts.seconds + max(seconds[name]), 1),
            "goal s": task.goal + MACHINE.get(name, 0),
        }
        for name, task in TASKS.items()
        if seconds[name]
    ]
    print(table(rows))
    return len(rows) == len(TASKS) and all(row["together s"] <= row["goal s"] for row in rows)


def _journeys(kept: Path) -> None:
    files = [f"tests/journeys/test_{name}.py" for name in JOURNEYS]
    ours = ("ANJU_DATA", "ANJU_PORT", "ANJU_URL", "DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    own = {name: value for name, value in os.environ.items() if name not in ours}
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *files],
        env={**own, "ANJU_TOOK": str(kept)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
