"""Why a promise stands where it stands: what was promised, and every interval that counted."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.requests.promises import CLIMBS, view_of
from anju.engine.clocks.models import Clock
from anju.engine.clocks.queries import explained
from anju.engine.clocks.rows import Calendars, looks
from anju.engine.loop.models import Case
from anju.engine.loop.presets import in_words
from anju.foundation.calendars.models import Calendar
from anju.foundation.calendars.queries import calendars_of
from anju.foundation.kit.rules import ClockView, duration
from anju.foundation.kit.templatetags import kit as tags

MOST = 40
_WHY = {
    "open": "",
    "closed": gettext_lazy("outside hours"),
    "holiday": gettext_lazy("holiday"),
    "paused": gettext_lazy("paused"),
}


@dataclass(frozen=True)
class Stretch:
    """A stretch of a clock's life as a page shows it."""

    since: datetime
    until: datetime
    counted: bool
    length: str
    why: str


@dataclass(frozen=True)
class Account:
    """One clock explained. `earlier`: how many stretches were left out."""

    view: ClockView
    facts: list[tuple[Any, Any]]
    stretches: list[Stretch]
    earlier: int


def accounts_of(case: Case, clocks: Iterable[Clock]) -> Mapping[str, list[Account]]:
    """The clocks of a case by kind, each explained, the latest first. Two queries."""
    shown = [c for c in clocks if c.state not in ("void", "not_recorded")]
    found: dict[str, list[Account]] = defaultdict(list)
    if not shown:
        return found
    calendars = calendars_of(case.company_id)
    names = dict(Calendar.objects.filter(company_id=case.company_id).values_list("code", "name"))
    for clock in reversed(shown):
        spans = explained(clock, calendars)
        stretches = [
            Stretch(
                span.since,
                span.until,
                span.counted,
                duration(span.until - span.since),
                " ".join(filter(None, [str(_WHY[span.why]), in_words(span.note)])),
            )
            for span in spans[-MOST:]
        ]
        facts = _facts(clock, names.get(clock.calendar, clock.calendar), case)
        if clock.live and clock.due_at:
            facts.append((_("Afterwards"), _ladder(clock, calendars)))
        left_out = len(spans) - len(stretches)
        found[clock.kind].append(Account(view_of(clock), facts, stretches, left_out))
    return found


def _facts(clock: Clock, calendar: str, case: Case) -> list[tuple[Any, Any]]:
    pairs = [
        (_("Limit"), duration(timedelta(minutes=clock.minutes))),
        (_("Calendar"), calendar),
        (_("Started"), tags.moment(clock.started_at)),
        (_("Pauses"), len(clock.pauses) or ""),
        (_("Due"), _due(clock)),
        (_("Stopped"), tags.moment(clock.stopped_at) if clock.stopped_at else ""),
        (_("Rests on"), _rests_on(clock, case)),
    ]
    return [(term, said) for term, said in pairs if said != ""]


def _rests_on(clock: Clock, case: Case) -> Any:
    if clock.kind == "reply":
        return _("the deadline set outside")
    return str(case.standard) if case.standard else ""


def _due(clock: Clock) -> Any:
    if clock.due_at is None:
        return _("paused")
    return tags.until(clock.due_at) if clock.live else tags.moment(clock.due_at)


def _ladder(clock: Clock, calendars: Calendars) -> SafeString:
    """Who hears of it when, if nothing comes: rung by rung, those behind us included."""
    rungs = [look for look in looks(clock, calendars) if look.to]
    return format_html_join(
        "; ", "{} {}", ((tags.moment(r.at), CLIMBS.get(r.to, r.to)) for r in rungs)
    )
