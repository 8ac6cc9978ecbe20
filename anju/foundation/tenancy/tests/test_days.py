"""A day begins at the company's midnight, not at that of the machine."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from anju.foundation.lib import frozen
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import day_of, today

EARLY = datetime(2031, 3, 5, 0, 30, tzinfo=ZoneInfo("Asia/Shanghai"))  # the day before in UTC


def test_half_past_midnight_is_the_new_day(actor: Actor) -> None:
    with frozen(EARLY), acting(actor):
        assert today(actor.company_id) == today() == date(2031, 3, 5)
        assert day_of(EARLY.astimezone(ZoneInfo("UTC")), actor.company_id) == date(2031, 3, 5)
