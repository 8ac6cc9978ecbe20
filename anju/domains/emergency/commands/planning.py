"""Writing plans: the first set, the blanks, and every version after it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anju.domains.emergency.models import Plan, PlanPast, Step
from anju.domains.emergency.shipped import SHIPPED
from anju.foundation.access.rules import ROLE_NAMES
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown

NUMBER = re.compile(r"\+?\d[\d -]{1,18}\d")
BLANK = re.compile(r"【[^【】]{1,40}】")
BODY = ("name", "words", "category", "notice", "steps", "outside", "roles")
LONGEST = {"name": 60, "words": 200, "category": 120, "notice": 300}
CALLED = tuple(role for role in ROLE_NAMES if role not in ("resident", "reviewer"))
MOST_STEPS, LAST_MINUTE = 40, 1440


@dataclass(frozen=True)
class Content:
    """What a plan says. `outside`: telephone and whose it is; `roles`: who is called, in order."""

    name: str
    category: str
    notice: str
    steps: Sequence[Step]
    outside: Sequence[tuple[str, str]]
    roles: Sequence[str]
    words: str = ""


def ship_plans(*, actor: Actor) -> int:
    """Give a company without any plan the first set; how many were written. Safe to repeat."""
    with acting(actor):
        if Plan.objects.filter(company_id=actor.company_id).exists():
            return 0
        for rank, row in enumerate(SHIPPED, start=1):
            code, icon, name, words, category, notice, roles, outside, steps = row
            plan = Plan.objects.create(
                company_id=actor.company_id,
                code=code,
                rank=rank,
                icon=icon,
                name=name,
                words=words,
                category=category,
                notice=notice,
                roles=list(roles),
                outside=[list(one) for one in outside],
                steps=[list(one) for one in steps],
            )
            _planned(plan, actor)
    return len(SHIPPED)


def change_plan(plan_id: UUID, content: Content, *, version: int, actor: Actor) -> Plan:
    """Say what is done from now on: the next version of a plan. What runs goes on by the version
    it began with; what the plan said before is kept.

    `version`: the one the actor saw. Refuses (`Refused`) whoever may not write the company's texts,
    (`Conflict`) a stale version, (`NotYet`) with fields: nothing to do, nobody to call, no words
    for those called out, what is no telephone number. Saved without a change, it stays as it is.
    """
    actor.require("answer.edit", "")
    body = _body(content)
    with acting(actor):
        mine = Plan.objects.filter(company_id=actor.company_id, id=plan_id)
        plan = mine.select_for_update().first()
        if plan is None:
            raise Unknown(_("There is no such plan. Choose one of the list."))
        if plan.version != version:
            raise Conflict(
                _("Somebody changed this plan meanwhile. Look at it again before you save.")
            )
        if any(getattr(plan, name) != value for name, value in body.items()):
            _next(plan, body, actor)
    return plan


def _body(content: Content) -> dict[str, Any]:
    """The columns of a plan; refuses what cannot be one."""
    body: dict[str, Any] = {name: " ".join(getattr(content, name).split()) for name in LONGEST}
    steps = [(one.who.strip(), one.what.strip(), one.minutes) for one in content.steps]
    faults: dict[str, Any] = {
        name: _("Please fill this in; it is needed.")
        for name in ("name", "category", "notice")
        if not body[name]
    }
    faults |= {
        name: _("This is too long: at most %(n)s characters.") % {"n": most}
        for name, most in LONGEST.items()
        if len(body[name]) > most
    }
    if not 0 < len(steps) <= MOST_STEPS or not all(who and what for who, what, _at in steps):
        faults["steps"] = _("Write at least one step, each with who does it and what is done.")
    elif not all(0 <= minutes <= LAST_MINUTE for _who, _what, minutes in steps):
        faults["steps"] = _("The minutes of a step are a number from 0 to 1440.")
    for number, whose in content.outside:
        if not whose or not (NUMBER.fullmatch(number) or BLANK.fullmatch(number)):
            faults["outside"] = _("Each line needs a telephone number and whose it is.")
    if not content.roles or not set(content.roles) <= set(CALLED):
        faults["roles"] = _("Choose at least one role that is called.")
    if faults:
        raise NotYet(_("The plan was not saved. Nothing is lost."), fields=faults)
    roles = list(dict.fromkeys(content.roles))
    outside = [list(one) for one in content.outside]
    return {**body, "steps": [list(one) for one in steps], "outside": outside, "roles": roles}


def fill_numbers(given: Mapping[str, str], *, actor: Actor) -> int:
    """Put the telephone that is given for a blank (without its brackets) into every plan that asks
    for it; how many plans were changed. What is left empty stays a blank.

    Refuses whoever may not write the company's texts (`Refused`) and what is no telephone number
    (`NotYet`). Tells emergency.planned for each.
    """
    actor.require("answer.edit", "")
    changed = 0
    with acting(actor):
        for plan in Plan.objects.seen_by(actor).select_for_update().order_by("rank", "code"):
            filled = [[_number(given, row[0]), *row[1:]] for row in plan.outside]
            if filled == plan.outside:
                continue
            _next(plan, {"outside": filled}, actor)
            changed += 1
    return changed


def _number(given: Mapping[str, str], kept: str) -> str:
    said = given.get(kept.strip("【】"), "").strip() if kept.startswith("【") else ""
    if said and not NUMBER.fullmatch(said):
        raise NotYet(
            _("%(said)s is no telephone number. Write only digits.") % {"said": said},
            code="bad_value",
        )
    return said or kept


def _next(plan: Plan, body: Mapping[str, Any], actor: Actor) -> None:
    """Its next version; what it said until now is kept."""
    past = PlanPast.objects.create(
        company_id=actor.company_id,
        plan=plan,
        number=plan.version,
        body={name: getattr(plan, name) for name in BODY},
        by=actor.id,
    )
    for name, value in body.items():
        setattr(plan, name, value)
    plan.version += 1
    plan.save(update_fields=[*body, "version"])
    _planned(plan, actor, past)


def _planned(plan: Plan, actor: Actor, *past: PlanPast) -> None:
    tell(
        "emergency.planned",
        subject=("emergency_plan", plan.id),
        actor=actor,
        said={"code": plan.code, "version": plan.version},
        wrote=written(plan, *past),
    )
