"""The whole verification, company by company, on one snapshot of the database."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from anju.foundation.events.anchors import Anchor, AnchoredSeal, anchored
from anju.foundation.events.problems import Problem
from anju.foundation.events.registry import Scope, Verifier, verifiers
from anju.foundation.events.verification.chain import Chain
from anju.foundation.events.verification.rows import Rows
from anju.foundation.events.verification.values import Values
from anju.foundation.lib import now
from anju.foundation.tenancy.across import across

SHOWN = 1_000  # problems kept per company; all are counted


@dataclass
class CompanyReport:
    """What was found in one company. `anchored`: the seal up to which an anchor vouches, or 0."""

    company: UUID
    code: str
    events: int = 0
    waiting: int = 0
    seals: int = 0
    anchored: int = 0
    values: int = 0
    erased: int = 0
    rows: int = 0
    found: int = 0
    problems: list[Problem] = field(default_factory=list)

    def note(self, problems: Iterable[Problem]) -> None:
        """Count all problems and keep the first ones."""
        for problem in problems:
            self.found += 1
            if len(self.problems) < SHOWN:
                self.problems.append(problem)


@dataclass
class Report:
    """The result over all companies asked for; `found` 0 means that everything is as sealed."""

    companies: list[CompanyReport]
    problems: list[Problem]

    @property
    def found(self) -> int:
        """How many problems there are, the ones not kept included."""
        return len(self.problems) + sum(company.found for company in self.companies)

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "found": self.found,
            "problems": [problem.as_json() for problem in self.problems],
            "companies": [
                {
                    **{k: v for k, v in vars(c).items() if k not in ("company", "problems")},
                    "company": str(c.company),
                    "problems": [problem.as_json() for problem in c.problems],
                }
                for c in self.companies
            ],
        }


def verify(
    *,
    anchors: Collection[Anchor] = (),
    codes: Collection[str] = (),
    quick: bool = False,
    progress: Callable[[CompanyReport], object] = lambda _report: None,
) -> Report:
    """Verify all companies, or those of `codes`, against themselves and against `anchors`.

    Reads as the owner on one snapshot, so it may run under load; memory does not grow with the
    number of events. `quick` leaves out the content of stored files. `progress` gets each
    company's report as soon as it is done.
    """
    with across("owner", "verification reads every company", snapshot=True) as cursor:
        cursor.execute("SELECT id, code FROM tenancy_company ORDER BY code")
        known = dict(cursor.fetchall())
        kept = anchored(anchors)
        reports = []
        for id, code in known.items():
            if not codes or code in codes:
                scope = Scope(id, quick=quick)
                reports.append(verify_company(scope, code=code, anchors=kept.get(id, {})))
                progress(reports[-1])
        cursor.execute("SELECT DISTINCT company_id FROM events_seal")
        homeless = {row[0] for row in cursor.fetchall()} - known.keys()
        lost = kept.keys() - known.keys()
    problems = [
        *(Problem("company.gone", str(id)) for id in sorted(homeless)),
        *(Problem("anchor.company", str(id)) for id in sorted(lost - homeless)),
    ]
    return Report(reports, [] if codes else problems)


def verify_company(
    scope: Scope, *, code: str = "", anchors: Mapping[int, bytes] | None = None
) -> CompanyReport:
    """Verify one company through the connection and inside the transaction of its caller."""
    report = CompanyReport(scope.company, code)
    chain, values, rows = passes = Chain(scope, anchors or {}), Values(scope), Rows(scope)
    report.note(problems_in(passes, scope))
    report.events, report.waiting = chain.events, chain.waiting
    report.seals, report.anchored = (chain.last.n if chain.last else 0), chain.anchored
    report.values, report.erased, report.rows = values.held, values.erased, rows.rows
    return report


def problems_in(passes: tuple[Chain, Values, Rows], scope: Scope) -> Iterator[Problem]:
    """All problems of one company, one after the other; the passes count what they have seen."""
    for check in passes:
        yield from check.problems()
    for name, verifier in sorted(verifiers().items()):
        yield from _checked(name, verifier, scope)


def _checked(name: str, verifier: Verifier, scope: Scope) -> Iterator[Problem]:
    """A verifier of another app; one that breaks is a problem and does not end the others."""
    found: list[Problem] = []
    try:
        with across("owner", "a savepoint: a failed query must not end the verification"):
            for problem in verifier(scope):
                found.append(problem)
                if len(found) > SHOWN:
                    break
    except Exception as error:  # whatever it is: an unfinished check must show as one
        found.append(Problem("verifier.failed", name, facts={"error": type(error).__name__}))
    yield from found


def last_seals() -> Anchor:
    """The anchor of this moment: the last seal of every company that has one."""
    with across("owner", "an anchor covers every company", snapshot=True) as cursor:
        cursor.execute(
            "SELECT c.id, c.code, s.n, s.last, s.digest, s.at FROM tenancy_company c"
            " CROSS JOIN LATERAL (SELECT * FROM events_seal WHERE company_id = c.id"
            " ORDER BY n DESC LIMIT 1) AS s ORDER BY c.code"
        )
        seals = tuple(
            AnchoredSeal(company, code, n, last, bytes(digest), at)
            for company, code, n, last, digest, at in cursor.fetchall()
        )
    return Anchor(now(), seals)
