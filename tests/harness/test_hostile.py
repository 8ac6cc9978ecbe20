"""The small form of the hostile requests, and proof that they find what they look for."""

import pytest

from tests.harness.hostile import run
from tests.harness.hostile_bugs import BUGS
from tests.harness.seeding import looked_for, sown
from tests.sizes import sized


def test_no_answer_is_a_server_error() -> None:
    assert run(sized(600, by_hand=60), seed=20261128) == []


@pytest.mark.parametrize("name", looked_for(BUGS))
def test_every_sown_bug_is_found(name: str) -> None:
    with sown(BUGS[name]):  # one run may happen not to ask the address in question
        assert any(run(800, seed=seed, most=1) for seed in (1, 2, 3))
