"""The commands that actors give, and what they say with them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from anju.engine.loop.commands import case_moves, judging, work_moves
from anju.foundation.tenancy.actor import Actor
from tests.harness.laws_replay import Row

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
}


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
