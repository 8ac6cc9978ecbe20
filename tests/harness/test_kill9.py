"""The small form of the killing harness."""

import pytest

from tests.harness.kill9 import main


def test_30_kills_lose_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--n", "30", "--seed", "20261120"]) == 0
    assert "seed 20261120, first 0, n 30 kills" in capsys.readouterr().out
