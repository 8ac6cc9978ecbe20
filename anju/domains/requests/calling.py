"""The callback list (回访): whom to call now, what to say, and what came of the calls."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Case as If
from django.db.models import (
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.formats import date_format

from anju.domains.requests.queries import cases_with_due
from anju.engine.loop.models import Case, Record
from anju.engine.loop.queries import asking_of, calls_owed, had_part
from anju.foundation.lib import now
from anju.foundation.places.models import under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Company

USUAL_ATTEMPTS = 3  # where a standard does not say how often to try
PAUSE = timedelta(hours=1)  # who was just tried in vain comes after those who were not
LATELY = timedelta(days=30)


def _records(kind: str) -> QuerySet[Record]:
    return Record.objects.filter(
        company_id=OuterRef("company_id"), case_id=OuterRef("id"), kind=kind
    ).order_by()


def to_call(actor: Actor) -> QuerySet[Case]:
    """Whom the actor may call, what is due first on top; who was tried within the hour last.

    Each with `rings` (calls in vain since it was answered), `rung_at` (the last of them) and
    `own` (the actor did a part of the work: a colleague calls). As `cases_with_due`, one query
    more.
    """
    rings = _records("ring").filter(at__gte=OuterRef("answered_at")).values("case_id")
    owed = calls_owed(
        cases_with_due(actor).filter(under(actor.paths("case.callback"), "place__path"))
    )
    return owed.annotate(
        rings=Coalesce(Subquery(rings.annotate(n=Count("id")).values("n")), 0),
        rung_at=Subquery(rings.annotate(last=Max("at")).values("last")),
        own=Exists(_records("result").filter(had_part(actor.id))),
    ).order_by(
        If(
            When(rung_at__gte=now() - PAUSE, then=Value(1)),
            default=Value(0),
            output_field=IntegerField(),
        ),
        F("due").asc(nulls_last=True),
        "at",
        "id",
    )


def called(actor: Actor, outcome: str) -> QuerySet[Case]:
    """Cases with this outcome of a call in the last 30 days, the latest on top; the dissatisfied
    stay among them whatever is said to them later. Each with `called_at`."""
    calls = _records("callback").filter(value__outcome=outcome, at__gte=now() - LATELY)
    last = calls.values("case_id").annotate(last=Max("at")).values("last")
    found = cases_with_due(actor).annotate(called_at=Subquery(last)).filter(called_at__isnull=False)
    if outcome != "dissatisfied":
        found = found.filter(outcome=outcome)
    return found.order_by("-called_at", "-id")


def attempts_of(case: Case) -> int:
    """After how many calls in vain the case counts as not reached."""
    return asking_of(case).attempts or USUAL_ATTEMPTS


def script_for(case: Case, actor: Actor) -> list[str]:
    """What to say, line by line, with the names filled in; empty where the standard has none."""
    lines = asking_of(case).script_of(case.kind, case.category)
    if not lines:
        return []
    names: Mapping[str, Any] = {
        "{company}": Company.objects.get(id=actor.company_id).name,
        "{caller}": actor.name,
        "{reporter}": case.reporter.name_for(actor) if case.reporter else "",
        "{matter}": case.title,
        "{number}": case.number,
        "{day}": date_format(case.day, "MONTH_DAY_FORMAT"),
    }
    return [_filled(line, names) for line in lines]


def _filled(line: str, names: Mapping[str, Any]) -> str:
    for name, value in names.items():
        line = line.replace(name, str(value))
    return line
