"""Whether somebody has answered, so that no telephone rings any more."""

from collections.abc import Mapping

from anju.engine.clocks.models import Clock
from anju.engine.loop.models import Case
from anju.engine.loop.rules import CASE_LIVE
from anju.foundation.messages.models import Message
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.rows import only

# What a message that calls asks for: the clock that only a person's own step stops.
ASKED: Mapping[str, str] = {"work.assigned": "accept"}


def has_answered(message: Message, actor: Actor) -> bool:
    """Whether what a call about a case asks for is done: the promise it names has been answered, or
    the case is over. Two queries."""
    kind = str(message.facts.get("clock") or ASKED.get(message.kind, "respond"))
    case = only(Case.objects.filter(company_id=actor.company_id, id=message.subject_id))
    if case is None or case.state not in CASE_LIVE:
        return True
    asked = Clock.objects.filter(company_id=actor.company_id, case_id=case.id, kind=kind)
    latest = asked.order_by("-started_at", "-id").first()
    return latest is not None and not latest.live
