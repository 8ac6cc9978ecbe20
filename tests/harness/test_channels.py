"""The small form of the channels' harness, and proof that it finds what it looks for."""

import pytest

from tests.harness.channels import run
from tests.harness.channels_bugs import BUGS
from tests.harness.seeding import sown


def test_five_hundred_messages_on_a_bad_night_break_no_law() -> None:
    assert run(n=100, seed=1) == []


@pytest.mark.parametrize("name", BUGS)
def test_every_sown_bug_is_found(name: str) -> None:
    with sown(BUGS[name]):
        assert any(run(n=24, seed=seed) for seed in range(6, 12))  # today the first finds it
