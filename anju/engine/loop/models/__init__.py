"""Cases (事项), work orders (工单), records (记录), and how cases point to one another."""

from anju.engine.loop.models.cases import (
    CASE_STATE_NAMES,
    CHANNEL_NAMES,
    KIND_NAMES,
    UNBEGUN,
    VERDICT_NAMES,
    WORK_STATE_NAMES,
    Case,
    CaseOwner,
    CaseQuery,
    NumberBlock,
    Record,
    WorkOrder,
    WorkQuery,
)
from anju.engine.loop.models.links import LINK_NAMES, CaseLink

__all__ = [
    "CASE_STATE_NAMES",
    "CHANNEL_NAMES",
    "KIND_NAMES",
    "LINK_NAMES",
    "UNBEGUN",
    "VERDICT_NAMES",
    "WORK_STATE_NAMES",
    "Case",
    "CaseLink",
    "CaseOwner",
    "CaseQuery",
    "NumberBlock",
    "Record",
    "WorkOrder",
    "WorkQuery",
]
