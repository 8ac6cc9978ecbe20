"""The killing harness finds what it looks for; a file of its own, for another worker to run."""

import pytest

from tests.harness.kill9 import main


# Those that show within a few kills; `--seed-bug` runs any.
@pytest.mark.parametrize("name", ["answered-first", "event-later", "answer-kept-later"])
def test_a_sown_bug_is_found(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--n", "30", "--seed", "1", "--seed-bug", name]) == 1
    said = capsys.readouterr().out
    assert "BROKEN: after " in said
    assert "not back" not in said


def test_a_part_that_stays_dead_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--n", "30", "--seed", "1", "--seed-bug", "left-dead", "--patience", "15"]
    assert main(asked) == 1
    assert "BROKEN: not back after 15 s" in capsys.readouterr().out
