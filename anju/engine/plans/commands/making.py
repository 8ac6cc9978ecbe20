"""Rows of planned work, written by the thousand, and the events that commit to all of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from anju.engine.loop.models import WorkOrder
from anju.engine.plans.models import Occurrence, Plan
from anju.engine.plans.rules import Due
from anju.foundation.events.alike import Alike
from anju.foundation.events.commands import Draft, draft, tell_all
from anju.foundation.lib import uuid7_texts
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import copy_in

BATCH = 1_000  # occurrences in one event
_PLAIN = str.maketrans("", "", "-:")
_WORK = ("id", "number", "opened_at", "lapses_at")
_OCCURRENCE = ("id", "named", "at", "opens_at", "closes_at")


class Wanted(NamedTuple):
    """What falls due where; `n`: which of several at one time it is, 0 where it is alone."""

    due: Due
    place_id: UUID
    asset_id: UUID | None
    n: int = 0


class Making:
    """Work of plans that are held in one transaction; `write` writes what was added."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._works: list[str] = []
        self._occurrences: list[str] = []
        self._told: list[Draft] = []

    def add(
        self,
        plan: Plan,
        wanted: Iterable[Wanted],
        *,
        zone: ZoneInfo,
        name: str = "plan.expanded",
        values: Mapping[str, str] | None = None,
    ) -> tuple[int, int]:
        """Add what is wanted of a plan, told by one event `name` for each thousand; returns how
        many work orders, and how many occurrences are passed over. `zone`: that of its times.

        No actor: it is the one whose work this is.
        """
        rows = list(wanted)
        alike: dict[tuple[UUID, UUID | None, bool], tuple[Alike | None, Alike]] = {}
        for first in range(0, len(rows), BATCH):
            batch = rows[first : first + BATCH]
            wrote: dict[str, str] = {}
            ids = iter(uuid7_texts(2 * len(batch)))
            for one in batch:
                key = (one.place_id, one.asset_id, one.due.made)
                kinds = alike.get(key) or alike.setdefault(key, _alike(plan, one))
                self._row(plan, one, kinds, ids=(next(ids), next(ids)), zone=zone, wrote=wrote)
            self._told.append(self._event(plan, batch, name, wrote=wrote, values=values))
        made = sum(one.due.made for one in rows)
        return made, len(rows) - made

    def write(self) -> None:
        """Write all that was added, inside the caller's `acting` that holds its plans.

        No actor: it is the one whose work this is.
        """
        if self._told:
            copy_in(WorkOrder, self._works)
            copy_in(Occurrence, self._occurrences)
            tell_all(self._told, actor=self._actor)

    def _row(
        self,
        plan: Plan,
        one: Wanted,
        kinds: tuple[Alike | None, Alike],
        *,
        ids: tuple[str, str],
        zone: ZoneInfo,
        wrote: dict[str, str],
    ) -> None:
        work, occurrence = kinds
        id, work_id = ids
        due = one.due
        opens = _text(due.opens_at)
        texts = [id, due.named, _text(due.at), opens, _text(due.closes_at)]
        if work is not None:
            told = (work_id, _number(plan, one, zone), opens, _text(due.lapses_at))
            self._works.append(work.line(*told))
            wrote[f"loop_workorder:{work_id}"] = work.digest(*told)
            texts += [work_id, opens]
        self._occurrences.append(occurrence.line(*texts))
        wrote[f"plans_occurrence:{id}"] = occurrence.digest(*texts)

    def _event(
        self,
        plan: Plan,
        batch: Sequence[Wanted],
        name: str,
        *,
        wrote: Mapping[str, str],
        values: Mapping[str, str] | None,
    ) -> Draft:
        made = sum(one.due.made for one in batch)
        return draft(
            name,
            subject=("plan", plan.id),
            actor=self._actor,
            said={
                "from": batch[0].due.named,
                "to": batch[-1].due.named,
                "made": made,
                "passed_over": len(batch) - made,
            },
            wrote=wrote,
            values=values,
        )


def _alike(plan: Plan, one: Wanted) -> tuple[Alike | None, Alike]:
    """What the rows at one subject have in common: waiting for whoever holds the post, from the
    moment the window opens."""
    where = {"place_id": one.place_id, "asset_id": one.asset_id}
    owned = {"company_id": plan.company_id, **where}
    occurrence = Occurrence.fresh(**owned, plan_id=plan.id)
    if not one.due.made:
        return None, Alike(occurrence, _OCCURRENCE)
    work = WorkOrder.fresh(**owned, title=plan.name, post_id=plan.post_id)
    return Alike(work, _WORK), Alike(occurrence, (*_OCCURRENCE, "work_id", "next_at"))


def _number(plan: Plan, one: Wanted, zone: ZoneInfo) -> str:
    named = one.due.named if "T" in one.due.named else one.due.at.astimezone(zone).isoformat()
    number = f"{plan.code}-{named.translate(_PLAIN)[2:13]}"
    return f"{number}-{one.n}" if one.n else number


def _text(at: datetime) -> str:
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return utc.isoformat(timespec="microseconds")
