"""News of planned work that came after it was said to be missed."""

from collections.abc import Collection
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from anju.engine.clocks.rows import LEAST
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.plans.commands.missing import Missed, take_back
from anju.engine.plans.models import Occurrence
from anju.foundation.events.models import Event
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import zone_of_company

BEGINS = ("work.arrive", "work.start", "work.hold")  # the first of them; what is done has one, too


def hear_late_news(begun: Event, *, actor: Actor) -> Case | None:
    """Planned work was begun while it could be, which was heard (`begun`) when its time was over:
    what somebody has begun is not missed. The finding that stands for it says so, and is void where
    it stands for nothing else. Returns the finding. Safe to repeat: a void finding is no longer
    found, and a note says the same again."""
    with acting(actor):
        made = Occurrence.objects.filter(company_id=actor.company_id, work_id=begun.subject_id)
        one = made.select_related("plan", "place", "asset", "work").first()
        work = one.work if one else None
        if one is None or work is None or work.lapses_at is None:
            return None
        if not begun.at <= work.lapses_at < begun.noted_at:
            return None
        told = Event.objects.filter(company_id=actor.company_id, subject_id=begun.subject_id)
        first = told.filter(name__in=BEGINS).order_by("id").first()
        if first is None or first.id != begun.id:
            return None
        missed = Missed(one.plan, one.plan.missed_item, work.title, one.place, one.asset)
        words, still = _said(one, work, begun), partial(_still_missed, one)
        at = work.lapses_at + LEAST
        return take_back(missed, at=at, words=words, still=still, actor=actor)


def _said(one: Occurrence, work: WorkOrder, begun: Event) -> str:
    zone, done = zone_of_company(one.company_id), work.done_at
    if done is not None and done <= one.closes_at:
        words = _("%(work)s of %(at)s was done in time, at %(done)s: the news came late.")
    else:
        words = _("%(work)s of %(at)s was begun at %(begun)s: the news came late.")
    return words % {
        "work": work.title,
        "at": f"{one.at.astimezone(zone):%m-%d %H:%M}",
        "begun": f"{begun.at.astimezone(zone):%m-%d %H:%M}",
        "done": f"{done.astimezone(zone):%H:%M}" if done else "",
    }


def _still_missed(one: Occurrence, failed: Collection[datetime]) -> bool:
    """Whether any work of this plan here whose time was over then was not begun until then."""
    works = WorkOrder.objects.filter(
        occurrence__plan=one.plan,
        occurrence__withdrawn=False,
        place=one.place,
        asset=one.asset,
        lapses_at__in=[at - LEAST for at in failed],
    )
    lapses = {work.id: work.lapses_at for work in works if work.lapses_at}
    told = Event.objects.filter(company_id=one.company_id, name__in=BEGINS, subject_id__in=lapses)
    begun = {id for id, at in told.values_list("subject_id", "at") if at <= lapses[id]}
    return bool(lapses.keys() - begun)
