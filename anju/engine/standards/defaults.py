"""The two standards that ship: repair and complaint.

Limits: arrival and finish from company practice for a Chinese residential community (urgent
arrival 15 to 30 minutes, finish within 24 hours, planned work 3 to 7 days; complaints answered
within 24 hours). Complaints and urgent matters are all called back, other repairs three in ten.
They are a first set to be edited, not law.
"""

from typing import Any

from anju.engine.standards.asking import Asking, Script, Share
from anju.engine.standards.document import Document
from anju.engine.standards.rules import SECOND, ClockKind, Limit, Step

HALF_HOUR, HOUR, DAY = 30, 60, 24 * 60

_LADDER = (Step(0, "leader"), Step(30, "manager"), Step(4 * HOUR, "headquarters"))
# Where a life is at stake: two minutes to answer, then the next on duty and the leader, three more
# and it is the manager and headquarters. There it ends: nobody is called twice for one promise.
# Telephones ring where the company has a channel for calls. Only an answer has a next on duty.
_LIFE = (Step(0, "leader"), Step(3, "manager"), Step(3, "headquarters"))
_UNANSWERED = (Step(0, SECOND), *_LIFE)

_REPAIR: dict[ClockKind, tuple[int, int, int, int]] = {
    # minutes for      P1        P2         P3        P4
    "respond": (2, 5, 15, 60),
    "dispatch": (3, 15, 30, 4 * HOUR),
    "accept": (2, 5, 30, 4 * HOUR),
    "arrive": (5, 30, 2 * HOUR, 3 * DAY),
    "finish": (4 * HOUR, DAY, 2 * DAY, 7 * DAY),
    "verify": (2 * HOUR, 4 * HOUR, DAY, 3 * DAY),
    "callback": (DAY, DAY, 3 * DAY, 7 * DAY),
}
_COMPLAINT: dict[ClockKind, tuple[int, int, int, int]] = {
    "respond": (2, 15, 30, 2 * HOUR),
    "dispatch": (5, 30, 60, 4 * HOUR),
    "accept": (5, 30, 2 * HOUR, 8 * HOUR),
    "finish": (DAY, 3 * DAY, 7 * DAY, 10 * DAY),
    "verify": (2 * HOUR, DAY, 2 * DAY, 3 * DAY),
    "callback": (DAY, 2 * DAY, 3 * DAY, 7 * DAY),
}
_PAUSE_CAP = {"arrive": 2 * DAY, "finish": 2 * DAY}


def _ladder(clock: ClockKind, urgency: int, minutes: int) -> tuple[Step, ...]:
    """Who is told when. Ordinary work that nobody has accepted is with its leader after half an
    hour, however long it may take: then, and not at the deadline."""
    if urgency == 1:
        return _UNANSWERED if clock in ("respond", "accept") else _LIFE
    if urgency >= 3 and clock in ("respond", "dispatch", "accept"):
        return (Step(HALF_HOUR - minutes, "leader"), *_LADDER[1:])
    return _LADDER


def _limits(table: dict[ClockKind, tuple[int, int, int, int]]) -> tuple[Limit, ...]:
    rows = [
        Limit(
            clock,
            minutes,
            calendar="always" if urgency <= 2 or clock in ("callback", "finish") else "service",
            urgency=urgency,
            pause_cap=_PAUSE_CAP.get(clock, 0),
            ladder=_ladder(clock, urgency, minutes),
        )
        for clock, by_urgency in table.items()
        for urgency, minutes in enumerate(by_urgency, start=1)
    ]
    return (*rows, Limit("feedback", DAY, ladder=_LADDER))


_HELLO = "您好，我是{company}服务中心的{caller}，请问您是{reporter}吗？"
_THANKS = (
    "满意：感谢您，有需要请随时联系我们。"
    "不满意：请您说说哪里还不行，我们马上重新安排，今天就报总部。"
)
REPAIR_ASKING = Asking(
    shares=(
        Share(30, kind="repair"),
        Share(30, kind="booking"),
        Share(30, kind="application"),
        Share(100, urgency=1),
        Share(100, urgency=2),
    ),
    attempts=3,
    silence_days=7,
    scripts=(
        Script(
            (
                _HELLO,
                "您{day}报修的“{matter}”（{number}）已经完工，想占用您一分钟做个回访。",
                "问题解决了吗？师傅来得及时吗？态度和现场清洁怎么样？",
                "总的来说，对这次维修的结果您满意吗？",
                _THANKS,
            )
        ),
    ),
)
COMPLAINT_ASKING = Asking(
    shares=(Share(100, kind="complaint"), Share(30, kind="enquiry"), Share(0, kind="praise")),
    attempts=3,
    silence_days=7,
    scripts=(
        Script(
            (
                _HELLO,
                "您{day}反映的“{matter}”（{number}）我们已经答复，想听听您的意见。",
                "处理结果跟您说清楚了吗？是否在说好的时间内办的？",
                "总的来说，对处理结果您满意吗？",
                _THANKS,
            )
        ),
    ),
)

REPAIR_LIMITS = _limits(_REPAIR)
COMPLAINT_LIMITS = _limits(_COMPLAINT)


def _text(**said: Any) -> Document:
    return Document.model_validate(said)


DEFAULTS = (
    _text(
        code="repair",
        name="报修服务标准",
        kinds=("repair", "finding", "alarm", "incident", "booking", "application"),
        limits=REPAIR_LIMITS,
        audience="业主、租户及其家庭成员；公共区域的报事人",
        item="报修受理、派工、上门维修、告知与回访",
        requirements=(
            "24 小时受理；受理后告知单号、责任人和预计到场时间",
            "到场前电话联系；入户佩戴鞋套、出示工牌",
            "完工前后各留照片；由未参与作业的人核验",
            "24 小时内向报事人反馈结果、日期明确的计划或原因",
        ),
        provider="工程维修岗；礼宾负责到底",
        method={"text": "按作业指导书维修；材料经报事人确认", "photos": ("before", "after")},
        evaluation="及时率、一次修好率、合格率、回访满意率；每月评价",
        asking=REPAIR_ASKING,
    ),
    _text(
        code="complaint",
        name="投诉处理标准",
        kinds=("complaint", "suggestion", "enquiry", "praise"),
        limits=COMPLAINT_LIMITS,
        audience="业主、租户及其家庭成员",
        item="投诉受理、调查、处理、答复与回访",
        requirements=(
            "受理即有专人负责到底；重大投诉当日报总部",
            "24 小时内反馈结果、日期明确的计划或原因",
            "处理结果由未参与处理的人核验；全部回访",
        ),
        provider="服务前台受理；责任部门处理；项目经理督办",
        method="投诉处理程序：受理、核实、处理、答复、回访、改进",
        evaluation="24 小时反馈率、处理及时率、回访满意率、重开率",
        asking=COMPLAINT_ASKING,
    ),
)
