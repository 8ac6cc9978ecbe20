"""Ten minutes of opening cases without a pause: does anything fall behind?"""

from benchmarks.house import House
from benchmarks.parts.opening import Bench

SECONDS = 600.0


def run(house: House, *, full: bool) -> bool:
    """16 clients for ten minutes on an empty company; sealer and listeners watched."""
    row = Bench(house, 0, 0, seconds=SECONDS).product("sustained")
    return row["rows"] == "all" and max(row["seal lag s"], row["listener lag s"]) <= 60 and full
