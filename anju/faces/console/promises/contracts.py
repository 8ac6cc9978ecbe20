"""Contracts of the communities, clause by clause beside what was kept."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.documents.queries import open_doubts
from anju.domains.promises.models import Contract
from anju.domains.promises.queries import (
    DAYS,
    Compliance,
    Judged,
    Stands,
    beside_grade,
    compliance_of,
    grades,
)
from anju.domains.promises.rules import VERDICT_WORDS, Verdict
from anju.engine.library.script import in_script
from anju.engine.library.words import said
from anju.engine.standards.models import Standard
from anju.faces.console.promises.parts import LOOKS, STATES
from anju.faces.console.views.figures import figure_of as reading_as_tile
from anju.faces.console.views.library import script_of
from anju.faces.console.views.library_compare import MET, record_words, rule_words
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.figures import Figure
from anju.foundation.kit.list import Column, ListPage
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.lib import now
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Unknown
from anju.foundation.tenancy.rows import only

STATE_LOOKS = {"in_force": "ok", "coming": "blue", "over": "edge"}


class ContractList(ListPage):
    """Contracts with what their clauses come to, counted for the rows of a page."""

    @cached_property
    def compliance(self) -> dict[UUID, Compliance]:
        """Clause by clause. Two queries."""
        found = compliance_of(self._page[0], actor=self.request.actor)  # type: ignore[attr-defined]  # a Request
        return {one.contract.id: one for one in found}


@door("standard.see", methods="GET")
def contracts(request: Request) -> HttpResponseBase:
    """The contract of every community at a glance: how many clauses are kept."""
    page: ContractList = ContractList(
        request,
        Contract.objects.seen_by(request.actor).select_related("place"),
        columns=[
            Column(name="place", label=_("Community"), render=lambda c: c.place.name, look="title"),
            Column(name="state", label=_("State"), render=state_tag, look="mark"),
            *(_count(one, page_of=lambda: page) for one in ("kept", "broken", "unclear")),
            Column(
                name="rest",
                label=_("Not measured"),
                render=lambda c: str(
                    sum(page.compliance[c.id].counts[v] for v in ("unmeasured", "nothing"))
                ),
                numeric=True,
            ),
            Column(
                name="number", label=_("Contract number"), render=lambda c: c.number, sort="number"
            ),
            Column(
                name="term",
                label=_("Term"),
                render=lambda c: f"{c.first:%Y-%m-%d} — {c.last:%Y-%m-%d}",
                sort="first",
                look="mute",
            ),
        ],
        sort="-term",
        row_url=lambda c: reverse("console:contract", args=[c.id]),
        empty=(
            _("No contracts yet"),
            _("Write one down: its clauses then stand beside what was kept of them."),
        ),
    )
    context = {"page": page, "days": DAYS, "may_edit": request.actor.may("standard.edit")}
    return page.answer() or render(request, "console/contracts.html", context)


def _count(verdict: Verdict, page_of: Any) -> Column:
    return Column(
        name=verdict,
        label=VERDICT_WORDS[verdict],
        render=lambda c: str(page_of().compliance[c.id].counts[verdict]),
        numeric=True,
    )


def state_tag(contract: Contract) -> Any:
    """Where a contract stands today, as a small label."""
    state = contract.state(timezone.localdate(now()))
    return tags.tag(STATES[state], STATE_LOOKS[state])


def the_contract(request: Request, id: UUID) -> Contract:
    """A contract the actor may see, or `Unknown`."""
    seen = Contract.objects.seen_by(request.actor).select_related("place")
    found = only(seen.filter(id=id))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return found


@door("standard.see", methods="GET")
def contract(request: Request, id: UUID) -> HttpResponse:
    """One contract: parties, term, dates, and each clause beside what was kept of it."""
    actor, found = request.actor, the_contract(request, id)
    complied = compliance_of([found], actor=actor)[0]
    waiting = _not_in_force(complied, actor)
    facts = [
        (_("Community"), found.place.name),
        (_("Client of the contract"), found.client),
        (_("Service company"), found.provider),
        (_("Term"), f"{found.first:%Y-%m-%d} — {found.last:%Y-%m-%d}"),
        (_("Ended early on"), f"{found.ended_on:%Y-%m-%d}" if found.ended_on else ""),
        (_("Grade of service"), dict(grades()).get(found.grade, "") if found.grade else ""),
        (_("Fee basis"), found.fee_basis),
    ]
    context = {
        "contract": found,
        "tag": state_tag(found),
        "facts": [(term, said) for term, said in facts if said],
        "counts": [
            (tags.tag(VERDICT_WORDS[v], LOOKS[v]), n) for v, n in complied.counts.items() if n
        ],
        "clauses": [
            (
                row.clause,
                tags.tag(VERDICT_WORDS[row.verdict], LOOKS[row.verdict]),
                [
                    (
                        one,
                        [figure_of(j, found, one.code) for j in one.figures],
                        waiting.get(one.code),
                    )
                    for one in row.standards
                ],
            )
            for row in complied.clauses
        ],
        "dates": [(one, one.key in found.told) for one in found.dates],
        "days": DAYS,
        "may_edit": actor.may("standard.edit", found.place.path),
        "sees_figures": actor.may("indicator.see", found.place.path),
        "doubts": open_doubts(actor=actor, kind="contract", paper=found.id),
    }
    return render(request, "console/contract.html", context)


def _not_in_force(complied: Compliance, actor: Actor) -> dict[str, Standard]:
    """The newest versions of the standards that clauses name and that are not in force. No query
    where all are."""
    named = {k.code for row in complied.clauses for k in row.standards if k.standard is None}
    if not named:
        return {}
    seen = Standard.objects.seen_by(actor).filter(code__in=named)
    return {one.code: one for one in seen.order_by("version")}


STANDS: Mapping[Stands, tuple[Any, str]] = {
    "more": (gettext_lazy("promises more"), "ok"),
    "same": (gettext_lazy("promises it"), "ok"),
    "less": (gettext_lazy("promises less"), "warn"),
    "absent": (gettext_lazy("not promised"), "edge"),
}


@door("standard.see", methods="GET")
def grade(request: Request, id: UUID) -> HttpResponse:
    """A contract beside the grade it names: what is asked, what is promised, what the record
    shows, line by line."""
    found = the_contract(request, id)
    lines = beside_grade(found, actor=request.actor)
    stands = Counter(one.stands for one in lines)
    met = Counter(one.line.met for one in lines)
    context = {
        "contract": found,
        "grade": dict(grades()).get(found.grade, ""),
        "counts": [(tags.tag(*STANDS[one]), stands[one]) for one in STANDS if stands[one]],
        "met": [(tags.tag(*MET[one]), met[one]) for one in MET if met[one]],
        "rows": [
            {
                "id": one.line.item.id,
                "title": in_script(one.line.item.title, script_of()),
                "asks": in_script(said(one.line.value), script_of()),
                "sure": one.line.item.value_feeds(one.line.value),
                "stands": tags.tag(*STANDS[one.stands]),
                "rule": rule_words(one.line),
                "record": record_words(one.line),
                "met": tags.tag(*MET[one.line.met]),
            }
            for one in lines
        ],
        "days": DAYS,
        "sees_figures": request.actor.may("indicator.see", found.place.path),
    }
    return render(request, "console/contract_grade.html", context)


def figure_of(judged: Judged, contract: Contract, standard: str) -> Figure:
    """A figure of a clause as a tile; it opens just the cases that were counted: of the community,
    in the term of the contract, ruled by the standard."""
    tile = reading_as_tile(
        judged.reading, DAYS, contract.place, standard=standard, contract=str(contract.id)
    )
    return replace(tile, target=judged.target)
