"""Calendars: when promises run; the days of a year, and the yearly notice of public holidays."""

from calendar import monthrange
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.dates import MONTHS
from django.utils.dates import WEEKDAYS as LONG_WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from anju.foundation.access.doors import Request, door
from anju.foundation.calendars.commands import import_year, take_notice
from anju.foundation.calendars.models import Calendar
from anju.foundation.calendars.queries import missing_years
from anju.foundation.calendars.rules import known_years, local_day
from anju.foundation.calendars.rules.working import WorkCalendar, segments_on
from anju.foundation.kit.forms import KitForm, show_refusal
from anju.foundation.kit.list import Column, ListPage
from anju.foundation.kit.parts import Link
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.lib import now
from anju.foundation.tenancy.errors import Refusal, Unknown
from anju.foundation.tenancy.rows import only

WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)
AREA = forms.Textarea(attrs={"rows": 10})


class NoticeForm(KitForm):
    """The State Council's notice, pasted."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("Text of the notice"),
        max_length=20_000,
        widget=AREA,
        help_text=gettext_lazy(
            "Paste the whole notice of the State Council with its title and its numbered items."
        ),
    )


@door("calendar.see", methods="GET")
def calendars(request: Request) -> HttpResponseBase:
    """The calendars of the company."""
    missing: dict[UUID, list[str]] = {}
    for one in missing_years(request.actor):
        missing.setdefault(one.calendar_id, []).append(str(one.year))
    page = ListPage(
        request,
        Calendar.objects.seen_by(request.actor),
        columns=[
            Column(
                name="name", label=_("Calendar"), render=lambda c: c.name, look="title", sort="name"
            ),
            Column(name="code", label=_("Code"), render=lambda c: c.code, sort="code", look="mute"),
            Column(name="zone", label=_("Time zone"), render=lambda c: c.zone, look="mute"),
            Column(
                name="national",
                label=_("Public holidays"),
                render=lambda c: _holidays(c, missing.get(c.id, [])),
                look="mark",
            ),
            Column(
                name="version",
                label=_("Version"),
                render=lambda c: f"v{c.version}",
                numeric=True,
                look="desk",
            ),
        ],
        sort="code",
        row_url=lambda c: reverse("console:calendar", args=[c.id]),
        empty=(_("No calendars yet"), _("Three come with every company.")),
    )
    return page.answer() or render(request, "console/calendars.html", {"page": page})


def _holidays(calendar: Calendar, missing: list[str]) -> Any:
    if not calendar.national:
        return tags.tag(_("runs on holidays too"), "edge")
    if missing:
        words = _("%(years)s are missing") % {"years": _(", ").join(missing)}
        return tags.tag(words, "warn", "warn")
    return tags.tag(_("observed"), "ok", "check")


@door("calendar.see", methods="GET")
def calendar(request: Request, id: UUID) -> HttpResponse:
    """One calendar: its hours and every day of a year."""
    return _page(request, _calendar(request, id), NoticeForm())


@door("calendar.edit", methods="POST")
def notice(request: Request, id: UUID) -> HttpResponse:
    """Take over a year's public holidays: from the pasted notice, or as the product knows them."""
    found = _calendar(request, id)
    known_year = request.POST.get("known_year", "")
    form = NoticeForm(request.POST)
    if not known_year and not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        if known_year.isdecimal():
            version = int(request.POST.get("version") or 0)
            taken = import_year(id, actor=request.actor, year=int(known_year), version=version)
        else:
            given = form.cleaned_data
            taken = take_notice(
                id, actor=request.actor, text=given["text"], version=given["version"]
            )
    except Refusal as refusal:
        form.full_clean()
        show_refusal(form, refusal)
        form.data = form.data.copy()
        form.data["version"] = str(_calendar(request, id).version)
        return _page(request, found, form, status=422)
    days = taken.changed or taken.past
    year = days[-1].year if days else _today(found).year
    back = f"{reverse('console:calendar', args=[id])}?year={year}"
    return HttpResponseRedirect(f"{back}&changed={len(taken.changed)}&past={len(taken.past)}")


def _calendar(request: Request, id: UUID) -> Calendar:
    found = only(Calendar.objects.seen_by(request.actor).filter(id=id))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return found


def _today(found: Calendar) -> date:
    return local_day(found.working(), now())


def _page(
    request: Request, found: Calendar, form: NoticeForm, *, status: int = 200
) -> HttpResponse:
    today = _today(found)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and 2000 <= int(asked) <= 2100 else today.year
    form.initial["version"] = found.version
    missing = [m.year for m in missing_years(request.actor) if m.calendar_id == found.id]
    context = {
        "calendar": found,
        "form": form,
        "year": year,
        "years": [
            Link(label=str(y), url=f"?year={y}", current=y == year)
            for y in range(today.year - 2, today.year + 3)
        ],
        "months": _months(found.working(), found.days, year, today),
        "weekdays": WEEKDAYS,
        "hours": _hours(found),
        "missing": missing,
        "known": [y for y in missing if y in known_years()],
        "may_edit": found.national and request.actor.may("calendar.edit", ""),
        "changed": _count(request, "changed"),
        "past": _count(request, "past"),
    }
    return render(request, "console/calendar.html", context, status=status)


def _count(request: Request, name: str) -> int | None:
    asked = request.GET.get(name, "")
    return int(asked) if asked.isdecimal() and len(asked) < 5 else None


def _hours(found: Calendar) -> list[tuple[str, str]]:
    """The opening hours of each day of the week, as they hold today."""
    working, today = found.working(), _today(found)
    week = working.week
    for since, changed in working.changes:
        week = changed if since <= today else week
    return [(str(LONG_WEEKDAYS[n]), _segments(week[n])) for n in range(7)]


def _segments(segments: Any) -> str:
    if not segments:
        return pgettext("calendar", "closed")
    if segments == ((0, 24 * 60),):
        return _("round the clock")
    return ", ".join(f"{_clock(a)}–{_clock(b)}" for a, b in segments)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _months(
    working: WorkCalendar, special: dict[str, Any], year: int, today: date
) -> list[dict[str, Any]]:
    """Twelve months of weeks of days; a day that differs from its week says why."""
    return [
        {"name": MONTHS[month], "weeks": list(_weeks(working, special, year, month, today=today))}
        for month in range(1, 13)
    ]


def _weeks(
    working: WorkCalendar, special: dict[str, Any], year: int, month: int, *, today: date
) -> Any:
    first, length = monthrange(year, month)
    days: list[dict[str, Any] | None] = [None] * first
    for number in range(1, length + 1):
        day = date(year, month, number)
        row = special.get(day.isoformat())
        days.append(
            {
                "n": number,
                "open": bool(segments_on(working, day)),
                "kind": row["kind"] if row else "",
                "name": row["name"] if row else "",
                "today": day == today,
            }
        )
    days += [None] * (-len(days) % 7)
    return (days[n : n + 7] for n in range(0, len(days), 7))
