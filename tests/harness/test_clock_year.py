"""The small form of the simulated year, and proof that it can find what it looks for."""

import pytest

from tests.harness.clock_year import main
from tests.harness.clock_year_bugs import BUGS
from tests.harness.seeding import looked_for


def test_20000_clocks_live_a_year_under_two_tickers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--n", "20000", "--seed", "20261120"]) == 0
    said = capsys.readouterr().out
    assert "n 20000 clocks" in said
    assert " 0 crashes" not in said


@pytest.mark.parametrize("name", looked_for(BUGS))
def test_every_sown_bug_is_found(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--n", "500", "--seed", "1", "--seed-bug", name]) == 1
    assert "NOT AS COUNTED" in capsys.readouterr().out
