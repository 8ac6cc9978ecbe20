"""What was missed of a plan: a finding, made good by who comes later, taken back by news."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from anju.engine.forms.rules import Item
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.judging import Answer, judge
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import UNBEGUN, Case, Record, WorkOrder
from anju.engine.loop.rules import CASE_LIVE
from anju.engine.plans.models import Plan
from anju.foundation.places.models import Asset, Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet


@dataclass(frozen=True)
class Missed:
    """What was missed of a plan: the work as a whole or a part of it, at a place or a thing. `item`
    is what its finding is known by, `words` what it says."""

    plan: Plan
    item: str
    words: str
    place: Place
    asset: Asset | None

    def answer(self, verdict: str, at: datetime) -> Answer:
        """The machine's verdict."""
        item = Item.model_construct(code=self.item, text=self.words, on_fail="case")
        return Answer(item, verdict, self.place, self.asset, judge="machine", at=at)

    def finding(self) -> Case | None:
        """The one that stands for it. One query."""
        about = {"item": self.item, "place": self.place, "asset": self.asset}
        mine = Case.objects.filter(company_id=self.plan.company_id, **about)
        return mine.live().select_related("standard", "place").first()


def find_missed(missed: Missed, *, at: datetime, actor: Actor) -> Case | None:
    """A finding stands for what was missed, one however often (law 1); whose plan it is answers for
    it: its post, where it names one. `at`: when it could be made up no longer."""
    with acting(actor):
        _record, case = judge(missed.answer("fail", at), actor=actor)
        post = missed.plan.post_id
        if case is not None and post is not None:
            waiting = WorkOrder.objects.filter(case_id=case.id, state="waiting").first()
            if waiting is not None:
                move_work(waiting.id, "assign", actor=actor, said={"post": str(post)})
    return case


def make_good(
    missed: Missed, *, at: datetime, words: str, actor: Actor, by: UUID | None = None
) -> Case | None:
    """What was missed was done at a later time (`at`): the machine passes what it had failed, and
    the finding is closed, saying so (`words`). It stays open where somebody has begun to answer it
    otherwise, and where it was missed again since; work that is done is passed, unless it was done
    by whoever came (`by`). Returns the finding."""
    with acting(actor):
        case = missed.finding()
        if case is None or _failed_since(case, at):
            return case
        judge(replace(missed.answer("pass", at), seen_by=by), actor=actor)
        case.refresh_from_db()  # the work that was done may have been passed, and it closed
        if case.state not in CASE_LIVE:
            return case
        works = list(WorkOrder.objects.filter(case_id=case.id).live())
        if any(work.state not in UNBEGUN for work in works):
            return move_case(case.id, "note", actor=actor, said={"text": words})
        for work in works:
            move_work(work.id, "void", actor=actor, said={"reason": words})
        name = "answer" if case.state == "open" else "note"
        case = move_case(case.id, name, actor=actor, said={"text": words})
        try:
            return move_case(case.id, "close", actor=actor)
        except NotYet:  # somebody else still waits for a word of it
            return case


def take_back(
    missed: Missed,
    *,
    at: datetime,
    words: str,
    still: Callable[[Collection[datetime]], bool],
    actor: Actor,
) -> Case | None:
    """What was said to be missed (`at`: when, as `find_missed` was told) was not: the news came
    late. Its finding says so (`words`), and is void where it stands for nothing else: `still` is
    asked whether anything that was missed at one of these times was missed indeed. Returns the
    finding; None where there is none that stands for it, or not for that time."""
    with acting(actor):
        case = missed.finding()
        if case is None:
            return None
        failed = set(case.records.filter(verdict="fail").values_list("at", flat=True))
        if at not in failed:
            return None
        name, said = ("note", {"text": words}) if still(failed) else ("void", {"reason": words})
        return move_case(case.id, name, actor=actor, said=said)


def _failed_since(case: Case, at: datetime) -> bool:
    return Record.objects.filter(case_id=case.id, verdict="fail", at__gt=at).exists()
