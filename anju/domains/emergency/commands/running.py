"""Starting an emergency, and noting what was done, who was reached and who is coming."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from anju.domains.emergency.models import Emergency, Plan
from anju.domains.emergency.queries import call_tree, called_out, running
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.opening import Report, report
from anju.engine.loop.models import Case
from anju.engine.loop.rules import CASE_LIVE
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.messages.commands import Note, queue_messages
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown
from anju.foundation.tenancy.rows import only

HEARD = ("reached", "no_answer")
SAID = 300


def start(
    plan: Plan, place: Place, *, actor: Actor, matter: str = "", case_id: UUID | None = None
) -> Emergency:
    """Start an emergency at a place: a P1 case (or `case_id`, raised to P1), and everybody of the
    telephone tree who has an account is called out, by every channel that carries P1, at any hour.

    Pressed twice it is the same emergency: one of this plan that runs at this place is returned.
    Refuses (`Refused`) who hands out no work there, (`Unknown`) a case the actor may not see,
    (`NotYet`) one that is over.
    """
    actor.require("work.dispatch", place.path)
    with acting(actor):
        # Two desks at once: the second waits here, and finds what the first has begun.
        plan = Plan.objects.select_for_update().get(id=plan.id)
        if (already := running(plan, place, actor)) is not None:
            return already
        case = _case(plan, place, matter, case_id, actor=actor)
        if (before := Emergency.objects.filter(case=case).first()) is not None:
            return before
        callees = call_tree(place, plan.roles, actor)
        accounts = list(dict.fromkeys(one.account for one in callees if one.account))
        made = Emergency.objects.create(
            company_id=actor.company_id,
            plan=plan,
            case=case,
            by=actor.id,
            plan_version=plan.version,
            name=plan.name,
            steps=plan.steps,
            outside=plan.outside,
            roles=plan.roles,
            told=len(accounts),
        )
        tell(
            "emergency.started",
            subject=("case", case.id),
            actor=actor,
            said={"plan": plan.code, "told": len(accounts)},
            wrote=written(made),
        )
        facts = {"number": case.number, "plan": plan.name, "place": str(place), "do": plan.notice}
        queue_messages(
            (
                Note(
                    key=f"emergency:{made.id}",
                    kind="emergency.called_out",
                    account=account,
                    subject=("emergency", made.id),
                    facts=facts,
                    priority=1,
                    email=True,
                    path=place.path,
                    call=True,
                )
                for account in accounts
            ),
            actor=actor,
        )
    return made


def _case(plan: Plan, place: Place, matter: str, case_id: UUID | None, *, actor: Actor) -> Case:
    """The case it is about: a new one, or the one it was reported in."""
    if case_id is None:
        said = " ".join(matter.split())[:SAID]
        opened = report(
            Report(
                kind="incident",
                title=said or plan.name,
                place=place,
                category=plan.category,
                urgency=1,
                urgency_reason=plan.name,
            ),
            actor=actor,
        )
        return opened.case
    case = only(Case.objects.seen_by(actor).filter(id=case_id))
    if case is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    if case.state not in CASE_LIVE:
        raise NotYet(_("This case is over. Start the emergency without it."), code="wrong_state")
    if case.urgency > 1:
        said_of = {"urgency": 1, "category": plan.category, "reason": plan.name}
        case = move_case(case.id, "classify", actor=actor, said=said_of)
    return case


def step_done(emergency_id: UUID, step: int, *, actor: Actor) -> Emergency:
    """Note that a step was done, now; the first note counts. Refuses (`Unknown`) an emergency or a
    step that is not there."""
    with acting(actor):
        found = _held(emergency_id, Emergency.objects.seen_by(actor))
        if not 0 <= step < len(found.steps):
            raise Unknown(_("There is no such step in this plan."))
        if str(step) not in found.done:
            found.done[str(step)] = _mark(actor)
            _save(found, "emergency.step", {"step": step + 1}, actor)
    return found


def called(emergency_id: UUID, person: UUID, heard: str, *, actor: Actor) -> Emergency:
    """Note what a call of the telephone tree came to: `reached` or `no_answer`; the newest counts,
    but not against who has said that they are coming. Refuses (`Unknown`) an emergency that is not
    there and whoever is not in its tree."""
    with acting(actor):
        found = _held(emergency_id, Emergency.objects.seen_by(actor))
        place = found.case.place
        tree = call_tree(place, found.complete().roles, actor) if place else []
        if heard not in HEARD or person not in {one.person.id for one in tree}:
            raise Unknown(_("This person is not on the list of whom to call. Open the page again."))
        if found.reached.get(str(person), {}).get("heard") != "coming":
            found.reached[str(person)] = {**_mark(actor), "heard": heard}
            _save(found, "emergency.called", {"person": str(person), "heard": heard}, actor)
    return found


def come(emergency_id: UUID, *, actor: Actor) -> Emergency:
    """Say, called out, that one is on the way: the first word counts, and nobody calls one about
    it any more. Refuses (`Unknown`) whoever was not called out to it, (`NotYet`) what is over."""
    with acting(actor):
        found = _held(emergency_id, called_out(actor))
        if actor.person_id is None:
            raise Unknown(_("There is no such emergency, or you may not see it."))
        if found.case.state not in CASE_LIVE:
            raise NotYet(_("This emergency is over. You need not come."), code="wrong_state")
        me = str(actor.person_id)
        if found.reached.get(me, {}).get("heard") != "coming":
            found.reached[me] = {**_mark(actor), "heard": "coming"}
            _save(found, "emergency.coming", {"person": me}, actor)
    return found


def _mark(actor: Actor) -> dict[str, str]:
    return {"at": now().isoformat(), "by": str(actor.id)}


def _held(id: UUID, seen: QuerySet[Emergency]) -> Emergency:
    """The emergency, one of those that are seen, held until the note is written."""
    ids = seen.order_by().filter(id=id).values("id")
    held = Emergency.objects.select_for_update(of=("self",)).filter(id__in=ids)
    found = held.select_related("plan", "case__place").first()
    if found is None:
        raise Unknown(_("There is no such emergency, or you may not see it."))
    return found


def _save(found: Emergency, name: str, said: dict[str, Any], actor: Actor) -> None:
    found.version += 1
    found.save(update_fields=["done", "reached", "version"])
    tell(name, subject=("case", found.case_id), actor=actor, said=said, wrote=written(found))
