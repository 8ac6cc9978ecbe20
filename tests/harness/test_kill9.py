"""The small form of the killing harness."""

import pytest

from tests.harness.kill9 import main


def test_30_kills_lose_nothing(ready_house: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--n", "30", "--seed", "20261120", "--like", ready_house]) == 0
    assert "seed 20261120, first 0, n 30 kills" in capsys.readouterr().out
