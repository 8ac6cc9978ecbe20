"""Parts that are worked on two at a time."""

import threading
from datetime import UTC, datetime

import pytest

from anju.foundation.lib import frozen, now
from anju.foundation.lib.ids import uuid7_texts
from anju.foundation.tenancy.abreast import HANDS, abreast
from anju.foundation.tenancy.acting import unfenced


def test_two_hands_work_at_one_moment_and_leave_no_part_out():
    both = threading.Barrier(HANDS, timeout=20)

    def meets(part: int) -> tuple[int, int]:
        if part < HANDS:
            both.wait()  # alone it would break
        return part, threading.get_ident()

    done = abreast(range(7), meets)
    assert sorted(part for part, _hand in done) == list(range(7))
    assert len({hand for _part, hand in done}) == HANDS


def test_a_hand_knows_the_moment_of_its_caller():
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    with frozen(moment):
        assert abreast(range(3), lambda _part: now()) == [moment] * 3


def test_an_error_is_raised_when_the_other_hand_is_through():
    done = []

    def breaks(part: int) -> None:
        if part == 0:
            raise ValueError("broken")
        done.append(part)

    with pytest.raises(ValueError, match="broken"):
        abreast(range(6), breaks)
    assert [part for part in done if part % HANDS] == [1, 3, 5]


def test_inside_a_transaction_it_is_one_hand():
    with unfenced("nobody's rows are asked for"):
        assert {*abreast(range(4), lambda _part: threading.get_ident())} == {threading.get_ident()}


def test_ids_made_by_two_hands_are_never_the_same():
    made = [id for ids in abreast([500] * 40, uuid7_texts) for id in ids]
    assert len({*made}) == len(made) == 20_000
