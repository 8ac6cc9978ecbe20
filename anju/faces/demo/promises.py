"""What the demo company promises: needs its customers have, and a contract for each community with
the standards that a grade of the library makes of it."""

from collections.abc import Mapping
from datetime import date, timedelta

from anju.domains.promises.commands.contracts import ContractText
from anju.domains.promises.commands.needs import NeedText, write_need
from anju.domains.promises.models import Contract, Need
from anju.domains.promises.queries import today_at
from anju.domains.promises.rules import NoticeDate
from anju.engine.library.grading import parts_of
from anju.engine.library.reading import library
from anju.engine.standards.commands import put_in_force
from anju.engine.standards.models import Standard
from anju.faces.furnishing import promise
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

# code, words, source, weights of owners, tenants, elderly residents, shops
NEEDS = (
    ("quick-repair", "报修后很快有人来", "survey", (5, 5, 5, 4)),
    ("know-when", "知道师傅是谁、几点到", "interview", (4, 4, 5, 3)),
    ("clean-after", "修完把现场收拾干净", "interview", (4, 3, 4, 3)),
    ("one-answer", "投诉有人负责到底并有答复", "complaints", (5, 3, 4, 4)),
    ("safe-night", "夜里出入口有人值守", "meeting", (4, 4, 4, 5)),
    ("quiet", "装修施工不扰人", "complaints", (3, 3, 4, 1)),
)
GROUPS = ("owner", "tenant", "elderly", "shop")
# code of a standard -> which of its requirements, in order, answers which needs
ANSWERED: Mapping[str, Mapping[int, tuple[str, ...]]] = {
    "repair": {0: ("quick-repair",), 1: ("know-when",), 2: ("clean-after",)},
    "complaint": {0: ("one-answer",)},
}
# code of a community -> client, grade, fee basis
CONTRACTS = {
    "BH1": ("滨海新城一期业主委员会", "grade-2004/一级", "包干制，2.80 元/平方米·月"),
    "HX": ("和兴置业有限公司", "other-tiers/四星", "酬金制，18.00 元/平方米·月"),
    "CY": ("创业产业园开发有限公司", "other-tiers/三星", "包干制，6.50 元/平方米·月"),
}


def note_needs(actor: Actor) -> None:
    """Write down what customers want, and put the standards into force that answer it. Safe to
    repeat."""
    with acting(actor):
        if Need.objects.seen_by(actor).exists():
            return
        for code, text, source, weights in NEEDS:
            weighed = dict(zip(GROUPS, weights, strict=True))
            write_need(NeedText(code=code, text=text, source=source, weights=weighed), actor=actor)
        for standard in Standard.objects.seen_by(actor).in_force().filter(code__in=ANSWERED):
            document = standard.document
            rows = tuple(
                one.model_copy(update={"needs": ANSWERED[standard.code].get(n, ())})
                for n, one in enumerate(document.requirements)
            )
            changed = document.model_copy(update={"requirements": rows})
            put_in_force(changed, actor=actor, why="写明回应了哪些客户需求")


def promise_all(community: Place, actor: Actor) -> None:
    """The contract of a community, from the first day of last year on, with everything
    its grade asks. Safe to repeat."""
    with acting(actor):
        mine = Contract.objects.seen_by(actor).filter(place=community)
        if community.code not in CONTRACTS or mine.exists():
            return
        client, grade, fee_basis = CONTRACTS[community.code]
        today = today_at(community)
        last = date(today.year + 1, 12, 31)
        code, _slash, level = grade.partition("/")
        promise(
            community,
            ContractText(
                number=f"{community.code}-{today.year - 1}-01",
                client=client,
                provider="滨海物业",
                first=date(today.year - 1, 1, 1),
                last=last,
                grade=grade,
                fee_basis=fee_basis,
                notices=(
                    NoticeDate(last - timedelta(days=90), "书面说明是否续约"),
                    NoticeDate(today + timedelta(days=20), "提交本季度服务报告"),
                ),
            ),
            parts=[one.code for one in parts_of(library().pieces[code], level)],
            script="zh-Hans",
            actor=actor,
        )
