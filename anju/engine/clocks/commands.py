"""The ticker's sweep: time is a query, never a timer (D4)."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connections

from anju.engine.clocks.models import Clock
from anju.engine.clocks.rows import Calendars, due_looks, refresh
from anju.foundation.calendars.queries import calendars_of
from anju.foundation.events.commands import Draft, draft, tell_all
from anju.foundation.lib import now
from anju.foundation.tenancy.across import until_none_is_due
from anju.foundation.tenancy.acting import acting, prepared
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.document import document, rows_of
from anju.foundation.tenancy.errors import Refusal

BATCH = 1000
AGAIN = timedelta(hours=1)  # when a clock that cannot be computed is tried once more
log = logging.getLogger(__name__)


def companies_due(moment: datetime) -> list[UUID]:
    """Companies with a clock to look at; asked as the ticker, who sees (company, next_at) only.

    No actor: the machine asks for all companies.
    """
    with connections["ticker"].cursor() as cursor:
        cursor.execute("SELECT DISTINCT company_id FROM clocks_clock WHERE next_at <= %s", [moment])
        return [row[0] for row in cursor.fetchall()]


def sweep(*, limit: int = BATCH) -> int:
    """Tell every warning, breach and escalation that is due; returns how many clocks were seen.

    Any number of sweepers may run at once: each locks what it takes and skips what is taken, in
    one transaction per batch and company, so nothing is told twice and a crash loses nothing. What
    is wrong with one company or one clock keeps no other from being told; the first error of a
    company is raised when all others are done.

    No actor: the machine sweeps all companies, each as itself.
    """
    moment = now()
    return until_none_is_due(
        companies_due(moment), "ticker", lambda actor: _sweep_batch(actor, moment, limit)
    )


def _sweep_batch(actor: Actor, moment: datetime, limit: int) -> int:
    with acting(actor):
        clocks = list(
            Clock.objects.select_for_update(skip_locked=True)
            .filter(next_at__lte=moment)
            .order_by("next_at")[:limit]
        )
        if clocks:
            calendars = calendars_of(actor.company_id)
            told = [
                d for clock in clocks for d in drafts_due(clock, moment, calendars, actor=actor)
            ]
            save_clocks(clocks)
            tell_all(told, actor=actor)
    return len(clocks)


def drafts_due(
    clock: Clock, moment: datetime, calendars: Calendars, *, actor: Actor
) -> list[Draft]:
    """The events of one clock at `moment`; `at` is when each was due, not when we looked. Whoever
    holds its row saves it and tells them, in one transaction.

    One that cannot be computed, for example because its calendar never opens, is looked at again
    later; `anju verify` names it.
    """
    try:
        looks = due_looks(clock, moment, calendars)
    except Refusal:
        log.exception("clock %s cannot be computed", clock.id)
        clock.next_at = moment + AGAIN
        return []
    return [
        draft(
            f"clock.{look.name}",
            subject=clock.subject,
            actor=actor,
            at=look.at,
            said={
                "clock": clock.kind,
                "due_at": clock.due_at,
                **({"to": look.to} if look.to else {}),
            },
        )
        for look in looks
    ]


def recount(*, actor: Actor, calendar: str, limit: int = BATCH) -> int:
    """Compute again what is still owed on the calendar `calendar`; returns how many clocks.

    For after an edit of a calendar: it touches days to come only, so no verdict changes and nothing
    is told but by the ticker when it is due. Safe to repeat. No event: the edit has its own, and
    deadlines are a cache of a pure function.
    """
    count, after = 0, UUID(int=0)
    with acting(actor):
        calendars, moment = calendars_of(actor.company_id), now()
        owed = Clock.objects.select_for_update().filter(
            calendar=calendar, stopped_at=None, state__in=("running", "paused", "broken")
        )
        while clocks := list(owed.filter(id__gt=after).order_by("id")[:limit]):
            for clock in clocks:
                refresh(clock, moment, calendars)
            save_clocks(clocks)
            count, after = count + len(clocks), clocks[-1].id
    return count


_CHANGING = (
    "state", "minutes", "calendar", "pause_cap", "ladder", "due_at", "stopped_at", "broken_at",
    "next_at", "rung", "pauses",
)  # fmt: skip
_SAVE = f"""
    WITH d AS (SELECT %s::jsonb AS doc)
    UPDATE clocks_clock AS c SET {", ".join(f"{name} = r.{name}" for name in _CHANGING)}
      FROM {rows_of("clocks_clock")}
     WHERE c.id = r.id AND c.company_id = r.company_id
"""  # noqa: S608 - only names of our own columns are put in


def save_clocks(clocks: Sequence[Clock]) -> None:
    """Write what may change of clocks that this transaction holds locked, in one statement.

    No actor: whoever locked them has asked whether the actor may.
    """
    prepared(_SAVE, [document(clocks)])
