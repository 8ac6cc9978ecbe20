"""The small form of the plan oracle, and proof that it can find what it looks for."""

import pytest

from tests.harness.plan_bugs import BUGS
from tests.harness.plan_oracle import main
from tests.harness.seeding import looked_for
from tests.sizes import sized


def test_plans_fall_due_as_the_oracle_says(capsys: pytest.CaptureFixture[str]) -> None:
    n = sized(200, by_hand=20)
    assert main(["--n", str(n), "--seed", "20261129"]) == 0
    assert f"seed 20261129, first 0, n {n}" in capsys.readouterr().out


@pytest.mark.parametrize("name", looked_for(BUGS))
def test_every_sown_bug_is_found(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--n", "200", "--seed", "1", "--seed-bug", name]) == 1
    assert "MISMATCH in plan" in capsys.readouterr().out
