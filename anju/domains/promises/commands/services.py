"""Writing the service catalogue of a community."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from anju.domains.promises.commands.ground import (
    held,
    kept,
    refuse,
    the_community,
    unknown_standards,
)
from anju.domains.promises.models import Service
from anju.domains.promises.rules import CUSTOMERS, GROUPS, SERVICE_STATES, missing, too_long, words
from anju.domains.promises.shipped import SHIPPED
from anju.engine.standards.document import CODE
from anju.engine.standards.models import Standard
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

LONGEST = {"name": 60, "scope": 300, "hours": 120}


@dataclass(frozen=True, kw_only=True)
class ServiceText:
    """What the catalogue says of a service; the code is written once and stays."""

    code: str
    group: str
    name: str
    scope: str = ""
    customers: tuple[str, ...] = ()
    hours: str = ""
    standards: tuple[str, ...] = ()
    state: str = "offered"


def write_service(
    place: Place,
    said: ServiceText,
    *,
    actor: Actor,
    service_id: UUID | None = None,
    edited: int = 0,
) -> Service:
    """Put a service into the catalogue of a community, or write one of it anew.

    Refuses (`Refused`) whoever may not write standards there, (`NotYet`) with fields: no name, an
    unknown group or standard, a code that is taken, a place that is no community; (`Conflict`) an
    edition somebody wrote over. Tells service.written.
    """
    actor.require("standard.edit", place.path)
    with acting(actor):
        body = _body(said, actor)
        community = the_community(place)
        mine = Service.objects.filter(company_id=actor.company_id, place=community)
        if service_id is None:
            row = Service(company_id=actor.company_id, place=community, code=said.code)
        else:
            row = held(mine, service_id, edited)
        for name, value in body.items():
            setattr(row, name, value)
        return kept(row, "service", "code", actor=actor, said={"code": row.code})


def ship_services(
    place: Place, *, actor: Actor, ruled: Mapping[str, Sequence[str]] | None = None
) -> int:
    """Give a community without a catalogue the first set; how many items were written. Safe to
    repeat. `ruled`: the standards of the community's own, by the code they take the place of or by
    the group of services they rule. A standard is named only where the company has it: the rest
    stands as a gap.

    Refuses whoever may not write standards there and a place that is no community.
    """
    actor.require("standard.edit", place.path)
    with acting(actor):
        community = the_community(place)
        if Service.objects.filter(company_id=actor.company_id, place=community).exists():
            return 0
        known = set(
            Standard.objects.filter(company_id=actor.company_id).values_list("code", flat=True)
        )
        ruled = ruled or {}
        for code, group, name, scope, hours, shipped in SHIPPED:
            standards = [s for one in shipped for s in ruled.get(one, (one,))]
            standards += [] if standards else ruled.get(group, ())
            said = ServiceText(
                code=code,
                group=group,
                name=name,
                scope=scope,
                hours=hours,
                standards=tuple(one for one in standards if one in known),
            )
            write_service(community, said, actor=actor)
    return len(SHIPPED)


def _body(said: ServiceText, actor: Actor) -> dict[str, Any]:
    text = {name: words(getattr(said, name)) for name in LONGEST}
    faults = {**missing(text, "name"), **too_long(text, LONGEST)}
    if not re.fullmatch(CODE, said.code):
        faults["code"] = _("Write small letters, digits and hyphens, at most 32, without blanks.")
    for name, choices in (("group", GROUPS), ("state", SERVICE_STATES)):
        if getattr(said, name) not in dict(choices):
            faults[name] = _("Choose one of the list.")
    if set(said.customers) - set(dict(CUSTOMERS)):
        faults["customers"] = _("Choose one of the list.")
    if strange := unknown_standards(said.standards, actor=actor):
        faults["standards"] = strange
    refuse(faults)
    lists = {
        "customers": list(said.customers),
        "standards": list(dict.fromkeys(said.standards)),
    }
    return {**text, **lists, "group": said.group, "state": said.state}
