"""News after a deadline was told: the row says how it stands now, nothing is told twice."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from anju.engine.clocks import rows
from anju.engine.clocks.models import Clock
from anju.engine.standards.rules import Limit
from anju.foundation.calendars.rules.working import WorkCalendar, always
from anju.foundation.lib import frozen

BEGIN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def calendars(_code: str) -> WorkCalendar:
    return always("Asia/Shanghai")


def after(minutes: int) -> datetime:
    return BEGIN + timedelta(minutes=minutes)


def a_broken_clock() -> Clock:
    """Due after an hour, told an hour later."""
    limit = Limit("finish", 60, pause_cap=120)
    clock = rows.begun(limit, BEGIN, company=uuid4(), case=uuid4(), calendars=calendars)
    told = rows.due_looks(clock, after(120), calendars)
    assert [look.name for look in told] == ["warned", "broken"]
    return clock


def test_a_pause_heard_of_late_leaves_a_clock_as_late_as_it_is() -> None:
    clock = a_broken_clock()
    with frozen(after(130)):
        rows.hold(clock, after(30), "等业主在家", calendars)
        rows.resume(clock, after(50), calendars)
    assert (clock.state, clock.due_at) == ("broken", after(80))


def test_a_breach_that_late_news_mended_may_come_again_and_is_told_once() -> None:
    clock = a_broken_clock()
    with frozen(after(130)):
        rows.hold(clock, after(30), "等业主在家", calendars)
        rows.resume(clock, after(125), calendars)
    assert (clock.state, clock.due_at) == ("running", after(155))
    assert clock.next_at == after(155) + rows.LEAST
    assert rows.due_looks(clock, after(156), calendars) == []
    assert (clock.state, clock.next_at) == ("broken", None)
