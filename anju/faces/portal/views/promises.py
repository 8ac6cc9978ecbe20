"""What the contract promises where I live, beside what was kept: sums alone, nobody's matter."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from anju.domains.community.households import Household
from anju.domains.promises.queries import DAYS, ClauseKept, Judged, promised_at
from anju.domains.promises.rules import VERDICT_WORDS, Verdict, of_clause
from anju.faces.portal.looks import page
from anju.faces.portal.views.home import around, home_page
from anju.foundation.access.doors import Request

FEWEST = 5  # of fewer cases no figure is shown: a neighbour could be meant by it
LOOKS: dict[Verdict, str] = {"kept": "ok", "broken": "warn"}


@home_page()
def promises(request: Request, household: Household) -> HttpResponse:
    """Clause by clause: what is promised to my community, and what was kept in the last 90 days."""
    paths = [home.place.path for home in household.homes]
    contracts = [
        (one.contract, [_row(clause) for clause in one.clauses])
        for one in promised_at(paths, actor=request.actor)
    ]
    context = {**around(household), "contracts": contracts, "days": DAYS, "fewest": FEWEST}
    return page(request, "promises", context)


# Said to whoever lives there, who need not know how a clause is measured.
WORDS: Mapping[Verdict, Any] = {
    **VERDICT_WORDS,
    "unmeasured": gettext_lazy("No figures yet"),
    "nothing": gettext_lazy("Not told in figures"),
}


def _row(clause: ClauseKept) -> dict[str, Any]:
    figures = [judged for kept in clause.standards for judged in kept.figures]
    shown = [judged for judged in figures if judged.reading.n >= FEWEST]
    # Of what is shown alone: by the label of a hidden figure a neighbour could be meant as well.
    verdict = of_clause([judged.verdict for judged in shown]) if figures else clause.verdict
    if figures and not shown:
        verdict = "unmeasured"
    return {
        "clause": clause.clause,
        "words": WORDS[verdict],
        "tone": LOOKS.get(verdict, ""),
        "figures": [_figure(judged) for judged in shown],
        "few": len(shown) < len([judged for judged in figures if judged.reading.n]),
    }


def _figure(judged: Judged) -> dict[str, Any]:
    reading = judged.reading
    return {
        "label": reading.definition.label,
        "hits": reading.hits,
        "n": reading.n,
        "percent": reading.value,
        "target": judged.target,
        "low": reading.definition.better == "low",
    }
