"""Limits on what strangers may do: counted in the database, strict where they say so."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from anju.foundation.access.commands.limits import TooMany, give_back, take
from anju.foundation.access.rules import Limit
from anju.foundation.lib import frozen
from anju.foundation.tenancy.acting import unfenced

HOUR = timedelta(hours=1)
START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def allowed(limit: Limit, about: str, minutes: list[int]) -> list[int]:
    """The minutes at which the act was let through."""
    through = []
    for minute in minutes:
        with frozen(START + timedelta(minutes=minute)):
            try:
                take([(limit, about)])
            except TooMany:
                continue
            through.append(minute)
    return through


def test_a_window_begins_with_the_first_and_ends_by_itself() -> None:
    limit = Limit("test", 3, HOUR)
    assert allowed(limit, uuid4().hex, [0, 1, 2, 3, 59, 61, 62]) == [0, 1, 2, 61, 62]


def test_a_moving_window_never_holds_more_wherever_it_begins() -> None:
    limit = Limit("moving", 5, HOUR, moving=True)
    through = allowed(limit, uuid4().hex, list(range(0, 600, 3)))
    assert len(through) > 10
    for first in through:
        assert sum(first <= one < first + 60 for one in through) <= 5


def test_a_refused_act_counts_for_none_of_its_limits() -> None:
    wide, narrow, who = Limit("wide", 10, HOUR), Limit("narrow", 1, HOUR), uuid4().hex
    assert take([(wide, who), (narrow, who)]) == 0
    for _again in range(20):
        with pytest.raises(TooMany) as refused:
            take([(wide, who), (narrow, who)])
    assert refused.value.limit is narrow
    assert take([(wide, who)]) == 8


def test_what_is_given_back_may_be_taken_again_and_nobody_is_named() -> None:
    limit, who = Limit("back", 1, HOUR), "13800138000"
    about = f"{who}{uuid4().hex}"
    take([(limit, about)])
    give_back([(limit, about)])
    assert take([(limit, about)]) == 0
    with unfenced("what stands in the table?"), connection.cursor() as cursor:
        cursor.execute("SELECT encode(key, 'escape') FROM access_try")
        assert not any(who in key for (key,) in cursor.fetchall())
