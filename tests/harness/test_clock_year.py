"""The small form of the simulated year, and proof that it can find what it looks for."""

from random import Random

import pytest

from tests.harness.clock_year import main
from tests.harness.clock_year_bugs import BUGS
from tests.harness.clock_year_world import YEAR, Act, Course, Plan, calendars
from tests.harness.seeding import looked_for
from tests.sizes import sized


def test_clocks_live_a_year_under_two_tickers(capsys: pytest.CaptureFixture[str]) -> None:
    n = sized(20_000, by_hand=1_500)
    assert main(["--n", str(n), "--seed", "20261120"]) == 0
    said = capsys.readouterr().out
    assert f"n {n} clocks" in said
    assert " 0 crashes" not in said


@pytest.mark.parametrize("name", looked_for(BUGS))
def test_every_sown_bug_is_found(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--n", "500", "--seed", "1", "--seed-bug", name]) == 1
    assert "NOT AS COUNTED" in capsys.readouterr().out


def test_what_is_heard_of_after_the_last_sweep_is_not_counted() -> None:
    """A clock begun in the last days of the year and stopped two weeks later: the year ends before
    the product hears of it, so the count may not know of it either."""
    office, stop = calendars(Random(1))["office"], YEAR + 8 * 1440
    plan = Plan("verify", 20_000, office, 0, (), YEAR - 3 * 1440, [Act(stop, stop, "stop")])
    heard = {end: Course(plan, [YEAR, end]).fate(frozenset()) for end in (stop - 1, stop)}
    assert [fate.state for fate in heard.values()] == ["running", "kept"]
