"""Facts of the library that plans carry out, in the script of the reader."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from anju.domains.rounds.shipped import BY_CODE, SHELF, Shelved, shelved_of
from anju.domains.rounds.uncovered import facts_without_plan, too_seldom
from anju.engine.library.often import Doing, doing_of
from anju.engine.library.reading import library
from anju.engine.library.script import in_script
from anju.engine.library.words import said
from anju.engine.plans.models import Plan
from anju.faces.console.views.library import BASES, mark_of, script_of
from anju.foundation.calendars.queries import calendars_of
from anju.foundation.places.models import Place
from anju.foundation.tenancy.actor import Actor

MOST = 60  # facts that a form offers


def asked_of(asked: Mapping[str, str]) -> Shelved | None:
    """What of the shelf, or of the library, a plan is begun with: `from` names the one by its code,
    the other by its keys."""
    named = asked.get("from", "")[:2_000]
    return BY_CODE.get(named) or (shelved_of(named.split(",")) if "/" in named else None)


def choices(carries: Collection[str], place: Place, *, actor: Actor) -> list[tuple[str, str]]:
    """What a plan may say that it carries out: what it does now, and what no plan of its community
    does yet."""
    now = [found for key in carries if (found := doing_of(key))]
    keys = {one.key for one in now}
    left = [one for one in facts_without_plan(place, actor) if one.key not in keys]
    return [(one.key, words_of(one)) for one in (*now, *left)[:MOST]]


def words_of(doing: Doing) -> str:
    """What is done and how often; that it is a suggestion, where it is one."""
    words = in_script(f"{doing.item.title} · {said(doing.value)}", script_of())
    return words if doing.feeds else _("%(words)s (suggestion)") % {"words": words}


def ground_of(doing: Doing) -> str:
    """What it rests on: the kind of text, and where it was seen first."""
    seen = next(iter(library().sources_of(doing.item)), None)
    title = in_script(seen.title, script_of()) if seen else ""
    return " · ".join(filter(None, [str(BASES[doing.item.basis]), title]))


def shelf() -> list[dict[str, Any]]:
    """The shelf as the form offers it: each with its ground, and how sure that is."""
    return [
        {
            "code": one.code,
            "name": in_script(one.name, script_of()),
            "ground": ground_of(first) if first else in_script(one.basis, script_of()),
            "mark": mark_of(first.item, first.value) if first else "",
        }
        for one in SHELF
        for first in [next(iter(one.doings), None)]
    ]


def carried(plan: Plan) -> list[dict[str, Any]]:
    """What a plan carries out of the library: its source and certainty, and where it is done less
    often than is asked there."""
    if not plan.carries:
        return []
    seldom = {one.key for one in too_seldom(plan, calendars_of(plan.company_id)(plan.calendar))}
    return [
        {
            "id": one.item.id,
            "words": in_script(f"{one.item.title} · {said(one.value)}", script_of()),
            "ground": ground_of(one),
            "mark": mark_of(one.item, one.value),
            "seldom": one.key in seldom,
        }
        for key in plan.carries
        if (one := doing_of(key))
    ]
