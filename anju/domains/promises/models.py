"""Needs of customers, the service catalogue and the contract of a community."""

from datetime import date
from typing import Any

from django.db import models

from anju.domains.promises.rules import (
    GROUPS,
    NEED_STATES,
    SERVICE_STATES,
    SOURCES,
    Clause,
    ContractState,
    NoticeDate,
    state_on,
    weight_of,
)
from anju.foundation.places.models import Place, under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey


class NeedQuery(models.QuerySet["Need"]):
    """Reads of needs."""

    def seen_by(self, actor: Actor) -> "NeedQuery":
        """Needs are company-wide, like the standards that answer them."""
        if actor.may("standard.see"):
            return self.filter(company_id=actor.company_id)
        return self.none()


class Need(Owned):
    """What customers want. `weights`: 0 to 5 for each group of customers; `category`: of the
    complaints it was taken from, and `heard`, how many there were then.

    Standards name it by its code in their requirements. `edited` counts how often it was written.
    """

    code = models.SlugField(max_length=32)
    text = models.CharField(max_length=300)
    source = models.CharField(max_length=12, choices=SOURCES)
    weights = models.JSONField(default=dict)
    category = models.CharField(max_length=120, blank=True)
    heard = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=NEED_STATES, default="open")
    edited = models.PositiveIntegerField(default=1)

    objects = NeedQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="promises_need_once"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def weight(self) -> float:
        """The mean weight over all groups, 0 to 5."""
        return weight_of(self.weights)

    def sealed_fields(self) -> dict[str, Any]:
        """All of it."""
        return {
            "code": self.code, "text": self.text, "source": self.source, "weights": self.weights,
            "category": self.category, "heard": self.heard, "state": self.state,
            "edited": self.edited,
        }  # fmt: skip


class ServiceQuery(models.QuerySet["Service"]):
    """Reads of services."""

    def seen_by(self, actor: Actor) -> "ServiceQuery":
        """Those of the communities where the actor may see standards."""
        here = under(actor.paths("standard.see"), "place__path")
        return self.filter(here, company_id=actor.company_id)


class Service(Owned):
    """One item of the catalogue of a community: what is offered, to whom, when.

    `customers`: groups of customers, none for all of them. `standards`: codes of those that rule
    it; without one in force it is a gap. `edited` counts how often it was written.
    """

    place = OwnedForeignKey(Place, related_name="+")
    code = models.SlugField(max_length=32)
    group = models.CharField(max_length=12, choices=GROUPS)
    name = models.CharField(max_length=60)
    scope = models.CharField(max_length=300, blank=True)
    customers = models.JSONField(default=list)
    hours = models.CharField(max_length=120, blank=True)
    standards = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=SERVICE_STATES, default="offered")
    edited = models.PositiveIntegerField(default=1)

    objects = ServiceQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "place", "code"], name="promises_service_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def sealed_fields(self) -> dict[str, Any]:
        """All of it."""
        return {
            "place": str(self.place_id), "code": self.code, "group": self.group,
            "name": self.name, "scope": self.scope, "customers": self.customers,
            "hours": self.hours, "standards": self.standards, "state": self.state,
            "edited": self.edited,
        }  # fmt: skip


class ContractQuery(models.QuerySet["Contract"]):
    """Reads of contracts."""

    def seen_by(self, actor: Actor) -> "ContractQuery":
        """Those of the communities where the actor may see standards."""
        here = under(actor.paths("standard.see"), "place__path")
        return self.filter(here, company_id=actor.company_id)

    def in_force(self, day: date) -> "ContractQuery":
        """Those that hold on a local day; one at most for each community."""
        holds = models.Q(ended_on=None) | models.Q(ended_on__gte=day)
        return self.filter(holds, first__lte=day, last__gte=day)


class Contract(Owned):
    """The service contract of a community, from `first` to `last`, both included (local days).

    `client` and `provider`: the parties. `ended_on`: the last day it held, where it was ended
    early. `notices`: days by which something must be said; `told`: of which of them managers were
    told. `grade`: a piece of the library and a level of it ("grade-2004/一级"). `clauses`:
    numbers, words, codes of standards. `edited` counts how often it was written.
    """

    place = OwnedForeignKey(Place, related_name="+")
    number = models.CharField(max_length=40)
    client = models.CharField(max_length=120)
    provider = models.CharField(max_length=120)
    first = models.DateField()
    last = models.DateField()
    ended_on = models.DateField(null=True)
    notices = models.JSONField(default=list)
    told = models.JSONField(default=list)
    grade = models.CharField(max_length=80, blank=True)
    fee_basis = models.CharField(max_length=300, blank=True)
    clauses = models.JSONField(default=list)
    edited = models.PositiveIntegerField(default=1)

    objects = ContractQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="promises_contract_once"),
            models.CheckConstraint(
                condition=models.Q(last__gte=models.F("first")), name="promises_contract_term"
            ),
        ]
        indexes = [models.Index(fields=["company", "place", "first"], name="promises_contract_at")]

    def __str__(self) -> str:
        return self.number

    @property
    def says(self) -> list[Clause]:
        """Its clauses in order."""
        return [Clause.of(row) for row in self.clauses]

    @property
    def dates(self) -> list[NoticeDate]:
        """Its notice dates in order of days."""
        return sorted((NoticeDate.of(row) for row in self.notices), key=lambda one: one.on)

    def state(self, day: date) -> ContractState:
        """Where it stands on a local day."""
        return state_on(day, self.first, self.last, self.ended_on)

    def sealed_fields(self) -> dict[str, Any]:
        """All of it."""
        return {
            "place": str(self.place_id), "number": self.number, "client": self.client,
            "provider": self.provider, "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "ended_on": self.ended_on and self.ended_on.isoformat(), "notices": self.notices,
            "told": self.told, "grade": self.grade, "fee_basis": self.fee_basis,
            "clauses": self.clauses, "edited": self.edited,
        }  # fmt: skip
