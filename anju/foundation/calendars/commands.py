"""Writing calendars. What has begun is past and stays; every edit raises the version."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfoNotFoundError

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from anju.foundation.calendars import rules
from anju.foundation.calendars.models import Calendar
from anju.foundation.calendars.rules import SpecialDay, Week
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.models import Company
from anju.foundation.tenancy.rows import only


@dataclass(frozen=True)
class Taken:
    """What became of a year's holidays: `past` are days that differ but have begun already."""

    calendar: Calendar
    changed: tuple[date, ...]
    past: tuple[date, ...]


def ship_calendars(*, actor: Actor) -> list[Calendar]:
    """Give the company the calendars every company starts with; those it has stay as they are.

    Returns the new ones. Safe to repeat.
    """
    actor.require("calendar.edit", "")
    with acting(actor):
        zone = Company.objects.get(pk=actor.company_id).zone
        codes = set(Calendar.objects.values_list("code", flat=True))
        return [
            found_calendar(
                actor=actor,
                code=shipped.code,
                name=shipped.name,
                zone=zone,
                week=shipped.week,
                national=shipped.national,
            )
            for shipped in rules.SHIPPED
            if shipped.code not in codes
        ]


def found_calendar(
    *,
    actor: Actor,
    code: str,
    name: str,
    zone: str,
    week: Week,
    national: bool = False,
    days: Iterable[SpecialDay] = (),
) -> Calendar:
    """Make a calendar; only now may its past be written, since nothing counts by it yet.

    `national` gives it all public holidays known. Refuses hours that cannot be (`NotYet`) and a
    code that is taken (`Conflict`). Tells calendar.founded.
    """
    actor.require("calendar.edit", "")
    public = rules.public_days(rules.known_years()) if national else []
    calendar = Calendar(
        company_id=actor.company_id,
        code=code,
        name=name,
        zone=zone,
        weeks=[{"since": None, "week": rules.week_to_json(week)}],
        days=rules.days_to_json([*public, *days]),
        national=national,
    )
    _check(calendar)
    with acting(actor):
        try:
            with acting(actor):
                calendar.save(force_insert=True)
        except IntegrityError as error:
            raise Conflict(
                _("A calendar with the code %(code)s is already there. Choose another code.")
                % {"code": code}
            ) from error
        tell(
            "calendar.founded",
            subject=("calendar", calendar.id),
            actor=actor,
            said={"code": code, "zone": zone, "national": national, "days": len(calendar.days)},
            wrote=written(calendar),
        )
    return calendar


def rename_calendar(calendar_id: UUID, *, actor: Actor, name: str, version: int) -> Calendar:
    """Give the calendar another name. Raises Conflict when `version` is stale."""
    with acting(actor):
        calendar = _calendar(calendar_id, actor)
        calendar.name = name
        return _changed(calendar, actor, version, {"name": name})


def change_week(
    calendar_id: UUID, *, actor: Actor, week: Week, since: date, version: int
) -> Calendar:
    """Let other hours hold from the day `since` on, as for summer and winter hours.

    Refuses a day that has begun (`NotYet`), hours that cannot be (`NotYet`), a stale `version`
    (`Conflict`). A change already planned for the same day is replaced.
    """
    with acting(actor):
        calendar = _calendar(calendar_id, actor)
        _not_begun(calendar, [since])
        others = [w for w in calendar.weeks if w["since"] != since.isoformat()]
        new = {"since": since.isoformat(), "week": rules.week_to_json(week)}
        calendar.weeks = sorted([*others, new], key=lambda w: w["since"] or "")
        return _changed(calendar, actor, version, new)


def set_days(
    calendar_id: UUID,
    *,
    actor: Actor,
    version: int,
    days: Iterable[SpecialDay] = (),
    cleared: Iterable[date] = (),
) -> Calendar:
    """Set special days, and let the `cleared` ones be like their week again.

    Refuses days that have begun (`NotYet`, naming them), hours that cannot be (`NotYet`), a stale
    `version` (`Conflict`).
    """
    with acting(actor):
        calendar = _calendar(calendar_id, actor)
        new = rules.days_to_json(days)
        gone = {day.isoformat() for day in cleared}
        after = {k: v for k, v in {**calendar.days, **new}.items() if k in new or k not in gone}
        differing = _differing(calendar.days, after)
        _not_begun(calendar, differing)
        calendar.days = after
        return _changed(calendar, actor, version, _said_days(differing, after))


