"""The small form of the tampering harness, and proof that it can find what it looks for."""

import pytest

from tests.harness.seeding import looked_for
from tests.harness.tamper import main
from tests.harness.tamper_bugs import BUGS
from tests.sizes import sized


def test_tamperings_are_all_found(capsys: pytest.CaptureFixture[str]) -> None:
    n = sized(500, by_hand=100)
    assert main(["--n", str(n), "--seed", "20261120"]) == 0
    assert f"seed 20261120, first 0, n {n}" in capsys.readouterr().out


@pytest.mark.parametrize("name", looked_for(BUGS))
def test_every_sown_bug_is_found(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--n", "500", "--seed", "1", "--seed-bug", name]) == 1
    assert "NOT FOUND" in capsys.readouterr().out
