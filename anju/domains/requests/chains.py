"""Through whose hands work has gone: who had it, who gave it back and why, who heard of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from anju.engine.loop.presets import in_words
from anju.foundation.access.queries import names_of
from anju.foundation.access.rules import ROLE_NAMES
from anju.foundation.events.models import Event, EventValue
from anju.foundation.people.models import Person
from anju.foundation.tenancy.actor import Actor

GIVEN = ("work.assign", "work.claim")
RAISED = ("clock.escalated", "case.escalate")


@dataclass(frozen=True)
class Return:
    """Somebody had the work and gave it back."""

    who: str
    at: datetime
    reason: str


@dataclass
class Chain:
    """What happened to the work of a case on its way: returns, oldest first, by work order; and the
    roles it was escalated to, the last one last."""

    returns: dict[str, list[Return]]
    raised: list[Any]

    @property
    def to(self) -> Any:
        """How far up it has gone; "" where nobody above has heard of it."""
        return self.raised[-1] if self.raised else ""


NO_CHAIN = Chain({}, [])


def chains_of(cases: Iterable[UUID], actor: Actor) -> Mapping[UUID, Chain]:
    """The chains of cases the caller may see. Four queries."""
    events = list(
        Event.objects.filter(
            company_id=actor.company_id,
            subject_kind="case",
            subject_id__in=set(cases),
            name__in=(*GIVEN, *RAISED, "work.hand_back"),
        ).order_by("noted_at", "id")
    )
    back = [e.id for e in events if e.name == "work.hand_back"]
    values = EventValue.objects.filter(event_id__in=back, name="reason")
    reasons = dict(values.values_list("event_id", "text"))
    who = {str(e.said.get("person") or e.by) for e in events if e.name in GIVEN}
    who |= {str(e.by) for e in events if e.name == "work.hand_back"}
    ids = {UUID(one) for one in who}
    names = names_of(ids, actor=actor)
    names.update(Person.objects.filter(id__in=ids, kind="staff").values_list("id", "name"))
    found: dict[UUID, Chain] = defaultdict(lambda: Chain(defaultdict(list), []))
    had: dict[str, UUID] = {}
    for event in events:
        chain, work = found[event.subject_id], str(event.said.get("work", ""))
        if event.name in GIVEN:
            had[work] = UUID(str(event.said.get("person") or event.by))
        elif event.name == "work.hand_back":
            name = names.get(had.pop(work, event.by), "—")
            chain.returns[work].append(Return(name, event.at, in_words(reasons.get(event.id, ""))))
        else:
            to = str(event.said.get("to", ""))
            chain.raised.append(ROLE_NAMES.get(to, to))
    return found
