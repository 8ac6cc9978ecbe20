"""Who pays and who repairs, by rule from three facts: the part, the day of delivery, the day of the
report. Pure; each answer says its reason and its legal basis.

The terms are the least ones of 建设工程质量管理条例 art. 40. That counts them from the acceptance
of the works; we count from the day of delivery to the owner, the only one the register knows, so
near the end of a term the paper of the house (质量保证书) decides. A contract may promise longer
terms, and a person may decide otherwise with a reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

Payer = Literal["ours", "developer", "fee", "fund", "owner"]
Repairer = Literal["developer", "staff", "supplier", "owner"]
PAYER_NAMES: Mapping[str, Any] = {
    "ours": _("nobody: we do our work again, under its warranty"),
    "developer": _("developer, under warranty"),
    "fee": _("property fee"),
    "fund": _("maintenance fund"),
    "owner": _("owner"),
}
REPAIRER_NAMES: Mapping[str, Any] = {
    "developer": _("developer"),
    "staff": _("our own staff"),
    "supplier": _("supplier"),
    "owner": _("whom the owner chooses"),
}


@dataclass(frozen=True)
class Part:
    """A part of a building. `common`: owned by all. `years` of the developer's warranty from the
    day of delivery (0: none); `words` in a report that point to it."""

    code: str
    name: Any
    common: bool
    years: int
    words: tuple[str, ...] = ()


# 建设工程质量管理条例 art. 40. The structure: its design life, usually 50 years. Heating and
# cooling: two seasons, taken for two years. Doors and windows fall under 装修工程.
PARTS = (
    Part("structure", _("load-bearing structure, foundation"), True, 50, ("承重", "地基", "沉降")),
    Part("envelope", _("roof and outer walls, watertightness"), True, 5, ("屋面", "外墙", "屋顶")),
    Part("risers", _("shared pipes and lines"), True, 2, ("立管", "主管", "楼道", "管井")),
    Part("pipes", _("pipes and lines inside the home"), False, 2,
         ("水管", "下水", "马桶", "插座", "跳闸", "电路", "水电")),
    Part("wet", _("bathroom and kitchen, watertightness"), False, 5,
         ("卫生间", "厨房", "渗水", "漏水")),
    Part("heating", _("heating and cooling"), False, 2, ("暖", "空调", "地热")),
    Part("plant", _("lifts, pumps, access and fire equipment"), True, 2,
         ("电梯", "水泵", "门禁", "消防", "监控", "道闸", "照明")),
    Part("fitting", _("doors, windows, plaster of the developer"), False, 2, ("门窗", "墙面")),
    Part("own", _("the owner's own renovation or appliances"), False, 0, ("装修", "家电", "灯泡")),
)  # fmt: skip
BY_CODE: Mapping[str, Part] = {part.code: part for part in PARTS}


@dataclass(frozen=True)
class Liability:
    """Who pays, who repairs, why, and on what basis. `until`: last day of the warranty, when the
    day of delivery is known. `unsure`: it is not, so the warranty could not be judged. `again`: the
    number of the case whose work is done again, or the id of planned work that is."""

    part: str
    payer: Payer
    repairer: Repairer
    why: Any
    basis: str
    until: date | None = None
    unsure: bool = False
    again: str = ""

    @property
    def reason(self) -> str:
        """Why, with the day the warranty ends."""
        return str(self.why) % {"until": self.until} if self.until else str(self.why)


def liability(part: Part, *, delivered: date | None, reported: date, major: bool) -> Liability:
    """Who pays for a part of a building delivered on one day and reported broken on another.

    Within its warranty the developer repairs and pays. After it, what belongs to all is kept up
    from the property fee where it is minor, and renewed from the maintenance fund where it is
    `major`; what belongs to one owner is that owner's. Without a day of delivery the warranty is
    not judged and the answer says so.
    """
    until = _years_after(delivered, part.years) if delivered and part.years else None
    if until and reported <= until:
        why = _("within the warranty of this part, which runs until %(until)s")
        return Liability(part.code, "developer", "developer", why, WARRANTY, until)
    unsure = delivered is None and part.years > 0
    why = (
        _("the day of delivery is not recorded: ask whether the warranty still runs")
        if unsure
        else _("the warranty of this part ended on %(until)s")
        if until
        else _("no warranty of the developer covers it")
    )
    if not part.common:
        return Liability(part.code, "owner", "owner", why, OWN, until, unsure)
    if major:
        return Liability(part.code, "fund", "supplier", why, FUND, until, unsure)
    return Liability(part.code, "fee", "staff", why, UPKEEP, until, unsure)


def done_again(part: Part, number: str, until: date, *, to: str) -> Liability:
    """What we did under the case, or by the plan, of this number is good until a day: within it we
    do it again for nothing, whatever the part. `to`: what the case is linked to."""
    why = _("our own work, which is good until %(until)s")
    return Liability(part.code, "ours", "staff", why, number, until, again=to)


# Read in the text of the laws: 建设工程质量管理条例 art. 40 and 41, 物业管理条例 art. 31 (the
# developer's duty) and 53 (the fund, after the warranty only). As cited elsewhere, not read: 民法典
# art. 281, 942 and 272; the last says whose a part is, that its owner pays is our conclusion.
WARRANTY = "《建设工程质量管理条例》第40、41条，《物业管理条例》第31条"
UPKEEP = "《民法典》第942条"
FUND = "《民法典》第281条，《物业管理条例》第53条"
OWN = "《民法典》第272条"


def part_meant(text: str, *, at_home: bool) -> Part:
    """The part a report most likely is about: the first whose words stand in it. Where none does,
    the fittings of a home, or what is shared elsewhere. A proposal, never a decision."""
    for part in PARTS:
        if any(word in text for word in part.words) and (at_home or part.common):
            return part
    return BY_CODE["pipes" if at_home else "plant"]


def _years_after(day: date, years: int) -> date:
    """The last day of so many years from `day` on."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
