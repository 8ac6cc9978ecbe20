"""A need, a service and a contract for tests."""

from dataclasses import replace
from datetime import date
from typing import Any

from anju.domains.promises.commands.contracts import ContractText, write_contract
from anju.domains.promises.commands.needs import NeedText, write_need
from anju.domains.promises.commands.services import ServiceText, write_service
from anju.domains.promises.models import Contract, Need, Service
from anju.domains.promises.rules import Clause
from anju.foundation.places.models import Place
from anju.foundation.tenancy.actor import Actor

NEED = NeedText(
    code="quick-repair",
    text="报修后很快有人来",
    source="survey",
    weights={"owner": 5, "elderly": 4},
)
SERVICE = ServiceText(
    code="repair", group="engineering", name="报修", hours="24 小时", standards=("repair",)
)
CONTRACT = ContractText(
    number="HT-2026-01",
    client="东湖一期业主委员会",
    provider="安居物业",
    first=date(2026, 1, 1),
    last=date(2028, 12, 31),
    fee_basis="包干制，2.80 元/平方米·月",
    clauses=(
        Clause("4.1", "报修按承诺的时限完成", ("repair",)),
        Clause("4.2", "投诉在 24 小时内答复", ("complaint",)),
        Clause("5", "双方友好协商解决争议"),
    ),
)


def a_need(actor: Actor, **more: Any) -> Need:
    """A need of the company."""
    return write_need(replace(NEED, **more), actor=actor)


def a_service(actor: Actor, place: Place, **more: Any) -> Service:
    """An item of the catalogue of a community."""
    return write_service(place, replace(SERVICE, **more), actor=actor)


def a_contract(actor: Actor, place: Place, **more: Any) -> Contract:
    """A contract of a community, from 2026 to 2028."""
    return write_contract(place, replace(CONTRACT, **more), actor=actor)
