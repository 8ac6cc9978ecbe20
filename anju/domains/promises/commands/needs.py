"""Writing down what customers need."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from anju.domains.promises.commands.ground import held, kept, refuse
from anju.domains.promises.models import Need
from anju.domains.promises.rules import (
    CUSTOMERS,
    HEAVIEST,
    NEED_STATES,
    SOURCES,
    missing,
    too_long,
    words,
)
from anju.engine.standards.document import CODE
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

LONGEST = {"text": 300, "category": 120}


@dataclass(frozen=True, kw_only=True)
class NeedText:
    """What is written of a need; the code is written once and stays."""

    code: str
    text: str
    source: str
    weights: Mapping[str, int] = field(default_factory=dict)
    category: str = ""
    heard: int = 0
    state: str = "open"


def write_need(
    said: NeedText, *, actor: Actor, need_id: UUID | None = None, edited: int = 0
) -> Need:
    """Note a need, or write one anew: `need_id` and the edition the actor saw.

    Refuses (`Refused`) whoever may not write the company's standards, (`NotYet`) with fields: no
    words, an unknown source, weights outside 0 to 5, a code that is taken; (`Conflict`) an edition
    somebody wrote over. Tells need.written.
    """
    actor.require("standard.edit", "")
    body = _body(said)
    with acting(actor):
        if need_id is None:
            row = Need(company_id=actor.company_id, code=said.code)
        else:
            row = held(Need.objects.seen_by(actor), need_id, edited)
        for name, value in body.items():
            setattr(row, name, value)
        return kept(row, "need", "code", actor=actor, said={"code": row.code})


def _body(said: NeedText) -> dict[str, Any]:
    text = {"text": words(said.text), "category": words(said.category)}
    faults = {**missing(text, "text"), **too_long(text, LONGEST)}
    if not re.fullmatch(CODE, said.code):
        faults["code"] = _("Write small letters, digits and hyphens, at most 32, without blanks.")
    if said.source not in dict(SOURCES):
        faults["source"] = _("Choose one of the list.")
    if said.state not in dict(NEED_STATES):
        faults["state"] = _("Choose one of the list.")
    if set(said.weights) - set(dict(CUSTOMERS)) or not all(
        0 <= weight <= HEAVIEST for weight in said.weights.values()
    ):
        faults["weights"] = _("A weight is a whole number from 0 to 5.")
    refuse(faults)
    weights = {group: weight for group, weight in said.weights.items() if weight}
    given = {"source": said.source, "heard": max(0, said.heard), "state": said.state}
    return {**text, **given, "weights": weights}
