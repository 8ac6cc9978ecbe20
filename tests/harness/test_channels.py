"""The small form of the channels' harness, and proof that it finds what it looks for."""

import re

import pytest

from tests.harness.channels import NIGHT, run
from tests.harness.channels_bugs import BUGS
from tests.harness.seeding import looked_for, sown
from tests.sizes import sized

SMALL = 24  # matters of a night in which a bug is looked for
SEEDS = (5, 1, 2)
# law -> how its breach is told; another finding does not count
SIGNS = {
    "no urgent one is lost": r"was lost|was given up",
    "signatures are right": r" refused \d",
    "the urgent go first": r"began while",
    "quiet hours": r"rang at",
    "the urgent at any hour": r"for its first try",
    "no call after an answer": r"voice \d+ rang after somebody had answered",
    "calls until an answer": r"voice \d+ P[12] was lost",
    "the urgent not for nothing": r"P[12] was taken \d times",
    "ordinary ones once": r"P[34] was taken \d times",
}


def test_the_messages_of_a_bad_night_break_no_law() -> None:
    assert run(n=sized(100, by_hand=40), seed=1) == []


def test_a_small_night_without_a_bug_breaks_none() -> None:
    assert run(n=SMALL, seed=SEEDS[0], at=NIGHT) == []


@pytest.mark.parametrize("name", looked_for(BUGS))
def test_every_sown_bug_is_found(name: str) -> None:
    bug = BUGS[name]
    with sown(bug):
        nights = (run(n=SMALL, seed=seed, at=NIGHT) for seed in SEEDS)
        assert any(re.search(SIGNS[bug.law], told) for night in nights for told in night)
