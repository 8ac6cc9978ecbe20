"""Print docs/clocks.md from the tables of moves: `python -m tools.clock_table > docs/clocks.md`."""

from collections.abc import Iterable, Mapping

from anju.engine.loop.rules import (
    CALLBACK_OUTCOMES,
    CASE_MOVES,
    EVERY_CLOCK,
    HEARD,
    OPENING_STARTS,
    OWED_TO_SOMEONE,
    SUBSTANCE,
    VERIFIED_KINDS,
    WORK_MOVES,
    WORKED_KINDS,
    Move,
)

HEAD = f"""# Which move starts, pauses and stops which clock

Printed from `anju/engine/loop/rules.py` by `tools/clock_table.py`; a test compares the two.

`start`: the clock begins at the move's time; one that still runs is not begun anew. `stop`: it is
settled, kept or broken, by the move's time. `end`: it is no longer owed: broken where it was late
by then, else void (not judged). `again`: a settled clock runs on from its old start. `void`:
nothing is judged. `pause` and `resume` concern clocks whose limit has a pause cap (arrive, finish),
as far as the cap reaches: work may be held for longer, its clock then runs on. Feedback
and reply run by the wall and are never paused.

- Stops *feedback*: only `tell`, a message written or confirmed by a person that states one of
  {", ".join(SUBSTANCE)}, handed to a channel or noted as said by telephone; a plan names its day
  (`by`). Receipts and status notices never count.
- *verify* starts only where the standard asks for verification and the kind is one of:
  {", ".join(sorted(VERIFIED_KINDS))}. Such a case closes only after a check passed by someone who
  did not do the work, or after a waiver with its reason.
- *callback* starts when the case is answered, where the standard asks for callback, somebody
  reported the case, and the case is drawn or was opened again: the share of its category, urgency
  or kind (`asking.shares`), the draw resting on the case's number alone. A `ring` is a call that
  reached nobody; `not_reached` counts after so many of them (`asking.attempts`), `no_answer` so
  many days after the reporter was told (`asking.silence_days`); neither counts as satisfied. Work
  and answers that follow a dissatisfied callback say `cause` and `prevention`. Kinds whose reporter
  must be told before closing:
  {", ".join(sorted(OWED_TO_SOMEONE))}.
- *reply* is what an authority outside (12345 and the like) waits for. No standard promises it: its
  limit is the `due` they name. `deadline` sets it and, said again, moves it (an extension that was
  granted); `extension` only notes that more time was asked for; `reply` sends the answer back. A
  case that owes a reply is neither closed nor merged. Nor is a case closed or voided while whoever
  reported one that was merged into it was not told since.
- *dispatch* and *arrive* run only for kinds that open with a work order:
  {", ".join(sorted(WORKED_KINDS))}.
"""


def table() -> str:
    """The whole document."""
    rows = [("opening a case", _cells(Move("", frozenset(), None, "", starts=OPENING_STARTS)))]
    rows += [(f"case: {m.name}", _cells(m)) for m in _all(CASE_MOVES)]
    rows += [(f"work order: {m.name}", _cells(m)) for m in _all(WORK_MOVES)]
    lines = [
        "| Move | " + " | ".join(EVERY_CLOCK) + " |",
        "|---" * (len(EVERY_CLOCK) + 1) + "|",
        *("| " + " | ".join([name, *cells]) + " |" for name, cells in rows),
    ]
    return HEAD + "\n" + "\n".join([*lines, "", *_words()]) + "\n"


def _words() -> Iterable[str]:
    """Over REST: from which states a step may be taken and what is said with it."""
    yield from [
        "## What is said with a step (`said`)",
        "",
        f"`substance`: {', '.join(SUBSTANCE)}. `by`: a day, needed where substance is plan. "
        f"`outcome`: {', '.join(CALLBACK_OUTCOMES)}. `heard`: {', '.join(HEARD)}.",
        "`person` or `post` is needed by assign. Other words are kept with the step's event.",
        "",
        "| Move | From | To | Needs | Takes |",
        "|---|---|---|---|---|",
    ]
    for kind, moves in (("case", CASE_MOVES), ("work order", WORK_MOVES)):
        for move in _all(moves):
            more = sorted(move.takes - set(move.needs))
            cells = (
                f"{kind}: {move.name}", ", ".join(sorted(move.sources)), move.target or "",
                ", ".join(move.needs), ", ".join(more),
            )  # fmt: skip
            yield "| " + " | ".join(cells) + " |"


def _all(moves: Mapping[str, Move]) -> Iterable[Move]:
    return moves.values()


def _cells(move: Move) -> list[str]:
    return [_cell(move, clock) for clock in EVERY_CLOCK]


def _cell(move: Move, clock: str) -> str:
    words = []
    if clock in move.stops:
        words.append("stop")
    elif clock in move.ends:
        words.append("end")
    if clock in move.starts:
        words.append("start")
    if clock in move.reopens:
        words.append("again")
    if clock in ("arrive", "finish"):
        words += ["pause"] * move.holds + ["resume"] * move.resumes
    if move.name == "void" and move.permission == "case.void":
        words.append("void")
    return ", ".join(words)


if __name__ == "__main__":
    print(table(), end="")
