"""The killing harness finds what it looks for; a file of its own, for another worker to run."""

import pytest

from tests.harness.kill9 import main
from tests.sizes import in_ci

# Those that show within a few kills, and seeds that begin with killing whoever answers;
# `--seed-bug` runs any.
SOWN = [("answered-first", 42), ("event-later", 25), ("answer-kept-later", 54)]


@in_ci
@pytest.mark.parametrize(("name", "seed"), SOWN)
def test_a_sown_bug_is_found(
    name: str, seed: int, ready_house: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--n", "30", "--seed", str(seed), "--seed-bug", name, "--like", ready_house]
    assert main(asked) == 1
    said = capsys.readouterr().out
    assert "BROKEN: after " in said
    assert "not back" not in said


@in_ci
def test_a_part_that_stays_dead_is_found(
    ready_house: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--n", "30", "--seed", "25", "--seed-bug", "left-dead", "--patience", "15"]
    assert main([*asked, "--like", ready_house]) == 1
    assert "BROKEN: not back after 15 s" in capsys.readouterr().out
