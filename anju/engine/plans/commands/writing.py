"""Writing plans: what is new, changed, paused and ended. The future follows, the past stays."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from types import MappingProxyType
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from anju.engine.library.often import doing_of
from anju.engine.loop.models import WorkOrder
from anju.engine.plans.commands.expanding import HORIZON, expand_plans
from anju.engine.plans.document import Trigger, When, wall
from anju.engine.plans.models import CATCH_UP_NAMES, Occurrence, Plan, PlanSubject
from anju.engine.plans.rules import RuleUnclear, occurrences
from anju.engine.plans.triggers import After, Meter
from anju.foundation.calendars.queries import calendars_of
from anju.foundation.calendars.rules import WorkCalendar
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.people.models import Post
from anju.foundation.places.models import Asset, Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only
from anju.foundation.tenancy.turns import one_at_a_time
from anju.foundation.texts import plain

MOST = 20_000  # work orders that stand ahead for one plan; two a minute would be more
_CODE = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*")
LONGEST = 7 * 1440  # minutes of a window
MOVES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"pause": ("active", "paused"), "resume": ("paused", "active"), "end": ("active", "ended")}
)


@dataclass(frozen=True)
class Planned:
    """What a plan says; see `models.Plan`. `subjects`: (place, equipment or None) each;
    `carries`: keys of what it carries out of the library."""

    name: str
    when: Trigger
    subjects: Sequence[tuple[Place, Asset | None]]
    post: Post | None = None
    standard: str = ""
    calendar: str = "always"
    early: int = 0
    late: int = 60
    make_up: int = 0
    catch_up: str = "none"
    labour: int = 0
    carries: Sequence[str] = ()


def make_plan(place: Place, code: str, said: Planned, *, actor: Actor) -> Plan:
    """Begin a plan at a community; its work stands at once, up to the horizon.

    Needs `plan.edit` there. Refuses (`NotYet`) what is missing or wrong, a rule that cannot be read
    or never falls due within two years, and a code that is taken (`Conflict`). Tells plan.made.
    """
    actor.require("plan.edit", place.path)
    with acting(actor):
        _check(place, said, actor)
        code = _code(code)
        one_at_a_time("plans", actor.company_id)
        if Plan.objects.filter(company_id=actor.company_id, place=place, code=code).exists():
            text = _("There is a plan with this code here. Choose another one.")
            raise Conflict(text, fields={"code": text})
        plan = Plan(company_id=actor.company_id, place=place, code=code)
        _put(plan, said, actor)
        plan.save(force_insert=True)
        subjects = _subjects(plan, said.subjects)
        _told("plan.made", plan, actor, subjects)
        expand_plans([plan], actor=actor, until=now() + HORIZON)
    return plan


def change_plan(plan_id: UUID, said: Planned, *, actor: Actor, version: int) -> Plan:
    """Let a plan say something else from now on.

    Occurrences whose time has not begun follow: what nobody has taken is withdrawn, its work void,
    and made again as the plan says now; what has begun or was taken stays. `version`: that the
    actor saw. Raises Unknown, Refused, Conflict (stale) and NotYet. Tells plan.changed.
    """
    with acting(actor):
        plan = _locked(plan_id, actor)
        if plan.version != version or plan.state == "ended":
            raise Conflict(
                _("Somebody changed this plan meanwhile. Look at it again before you save.")
            )
        _check(plan.place, said, actor)
        gone = _withdrawn(plan)
        plan.version += 1
        _put(plan, said, actor)
        plan.save()
        subjects = _subjects(plan, said.subjects)
        _told("plan.changed", plan, actor, [*subjects, *gone])
        if plan.state == "active":
            expand_plans([plan], actor=actor, until=now() + HORIZON)
    return plan


def move_plan(plan_id: UUID, name: str, *, actor: Actor, why: str = "") -> Plan:
    """Pause, resume or end a plan. Whoever pauses or ends it says why; work that has not begun and
    nobody has taken is withdrawn, and nothing is made for the time of a pause.

    Raises Unknown, Refused, NotYet (a step that does not fit, a missing reason). Tells plan.pause,
    plan.resume, plan.end.
    """
    with acting(actor):
        plan = _locked(plan_id, actor)
        source, target = MOVES.get(name, ("", ""))
        if plan.state != source and (name, plan.state) != ("end", "paused"):
            raise NotYet(
                _("The plan is %(state)s: this step cannot be taken now. Open it again.")
                % {"state": plan.get_state_display()}
            )
        if name != "resume" and not why.strip():
            text = _("Say why, for example: the lift is being replaced.")
            raise NotYet(text, code="missing", fields={"why": text})
        gone = [] if name == "resume" else _withdrawn(plan)
        plan.state, plan.version, plan.look_at = target, plan.version + 1, None
        plan.made_until = _wall_now(plan.calendar, actor)
        plan.save()
        _told(f"plan.{name}", plan, actor, gone, values={"why": why.strip()} if why else None)
        if target == "active":
            expand_plans([plan], actor=actor, until=now() + HORIZON)
    return plan


def _locked(plan_id: UUID, actor: Actor) -> Plan:
    seen = Plan.objects.seen_by(actor).select_related("place")
    plan = only(seen.select_for_update(of=("self",)).filter(id=plan_id))
    if plan is None:
        raise Unknown(_("There is no such plan, or you may not see it."))
    actor.require("plan.edit", plan.place.path)
    return plan


def _code(said: str) -> str:
    code = said.strip().upper()
    if len(code) > 16 or not _CODE.fullmatch(code):
        text = _("A code is 1 to 16 letters, digits or hyphens, for example LIFT-2.")
        raise NotYet(text, fields={"code": text})
    return code


def _check(place: Place, said: Planned, actor: Actor) -> None:
    """Refuse what cannot be planned, each in words beside its field."""
    faults: dict[str, Any] = {}
    if not said.name.strip():
        faults["name"] = _("Say what is done, for example: patrol of the car park.")
    if not said.subjects:
        faults["subjects"] = _("Choose at least one place or piece of equipment.")
    elif any(not where.path.startswith(place.path) for where, _asset in said.subjects):
        faults["subjects"] = _("Choose places of this community only.")
    if said.early > LONGEST or said.late + said.make_up > LONGEST or not said.late:
        faults["late"] = _("Give it at least a minute and at most seven days to be in time.")
    if said.catch_up not in dict(CATCH_UP_NAMES):
        faults["catch_up"] = _("Choose what is made up after an outage.")
    if not all(doing_of(key) for key in said.carries):
        faults["carries"] = _("The library has no such fact that says how often. Choose another.")
    if not faults:
        try:
            faults |= _unfit(said, actor)
        except RuleUnclear as unclear:
            faults["rule"] = unclear.message
    if faults:
        raise NotYet(_("The plan was not saved. Look at what is marked."), fields=faults)


def _unfit(said: Planned, actor: Actor) -> dict[str, Any]:
    """What is wrong with what lets it fall due."""
    calendar = calendars_of(actor.company_id)(said.calendar)
    if isinstance(said.when, When):
        return _unreal(said, said.when, calendar)
    if isinstance(said.when, After):
        wall(said.when.start, calendar.zone)
    if isinstance(said.when, Meter) and any(asset is None for _place, asset in said.subjects):
        return {"subjects": _("Only equipment has a counter. Choose equipment by its code.")}
    return {}


def _unreal(said: Planned, when: When, calendar: WorkCalendar) -> dict[str, Any]:
    """Whether it ever falls due, and not more often than anybody could work."""
    first = now().astimezone(ZoneInfo(calendar.zone)).replace(tzinfo=None)
    table = when.timetable(calendar.zone)
    start = max(first, table.recurrence.start)
    ahead = occurrences(table, calendar, start, start + HORIZON)
    n = sum(1 for _one in islice(ahead, MOST + 1)) * len(said.subjects)
    if n > MOST:
        text = _("That would be more than %(n)s work orders in five weeks. Plan fewer.")
        return {"rule": text % {"n": f"{MOST:,}"}}
    years = occurrences(table, calendar, start, start + timedelta(days=731))
    if not n and next(iter(years), None) is None:
        return {"rule": _("This never falls due within two years. Look at the rule again.")}
    return {}


def _put(plan: Plan, said: Planned, actor: Actor) -> None:
    plan.name, plan.when, plan.calendar = said.name.strip(), plain(said.when), said.calendar
    plan.post_id, plan.standard = said.post.id if said.post else None, said.standard
    plan.early, plan.late, plan.make_up = said.early, said.late, said.make_up
    plan.catch_up, plan.labour = said.catch_up, said.labour
    plan.carries = list(dict.fromkeys(said.carries))
    plan.made_until = _wall_now(said.calendar, actor)


def _wall_now(calendar: str, actor: Actor) -> str:
    zone = ZoneInfo(calendars_of(actor.company_id)(calendar).zone)
    return now().astimezone(zone).replace(tzinfo=None).isoformat(timespec="seconds")


def _subjects(plan: Plan, wanted: Iterable[tuple[Place, Asset | None]]) -> list[PlanSubject]:
    """Let the plan have just these; returns the rows that changed."""
    keys = {(place.id, asset.id if asset else None) for place, asset in wanted}
    have = {(one.place_id, one.asset_id): one for one in plan.subjects.filter(until=None)}
    ended = [one for key, one in have.items() if key not in keys]
    for one in ended:
        one.until = plan.version
        one.save(update_fields=["until"])
    new = [
        PlanSubject(
            company_id=plan.company_id, plan=plan, place_id=place, asset_id=asset,
            since=plan.version,
        )
        for place, asset in sorted(keys - have.keys(), key=str)
    ]  # fmt: skip
    PlanSubject.objects.bulk_create(new)
    return [*ended, *new]


def _withdrawn(plan: Plan) -> list[Occurrence | WorkOrder]:
    """Take back what has not begun and nobody has taken; the rows that changed."""
    ahead = list(  # held first, as by whoever moves or opens them
        Occurrence.objects.select_for_update(of=("self",))
        .filter(plan=plan, withdrawn=False, opens_at__gt=now(), next_at=F("opens_at"))
        .order_by("id")
    )
    works = {
        work.id: work
        for work in WorkOrder.objects.select_for_update()
        .filter(occurrence__in=ahead, state="waiting", person=None)
        .order_by("id")
    }
    gone = [one for one in ahead if one.work_id is None or one.work_id in works]
    for one in gone:
        one.withdrawn = True
    for work in works.values():
        work.state, work.version = "void", work.version + 1
    Occurrence.objects.filter(id__in=[one.id for one in gone]).update(withdrawn=True, next_at=None)
    WorkOrder.objects.filter(id__in=works).update(state="void", version=F("version") + 1)
    return [*gone, *works.values()]


def _told(
    name: str,
    plan: Plan,
    actor: Actor,
    rows: Sequence[Any],
    *,
    values: Mapping[str, str] | None = None,
) -> None:
    tell(
        name,
        subject=("plan", plan.id),
        actor=actor,
        said={"code": plan.code, "version": plan.version, "rows": len(rows)},
        wrote=written(plan, *rows),
        values=values,
    )
