"""On the page of a standard in preparation: what an expert would say, what a year of it costs."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.promises.queries import gaps
from anju.engine.clocks.models import KINDS
from anju.engine.indicators.record import record_of
from anju.engine.standards.models import Standard
from anju.engine.standards.offers import world_of
from anju.engine.standards.smart import Bill, Finding, bill, check
from anju.engine.standards.smart.parts import at
from anju.engine.standards.states import IN_PREPARATION
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def smart_part(standard: Standard, actor: Actor) -> dict[str, Any] | None:
    """What `console/standard_smart.html` shows; None of a version that is decided already.

    Cost: that of the record of 90 days.
    """
    if standard.state not in IN_PREPARATION:
        return None
    document = standard.document
    world = world_of(actor, record_of(document, actor=actor))
    found = check(document, world)
    before = [one for one in world.in_force if one.code == document.code]
    texts = {at(document, one): one.text for one in document.requirements}
    return {
        "stops": _grouped((one for one in found if one.severity == "stop"), texts),
        "advice": _grouped((one for one in found if one.severity != "stop"), texts),
        "gaps": _gaps(standard, actor),
        "year": _year(bill([document]), bill(before) if before else None),
    }


def _grouped(found: Iterable[Finding], texts: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """What is said of each requirement under its text, of all else under its place."""
    said: dict[str, list[str]] = {}
    for one in found:
        words = one.beside if one.where in texts else one.words
        said.setdefault(texts.get(one.where) or element(one.where), []).append(words)
    return list(said.items())


def element(where: str) -> str:
    """The place of a finding in the words of the page."""
    head, _slash, rest = where.partition("/")
    names = {
        "audience": _("Audience"), "provider": _("Provider"), "method": _("Method and tools"),
        "evaluation": _("Evaluation"), "requirements": _("Quality requirements"),
        "limits": _("Time limits"), "scope": _("which cases it rules"),
    }  # fmt: skip
    # A requirement is quoted by what is said of it; its code stands nowhere on the page.
    parts = rest.split("/") if rest and head != "requirements" else []
    if head == "limits" and parts:
        urgency = f"P{parts[1]}" if parts[1:] and parts[1] != "*" else ""
        parts = [str(dict(KINDS)[parts[0]]), urgency, *parts[2:]]
    return " · ".join([names[head], *[part for part in parts if part]])


def _gaps(standard: Standard, actor: Actor) -> list[tuple[Any, str, str, str]]:
    """Of each community it names, or where it fills a gap: what of the catalogue it would rule,
    and what nothing rules then either."""
    found: dict[Any, tuple[list[str], list[str]]] = {}
    with acting(actor):
        missing = gaps(actor=actor, paths=standard.where.places)
    for one in missing:
        filled, left = found.setdefault(one.place, ([], []))
        (filled if standard.code in one.standards else left).append(one.name)
    return [
        (place, reverse("console:catalogue", args=[place.id]), "、".join(filled), "、".join(left))
        for place, (filled, left) in found.items()
        if filled or standard.where.places
    ]


def _year(cost: Bill, before: Bill | None) -> list[tuple[str, str]]:
    rows = [(_("Hours of work"), cost.total_hours, before and before.total_hours)]
    rows += [(_("Material, yuan"), cost.materials, before and before.materials)]
    if cost.wages or (before and before.wages):
        rows += [(_("Wages, yuan"), cost.wages, before and before.wages)]
    return [(label, _changed(now, old)) for label, now, old in rows if now or old]


def _changed(amount: float, before: float | None) -> str:
    if before is None or before == amount:
        return f"{amount:,.0f}"
    return _("%(now)s (today %(before)s)") % {"now": f"{amount:,.0f}", "before": f"{before:,.0f}"}
