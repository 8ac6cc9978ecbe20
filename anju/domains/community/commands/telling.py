"""Work that touches those who live there is announced before, as it begins, as it ends, and where
it is moved or does not take place."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from anju.domains.community.commands.notices import Announced, OfWork, publish, saved, told
from anju.domains.community.models import AHEAD_OF_IT, Notice, Telling
from anju.domains.community.queries import approval_of
from anju.domains.community.rules import LONGEST_AHEAD, told_at
from anju.domains.community.telling import affected
from anju.engine.loop.models import UNBEGUN, WorkOrder
from anju.engine.plans.models import Occurrence, Plan
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.messages.queries import quiet_hours
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import zone_of_company
from anju.foundation.tenancy.errors import Conflict, NotYet

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
SPARE = timedelta(minutes=2)  # the ticker's: it is told in time for the first minute it may begin
BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
EARLIEST = 12 * HOUR  # how much sooner it may be told, so that nobody is woken
NEAREST = 60  # occurrences among which that is looked for to which one was moved
BEGUN = ("arrived", "doing")


def tell_of_plan(
    plan: Plan, *, title: str, text: str, ahead: int, actor: Actor, kind: str = "", version: int = 0
) -> Telling:
    """Announce the work of a plan from now on: to who lives where it is done, or whom its equipment
    serves, `ahead` hours before; never at night, rather earlier. `version`: the one that was
    changed, 0 for none.

    Refuses (`NotYet`) empty words and hours that are none or more than two weeks, (`Conflict`)
    where somebody else has changed it meanwhile, (`Refused`) who may not publish there.
    """
    actor.require("notice.edit", plan.place.path)
    empty = _("Please fill this in; it is needed.")
    faults = {name: empty for name, said in (("title", title), ("text", text)) if not said.strip()}
    if not 1 <= ahead <= LONGEST_AHEAD:
        faults["ahead"] = _("Choose between 1 and 336 hours, which is two weeks.")
    if faults:
        raise NotYet(_("Nothing was saved. Look at what is marked."), fields=faults)
    with acting(actor):
        mine = Telling.objects.select_for_update()
        telling, fresh = mine.get_or_create(
            company_id=actor.company_id, plan=plan, defaults={"ahead": ahead, "by": actor.id}
        )
        if not fresh and telling.version != version:
            raise Conflict(_("Somebody else has changed this meanwhile. Open the page again."))
        telling.kind, telling.title, telling.text = kind, title.strip()[:120], text.strip()[:4000]
        telling.ahead, telling.by, telling.ended_at = ahead, actor.id, None
        telling.set_at = now()
        telling.version += not fresh
        telling.save()
        _told_of("telling.set", telling, actor)
    return telling


def stop_telling(plan: Plan, *, actor: Actor) -> None:
    """Announce the work of a plan no more; what is announced stays, and how far it is goes on being
    told. Done again, it stays as it is. Refuses (`Refused`) who may not publish there."""
    actor.require("notice.edit", plan.place.path)
    with acting(actor):
        mine = Telling.objects.select_for_update().filter(company_id=actor.company_id, plan=plan)
        telling = mine.filter(ended_at=None).first()
        if telling is not None:
            telling.ended_at, telling.version = now(), telling.version + 1
            telling.save(update_fields=["ended_at", "version"])
            _told_of("telling.ended", telling, actor)


def tell_of_work(
    work: WorkOrder, *, title: str, text: str, actor: Actor, kind: str = ""
) -> list[Notice]:
    """Announce one piece of planned work by hand, now: to those whom the work of its plan would be
    announced to, and what becomes of it is told as of theirs.

    Refuses (`NotYet`) what has begun, is over or is of no plan, and empty words; (`Announced`) what
    is announced already, also by whoever was faster; (`Refused`) who may not publish there.
    """
    with acting(actor):
        mine = Occurrence.objects.select_for_update(of=("self",)).filter(work=work, withdrawn=False)
        one = mine.select_related("work", "place", "asset").first()
        if one is None or one.work is None or one.work.state not in UNBEGUN:
            raise NotYet(_("This work has begun or is over, so it is not announced any more."))
        until = (one.work.lapses_at or one.closes_at) + DAY
        if until - DAY <= now():
            raise NotYet(_("This work has begun or is over, so it is not announced any more."))
        there = Notice.objects.filter(company_id=actor.company_id, work=work, withdrawn_at=None)
        if there.exists():
            raise Announced
        about = OfWork(one.work, one.at, one.closes_at)
        return [
            publish(place, title=title, text=text, kind=kind, about=about, until=until, actor=actor)
            for place in affected(one.place, one.asset)
        ]


def tell_ahead(*, actor: Actor) -> int:
    """Announce the planned work of the company whose time to be told has come; how many were
    announced. Where a second person approves announcements, a day earlier, so that there is time.

    Any number may run at once: each takes what nobody else holds, and work is announced once at
    each place. What was known too late is told at once.
    """
    made = 0
    with acting(actor):
        waits = approval_of(actor)
        held = Telling.objects.select_for_update(skip_locked=True, of=("self",))
        mine = held.filter(company_id=actor.company_id, ended_at=None, plan__state="active")
        tellings = list(mine.select_related("plan").order_by("id"))
        # What was moved takes its announcement along before another is made.
        follow_work({}, plans=[telling.plan_id for telling in tellings], actor=actor)
        for telling in tellings:
            slow = waits in (("all",) if telling.kind == "outage" else ("all", "planned"))
            for one, places in _due(telling, sooner=DAY if slow else timedelta(), actor=actor):
                made += _announce(telling, one, places, actor)
    return made


def _due(
    telling: Telling, *, sooner: timedelta, actor: Actor
) -> Iterable[tuple[Occurrence, list[Place]]]:
    """What nobody has begun and is to be told by now, before it may begin, and where it was not
    told yet. What somebody announces by hand at this moment is theirs. What was withdrawn stays so
    until its plan is told of anew. Two queries, and one for each thing it is done at."""
    moment, ahead = now(), telling.ahead * HOUR + sooner + SPARE
    free = Occurrence.objects.select_for_update(skip_locked=True, of=("self",))
    ahead_of = free.filter(
        plan=telling.plan_id, withdrawn=False, work__state__in=UNBEGUN,
        work__opened_at__lte=moment + ahead + EARLIEST, closes_at__gt=moment,
    )  # fmt: skip
    found = list(ahead_of.select_related("work", "place", "asset").order_by("at", "id"))
    there = Notice.objects.filter(
        company_id=actor.company_id, work__in=[one.work_id for one in found]
    ).exclude(withdrawn_at__lt=telling.set_at or BEFORE_ALL)
    told_there = set(there.values_list("work_id", "place_id"))
    touched: dict[Any, list[Place]] = {}
    zone, hours = zone_of_company(actor.company_id), quiet_hours("push", actor=actor)
    for one in found:
        if one.work is None or told_at(one.work.opened_at, ahead, hours=hours, zone=zone) > moment:
            continue
        key = (one.place_id, one.asset_id)
        places = touched[key] = touched.get(key) or affected(one.place, one.asset)
        yield one, [place for place in places if (one.work_id, place.id) not in told_there]


def _announce(telling: Telling, one: Occurrence, places: list[Place], actor: Actor) -> int:
    work = one.work
    if work is None:
        return 0
    about, made = OfWork(work, one.at, one.closes_at, telling.by), 0
    for place in places:
        with suppress(Announced):  # somebody was faster: the others are announced all the same
            publish(
                place, title=telling.title, text=telling.text, kind=telling.kind, about=about,
                until=(work.lapses_at or one.closes_at) + DAY, actor=actor,
            )  # fmt: skip
            made += 1
    return made


def follow_work(
    works: Mapping[UUID, datetime], *, actor: Actor, plans: Collection[UUID] = ()
) -> int:
    """Let announcements say how far their work is: of these `works`, each with when something
    happened to it, and of all work of these `plans`; how many say something else now. Safe to
    repeat: it looks at how the work stands."""
    with acting(actor):
        held = Notice.objects.select_for_update(of=("self",), no_key=True)
        # News that come late put right what was said of work nobody had heard of.
        late = Q(phase="off") & (Q(work__done_at__isnull=False) | Q(work__state__in=BEGUN))
        mine = held.filter(
            Q(work_id__in=works.keys()) | Q(work__occurrence__plan_id__in=plans),
            Q(phase__in=AHEAD_OF_IT) | late, company_id=actor.company_id, withdrawn_at=None,
        )  # fmt: skip
        moved = [
            _follow(notice, works.get(notice.work_id or UUID(int=0)), actor)
            for notice in mine.select_related("work", "place").order_by("id")
        ]
    return sum(moved)


def _follow(notice: Notice, at: datetime | None, actor: Actor) -> bool:
    work, moment = notice.work, now()
    if work is None:
        return False
    if work.done_at is not None:
        return _step(notice, "ended", work.done_at, actor)
    if work.state in BEGUN and notice.phase != "begun":
        return _step(notice, "begun", at or moment, actor)
    if work.state == "void":
        later = _moved_to(notice, work)
        return _move(notice, later, actor) if later else _step(notice, "off", moment, actor)
    lapsed = work.state in UNBEGUN and work.lapsed(moment)
    return lapsed and _step(notice, "off", moment, actor)


def _step(notice: Notice, phase: str, at: datetime, actor: Actor) -> bool:
    """It is read for another day, so that who opens it late learns how it went. What was said not
    to take place, or begins when it was to be over, is made up: at another time than was told."""
    past = phase == "begun" and notice.ends_at is not None and at > notice.ends_at
    made_up = phase != "off" and (past or notice.phase == "off")
    notice.phase, notice.phase_at, notice.until = phase, at, now() + DAY
    saved(notice, "phase", "phase_at", "until")
    told(f"notice.{phase}", notice, actor=actor, later=made_up)
    return True


def _moved_to(notice: Notice, work: WorkOrder) -> Occurrence | None:
    """The occurrence that stands for one which a change of its plan has withdrawn: the nearest that
    is not announced there yet. None where it was called off by hand. Two queries."""
    was = Occurrence.objects.filter(work=work, withdrawn=True).first()
    if was is None or notice.phase != "planned":
        return None
    there = Notice.objects.filter(
        company_id=OuterRef("company_id"), work=OuterRef("work"), place=notice.place_id
    )
    free = Occurrence.objects.filter(
        ~Exists(there), plan=was.plan_id, place=was.place_id, asset=was.asset_id, withdrawn=False,
        work__state__in=UNBEGUN, closes_at__gt=now(),
    )  # fmt: skip
    some = list(free.select_related("work").order_by("at")[:NEAREST])
    return min(some, key=lambda one: abs(one.at - was.at), default=None)


def _move(notice: Notice, later: Occurrence, actor: Actor) -> bool:
    """To another time. At the same one, after a plan was changed otherwise, nobody is told."""
    lapses_at = later.work.lapses_at if later.work else None
    other = notice.starts_at != later.at
    if other:
        notice.phase_at = now()
    notice.work, notice.starts_at, notice.ends_at = later.work, later.at, later.closes_at
    notice.until = (lapses_at or later.closes_at) + DAY
    saved(notice, "work", "starts_at", "ends_at", "phase_at", "until")
    told("notice.moved", notice, actor=actor, later=other)
    return True


def _told_of(name: str, telling: Telling, actor: Actor) -> None:
    said = {"ahead": telling.ahead, "title": telling.title, "version": telling.version}
    tell(
        name, subject=("plan", telling.plan_id), actor=actor, said=said, wrote=written(telling)
    )  # fmt: skip
