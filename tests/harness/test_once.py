"""Proof 4 against a real server, and proof that the harness finds what it looks for."""

import pytest

from tests.harness.once import main
from tests.harness.once_bugs import BUGS
from tests.harness.seeding import looked_for
from tests.sizes import sized


def test_a_key_fifty_times_at_once_has_one_effect(capsys: pytest.CaptureFixture[str]) -> None:
    n = sized(6, by_hand=2)
    assert main(["--n", str(n), "--seed", "20261120"]) == 0
    said = capsys.readouterr().out
    assert f"n {n} rounds of 50" in said
    assert "409 in_flight" in said, "they never met"


@pytest.mark.parametrize("name", looked_for(BUGS))
def test_every_sown_bug_is_found(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--n", "6", "--seed", "1", "--seed-bug", name]) == 1
    assert "BROKEN" in capsys.readouterr().out
