"""The bugs that the model of planned work must find."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db import connection
from django.db.models import F

from anju.domains.rounds import tasks as rounds
from anju.engine.clocks import rows
from anju.engine.clocks.models import Clock
from anju.engine.loop.commands import work_moves
from anju.engine.loop.models import WorkOrder
from anju.engine.plans import tasks
from anju.engine.plans.commands import expanding, looking, news, writing
from anju.engine.plans.models import Occurrence
from anju.foundation.lib import now
from anju.foundation.messages.queries import holders_of_posts
from tests.harness.seeding import Bug

Right = Callable[..., Any]


def _when_heard(right: Right) -> Right:
    return lambda _at, case: right(None, case)


def _broken_at_the_close(right: Right) -> Right:
    def stop(clock: Clock, at: Any, calendars: Any) -> None:
        right(clock, at, calendars)
        if clock.stopped_at == clock.due_at:
            clock.state = "broken"

    return stop


def _finding_each(right: Right) -> Right:
    def find_missed(missed: Any, *, at: Any, actor: Any) -> Any:
        item = f"{missed.item}-{at:%d%H%M}"
        return right(replace(missed, item=item), at=at, actor=actor)

    return find_missed


def _committed_at_once(right: Right) -> Right:
    def save_opened(found: Any, works: Any) -> None:
        right(found, works)
        company = str(found[0].company_id) if found else None
        if company:
            with connection.cursor() as cursor:
                cursor.execute("COMMIT")
                cursor.execute("BEGIN")
                cursor.execute("SELECT set_config('anju.company', %s, true)", [company])

    return save_opened


def _nothing_made_up(right: Right) -> Right:
    return lambda found, window, _catch_up, moment: right(found, window, "none", moment)


def _taken_withdrawn(right: Right) -> Right:
    def withdrawn(plan: Any) -> Any:
        gone = right(plan)
        ahead = Occurrence.objects.filter(
            plan=plan, withdrawn=False, opens_at__gt=now(), next_at=F("opens_at")
        )
        WorkOrder.objects.filter(occurrence__in=ahead).update(state="void")
        ahead.update(withdrawn=True, next_at=None)
        return gone

    return withdrawn


def _also(*states: str) -> Callable[[Any], Any]:
    return lambda right: (*right, *states)


def _never(value: Any) -> Callable[[Right], Right]:
    return lambda _right: lambda *_args, **_named: value


BUGS = {
    "judged-when-heard": Bug(
        "it is judged by when it was done", work_moves, "happened", _when_heard
    ),
    "late-at-the-close": Bug(
        "it is judged by when it was done", rows, "stop", _broken_at_the_close, deep=True
    ),
    "begun-before": Bug(
        "nobody begins it before its window", work_moves, "_not_too_early", _never(None)
    ),
    "begun-is-missed": Bug(
        "what nobody has begun is missed, and nothing else", looking, "UNBEGUN",
        _also("doing", "held"),
    ),
    "void-is-missed": Bug(
        "what nobody has begun is missed, and nothing else", looking, "UNBEGUN",
        _also("void"),
        deep=True,
    ),
    "a-finding-each": Bug(
        "one finding stands for all that is missed", looking, "find_missed", _finding_each
    ),
    "news-unheard": Bug(
        "late news take back what was not missed", tasks, "hear_late_news", _never(None)
    ),
    "void-for-others": Bug(
        "late news take back what was not missed", news, "_still_missed", _never(False), deep=True
    ),
    "lapsed-untold": Bug("whoever should do it is told", looking, "drafts_due", _never([])),
    "holders-only": Bug(
        "whoever should do it is told", rounds, "present_at_posts",
        lambda _right: holders_of_posts, deep=True,
    ),
    "opened-first": Bug(
        "a crash loses nothing", looking, "_save_opened", _committed_at_once
    ),
    "nothing-made-up": Bug(
        "what fell due while the house stood still is made up as its plan says", expanding, "due",
        _nothing_made_up,
    ),
    "taken-withdrawn": Bug(
        "the future follows a change, what was taken stays", writing, "_withdrawn",
        _taken_withdrawn,
    ),
}  # fmt: skip
