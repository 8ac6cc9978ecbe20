"""`python -m tests.smart`: the figures of docs/smart.md. `--why` names what was missed."""

from __future__ import annotations

import os
import sys

import django

from anju.foundation.lib.wilson import wilson
from tests.smart import measure


def share(name: str, hits: int, n: int) -> None:
    """A share with its n and its 95 % interval (Wilson)."""
    low, high = wilson(hits, n) or (0.0, 0.0)
    print(f"  {name:<34} {hits / max(n, 1):.3f}  ({low:.3f} to {high:.3f}; {hits} of {n})")


def half(title: str, names: list[str]) -> None:
    """One half: all codes together, then each."""
    whole = measure.score(names)
    print(f"The half that is {title}: {len(names)} standards, {whole.there} findings to make")
    share("found", whole.found, whole.there)
    share("right of what is said", whole.found, whole.found + whole.false)
    share("good ones left alone", whole.clean, whole.good)
    codes = sorted({one.code for one in measure.expected()} | {one.code for one in whole.alarms})
    for code in codes:
        one = measure.score(names, code=code)
        if one.there or one.false:
            print(f"    {code:<18} found {one.found} of {one.there}, false alarms {one.false}")
    if "--why" in sys.argv:
        for label, rows in (("missed", whole.missed), ("false", whole.alarms)):
            for row in rows:
                print(f"    {label}: {' '.join(row)}")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.settings")
    django.setup()
    tuned, reported = measure.halves()
    half("tuned on (not a result)", tuned)
    if "--tune" not in sys.argv:
        half("reported", reported)
