"""Reads across communities: what is late in each of them, what came to headquarters today."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.timezone import localtime

from anju.domains.requests.queries import cases_owing
from anju.engine.clocks.models import Clock
from anju.engine.loop.models import Case, Record
from anju.foundation.kit.filters import Span, between
from anju.foundation.lib import now
from anju.foundation.places.models import inside
from anju.foundation.tenancy.actor import Actor


def late_by(actor: Actor, paths: Sequence[str]) -> Mapping[str, int]:
    """How many live cases are past a deadline under each of these places. One query."""
    late = Case.objects.seen_by(actor).live().filter(pk__in=cases_owing(actor, due_at__lt=now()))
    rows = late.annotate(under=inside(paths, "place__path")).order_by().values("under")
    found = dict(rows.annotate(n=Count("id")).values_list("under", "n"))
    return {path: found.get(path, 0) for path in paths}


def cases_that_broke(span: Span, actor: Actor) -> QuerySet[Clock, Any]:
    """The ids of the cases with a promise whose deadline passed unkept in `span`, as a query."""
    broken = Clock.objects.filter(company_id=actor.company_id, state="broken")
    return between("due_at")(broken, span).order_by().values("case_id")


def broken_by(actor: Actor, paths: Sequence[str], span: Span) -> Mapping[str, int]:
    """Under each of these places, how many cases had a promise whose deadline passed unkept within
    `span`. One query."""
    broken = Case.objects.seen_by(actor).filter(pk__in=cases_that_broke(span, actor), history=False)
    rows = broken.annotate(under=inside(paths, "place__path")).order_by().values("under")
    found = dict(rows.annotate(n=Count("id")).values_list("under", "n"))
    return {path: found.get(path, 0) for path in paths}


def dissatisfied_today() -> QuerySet[Record, Any]:
    """The ids of the cases whose reporter said today that the result is not good, as a query."""
    midnight = localtime(now()).replace(hour=0, minute=0, second=0, microsecond=0)
    calls = Record.objects.filter(kind="callback", verdict="fail", noted_at__gte=midnight)
    return calls.order_by().values("case_id")
