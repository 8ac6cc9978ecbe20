"""docs/clocks.md is printed from the tables of moves, and the tables are sound."""

from pathlib import Path

import pytest

from anju.engine.loop.rules import (
    CASE_MOVES,
    CASE_STATES,
    EVERY_CLOCK,
    WORK_MOVES,
    WORK_STATES,
    Move,
)
from anju.foundation.access.rules import PERMISSIONS
from tools.clock_table import table

ROOT = Path(__file__).resolve().parents[2]
MOVES = [*CASE_MOVES.values(), *WORK_MOVES.values()]


def test_the_document_is_what_the_tables_say() -> None:
    written = (ROOT / "docs" / "clocks.md").read_text()
    assert written == table(), "run: python -m tools.clock_table > docs/clocks.md"


@pytest.mark.parametrize("move", MOVES, ids=lambda m: m.name)
def test_a_move_names_what_there_is(move: Move) -> None:
    states = CASE_STATES if move in CASE_MOVES.values() else WORK_STATES
    assert move.sources <= set(states)
    assert move.target is None or move.target in states
    assert move.permission in PERMISSIONS
    assert {*move.starts, *move.stops, *move.reopens} <= set(EVERY_CLOCK)


@pytest.mark.parametrize(
    ("moves", "states", "begin"),
    [(CASE_MOVES, CASE_STATES, "open"), (WORK_MOVES, WORK_STATES, "waiting")],
)
def test_every_state_is_reached_and_left(moves: object, states: object, begin: str) -> None:
    reached, table_of = {begin}, dict(moves)  # type: ignore[call-overload]  # a mapping
    for _round in states:  # type: ignore[attr-defined]  # a tuple
        reached |= {m.target for m in table_of.values() if m.target and m.sources & reached}
    assert reached == set(states)  # type: ignore[call-overload]  # a tuple
    final = {"void", "passed"}
    stuck = reached - final - {s for m in table_of.values() if m.target for s in m.sources}
    assert stuck == set()
