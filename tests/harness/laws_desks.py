"""Whose a case is by the rosters of the desks, written by hand: nothing here is the product's.

A case belongs to the lobby of its building; where nobody holds that, or nobody answers in time, to
the next lobby of the community, then to the front desk. Whoever has it keeps it among equals, else
who came last has it; it is asked again when the shift ends or a desk that comes before is held.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.harness.laws_checks import LIVE, Look
from tests.harness.laws_parts import Row, hold, instant

OWN, NEXT, FRONT = 0, 1, 2
AGAIN = timedelta(minutes=10)  # a roster that held nobody is asked so much later
SEEN = timedelta(days=1)  # how far ahead shifts are known


@dataclass(frozen=True)
class Choice:
    """Whose it is, by which desk and how far along, until when."""

    person: str
    post: str
    stage: int
    until: datetime


def on_duty(look: Look, at: datetime) -> set[str]:
    """The persons whose shift runs at that moment."""
    return {
        row["person_id"] for row in look.of("people_duty").values()
        if instant(row["starts_at"]) <= at < instant(row["ends_at"])
    }  # fmt: skip


def check_named(before: Look, after: Look, at: datetime, *, all_live: bool) -> None:
    """Law 2: every live case is whose it has to be, after the question was asked: about all of
    them, or about those alone whose owner's shift is over."""
    was, is_now = _owners(before), _owners(after)
    told = {e["subject_id"]: e["said"] for e in _named(before, after)}
    for case in before.of("loop_case").values():
        id = case["id"]
        if case["state"] not in LIVE:
            hold(2, id not in told, "a case that is over got another owner")
            continue
        row = was.get(id)
        stage = _stage(before, id, at)
        unanswered = row is not None and stage > row["stage"]
        kept = row is not None and row["person_id"] and instant(row["look_at"]) > at
        if row is not None and instant(row["look_at"]) > at and not all_live:
            kept, unanswered = True, False  # not asked about
        if kept and not unanswered:
            hold(2, is_now.get(id) == row, "an owner changed before the shift was over")
            continue
        has = row["person_id"] if row else None
        found = _choice(before, case, max(stage, OWN), has, at)
        if found is None or found.person == has:
            hold(2, id not in told, "told who owns it, and nothing has changed")
            hold(2, is_now[id]["person_id"] == has, "nobody is there, and the owner changed")
        else:
            why = "unanswered" if unanswered else "shift"
            said = {"person": found.person, "why": why if has else "opened"}
            heard = {name: told.get(id, {}).get(name) for name in said}
            hold(2, heard == said, f"owner told as {heard}, by the roster {said}")
            by = (is_now[id]["post_id"], instant(is_now[id]["since"]))
            hold(2, by == (found.post, at), f"owned by {by}, by the roster {found.post}")
        looks = found.until if found else at + AGAIN
        hold(2, instant(is_now[id]["look_at"]) == looks, f"asked again at {is_now[id]['look_at']}")
        reached = max(stage, found.stage if found else OWN)
        hold(2, is_now[id]["stage"] == reached, f"gone on to {is_now[id]['stage']}, not {reached}")


def _owners(look: Look) -> dict[str, Row]:
    return {row["case_id"]: row for row in look.of("loop_caseowner").values()}


def _named(before: Look, after: Look) -> list[Row]:
    old = before.tables.get("events_event", {})
    events = after.of("events_event").items()
    return [e for id, e in events if id not in old and e["name"] == "case.owned"]


def _stage(look: Look, case: str, at: datetime) -> int:
    """How far it has gone on for want of an answer; -1 where it is answered."""
    for clock in look.of("clocks_clock").values():
        live = clock["state"] in ("running", "broken") and not clock["stopped_at"]
        if clock["case_id"] == case and clock["kind"] == "respond" and live:
            late = clock["due_at"] and instant(clock["due_at"]) < at
            return FRONT if late else NEXT if clock["rung"] else OWN
    return -1


def _choice(look: Look, case: Row, stage: int, has: str | None, at: datetime) -> Choice | None:
    turns = _turns(look, case)
    begins: list[datetime] = []
    for reached, post in [t for t in turns if t[0] >= stage] + [t for t in turns if t[0] < stage]:
        shifts = _shifts(look, post, at)
        there = [(who, ends) for who, starts, ends in shifts if starts <= at < ends]
        if there:
            who, ends = next((one for one in there if one[0] == has), there[0])
            return Choice(who, post, reached, min([ends, *begins]))
        begins += [starts for _who, starts, _ends in shifts if starts > at]
    return None


def _shifts(look: Look, post: str, at: datetime) -> list[tuple[str, datetime, datetime]]:
    """Who came last stands first."""
    rows = [
        (row["person_id"], instant(row["starts_at"]), instant(row["ends_at"]))
        for _id, row in sorted(look.of("people_duty").items()) if row["post_id"] == post
    ]  # fmt: skip
    known = [row for row in rows if row[2] > at and row[1] < at + SEEN]
    return sorted(known, key=lambda row: row[1], reverse=True)


def _turns(look: Look, case: Row) -> Sequence[tuple[int, str]]:
    """The desks in turn. There is one community, each building has one lobby at most."""
    places = look.of("places_place")
    here = places[case["place_id"]]["path"]
    posts = [(places[p["place_id"]]["path"], p) for p in look.of("people_post").values()]
    lobbies = sorted((path, p["id"]) for path, p in posts if p["desk"] == "lobby")
    fronts = [p["id"] for path, p in posts if p["desk"] == "front" and here.startswith(path)]
    own = [n for n, (path, _id) in enumerate(lobbies) if here.startswith(path)]
    if not own:
        return [(FRONT, id) for id in (*fronts, *(id for _path, id in lobbies))]
    around = lobbies[own[0] :] + lobbies[: own[0]]
    return [
        (OWN, around[0][1]), *((NEXT, id) for _path, id in around[1:]),
        *((FRONT, id) for id in fronts),
    ]  # fmt: skip
