"""The small form of the fuzzing of the API, and proof that it finds what it looks for."""

import pytest

from tests.harness.api_fuzz import main
from tests.harness.api_fuzz_bugs import BUGS
from tests.harness.seeding import looked_for
from tests.sizes import sized


def test_requests_break_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    n = sized(2000, by_hand=200)
    assert main(["--n", str(n), "--seed", "20261120"]) == 0
    said = capsys.readouterr().out
    assert f"n {n} requests" in said
    for status in ("200", "201", "401", "403", "404", "409", "422"):
        assert f" {status} " in said.partition("broken;")[2], "it never got there"


@pytest.mark.parametrize("name", looked_for(BUGS))
def test_every_sown_bug_is_found(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    # The turns of the inbound hook come last; what stands behind it is looked for there.
    asked = ["--n", "1400", "--first", "1200"] if name.startswith("hook-") else ["--n", "2000"]
    assert main([*asked, "--seed", "1", "--seed-bug", name]) == 1
    assert "BROKEN" in capsys.readouterr().out
