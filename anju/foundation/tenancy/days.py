"""Which day it is. Days are those of the company's zone, whatever zone the machine keeps: what
begins or ends with a day does so at its midnight, in requests, tasks and commands alike."""

from datetime import date, datetime
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from anju.foundation.lib import now
from anju.foundation.tenancy.models import Company

_DEFAULT = Company._meta.get_field("zone").default


@lru_cache(maxsize=1024)
def zone_of_company(company_id: UUID) -> ZoneInfo:
    """The zone a company keeps, which it never changes. One query for each company and process."""
    return ZoneInfo(Company.objects.values_list("zone", flat=True).get(id=company_id))


def day_of(at: datetime, company_id: UUID | None = None) -> date:
    """The day an instant lies in for the company; without one, where most companies are."""
    return at.astimezone(zone_of_company(company_id) if company_id else ZoneInfo(_DEFAULT)).date()


def today(company_id: UUID | None = None) -> date:
    """The day it is for the company; without one, where most companies are."""
    return day_of(now(), company_id)
