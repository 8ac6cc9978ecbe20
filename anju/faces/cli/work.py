"""`anju work`: the process that reads on and sends out (D3, D5).

A lane for each, so that a slow mail server holds up neither a webhook nor a listener: the listeners
of all companies, every channel out, the mailboxes, the manuals of standards. Any number of these
processes may run, on any host.
"""

import signal
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType

import structlog
from django.db import connections

from anju.domains.intake.tasks import EVERY, poll_mailboxes
from anju.faces.console.standards.printing import print_waiting
from anju.foundation.events.tasks import read_on
from anju.foundation.files.commands import sweep_files
from anju.foundation.messages.commands import deliver_due, forget_old
from anju.foundation.messages.queries import every_company
from anju.foundation.messages.rules.outbox import OUTSIDE
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import beat

log = structlog.get_logger("worker")
PAUSE = 0.5  # seconds between looks when there was nothing to do
BEAT = 5.0
FORGET = 3600.0
MANUALS = 2.0
GOODBYE = 8.0  # seconds a send under way gets when we are asked to stop; then its lease ends


def run_work(_argv: Sequence[str]) -> int:
    """Run until SIGTERM or SIGINT. What fails is logged and asked again, the rest goes on."""
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    lanes = [
        threading.Thread(target=_lane, args=(stopping, _sender(name)), name=name, daemon=True)
        for name in OUTSIDE
    ]
    for name, duty, every in (
        ("mail in", poll_mailboxes, EVERY),
        ("manuals", print_waiting, MANUALS),
    ):
        work = _now_and_then(duty, every)
        lanes.append(threading.Thread(target=_lane, args=(stopping, work), name=name, daemon=True))
    for lane in lanes:
        lane.start()
    _lane(stopping, _reader(stopping))
    end = time.monotonic() + GOODBYE
    for lane in lanes:
        lane.join(max(0.0, end - time.monotonic()))
    return 0


def _lane(stopping: threading.Event, work: Callable[[], int]) -> None:
    """Do `work` again and again; a pause when it found nothing or failed."""
    while not stopping.is_set():
        try:
            done = work()
        except Exception as error:  # a lane that ended would be missed by nobody
            log.warning("asked again", lane=threading.current_thread().name, exc_info=error)
            for alias in connections:
                connections[alias].close()
            done = 0
        if not done:
            stopping.wait(PAUSE)


def _sender(channel: str) -> Callable[[], int]:
    return lambda: deliver_due(channel)


def _now_and_then(duty: Callable[[], int], every: float) -> Callable[[], int]:
    """A duty that is asked every so many seconds."""
    next_look = 0.0

    def read() -> int:
        nonlocal next_look
        if time.monotonic() < next_look:
            return 0
        next_look = time.monotonic() + every
        return duty()

    return read


def _reader(stopping: threading.Event) -> Callable[[], int]:
    """The listeners, and beside them the sign of life and the hourly clearing out. Asked to stop,
    it begins with no other company: of a thousand that would outlast the patience of who asked."""
    next_beat = next_forget = 0.0

    def read() -> int:
        nonlocal next_beat, next_forget
        moment = time.monotonic()
        if moment >= next_beat:
            next_beat = moment + BEAT
            beat("worker")
        if moment >= next_forget:
            next_forget = moment + FORGET
            for company in every_company():
                if stopping.is_set():
                    return 0
                machine = Actor.machine(company, "worker")
                forget_old(actor=machine)
                sweep_files(actor=machine)
        return read_on(stopping=stopping.is_set)

    return read
