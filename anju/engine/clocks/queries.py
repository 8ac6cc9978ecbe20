"""Reads of clocks."""

from uuid import UUID

from django.db.models import QuerySet

from anju.engine.clocks.models import Clock
from anju.engine.clocks.rows import Calendars, promise_of
from anju.engine.clocks.rules import Span, explain, pauses_from_json
from anju.foundation.calendars.queries import calendars_of
from anju.foundation.lib import now


def clocks_of_case(case: UUID) -> QuerySet[Clock]:
    """The clocks of a case the caller may see, oldest first."""
    return Clock.objects.filter(case_id=case).order_by("started_at", "id")


def explained(clock: Clock, calendars: Calendars | None = None) -> list[Span]:
    """Every counted and uncounted stretch of a clock, until it stopped or until now.

    `calendars` of the clock's company, where the caller has them already; else one query.
    """
    calendar = (calendars or calendars_of(clock.company_id))(clock.calendar)
    return explain(
        clock.started_at,
        promise_of(clock),
        calendar,
        pauses_from_json(clock.pauses),
        until=clock.stopped_at or max(now(), clock.started_at),
    )
