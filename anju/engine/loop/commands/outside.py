"""A reply owed outside: an authority asks by a deadline of its own, may grant more time, and is
answered.

Each is a step of `move_case`; the effects stand here. The deadline is a clock of the case like any
other, only that no standard made it: it runs by the wall and is never paused.
"""

from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from anju.engine.clocks import rows as clock_rows
from anju.engine.clocks.models import Clock
from anju.engine.loop.commands.ground import Taking, record, set_state
from anju.engine.loop.models import Case
from anju.engine.standards.rules import Step
from anju.foundation.lib import now
from anju.foundation.places.queries import zone_of
from anju.foundation.tenancy.errors import NotYet

# A day ahead there is still time to act; what is late is known at headquarters at once.
LADDER = (Step(-24 * 60, "manager"), Step(0, "manager"), Step(0, "headquarters"))


def deadline(taking: Taking, version: int | None) -> None:
    """Somebody outside wants an answer by `due`; said again it moves the deadline, as they granted
    or ordered. Refuses one that lies before the case became known to us.

    No actor: the taking names one.
    """
    case = cast(Case, taking.case)
    due = _moment(taking, "due")
    clock = _owed(taking)
    set_state(case, version, case.state)
    taking.facts["due"] = due.isoformat()
    if clock is None:
        taking.begun.append(
            clock_rows.begun_until(
                due,
                taking.at,
                company=case.company_id,
                case=case.id,
                calendars=taking.calendars,
                ladder=LADDER,
            )
        )
    else:
        taking.facts["before"] = clock.due_at.isoformat() if clock.due_at else ""
        if not clock_rows.due_by(clock, due, now(), taking.calendars):
            text = _("That deadline lies before the request itself. Check the date.")
            raise NotYet(text, code="bad_value", fields={"due": text})
    number = str(taking.said.get("number") or "").strip()[:120]
    record(taking, "outside", value={"due": due.isoformat(), "number": number})
    taking.said = {"reason": taking.said.get("reason", "")}


def extension(taking: Taking, version: int | None) -> None:
    """More time was asked for. It moves nothing: only who set the deadline can (`deadline`).

    No actor: the taking names one.
    """
    case = cast(Case, taking.case)
    until, clock = _moment(taking, "until"), _needed(taking)
    if clock.due_at and until <= clock.due_at:
        text = _("The deadline is later than that already. Ask for a later day.")
        raise NotYet(text, code="bad_value", fields={"until": text})
    set_state(case, version, case.state)
    record(taking, "extension", value={"until": until.isoformat()})
    taking.facts["until"] = until.isoformat()
    taking.said = {"reason": taking.said["reason"]}


def reply(taking: Taking, version: int | None) -> None:
    """The answer was sent back to whoever asked from outside; its text stays with the event.

    No actor: the taking names one.
    """
    case = cast(Case, taking.case)
    _needed(taking)
    set_state(case, version, case.state)
    record(taking, "reply")
    taking.said = {"text": taking.said["text"]}


def _owed(taking: Taking) -> Clock | None:
    return next((c for c in taking.clocks if c.kind == "reply" and c.live), None)


def _needed(taking: Taking) -> Clock:
    clock = _owed(taking)
    if clock is None:
        text = _("Nobody outside waits for a reply to this case. Enter their deadline first.")
        raise NotYet(text, code="not_owed")
    return clock


def _moment(taking: Taking, name: str) -> datetime:
    """An instant that was given; without a zone it is meant at the place of the case."""
    given: Any = taking.said[name]
    try:
        at = given if isinstance(given, datetime) else datetime.fromisoformat(str(given).strip())
        if at.tzinfo is None:
            place = cast(Case, taking.case).place
            at = at.replace(tzinfo=ZoneInfo(zone_of(place) if place else "UTC"))
        if not 1990 < at.year < 2200:
            raise ValueError
    except ValueError:
        text = _("Give day and time, such as 2026-05-01 18:00.")
        raise NotYet(text, code="bad_value", fields={name: text}) from None
    return at
