"""What the ticker does with the points of rounds: say that one is late, then that it was missed."""

from datetime import datetime
from uuid import UUID

from django.db import connections

from anju.domains.rounds.commands.judging import Stands, find_left_out, judge_points
from anju.domains.rounds.models import RoundPoint
from anju.engine.loop.models import WorkOrder
from anju.engine.plans.models import Occurrence
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.tenancy.across import until_none_is_due
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

BATCH = 200  # rounds


def companies_waiting(moment: datetime) -> list[UUID]:
    """Companies with points to look at; asked as the ticker, who sees (company, next_at) only.

    No actor: the machine asks for all companies.
    """
    with connections["ticker"].cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT company_id FROM rounds_roundpoint WHERE next_at <= %s", [moment]
        )
        return [row[0] for row in cursor.fetchall()]


def look_at_points(*, limit: int = BATCH) -> int:
    """Say of each point that is left out, as its time is over, that it is late, and when it can be
    made up no longer, that it was missed; returns how many rounds were seen.

    Any number may look at once: each holds the rounds it takes and passes by what is held. Safe to
    repeat; a crash loses nothing. What is wrong with one company keeps no other from being looked
    at; the first error is raised when all others are done.

    No actor: the machine looks at all companies, each as itself.
    """
    moment = now()
    return until_none_is_due(
        companies_waiting(moment), "rounds", lambda actor: _look(actor, moment, limit)
    )


def _look(actor: Actor, moment: datetime, limit: int) -> int:
    with acting(actor):
        due = RoundPoint.objects.filter(next_at__lte=moment).order_by("next_at", "id")
        works = list(dict.fromkeys(due.values_list("work_id", flat=True)[: limit * 10]))[:limit]
        held = Occurrence.objects.select_for_update(skip_locked=True, of=("self",))
        ours = held.filter(work_id__in=works).order_by("id")
        mine = [one.work_id for one in ours if one.work_id]
        # Read after the hold: whoever began one meanwhile is through.
        found = WorkOrder.objects.filter(id__in=mine).select_related("place").order_by("id")
        rounds = list(found)
        looked_at = set(due.filter(work__in=mine).values_list("id", flat=True))
        for work in rounds:
            stands = judge_points(work, moment, actor=actor, looks=True)
            _told(work, stands, actor)
            left = [one for one in stands.left if one.state == "missed" and one.id in looked_at]
            find_left_out(work, left, actor=actor)
    return len(rounds)


def _told(work: WorkOrder, stands: Stands, actor: Actor) -> None:
    """One event for what was late or missed of a round, with the digest of each row."""
    tell(
        "route.left_out",
        subject=("work", work.id),
        actor=actor,
        said={name: [str(row.id) for row in stands.newly(name)] for name in ("late", "missed")},
        wrote=written(*stands.changed),
    )
