"""Reads of what was promised beside what was kept.

Cost of compliance: one query over the cases of 90 days for all contracts of a page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, reduce
from operator import or_
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from anju.domains.promises.models import Contract, Need, Service
from anju.domains.promises.rules import (
    VERDICTS,
    Answered,
    Clause,
    Proposal,
    Verdict,
    answered,
    of_clause,
    proposed,
    verdict_of,
)
from anju.engine.indicators.beside import lines_at
from anju.engine.indicators.figures import Reading, readings_by_standard
from anju.engine.indicators.judged import judged_by
from anju.engine.indicators.queries import cases_in
from anju.engine.indicators.rules import Period
from anju.engine.library.comparing import Line, metric_of, wanted
from anju.engine.library.reading import library
from anju.engine.standards.models import Standard
from anju.foundation.lib import now
from anju.foundation.places.models import Place, under
from anju.foundation.places.queries import zone_of
from anju.foundation.places.rules import ancestors
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today

DAYS = 90
YEAR = 365


def today_at(place: Place) -> date:
    """The day it is at a place. Up to two queries."""
    return now().astimezone(ZoneInfo(zone_of(place))).date()


@cache
def grades() -> tuple[tuple[str, str], ...]:
    """What a contract can name as its grade: "piece/level" and how people read it."""
    return tuple(
        (f"{piece.code}/{level}", f"{piece.title} · {level}")
        for piece in library().pieces.values()
        for level in piece.levels
    )


def complaints_by_category(*, actor: Actor) -> dict[str, int]:
    """How many complaints of the last 12 months were filed under each category, at places whose
    figures the actor may see; void ones are left out. One query."""
    cases = cases_in(_last_days(YEAR, actor), actor=actor, kind="complaint").exclude(state="void")
    rows = cases.order_by().values_list("category").annotate(n=Count("id"))
    return dict(rows)


def proposals(*, actor: Actor) -> list[Proposal]:
    """Needs that the complaints of 12 months speak of and nobody has taken up. 2 queries."""
    taken = Need.objects.seen_by(actor).exclude(category="").values_list("category", flat=True)
    return proposed(complaints_by_category(actor=actor), taken)


def needs_answered(*, actor: Actor) -> Answered:
    """The needs that count beside the standards in force. Two queries."""
    needs = Need.objects.seen_by(actor).filter(state="open").order_by("code")
    named = {
        one.code: [need for r in one.document.requirements for need in r.needs]
        for one in Standard.objects.seen_by(actor).in_force()
    }
    return answered(needs.values_list("code", flat=True), named)


def in_force_by_code(*, actor: Actor) -> dict[str, Standard]:
    """The standards in force. One query."""
    return {one.code: one for one in Standard.objects.seen_by(actor).in_force()}


def gaps(*, actor: Actor, paths: Sequence[str] = ()) -> list[Service]:
    """What the catalogues offer (`paths`: of these communities only) without a standard in force,
    in order. Two queries."""
    standing = in_force_by_code(actor=actor)
    offered = Service.objects.seen_by(actor).filter(state="offered").select_related("place")
    if paths:
        offered = offered.filter(place__path__in=paths)
    return [
        one
        for one in offered.order_by("place__path", "code")
        if not any(code in standing for code in one.standards)
    ]


@dataclass(frozen=True)
class Judged:
    """A figure beside what was promised of it, in percent."""

    reading: Reading
    target: float
    verdict: Verdict


@dataclass(frozen=True)
class Kept:
    """What was kept of one standard: its figures that count, each with its verdict."""

    code: str
    standard: Standard | None
    figures: tuple[Judged, ...]


@dataclass(frozen=True)
class ClauseKept:
    """A clause, the standards it names, and what it comes to."""

    clause: Clause
    standards: tuple[Kept, ...]
    verdict: Verdict


@dataclass(frozen=True)
class Compliance:
    """A contract clause by clause."""

    contract: Contract
    clauses: tuple[ClauseKept, ...]

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many clauses come to what."""
        return {one: sum(c.verdict == one for c in self.clauses) for one in VERDICTS}


def compliance_of(
    contracts: Iterable[Contract], *, actor: Actor, days: int = DAYS
) -> list[Compliance]:
    """Each contract beside what was kept of it in the cases of its community opened in the last
    `days` (local ones, today included) that lie in its term, by the standards in force; outside its
    term nothing is measured. Two queries, however many communities; one more for each further
    contract of the same community."""
    wanted = list(contracts)
    standing = in_force_by_code(actor=actor)
    cases = cases_in(_last_days(days, actor), actor=actor)
    found: dict[UUID, Compliance] = {}
    for round_ in _rounds(wanted):
        paths = sorted(one.place.path for one in round_)
        held = reduce(or_, (in_term(one) for one in round_))
        readings = readings_by_standard(cases.filter(held), paths)
        found |= {one.id: _complied(one, standing, readings) for one in round_}
    return [found[one.id] for one in wanted]


