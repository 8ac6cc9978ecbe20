"""The service report: two statements over cases and clocks, by the definitions of `rules`.

Cost: the cases of a period are found by the index on their opening, each with its clocks by
another; 100,000 cases take about a second. Reports over many years belong on a replica.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import CharField, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from anju.engine.indicators.rules import By, Group, Period, Promise, ServiceReport, Spread
from anju.engine.loop.models import CHANNEL_NAMES, Case, WorkOrder
from anju.engine.standards.rules import CLOCK_KINDS
from anju.foundation.lib import now
from anju.foundation.places.models import Place, under
from anju.foundation.places.rules import ancestors
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import zone_of_company

# `rules.verdict` in SQL; the parameter is the present instant.
VERDICT = """
    CASE WHEN k.state IN ('kept', 'broken', 'not_judgeable', 'not_recorded') THEN k.state
         WHEN k.state = 'void' THEN NULL
         WHEN k.state = 'running' AND k.stopped_at IS NULL AND k.due_at < %s THEN 'broken'
         ELSE 'waiting' END
"""
_PROMISES = """
    WITH c AS ({cases}),
         v AS (SELECT c.grouped, k.kind, {verdict} AS verdict, k.days,
                      CASE WHEN k.days IS NULL
                           THEN extract(epoch FROM k.stopped_at - k.started_at) END AS seconds
                 FROM c JOIN clocks_clock k ON k.company_id = %s AND k.case_id = c.id)
    SELECT grouping(grouped) = 1, grouped, kind,
           count(*) FILTER (WHERE verdict = 'kept'),
           count(*) FILTER (WHERE verdict = 'broken'),
           count(*) FILTER (WHERE verdict = 'waiting'),
           count(*) FILTER (WHERE verdict = 'not_judgeable'),
           count(*) FILTER (WHERE verdict = 'not_recorded'),
           count(seconds), percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY seconds),
           count(days), percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY days)
      FROM v WHERE verdict IS NOT NULL
     GROUP BY GROUPING SETS ((kind), (grouped, kind))
"""
_CASES = """
    WITH c AS ({cases})
    SELECT grouped, state, kind, place_id IS NULL, category = '', channel = 'unknown', count(*)
      FROM c GROUP BY 1, 2, 3, 4, 5, 6
