"""The small form of the outbox harness, and proof that it finds what it looks for."""

import pytest

from tests.harness.outbox import run
from tests.harness.outbox_bugs import BUGS
from tests.harness.seeding import looked_for, sown
from tests.sizes import some


@pytest.mark.parametrize("seed", some([1, 2]))
def test_a_bad_day_breaks_no_law(seed: int) -> None:
    assert run(n=120, seed=seed) == []


@pytest.mark.parametrize("name", looked_for(BUGS))
def test_every_sown_bug_is_found(name: str) -> None:
    with sown(BUGS[name]):
        assert any(run(n=60, seed=seed) for seed in range(1, 6))
