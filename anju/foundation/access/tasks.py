"""Periodic duties of access."""

from anju.foundation.access.commands import sweep_answers
from anju.foundation.tenancy.acting import unfenced
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Company


def sweep_all_answers() -> int:
    """Delete the answers to keyed writes that are older than 30 days, company by company; returns
    how many. Safe to repeat; asked by the ticker."""
    with unfenced("which companies there are"):
        companies = list(Company.objects.values_list("id", flat=True))
    return sum(sweep_answers(actor=Actor.machine(company, "sweep")) for company in companies)
