"""The commands that actors give, what they say with them, and what is told of each."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from anju.engine.loop.commands import case_moves, judging, work_moves
from anju.foundation.tenancy.actor import Actor
from tests.harness.laws_checks import Look, alike, along, explained
from tests.harness.laws_parts import Row

SAID: Mapping[str, Mapping[str, Any]] = {
    "tell": {"text": "已更换接头", "substance": "result", "channel": "phone"},
    "note": {"text": "业主来电询问"},
    "classify": {"reason": "现场比所报严重"},
    "answer": {"text": "已答复", "cause": "没说清", "prevention": "答复前核对"},
    "ring": {"heard": "busy"},
    "waive": {"reason": "业主在场验收"},
    "callback": {"outcome": "satisfied"},
    "reopen": {"reason": "又漏了"},
    "hand_back": {"reason": "不会修"},
    "hold": {"reason": "等业主在家"},
    "finish": {"result": "更换三通", "cause": "接头老化", "prevention": "每年检查"},
    "fail": {"reason": "仍有渗水"},
    "void": {"reason": "重复"},
    "merge": {"text": "与先报的是同一件事", "channel": "phone"},
    "split": {"title": "厨房灯不亮"},
    "settle": {"payer": "developer", "repairer": "property", "part": "wet", "reason": "保修期内"},
    "urge": {"text": "请尽快"},
    "escalate": {"reason": "无人响应"},
    "extension": {"reason": "等配件"},
    "reply": {"text": "已更换三通，回访满意"},
    "problem": {"cause": "立管老化"},
}


HOURS = (-3, 2, 26, 72)  # from now until somebody outside wants an answer: one is over already
MOMENT = {"deadline": "due", "extension": "until"}


def said_of(name: str, choice: int, *, look: Look, now: datetime) -> dict[str, Any]:
    """What is said with a step; `choice` (0 to 3) is whatever there is to choose."""
    said = dict(SAID.get(name, {}))
    if name in ("merge", "link"):
        numbers = [case["number"] for case in look.of("loop_case").values()]
        said["into" if name == "merge" else "to"] = numbers[-1 - choice % len(numbers)]
    elif name in MOMENT:
        said[MOMENT[name]] = (now + timedelta(hours=HOURS[choice % len(HOURS)])).isoformat()
    elif name == "callback":
        said["outcome"] = ("satisfied", "dissatisfied", "not_reached", "nonsense")[choice]
    elif name == "classify":
        said["urgency"] = choice + 1
    elif name == "tell" and choice == 1:
        said["substance"] = "receipt"
    return said


def names_of(case: Row, name: str, *, look: Look) -> list[str]:
    """The events of a step of a case, in their order."""
    if name == "tell":
        return ["case.tell", *["case.told_along" for _one in along(look, case)]]
    if name == "problem":
        new = [] if explained(look, [case, *alike(look, case)]) else ["case.reported"]
        return [*new, "case.cause", "case.problem"]
    return ["case.reported", "case.split"] if name == "split" else [f"case.{name}"]


def untold(look: Look, case: Row) -> bool:
    """Whether somebody whose case was merged into this one still is to be told."""
    return any(one["told_at"] is None for one in along(look, case))


def awaited(look: Look, case: Row) -> bool:
    """Whether somebody outside waits for a reply."""
    clocks = look.of("clocks_clock").values()
    asked = [c for c in clocks if c["case_id"] == case["id"] and c["kind"] == "reply"]
    return any(c["state"] != "void" and not c["stopped_at"] for c in asked)


def case_move(
    case: Row, name: str, said: Mapping[str, Any], at: datetime | None, version: int | None
) -> Callable[[Actor], Any]:
    return lambda by: case_moves.move_case(
        UUID(case["id"]), name, actor=by, version=version, said=said, at=at
    )


def work_move(
    work: Row, name: str, said: Mapping[str, Any], at: datetime | None, version: int | None
) -> Callable[[Actor], Any]:
    return lambda by: work_moves.move_work(
        UUID(work["id"]), name, actor=by, version=version, said=said, at=at
    )


def an_answer(work: Row, code: str) -> Callable[[Actor], Any]:
    return lambda by: judging.answer_item(
        UUID(work["id"]), code, actor=by, verdict="pass", value={"n": 1}
    )
