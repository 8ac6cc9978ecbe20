"""News of planned work that came after it was said to be missed."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from anju.engine.loop.models import Case
from anju.engine.plans.commands.missing import Missed, take_back
from anju.engine.plans.models import Occurrence
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import zone_of_company


def hear_late_news(work_id: UUID, *, noted_at: datetime, actor: Actor) -> Case | None:
    """Planned work that had lapsed when it was heard (`noted_at`) that it was done in time: the
    finding that stands for it says so, and is void where it stands for nothing else. Returns the
    finding. Safe to repeat: a void finding is no longer found, and a note says the same again."""
    with acting(actor):
        made = Occurrence.objects.filter(company_id=actor.company_id, work_id=work_id)
        one = made.select_related("plan", "place", "asset", "work").first()
        if one is None or one.work is None or one.work.done_at is None:
            return None
        work = one.work
        lapsed = work.lapses_at is not None and work.lapses_at < noted_at
        if not lapsed or work.done_at > one.closes_at:
            return None
        zone = zone_of_company(actor.company_id)
        words = _("%(work)s of %(at)s was done in time, at %(done)s: the news came late.") % {
            "work": work.title,
            "at": f"{one.at.astimezone(zone):%m-%d %H:%M}",
            "done": f"{work.done_at.astimezone(zone):%H:%M}",
        }
        missed = Missed(one.plan, one.plan.missed_item, work.title, one.place, one.asset)
        return take_back(missed, words=words, actor=actor)
