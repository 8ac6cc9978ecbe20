"""News of planned work that came after it was said to be missed."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.models import Case
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
        about = {"item": one.plan.missed_item, "place_id": one.place_id, "asset_id": one.asset_id}
        mine = Case.objects.filter(company_id=actor.company_id, **about)
        case = mine.live().first()
        if case is None:
            return None
        zone = zone_of_company(actor.company_id)
        words = _("%(work)s of %(at)s was done in time, at %(done)s: the news came late.") % {
            "work": work.title,
            "at": f"{one.at.astimezone(zone):%m-%d %H:%M}",
            "done": f"{work.done_at.astimezone(zone):%H:%M}",
        }
        alone = case.records.filter(verdict="fail").count() == 1
        name, said = ("void", {"reason": words}) if alone else ("note", {"text": words})
        return move_case(case.id, name, actor=actor, said=said)
