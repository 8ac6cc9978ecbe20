"""The silence rule: who was told and says nothing for so many days has had the matter closed."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.models import Case, CaseQuery, Record
from anju.engine.loop.queries import calls_owed, facts_of
from anju.engine.loop.rules import CALLED_BACK, what_closing_lacks
from anju.engine.standards.models import Standard
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet

BATCH = 200


def close_silent(*, actor: Actor, limit: int = BATCH) -> int:
    """Close what was answered and told so many days ago as its standard says, and where nobody has
    answered since; returns how many. The outcome is "no answer", counted apart from satisfied.

    A case whose reporter is to be called is left alone until somebody has at least tried: waiting
    is no way round a call. What lacks anything else is left alone too. Safe to repeat.
    """
    with acting(actor):
        ids = list(_silent(actor).order_by("at", "id").values_list("id", flat=True)[:limit])
    return sum(_closed(id, actor) for id in ids)


def _silent(actor: Actor) -> CaseQuery:
    moment, days = now(), Q(pk__in=[])
    for id, asking in Standard.objects.exclude(asking={}).values_list("id", "asking"):
        if wait := asking.get("silence_days"):
            by = moment - timedelta(days=wait)
            days |= Q(standard_id=id, told_at__lte=by, answered_at__lte=by)
    answered = Case.objects.seen_by(actor).filter(days, state="answered", history=False)
    rings = Record.objects.filter(
        company_id=OuterRef("company_id"),
        case_id=OuterRef("id"),
        kind="ring",
        at__gte=OuterRef("answered_at"),
    )
    untried = calls_owed(Case.objects.seen_by(actor)).filter(~Exists(rings))
    return answered.exclude(id__in=untried.values("id"))


def _closed(id: UUID, actor: Actor) -> bool:
    """Both steps or neither; somebody may have been faster, then it is theirs."""
    try:
        with acting(actor):
            case = Case.objects.select_related("standard").get(id=id)
            if set(what_closing_lacks(facts_of(case))) - {"callback"}:
                return False
            if case.outcome not in CALLED_BACK:
                said = {"outcome": "no_answer"}
                case = move_case(id, "callback", actor=actor, version=case.version, said=said)
            move_case(id, "close", actor=actor, version=case.version)
    except (Conflict, NotYet):
        return False
    return True
