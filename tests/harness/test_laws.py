"""The small form of the laws' harness, and proof that it can find what it looks for."""

import pytest

from tests.harness.laws import main
from tests.harness.laws_bugs import BUGS
from tests.harness.seeding import looked_for
from tests.sizes import sized

# The history of the seed that finds it today, where not one of the first: it is begun there, and
# goes on for as many as the others have.
BEGIN = {
    "receipt-is-a-message": 8, "done-unanswered": 9, "begun-work-merged-away": 8,
    "split-owed-from-now": 5, "failed-work-was-finished": 4,
    "late-and-forgiven": 3, "closes-over-the-merged": 3,
}  # fmt: skip


def test_the_laws_hold_over_random_commands(capsys: pytest.CaptureFixture[str]) -> None:
    n = sized(10, by_hand=2)
    assert main(["--n", str(n), "--seed", "20261120"]) == 0
    assert f"n {n} histories" in capsys.readouterr().out


@pytest.mark.parametrize("name", looked_for(BUGS, law=lambda bug: bug.law[0]))
def test_every_sown_bug_is_found(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    first = BEGIN.get(name, 0)
    asked = ["--n", str(first + 10), "--first", str(first), "--seed", "3", "--seed-bug", name]
    assert main(asked) == 1
    assert "BROKEN" in capsys.readouterr().out
