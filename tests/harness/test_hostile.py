"""The small form of the hostile requests, and proof that they find what they look for."""

import pytest

from tests.harness.hostile import run
from tests.harness.hostile_bugs import BUGS
from tests.harness.seeding import sown


def test_no_answer_is_a_server_error() -> None:
    assert run(600, seed=20261128) == []


@pytest.mark.parametrize("name", BUGS)
def test_every_sown_bug_is_found(name: str) -> None:
    with sown(BUGS[name]):
        assert run(800, seed=20261128, most=1)
