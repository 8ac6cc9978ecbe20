"""Ledgers that come with Anju: what a Chinese residential community keeps by hand everywhere.

Each is kept by a form of the library (`engine/library/data/forms`); its ground is that form's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

DAY = 24 * 60


@dataclass(frozen=True)
class Shelved:
    """A ledger on the shelf. `post`: the beginning of the code of the post that usually keeps it;
    `kept`: how, as the fields of `Kept`."""

    code: str
    name: str
    form: str
    post: str = ""
    kept: Mapping[str, Any] = field(default_factory=dict)


def _names_people(days: int, **more: Any) -> dict[str, Any]:
    return {"personal": True, "keep_days": days, **more}


SHELF = (
    Shelved("VISITOR", "访客登记", "visitor-log", "ZX",
            _names_people(90, ends_with="left", within=DAY)),
    Shelved("GOODS", "物品放行", "goods-release", "ZX", _names_people(365)),
    Shelved("KEYS", "钥匙借用", "key-loan", "ZX",
            _names_people(365, ends_with="back", within=12 * 60)),
    Shelved("CCTV", "监控录像调取", "video-request", "ZX", _names_people(365)),
    Shelved("CCTVCHK", "录像检查", "video-check", "ZX"),
    Shelved("FIREROOM", "消防控制室值班", "fire-control-log", "ZX",
            {"signers": 2, "certificate": "消防设施操作员"}),
    Shelved("ALARM", "报警处理", "alarm-log", "ZX", {"ends_with": "cause", "within": 60}),
    Shelved("VIOLATE", "违规行为处理", "violation-log", "ZX",
            _names_people(3 * 365, ends_with="outcome", within=7 * DAY)),
    Shelved("WASTE", "生活垃圾分类", "waste-ledger", "BJ"),
    Shelved("PEST", "消杀记录", "pest-record", "BJ", {"ends_with": "result", "within": 3 * DAY}),
    Shelved("CHEMICAL", "药品领用", "pesticide-ledger", "BJ",
            {"ends_with": "returned", "within": DAY}),
    Shelved("PLANTS", "绿化台账", "greening-ledger", "BJ"),
    Shelved("EXCEPT", "异常记录", "exception-log", "",
            {"ends_with": "handled", "within": 3 * DAY}),
)  # fmt: skip
BY_CODE: Mapping[str, Shelved] = MappingProxyType({one.code: one for one in SHELF})
