"""What each company's cases have taught, kept in this process. A request never waits for it.

Learning runs beside the requests, one company at a time: with the first who asks, when the model is
a day old, and when enough cases have come since. Until it is done the old model answers, or none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock, Thread
from uuid import UUID

import structlog
from django.db import connections

from anju.domains.requests.queries import categorised_cases, categorised_since
from anju.domains.requests.suggesting import Model, learn
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

OLD = timedelta(days=1)
LOOK = timedelta(minutes=10)  # how often it is asked whether many cases have come
MANY = 50
COMPANIES = 50  # models kept in one process: the latest asked for

log = structlog.get_logger()


@dataclass(frozen=True)
class Kept:
    """A model and when it was learnt; `version` counts up; `looked`: when it was last in doubt."""

    model: Model | None
    version: int
    learnt_at: datetime
    looked: datetime


_kept: dict[UUID, Kept] = {}
_busy = Lock()


def model_of(company_id: UUID) -> Model | None:
    """The company's model as it stands now; where it is missing or old, learning begins beside."""
    kept = _kept.get(company_id)
    if kept is None or now() - kept.looked >= LOOK:
        begin(company_id)
    return kept.model if kept else None


def _beside(work: Callable[[], None]) -> None:
    Thread(target=work, name="suggestions", daemon=True).start()


def begin(company_id: UUID, start: Callable[[Callable[[], None]], None] = _beside) -> None:
    """Learn beside the request, unless somebody is being learnt about already."""
    if not _busy.acquire(blocking=False):
        return

    def work() -> None:
        try:
            refresh(company_id)
        except Exception:  # a suggestion less; the desk goes on
            log.exception("suggestions_not_learnt", company=str(company_id))
        finally:
            connections.close_all()
            _busy.release()

    start(work)


def refresh(company_id: UUID) -> Kept:
    """Look whether there is enough to learn anew, and learn it: at most three queries."""
    actor, moment, kept = Actor.machine(company_id, "suggestions"), now(), _kept.get(company_id)
    with acting(actor):
        if kept and moment - kept.learnt_at < OLD:
            if categorised_since(kept.learnt_at, actor) < MANY:
                return _keep(company_id, Kept(kept.model, kept.version, kept.learnt_at, moment))
        cases = categorised_cases(actor)
    version = kept.version + 1 if kept else 1
    return _keep(company_id, Kept(learn(cases), version, moment, moment))


def _keep(company_id: UUID, kept: Kept) -> Kept:
    _kept.pop(company_id, None)
    _kept[company_id] = kept
    while len(_kept) > COMPANIES:
        _kept.pop(next(iter(_kept)))
    return kept
