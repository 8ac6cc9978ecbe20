"""A look into the past says what the live page said then: rows remembered during random histories
are compared with what the events give for that instant."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from anju.engine.clocks.models import Clock
from anju.engine.loop import past
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.loop.past import open_cases_at, stood_at
from anju.foundation.lib import frozen
from anju.foundation.tenancy.acting import acting
from tests.harness.laws_machine import MISHAPS
from tests.harness.laws_parts import Row
from tests.harness.laws_together import Together

Said = dict[str, Any]


class Remembering(Together):
    """Random commands; after each of them, what the live rows say."""

    def __init__(self) -> None:
        self.seen: dict[datetime, dict[str, Said]] = {}
        super().__init__(Counter())

    def _settle(self, names: Sequence[str]) -> list[Row]:
        told = super()._settle(names)
        self.remember()
        return told

    def remember(self) -> None:
        """What a page would have shown at this instant."""
        with acting(self.machine), frozen(self.now):
            cases = {str(case.id): case for case in Case.objects.all()}
            self.seen[self.now] = {
                id: said(case, list(WorkOrder.objects.filter(case=case).order_by("id")),
                         list(Clock.objects.filter(case_id=id)), self.now)
                for id, case in cases.items()
            }  # fmt: skip


def said(case: Case, works: Sequence[WorkOrder], clocks: Sequence[Clock], at: datetime) -> Said:
    """What a page shows of a case: whether the ticker has looked already makes no difference."""
    return {
        "case": [
            case.state, case.urgency, case.category, case.reopened, case.waived, case.outcome,
            case.told_at, case.answered_at, case.closed_at,
        ],
        "works": [[w.id, w.state, w.person_id, w.post_id, w.failed, w.held_reason] for w in works],
        "clocks": sorted(
            [str(c.id), c.kind, c.live, c.late_at(at), c.state in ("void", "paused"), c.due_at,
             c.stopped_at, [pause[:2] for pause in c.pauses]]
            for c in clocks
        ),
    }  # fmt: skip


def a_history(seed: int) -> Remembering:
    """Cases reported, worked on, held, classified anew, failed, reopened, voided, merged, split;
    asked about from outside with more time asked for and granted; time passes."""
    chance, laws = random.Random(seed), Remembering()
    names = (
        "classify", "answer", "waive", "void", "reopen", "tell", "callback", "close", "merge",
        "split", "deadline", "extension", "reply",
    )  # fmt: skip
    moves = ("assign", "hold", "resume", "hand_back", "claim", "void", "fail")
    for _n in range(14):
        laws.now += timedelta(minutes=chance.randrange(1, 300))
        back, late = chance.randrange(3), chance.choice([0, 0, 300])
        choice = chance.randrange(4)
        match chance.randrange(8):
            case 0:
                kind = chance.choice(["repair", "complaint"])
                laws.reports(
                    kind=kind, urgency=choice + 1, who="desk", late=late, of_resident=1, place=0
                )
            case 1 | 2:
                bad = frozenset(chance.sample(MISHAPS, 2))
                steps = chance.randrange(2, 9)
                laws.goes_on(back=back, steps=steps, wrong=-1, who="desk", late=late, bad=bad)
            case 3:
                laws.moves_a_case(back=back, who="manager", name=chance.choice(names), late=late,
                                  stale=9, empty=1, choice=choice)  # fmt: skip
            case 4:
                laws.moves_work(back=back, who="manager", name=chance.choice(moves), late=late,
                                stale=9, empty=1, choice=choice)  # fmt: skip
            case 5:
                laws.merges(
                    back=back, who="desk", worked=chance.choice((0, 0, 5)), awaited=choice == 0,
                    turned=choice % 2 == 1, told=choice > 1, voids=False,
                    steps=chance.choice((3, 20)),
                )  # fmt: skip
            case 6:
                laws.outside(back=back, due=choice, asks=choice > 0, granted=choice > 1, late=late)
            case _:
                laws.time_passes(minutes=chance.randrange(1, 3000), sweeps=True)
    laws.merges(
        back=0, who="desk", worked=0, awaited=False, turned=False, told=False, voids=False,
        steps=20,
    )  # fmt: skip
    laws.remember()
    return laws


def compared(laws: Remembering) -> int:
    """Every instant against what was remembered of it; how many cases were looked at."""
    looked = 0
    with acting(laws.machine):
        cases = list(Case.objects.select_related("standard", "place"))
        for at, then in laws.seen.items():
            found = {str(one.case.id): one for one in stood_at(at, cases, actor=laws.machine)}
            assert found.keys() == then.keys()
            for id, one in found.items():
                assert said(one.case, one.works, one.clocks, at) == then[id], (at, id)
                assert one.unproven == []
                looked += 1
            still = {
                str(id) for id in open_cases_at(at, Case.objects.all()).values_list("id", flat=True)
            }
            assert still == {
                id for id, one in then.items() if one["case"][0] in ("open", "answered")
            }
    return looked


def test_the_past_is_what_the_live_page_said() -> None:
    taken = Counter[str]()
    for seed in range(4):
        laws = a_history(seed)
        assert compared(laws) > 10
        taken += laws.taken
    # Or the comparison would say nothing about them.
    assert {"case.merge", "case.told_along", "case.deadline", "case.reply"} <= set(taken)


def test_an_event_left_out_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison can find what it looks for: one step forgotten, and it fails."""
    laws = a_history(1)
    monkeypatch.setattr(past, "turned", lambda *_args, **_more: None)
    with pytest.raises(AssertionError):
        compared(laws)