def _last_days(days: int, actor: Actor) -> Period:
    """As the pages count them that list the cases: by the company's zone."""
    last = today(actor.company_id)
    return Period(last - timedelta(days=days - 1), last)


def _rounds(contracts: Iterable[Contract]) -> list[list[Contract]]:
    """Every community once in each: the terms of two contracts of one are told apart."""
    rounds: list[dict[str, Contract]] = []
    for one in contracts:
        free = next((r for r in rounds if one.place.path not in r), None)
        if free is None:
            rounds.append(free := {})
        free[one.place.path] = one
    return [list(r.values()) for r in rounds]


def in_term(contract: Contract) -> Q:
    """Cases of its community opened while it held."""
    last = min(contract.last, contract.ended_on or contract.last)
    here = under([contract.place.path], "place__path")
    return here & Q(day__range=(contract.first, last))


def _complied(
    contract: Contract,
    standing: Mapping[str, Standard],
    readings: Mapping[tuple[str, str], Sequence[Reading]],
) -> Compliance:
    path = contract.place.path
    found = []
    for clause in contract.says:
        rows = []
        for code in clause.standards:
            standard = standing.get(code)
            read = _figures(standard, readings.get((path, code), ())) if standard else ()
            rows.append(Kept(code, standard, read))
        verdicts: list[Verdict] = [one.verdict for row in rows for one in row.figures]
        if not verdicts and any(row.standard for row in rows):
            verdicts = ["unmeasured"]
        found.append(ClauseKept(clause, tuple(rows), of_clause(verdicts)))
    return Compliance(contract, tuple(found))


def _figures(standard: Standard, readings: Sequence[Reading]) -> tuple[Judged, ...]:
    return tuple(
        Judged(one, target, _verdict(one, target))
        for one, target in judged_by(standard.document, readings)
    )


def _verdict(reading: Reading, target: float) -> Verdict:
    high = reading.definition.better == "high"
    return verdict_of(value=reading.value, interval=reading.interval, target=target, high=high)


def in_force_at(paths: Iterable[str], *, actor: Actor) -> list[Contract]:
    """The contracts that hold today at the communities of these places. Three queries for one."""
    above = {one for path in paths for one in ancestors(path)}
    found = Contract.objects.filter(company_id=actor.company_id, place__path__in=above)
    return [
        one
        for one in found.select_related("place").order_by("place__path")
        if one.state(today_at(one.place)) == "in_force"
    ]


def promised_at(paths: Sequence[str], *, actor: Actor) -> list[Compliance]:
    """What holds where somebody lives, beside what was kept of it: sums of a whole community, which
    everybody who lives there may read without any right to its cases. `paths`: of their homes; ask
    `household_of` first. Six queries for one community."""
    counter = Actor.machine(actor.company_id, "promised")
    return compliance_of(in_force_at(paths, actor=counter), actor=counter)


Stands = Literal["more", "same", "less", "absent"]


@dataclass(frozen=True)
class Beside:
    """A line of the grade a contract names, and whether the standards of its clauses promise
    `more`, the `same`, `less` or nothing (`absent`) of it."""

    line: Line
    stands: Stands


def beside_grade(contract: Contract, *, actor: Actor, days: int = DAYS) -> list[Beside]:
    """A contract beside its own grade: what the grade asks, what the standards of the clauses
    promise of it, and what the cases of the last `days` in its term show. None where it names no
    grade. Two queries, one for all figures, and one for each time or share that is asked."""
    code, _slash, level = contract.grade.partition("/")
    piece = library().pieces.get(code)
    if piece is None:
        return []
    standing = in_force_by_code(actor=actor)
    named = dict.fromkeys(code for clause in contract.says for code in clause.standards)
    standards = [standing[code] for code in named if code in standing]
    rests = {item for one in standards for r in one.document.requirements for item in r.rests_on}
    cases = cases_in(_last_days(days, actor), actor=actor).filter(in_term(contract))
    found = lines_at(piece, level, place=contract.place, standards=standards, cases=cases)
    own = [line for line in found if line.value.level == level]
    beside = [Beside(line, _stands(line, line.item.id in rests)) for line in own]
    return [
        replace(one, line=replace(one.line, met="rule")) if _in_words(one) else one
        for one in beside
    ]


def _in_words(one: Beside) -> bool:
    """Whether a standard in force promises a line that nothing measures: that it is written there
    is all that can be met of it, as where a community is compared with the library."""
    return one.stands == "same" and one.line.met in ("words", "planned")


def _stands(line: Line, rests: bool) -> Stands:
    asks, promise = wanted(line.item, line.value), line.promised
    if asks is None:
        return "same" if rests and line.item.value_feeds(line.value) else "absent"
    if promise is None:
        return "absent"
    if promise.value == asks:
        return "same"
    shorter = promise.value < asks
    clock = metric_of(line.item, line.value).startswith("clock:")
    return "more" if shorter == clock else "less"
