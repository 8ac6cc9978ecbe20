"""The small form of the killing harness."""

import pytest

from tests.harness.kill9 import main
from tests.sizes import sized


def test_kills_lose_nothing(ready_house: str, capsys: pytest.CaptureFixture[str]) -> None:
    n = sized(30, by_hand=2)
    assert main(["--n", str(n), "--seed", "20261120", "--like", ready_house]) == 0
    assert f"seed 20261120, first 0, n {n} kills" in capsys.readouterr().out
