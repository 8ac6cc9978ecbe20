"""Reads of calendars. One query each; the counting tables are kept per process and version."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anju.foundation.calendars.models import Calendar
from anju.foundation.calendars.rules import WorkCalendar, local_day, missing_public_years
from anju.foundation.lib import now
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Unknown


@dataclass(frozen=True)
class MissingYear:
    """A calendar that follows the public holidays but does not know those of `year`."""

    calendar_id: UUID
    code: str
    name: str
    year: int


def work_calendar(calendar_id: UUID) -> WorkCalendar:
    """The calendar as it stands now. Raises Unknown. One query for its version."""
    row = Calendar.objects.filter(pk=calendar_id).values_list("version", flat=True).first()
    if row is None:
        raise Unknown(_("This calendar was not found. It may belong to another company."))
    return _built(str(calendar_id), row)


def calendars_of(company_id: UUID) -> Callable[[str], WorkCalendar]:
    """The calendars of the company inside whose fence it is called, by code.

    One query for their versions; hold on to the result for as long as one transaction. The
    returned function raises Unknown for a code the company does not have.
    """
    rows = Calendar.objects.filter(company_id=company_id).values_list("code", "id", "version")
    return calendars_at({code: (str(id), version) for code, id, version in rows})


def calendars_at(versions: Mapping[str, Sequence[Any]]) -> Callable[[str], WorkCalendar]:
    """As `calendars_of`, for who has read code -> (id as text, version) with other facts."""

    def named(code: str) -> WorkCalendar:
        if code not in versions:
            raise Unknown(
                _("There is no calendar with the code %(code)s. Choose one from the list.")
                % {"code": code}
            )
        return _built(*versions[code])

    return named


def missing_years(actor: Actor) -> list[MissingYear]:
    """The years to warn of: without their holidays, promises would run on public holidays.

    The current year always, the next one from November on, when its notice is published.
    """
    found = []
    for row in Calendar.objects.seen_by(actor).filter(national=True).order_by("code"):
        today = local_day(row.working(), now())
        found += [
            MissingYear(row.id, row.code, row.name, year)
            for year in missing_public_years(row.days, today)
        ]
    return found


@lru_cache(maxsize=512)
def _built(calendar_id: str, version: int) -> WorkCalendar:
    """The row as a value with its tables; `version` is part of the key, not of the search."""
    return Calendar.objects.get(pk=calendar_id).working()
