"""The small form of the backup harness, and proof that it finds what it looks for."""

import pytest

from tests.harness.backup_load import main
from tests.sizes import in_ci


@in_ci
def test_a_backup_under_load_is_whole_elsewhere(
    ready_house: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--n", "1", "--seed", "20261120", "--like", ready_house]) == 0
    assert "seed 20261120, first 0, n 1 backups" in capsys.readouterr().out


@in_ci
def test_a_sown_bug_is_found(ready_house: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--n", "1", "--seed", "1", "--seed-bug", "restored-unlooked", "--like", ready_house]
    assert main(asked) == 1
    assert "BROKEN: a case without clocks" in capsys.readouterr().out