def take_notice(
    calendar_id: UUID, *, actor: Actor, text: str, version: int, year: int | None = None
) -> Taken:
    """Take over the State Council's notice as pasted: its holidays and swapped workdays.

    Public days of the same year that it does not name are dropped; days of the company's own stay.
    Days that have begun are left as they are and returned as `past`. Refuses a text that cannot be
    trusted (`NoticeUnclear`) and a stale `version` (`Conflict`).
    """
    return _take_public(calendar_id, rules.read_notice(text, year), actor=actor, version=version)


def import_year(calendar_id: UUID, *, actor: Actor, year: int, version: int) -> Taken:
    """Take over a year's public holidays as the product knows them, like `take_notice`.

    Refuses a year it does not know (`NotYet`): paste the notice then.
    """
    days = rules.public_days([year])
    if not days:
        raise NotYet(
            _("The holidays of %(year)s are not known to this version. Paste the official notice.")
            % {"year": year},
            fields={"year": year},
        )
    return _take_public(calendar_id, days, actor=actor, version=version)


def _take_public(calendar_id: UUID, days: list[SpecialDay], *, actor: Actor, version: int) -> Taken:
    with acting(actor):
        calendar = _calendar(calendar_id, actor)
        years = {str(day.date.year) for day in days}
        main = max(years, key=lambda y: sum(str(day.date.year) == y for day in days))
        stay = {
            day: row
            for day, row in calendar.days.items()
            if row["kind"] == "custom" or day[:4] != main
        }
        after = {**stay, **{k: v for k, v in rules.days_to_json(days).items() if k not in stay}}
        differing = _differing(calendar.days, after)
        begin = _tomorrow(calendar)
        past = tuple(day for day in differing if day < begin)
        changed = tuple(day for day in differing if day >= begin)
        for key in (day.isoformat() for day in past):
            after.pop(key, None)
            if key in calendar.days:
                after[key] = calendar.days[key]
        if changed:
            calendar.days = after
            calendar = _changed(calendar, actor, version, _said_days(changed, after))
        return Taken(calendar, changed, past)


def _calendar(calendar_id: UUID, actor: Actor) -> Calendar:
    actor.require("calendar.edit", "")
    calendar = only(Calendar.objects.filter(pk=calendar_id))
    if calendar is None:
        raise Unknown(_("This calendar was not found. It may belong to another company."))
    return calendar


def _changed(calendar: Calendar, actor: Actor, version: int, said: Mapping[str, Any]) -> Calendar:
    """Write the row if nobody was faster, and tell calendar.changed."""
    _check(calendar)
    calendar.version = version + 1
    won = Calendar.objects.filter(pk=calendar.pk, version=version).update(
        name=calendar.name, weeks=calendar.weeks, days=calendar.days, version=calendar.version
    )
    if not won:
        raise Conflict(
            _("Someone else changed this calendar meanwhile. Look at it again, then repeat.")
        )
    tell(
        "calendar.changed",
        subject=("calendar", calendar.id),
        actor=actor,
        said={"code": calendar.code, "version": calendar.version, **said},
        wrote=written(calendar),
    )
    return calendar


def _check(calendar: Calendar) -> None:
    try:
        working = calendar.working()
    except ZoneInfoNotFoundError as error:
        text = _("This time zone is not known. Choose one like Asia/Shanghai.")
        raise NotYet(text, fields={"zone": text}) from error
    except ValueError as error:
        text = _("Opening hours must follow each other and begin on their day. Mend them.")
        raise NotYet(text, fields={"week": text}) from error
    if not all(any(week) for week in (working.week, *(w for _since, w in working.changes))):
        text = _("This calendar would never be open. Give it opening hours on at least one day.")
        raise NotYet(text, fields={"week": text})


def _tomorrow(calendar: Calendar) -> date:
    """The first day that has not begun where the calendar counts."""
    return rules.local_day(calendar.working(), now()) + timedelta(days=1)


def _not_begun(calendar: Calendar, days: Iterable[date]) -> None:
    begin = _tomorrow(calendar)
    if past := sorted(day for day in days if day < begin):
        text = _(
            "These days have begun and cannot be changed: %(days)s. Deadlines rest on them. "
            "Changes are possible from %(first)s on."
        ) % {"days": ", ".join(day.isoformat() for day in past), "first": begin.isoformat()}
        raise NotYet(text, code="past_is_fixed", fields={"days": text})


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[date]:
    keys = sorted({*before, *after})
    return [date.fromisoformat(k) for k in keys if before.get(k) != after.get(k)]


def _said_days(differing: Iterable[date], after: Mapping[str, Any]) -> dict[str, Any]:
    """Each changed date with what it is now; null: like its week again."""
    return {"days": {day.isoformat(): after.get(day.isoformat()) for day in differing}}
