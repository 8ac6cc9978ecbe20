"""The product at rest: its memory with the demo loaded, and how long the first start took."""

import re
import time

from benchmarks.house import House
from benchmarks.measure import memory_mb, table

MEMORY_GOAL, START_GOAL = 600.0, 15.0  # MB; seconds
SETTLED = 60.0  # seconds after the start
DEMO_DONE = re.compile(r"^demo: complete", re.M)
PATIENCE = 600.0


def run(house: House, *, full: bool) -> bool:
    """Wait until the demo's year has been lived, rest a minute, sum the shares of memory."""
    began = time.monotonic()
    while not DEMO_DONE.search(house.log.read_text(errors="replace")):
        if time.monotonic() - began > PATIENCE:
            print("the demo's history did not end")
            return False
        time.sleep(1.0)
    filled = time.monotonic() - began
    time.sleep(SETTLED if not full else 2 * SETTLED)
    held = memory_mb(house.pid)
    rows = [{"process": role, "PSS MB": mb} for role, mb in sorted(held.items())]
    total = sum(held.values())
    print(table([*rows, {"process": "sum", "PSS MB": total}]))
    print(f"memory {total:.0f} MB of {MEMORY_GOAL:.0f}: {_met(total <= MEMORY_GOAL)}")
    start = house.ready_after
    print(f"first start {start:.1f} s of {START_GOAL:.0f} to a page: {_met(start <= START_GOAL)}")
    print(f"the demo's history was there {filled:.0f} s later")
    return total > 0


def _met(good: bool) -> str:
    return "met" if good else "MISSED"
