"""How the points of a round stand, written down: by whoever passes one, and by the ticker."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from anju.domains.rounds.models import RoundPoint
from anju.domains.rounds.queries import points_of, visits_of
from anju.domains.rounds.rules import Judged, judge_round
from anju.engine.clocks.rows import LEAST
from anju.engine.loop.models import UNBEGUN, WorkOrder
from anju.engine.plans.commands import Missed, find_missed
from anju.foundation.tenancy.actor import Actor

_STORED = ("state", "flags", "verdict", "at", "by", "next_at")


@dataclass
class Stands:
    """The points of a round as they stand now; those that `changed`, and how they stood (`was`)."""

    rows: Sequence[RoundPoint]
    changed: list[RoundPoint] = field(default_factory=list)
    was: dict[Any, str] = field(default_factory=dict)

    def newly(self, state: str) -> list[RoundPoint]:
        """Those that have come to stand so."""
        return [row for row in self.changed if row.state == state != self.was[row.id]]

    @property
    def left(self) -> list[RoundPoint]:
        """Those nobody has passed."""
        return [row for row in self.rows if row.at is None]


def judge_points(work: WorkOrder, moment: datetime, *, actor: Actor, looks: bool = False) -> Stands:
    """Judge the points of a round, held by the caller, by all that is known of it; write those that
    stand otherwise than before. The event is the caller's.

    `looks`: it is the ticker, who finds what is missed. Whoever else judges leaves what is missed
    for it to find, however long it is due.

    No actor of its own: `actor` says whose company it is.
    """
    rows = points_of(work)
    stands = Stands(rows, was={row.id: row.state for row in rows})
    judged = judge_round(
        [row.stop for row in rows],
        visits_of(rows, company=actor.company_id),
        moment,
        fixed=bool(rows) and rows[0].point.route.order == "fixed",
        void=work.state == "void",
    )
    for row in rows:
        before = [getattr(row, name) for name in _STORED]
        _put(row, judged[row.id], moment, looks=looks)
        if [getattr(row, name) for name in _STORED] != before:
            stands.changed.append(row)
    RoundPoint.objects.bulk_update(stands.changed, _STORED)
    return stands


def _put(row: RoundPoint, judged: Judged, moment: datetime, *, looks: bool) -> None:
    # Nobody looks when a point's own time begins: until it is over it is to be done.
    row.state = "open" if judged.state == "ahead" else judged.state
    row.flags, row.verdict = list(judged.flags), judged.verdict
    row.at = judged.visit.at if judged.visit else None
    row.by = judged.visit.by if judged.visit else None
    ahead = (row.closes_at + LEAST, row.lapses_at + LEAST)
    owed = row.at is None and judged.state != "void"
    stands = row.next_at if row.next_at and (row.next_at > moment or not looks) else None
    row.next_at = next((at for at in ahead if at > moment), stands) if owed else None


def missed_of(row: RoundPoint) -> Missed:
    """A point that was left out, as a finding knows it.

    No actor: it is part of a command that names one.
    """
    point = row.point
    words = _("Left out: %(point)s (%(round)s)") % {"point": point, "round": point.route.plan.name}
    return Missed(point.route.plan, row.missed_item, words, point.place, point.asset)


def find_left_out(work: WorkOrder, rows: Sequence[RoundPoint], *, actor: Actor) -> None:
    """Points of a round that somebody began, which are missed: a finding each. A round that nobody
    began is one finding as a whole, the engine's."""
    if work.state in UNBEGUN:
        return
    machine = Actor.machine(actor.company_id, "rounds")
    for row in rows:
        find_missed(missed_of(row), at=row.lapses_at + LEAST, actor=machine)
