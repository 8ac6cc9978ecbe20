"""The small form of the calendar oracle, and proof that it can find what it looks for."""

import pytest

from tests.harness.calendar_bugs import BUGS
from tests.harness.calendar_oracle import main
from tests.harness.seeding import looked_for


def test_5000_histories_agree_with_the_oracle(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--n", "5000", "--seed", "20261120"]) == 0
    assert "seed 20261120, first 0, n 5000" in capsys.readouterr().out


@pytest.mark.parametrize("name", looked_for(BUGS))
def test_every_sown_bug_is_found(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--n", "2000", "--seed", "1", "--seed-bug", name]) == 1
    assert "MISMATCH in history" in capsys.readouterr().out
