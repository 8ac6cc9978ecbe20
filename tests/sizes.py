"""How much of each proof a run of the tests holds.

`.ci/run` sets CI and takes every proof in the size that docs/proofs.md states. `make test` by hand
runs the same tests, the long ones smaller, and answers within ten minutes; `CI=true make test`
takes them whole. `make test-deep` has the long forms.
"""

import os
from collections.abc import Mapping, Sequence
from typing import TypeVar

import pytest

T = TypeVar("T")
IN_CI = os.environ.get("CI") == "true"
in_ci = pytest.mark.skipif(not IN_CI, reason="takes long: CI=true make test, or .ci/run")


def sized(in_ci: int, by_hand: int) -> int:
    """So many in CI, so many by hand."""
    return in_ci if IN_CI else by_hand


def some(choices: Sequence[T], by_hand: int = 1) -> list[T]:
    """All of the choices in CI, the first of them by hand."""
    return list(choices[: sized(len(choices), by_hand)])


def spread(pages: Mapping[str, T], by_hand: int) -> dict[str, T]:
    """All of the pages in CI, by hand so many of them from all over the list."""
    names = list(pages)
    step = 1 if IN_CI else max(1, len(names) // by_hand)
    return {name: pages[name] for name in names[::step]}
