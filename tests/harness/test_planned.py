"""The small form of planned work under its clock, and proof that it finds what it looks for."""

import pytest

from tests.harness.planned import main
from tests.harness.planned_bugs import BUGS
from tests.harness.seeding import looked_for
from tests.sizes import sized


def test_planned_work_stands_as_it_was_counted(capsys: pytest.CaptureFixture[str]) -> None:
    n = sized(16, by_hand=4)
    assert main(["--n", str(n), "--seed", "20261130"]) == 0
    said = capsys.readouterr().out
    assert f"n {n} plans" in said
    assert " 0 crashes" not in said


@pytest.mark.parametrize("name", looked_for(BUGS))
def test_every_sown_bug_is_found(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--n", "16", "--seed", "1", "--seed-bug", name]) == 1
    assert "NOT AS COUNTED" in capsys.readouterr().out
