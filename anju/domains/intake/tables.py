"""The lists of arrivals, calls and sources."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from anju.domains.intake.models import ARRIVAL_STATES, Arrival, Call, Source
from anju.foundation.kit.filters import Filter, equals
from anju.foundation.kit.list import Column
from anju.foundation.kit.templatetags.kit import moment, tag, when

TONES = {"kept": "warn", "case": "ok", "message": "blue", "settled": "edge"}


def arrival_columns() -> list[Column]:
    """What came, from where, and what became of it."""
    return [
        Column(name="id", label=_("Outside number"), render=_outside, look="title"),
        Column(name="source", label=_("Source"), render=lambda a: a.source.name),
        Column(name="state", label=_("State"), render=_state, look="mark"),
        Column(name="case", label=_("Case"), render=_case),
        Column(name="due", label=_("Outside deadline"), render=lambda a: moment(a.due_at)),
        Column(name="at", label=_("Came in"), render=lambda a: when(a.at), sort="at"),
    ]


def _outside(arrival: Arrival) -> str:
    own = arrival.outside_id.startswith("sha256:")
    return str(_("without a number")) if own else arrival.outside_id


def _state(arrival: Arrival) -> Any:
    return tag(arrival.get_state_display(), TONES[arrival.state])


def _case(row: Arrival | Call) -> Any:
    if row.case is None:
        return ""
    url = reverse("requests:case", args=[row.case.id])
    return format_html('<a href="{}">{}</a>', url, row.case.number)


def arrival_filters() -> list[Filter]:
    """By what became of it."""
    return [Filter(name="state", label=_("State"), apply=equals("state"), choices=ARRIVAL_STATES)]


def call_columns() -> list[Column]:
    """Who called, how long it rang, and what became of it."""
    return [
        Column(name="number", label=_("Number"), render=_number, look="title"),
        Column(name="state", label=_("State"), render=_call_state, look="mark"),
        Column(name="rang", label=_("Rang for"), render=_seconds, numeric=True),
        Column(name="case", label=_("Case"), render=_case),
        Column(name="at", label=_("Rang at"), render=lambda c: when(c.rang_at), sort="rang_at"),
    ]


def _number(call: Call) -> Any:
    if not call.number:
        return _("number withheld")
    url = f"{reverse('console:desk')}?{urlencode({'caller': call.number})}"
    return format_html('<a href="{}">{}</a>', url, call.masked)


def _call_state(call: Call) -> Any:
    if call.missed:
        return tag(_("missed"), "bad")
    return tag(_("answered"), "ok") if call.answered_at else tag(_("ringing"), "warn")


def _seconds(call: Call) -> str:
    if call.rang_for is None:
        return ""
    return str(_("%(seconds)s s")) % {"seconds": round(call.rang_for.total_seconds())}


def source_columns() -> list[Column]:
    """Which systems may tell us."""
    return [
        Column(name="name", label=_("Name"), render=lambda s: s.name, sort="name", look="title"),
        Column(name="kind", label=_("Kind"), render=lambda s: s.get_kind_display()),
        Column(name="place", label=_("Community"), render=lambda s: s.place),
        Column(name="state", label=_("State"), render=_on, look="mark"),
    ]


def _on(source: Source) -> Any:
    return tag(_("switched on"), "ok") if source.on else tag(_("switched off"), "edge")
