"""The small form of the calendar oracle, and proof that it can find what it looks for."""

import pytest

from tests.harness.calendar_bugs import BUGS
from tests.harness.calendar_oracle import main
from tests.harness.seeding import looked_for
from tests.sizes import sized


def test_histories_agree_with_the_oracle(capsys: pytest.CaptureFixture[str]) -> None:
    n = sized(5000, by_hand=300)
    assert main(["--n", str(n), "--seed", "20261120"]) == 0
    assert f"seed 20261120, first 0, n {n}" in capsys.readouterr().out


@pytest.mark.parametrize("name", looked_for(BUGS))
def test_every_sown_bug_is_found(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--n", "2000", "--seed", "1", "--seed-bug", name]) == 1
    assert "MISMATCH in history" in capsys.readouterr().out
