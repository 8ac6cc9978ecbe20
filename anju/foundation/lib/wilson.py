"""The interval of a proportion."""

import math

Z95 = 1.959963984540054  # two-sided 95 %


def wilson(hits: int, n: int, z: float = Z95) -> tuple[float, float] | None:
    """The Wilson score interval of a proportion, without continuity correction; None when n = 0.

    It never leaves 0..1 and stays honest for small n, where the textbook interval says 100 % ± 0.
    """
    if n == 0:
        return None
    share, zz = hits / n, z * z
    middle = (share + zz / (2 * n)) / (1 + zz / n)
    half = z / (1 + zz / n) * math.sqrt(share * (1 - share) / n + zz / (4 * n * n))
    low = 0.0 if hits == 0 else middle - half
    high = 1.0 if hits == n else middle + half
    return low, high