"""
# What a group is called in the database; NULL is "not recorded".
GROUPED: Mapping[By | None, str] = {
    None: "''",
    "category": "nullif(loop_case.category, '')",
    "channel": "nullif(loop_case.channel, 'unknown')",
    "month": "to_char(loop_case.day, 'YYYY-MM')",
    "place": "(SELECT p.path FROM places_place p"
    " WHERE p.company_id = loop_case.company_id AND p.id = loop_case.place_id)",
}
WHOLE = object()
Key = Any  # a text, None where not recorded, or WHOLE


@dataclass
class _Sums:
    """What the two statements say, by group."""

    states: dict[Key, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    promises: dict[Key, list[Promise]] = field(default_factory=lambda: defaultdict(list))
    kinds: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)


def cases_in(period: Period, *, actor: Actor, kind: str = "") -> QuerySet[Case]:
    """The cases opened in a period at places whose figures the actor may see."""
    slack = timedelta(days=2)  # a local day lies within this of its UTC midnight; uses the index
    first = datetime.combine(period.first, time(), UTC) - slack
    last = datetime.combine(period.last, time(), UTC) + slack
    found = Case.objects.filter(
        under(actor.paths("indicator.see"), "place__path"),
        company_id=actor.company_id,
        at__range=(first, last),
        day__range=(period.first, period.last),
    )
    return found.filter(kind=kind) if kind else found


def planned_in(period: Period, *, actor: Actor) -> QuerySet[WorkOrder]:
    """The planned work whose window opened in a period, by the days of the company, at places whose
    figures the actor may see."""
    zone = zone_of_company(actor.company_id)
    first = datetime.combine(period.first, time(), zone)
    after = datetime.combine(period.last + timedelta(days=1), time(), zone)
    return WorkOrder.objects.filter(
        under(actor.paths("indicator.see"), "place__path"),
        company_id=actor.company_id,
        case=None,
        opened_at__gte=first,
        opened_at__lt=after,
    )


def service_report(
    period: Period, *, actor: Actor, by: By | None = None, kind: str = ""
) -> ServiceReport:
    """Counts, timeliness and times of the cases opened in a period, as known at this moment.

    `by` adds the same figures per category, place, channel or month of opening; `kind` keeps one
    kind of case. Cases at places the actor may not see figures of are left out.
    """
    moment = now()
    with acting(actor):
        cases = cases_in(period, actor=actor, kind=kind)
        sums = _summed(cases, by, moment, actor)
        names = _names(by, sums.states, actor)
    groups = [
        _group(sums, key, names.get(key, "")) for key in sums.states if by and key is not WHOLE
    ]
    groups.sort(key=lambda g: (not g.recorded, g.key if by == "month" else (-g.cases, g.name)))
    return ServiceReport(
        period=period,
        at=moment,
        whole=_group(sums, WHOLE, _("all")),
        kinds=dict(sorted(sums.kinds.items())),
        not_recorded={name: sums.missing[name] for name in ("place", "category", "channel")},
        by=by,
        groups=tuple(groups),
    )


def _summed(cases: QuerySet[Case], by: By | None, moment: datetime, actor: Actor) -> _Sums:
    grouped = RawSQL(GROUPED[by], [], output_field=CharField())  # noqa: S611 - our own constants
    columns = ("id", "state", "kind", "place_id", "category", "channel")
    sql, params = (
        cases.annotate(grouped=grouped).values(*columns, "grouped").query.sql_with_params()
    )
    sums = _Sums()
    with connection.cursor() as cursor:
        cursor.execute(_CASES.format(cases=sql), params)
        for key, state, kind, no_place, no_category, no_channel, count in cursor.fetchall():
            for one in (key, WHOLE):
                sums.states[one][state] += count
            sums.kinds[kind] += count
            sums.missing["place"] += count * no_place
            sums.missing["category"] += count * no_category
            sums.missing["channel"] += count * no_channel
        cursor.execute(
            _PROMISES.format(cases=sql, verdict=VERDICT), [*params, moment, actor.company_id]
        )
        for whole, key, *figures in cursor.fetchall():
            sums.promises[WHOLE if whole else key].append(_promise(figures))
    return sums


def _promise(row: Sequence[Any]) -> Promise:
    kind, kept, broken, waiting, not_judgeable, not_recorded, n, seconds, n_days, days = row
    return Promise(
        kind=kind,
        kept=kept,
        broken=broken,
        waiting=waiting,
        not_judgeable=not_judgeable,
        not_recorded=not_recorded,
        seconds=Spread(n, *map(float, seconds)) if n else Spread(),
        days=Spread(n_days, *days) if n_days else Spread(),
    )


def _group(sums: _Sums, key: Key, name: str) -> Group:
    order: dict[str, int] = {kind: n for n, kind in enumerate(CLOCK_KINDS)}
    states = sums.states.get(key, Counter())
    return Group(
        key=key if isinstance(key, str) else "",
        name=name if key is not None else _("not recorded"),
        cases=states.total(),
        states=dict(sorted(states.items())),
        promises=tuple(sorted(sums.promises.get(key, []), key=lambda p: order[p.kind])),
        recorded=key is not None,
    )


def _names(by: By | None, keys: Iterable[Key], actor: Actor) -> dict[Key, str]:
    """What people call the groups; places by all names from the top down."""
    texts = [key for key in keys if isinstance(key, str)]
    if by == "channel":
        return {key: str(dict(CHANNEL_NAMES).get(key, key)) for key in texts}
    if by != "place":
        return {key: key for key in texts}
    chains = {path: ancestors(path) for path in texts}
    above = {path for chain in chains.values() for path in chain}
    names = dict(
        Place.objects.filter(company_id=actor.company_id, path__in=above).values_list(
            "path", "name"
        )
    )
    return {
        path: " / ".join(names[p] for p in chain if p in names) for path, chain in chains.items()
    }
