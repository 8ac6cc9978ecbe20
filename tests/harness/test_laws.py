"""The small form of the laws' harness, and proof that it can find what it looks for."""

import pytest

from tests.harness.laws import main
from tests.harness.laws_bugs import BUGS


def test_the_laws_hold_over_random_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--n", "10", "--seed", "20261120"]) == 0
    assert "n 10 histories" in capsys.readouterr().out


@pytest.mark.parametrize("name", BUGS)
def test_every_sown_bug_is_found(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--n", "10", "--seed", "3", "--seed-bug", name]) == 1
    assert "BROKEN" in capsys.readouterr().out
