"""Deadlines follow their calendar, and verification finds one that does not."""

from datetime import UTC, date, datetime, timedelta

from anju.engine.clocks.models import Clock
from anju.engine.loop.testing import a_case, a_house
from anju.foundation.calendars.commands import change_week, set_days
from anju.foundation.calendars.models import Calendar
from anju.foundation.calendars.rules import SpecialDay
from anju.foundation.events.commands import advance
from anju.foundation.events.registry import listeners
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.lib import frozen
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

EVENING = datetime(2026, 11, 20, 11, 50, tzinfo=UTC)  # 19:50 in Shanghai; service ends at 20:00


def service(actor: Actor) -> Calendar:
    with acting(actor):
        return Calendar.objects.get(code="service")


def deadlines(actor: Actor) -> dict[str, datetime | None]:
    with acting(actor):
        return {clock.kind: clock.due_at for clock in Clock.objects.all()}


def followed(actor: Actor) -> None:
    """The ticker's part: seal, then let the clocks listen."""
    seal_all()
    while advance(listeners()["clocks"], actor.company_id, 200):
        pass


def test_a_day_closed_ahead_moves_the_deadlines_behind_it(actor: Actor) -> None:
    with frozen(EVENING):
        a_case(a_house(actor))
        before = deadlines(actor)
        closed = SpecialDay(date(2026, 11, 21), "holiday", "台风停工")
        set_days(service(actor).id, actor=actor, days=[closed], version=1)
        followed(actor)
        after = deadlines(actor)
    moved = {kind for kind in before if before[kind] != after[kind]}
    assert moved == {"respond", "dispatch", "arrive"}  # finish and feedback run day and night
    for kind in moved:
        assert after[kind] == (before[kind] or EVENING) + timedelta(days=1)
    assert codes(verified(actor.company_id)) == set()


def test_a_deadline_edited_behind_the_back_is_found(actor: Actor) -> None:
    with frozen(EVENING):
        a_case(a_house(actor))
        seal_all()
        assert codes(verified(actor.company_id)) == set()
        with acting(actor):
            Clock.objects.filter(kind="finish").update(due_at=EVENING + timedelta(days=9))
    assert "clock.changed" in codes(verified(actor.company_id))


def test_hours_not_yet_followed_are_found_too(actor: Actor) -> None:
    with frozen(EVENING):
        a_case(a_house(actor))
        later = (((600, 1200),),) * 7  # from ten, no longer from eight
        since = date(2026, 11, 21)
        change_week(service(actor).id, actor=actor, week=later, since=since, version=1)
        seal_all()
        assert "clock.changed" in codes(verified(actor.company_id))
        followed(actor)
    assert codes(verified(actor.company_id)) == set()
