"""`anju tick`: the process that asks what is due (D4): seals, clocks, periodic duties."""

import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType

import structlog
from django.db import connections

from anju.domains.community.tasks import tell_all_ahead
from anju.domains.documents.tasks import ask_all_readers, tell_all_documents
from anju.domains.ledgers.tasks import tend_all_ledgers
from anju.domains.promises.tasks import tell_all_dates
from anju.domains.requests.mornings import tell_all_mornings
from anju.domains.rounds.commands import look_at_points
from anju.domains.staff.handover.tasks import tell_all_missing
from anju.engine.clocks.commands import sweep
from anju.engine.loop.tasks import close_all_silent, name_all_owners
from anju.engine.plans.commands import look_at_planned
from anju.engine.plans.tasks import expand_all
from anju.engine.standards.tasks import tell_all_reviews
from anju.foundation.access.tasks import sweep_all_answers
from anju.foundation.events.tasks import read_on, seal_waiting
from anju.foundation.tenancy.commands import beat

log = structlog.get_logger("ticker")
PAUSE = 0.25  # seconds between looks: an event is sealed within this and the batch's own time


@dataclass
class Duty:
    """Something asked again every `every` seconds."""

    name: str
    every: float
    do: Callable[[], object]
    next: float = 0.0


def run_tick(_argv: Sequence[str]) -> int:
    """Run until SIGTERM or SIGINT; a failing duty is logged and asked again, the others go on."""
    stopping = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    duties = [
        Duty("seal", PAUSE, seal_waiting),
        Duty("listeners", PAUSE, read_on),
        Duty("clocks", 1.0, sweep),
        Duty("heartbeat", 5.0, lambda: beat("ticker")),
        Duty("owners", 30.0, name_all_owners),
        Duty("silence", 600.0, close_all_silent),
        Duty("answers", 3600.0, sweep_all_answers),
        Duty("mornings", 60.0, tell_all_mornings),
        Duty("plans", 900.0, expand_all),
        Duty("announcements", 60.0, tell_all_ahead),
        Duty("ledgers", 60.0, tend_all_ledgers),
        Duty("handovers", 60.0, tell_all_missing),
        Duty("planned", 5.0, look_at_planned),
        Duty("points", 5.0, look_at_points),
        Duty("contracts", 3600.0, tell_all_dates),
        Duty("reviews", 3600.0, tell_all_reviews),
        Duty("documents", 3600.0, tell_all_documents),
        Duty("readers", 3600.0, ask_all_readers),
    ]
    while not stopping:
        for duty in duties:
            if not stopping:
                _perform(duty)
        time.sleep(PAUSE)
    return 0


def _perform(duty: Duty) -> None:
    moment = time.monotonic()
    if moment < duty.next:
        return
    duty.next = moment + duty.every
    try:
        duty.do()
    except Exception as error:  # one broken duty must not stop all promises
        log.warning("duty failed, asked again", duty=duty.name, exc_info=error)
        for alias in connections:
            connections[alias].close()
        duty.next = moment + max(duty.every, 1.0)
