"""Proof 2, small, and proof that it finds what it looks for."""

import pytest

from tests.harness.expand_kill9 import main
from tests.harness.expand_kill9_bugs import BUGS
from tests.harness.seeding import looked_for
from tests.sizes import sized


def test_plans_are_made_once_and_whole_whoever_is_killed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    n = sized(20, by_hand=10)
    assert main(["--n", str(n), "--seed", "20261129"]) == 0
    said = capsys.readouterr().out
    assert f"n {n} rounds" in said
    assert " 0 processes killed" not in said


@pytest.mark.parametrize("name", looked_for(BUGS))
def test_every_sown_bug_is_found(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--n", "20", "--seed", "1", "--seed-bug", name]) == 1
    assert "BROKEN" in capsys.readouterr().out
