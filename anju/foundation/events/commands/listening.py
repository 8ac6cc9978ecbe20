"""Reading on: a listener's cursor moves in the transaction of its handler (D3)."""

import logging
import traceback
from datetime import timedelta
from pathlib import PurePath
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext_lazy as _

from anju.foundation.events.models import Cursor, DeadLetter, Event
from anju.foundation.events.queries import SKIMMED, events_after, position_after
from anju.foundation.events.registry import Listener, listeners
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown

log = logging.getLogger(__name__)

TRIES = 6  # then the event goes to the dead letters: after about five minutes
FIRST_PAUSE = timedelta(seconds=5)  # doubled each time: 5, 10, 20, 40, 80 seconds


def advance(listener: Listener, company: UUID, limit: int = 200) -> int:
    """Let `listener` handle the next `limit` positions of `company`; how far it moved.

    The handler's writes and the cursor commit together. When a batch fails, its events are
    handled one by one, so one bad event never takes the others with it. A bad event is tried
    TRIES times with growing pauses, then becomes a dead letter and the listener goes on behind it.
    0 when there is nothing to read, when it is backing off, or when another process is at it.
    A database that cannot be reached is nobody's fault and raises.

    No actor: it makes the machine that is named after the listener.
    """
    actor = Actor.machine(company, listener.name)
    try:
        return _handle(listener, actor, limit)
    except HandlerFailed as failure:
        if isinstance(failure.__cause__, OperationalError | InterfaceError):
            raise failure.__cause__ from None
        if failure.alone:
            return _failed(listener, actor, failure.__cause__)
        log.warning("%s failed on a batch: %s", listener.name, _place(failure.__cause__))
    moved = 0
    for _event in range(limit):
        step = advance(listener, company, 1)
        if not step:
            break
        moved += step
    return moved


class HandlerFailed(Exception):
    """A handler raised (its error is the cause); `alone`: on a single event."""

    def __init__(self, alone: bool) -> None:
        super().__init__()
        self.alone = alone


def _handle(listener: Listener, actor: Actor, limit: int) -> int:
    with acting(actor):
        cursor = _cursor(listener, actor)
        if cursor is None or (cursor.retry_at and cursor.retry_at > now()):
            return 0
        count = 1 if cursor.tries else limit  # after a failure the bad event comes alone
        last, events = _news(listener, actor, cursor.n, count)
        if last == cursor.n:
            return 0
        if events:
            try:
                last = listener.handler(actor, events) or last
            except Exception as error:
                raise HandlerFailed(alone=last == cursor.n + 1) from error
        Cursor.objects.filter(company_id=actor.company_id, id=cursor.id).update(
            n=last, tries=0, retry_at=None
        )
        return last - cursor.n


def _news(listener: Listener, actor: Actor, n: int, count: int) -> tuple[int, list[Event]]:
    """The next events behind `n` for the listener and how far they reach; none while it heeds
    none. It is asked after the reach is known, so nobody who began to heed misses a later event.
    """
    company = actor.company_id
    if listener.heeds and count > 1:
        reach = position_after(company, n, limit=count * SKIMMED)
        if not listener.heeds(actor):
            return reach, []
    return events_after(company, n, limit=count, names=listener.names)


def _cursor(listener: Listener, actor: Actor) -> Cursor | None:
    """The locked cursor, made at first need; None when another process holds it."""
    key = {"company_id": actor.company_id, "listener": listener.name}
    if not Cursor.objects.filter(**key).exists():
        Cursor.objects.bulk_create([Cursor(**key)], ignore_conflicts=True)
    return Cursor.objects.select_for_update(skip_locked=True).filter(**key).first()


def _failed(listener: Listener, actor: Actor, error: BaseException | None) -> int:
    """Note the failure of the next event; 1 when it was given up and passed over."""
    log.error("%s failed on one event: %s", listener.name, _place(error))
    with acting(actor):
        cursor = _cursor(listener, actor)
        if cursor is None:
            return 0
        last, events = events_after(actor.company_id, cursor.n, limit=1, names=listener.names)
        tries = cursor.tries + 1
        mine = Cursor.objects.filter(company_id=actor.company_id, id=cursor.id)
        if tries < TRIES:
            pause = FIRST_PAUSE * 2 ** (tries - 1)
            mine.update(tries=tries, retry_at=now() + pause)
            return 0
        DeadLetter.objects.bulk_create(
            [
                DeadLetter(
                    company_id=actor.company_id,
                    listener=listener.name,
                    n=last,
                    event=event,
                    error=_place(error),
                    tries=tries,
                    at=now(),
                )
                for event in events
            ],
            ignore_conflicts=True,
        )
        mine.update(n=last, tries=0, retry_at=None)
        return last - cursor.n


def _place(error: BaseException | None) -> str:
    """Kind and place of a failure; its text is left out, it may quote a personal value."""
    frames = traceback.extract_tb(error.__traceback__) if error else []
    where = f" in {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"[:200]


def retry_letter(letter_id: int, *, actor: Actor) -> None:
    """Hand the event of a dead letter to its listener once more, and settle the letter.

    Refuses (`Unknown`) what is not there, (`Conflict`) what is settled, and (`NotYet`) when the
    listener does not exist any more; when it fails again its error rises and nothing is changed.
    """
    actor.require("journal.see", "")
    with acting(actor):
        letter = _open_letter(letter_id, actor)
        listener = listeners().get(letter.listener)
        if listener is None:
            raise NotYet(
                _("Nothing listens under the name %(name)s any more. Drop the entry instead.")
                % {"name": letter.listener}
            )
        event = Event.objects.get(company_id=actor.company_id, id=letter.event_id)
        event.position = letter.n
        listener.handler(Actor.machine(actor.company_id, listener.name), [event])
        _settle(letter)


def drop_letter(letter_id: int, *, actor: Actor) -> None:
    """Settle a dead letter without handling it; it stays readable.

    Refuses (`Unknown`) what is not there and (`Conflict`) what is settled.
    """
    actor.require("journal.see", "")
    with acting(actor):
        _settle(_open_letter(letter_id, actor))


def _open_letter(letter_id: int, actor: Actor) -> DeadLetter:
    letters = DeadLetter.objects.filter(company_id=actor.company_id, id=letter_id)
    letter = letters.select_for_update().first()
    if letter is None:
        raise Unknown(_("There is no such entry, or you may not see it."))
    if letter.settled_at:
        raise Conflict(_("This entry has been settled already. There is nothing left to do."))
    return letter


def _settle(letter: DeadLetter) -> None:
    DeadLetter.objects.filter(company_id=letter.company_id, id=letter.id).update(settled_at=now())
