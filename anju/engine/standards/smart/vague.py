"""Words nobody can be held to, in either Chinese script and English. Pure.

A vague word is no fault where the same clause, or one that begins with it right after, gives the
measure; a hedge takes a measure back and is one always. Names of works, what is only quoted and
the field's own terms are read past.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

DEGREES = (
    "及时", "及時", "尽快", "儘快", "盡快", "尽早", "儘早", "盡早", "尽速", "儘速", "早日",
    "第一时间", "第一時間", "适时", "適時", "适当", "適當", "适度", "適度", "适量", "適量",
    "适宜", "適宜", "合理", "不定期", "定期", "经常", "經常", "随时", "隨時", "近期", "较好",
    "較好", "较快", "較快", "较高", "較高", "较少", "較少", "良好", "基本", "足够", "足夠",
    "充足", "充分", "完善", "加强", "加強", "做好", "强化", "強化", "妥善", "积极", "積極",
    "大力", "若干", "大致", "大概", "高效", "优质", "優質",
)  # fmt: skip
HEDGES = (
    "必要时", "必要時", "原则上", "原則上", "视情况", "視情況", "视情形", "尽量", "盡量", "儘量",
    "尽可能", "盡可能", "儘可能", "酌情", "如有需要", "如有必要", "有条件的", "有條件的",
    "一般情况", "一般情況", "通常情况", "通常情況",
)  # fmt: skip
ENGLISH = (
    "promptly", "as soon as possible", "in time", "timely", "regularly", "periodically",
    "from time to time", "appropriately", "appropriate", "adequately", "adequate", "reasonable",
    "reasonably", "sufficient", "properly", "if necessary", "when necessary", "as necessary",
    "if needed", "as needed", "where possible", "if possible", "generally", "usually",
)  # fmt: skip
ENGLISH_HEDGES = frozenset(word for word in ENGLISH if word.endswith(("ary", "ed", "ible", "lly")))
# The field's own terms and names that a vague word is only a part of.
TERMS = (
    "及时率", "及時率", "及时性", "定期检验", "定期檢驗", "定期检测报告", "定期报告", "定期存款",
    "基本信息", "基本資料", "基本资料", "基本情况", "基本情況", "基本服务", "基本服務",
    "基本户型", "合理化建议", "合理化建議", "适当性", "充分燃烧", "在合理使用年限",
)  # fmt: skip
_NUMBER = (
    r"(?:\d+(?:\.\d+)?|[一二两兩三四五六七八九十百半]+(?:分之[一二三四五六七八九十百]+)?)"
    r"\s*(?:个|個)?"
)
_UNIT = (
    r"(?:秒|分钟|分鐘|分|小时|小時|工作|学时|天|日|周|週|星期|月|季|年|次|遍|%|％|成|米|厘米|毫米"
    r"|公分|平方|度|℃|分贝|户|戶|人|层|層|点|點|处|處|台|株|栋|棟|升|毫克|克|千克|公斤|元)"
)
MEASURE = re.compile(
    rf"{_NUMBER}\s*{_UNIT}|百分之|半小时|半小時|每(?:日|天|周|週|月|季|年|班|小时|小時|半)"
    r"|[当當](?:日|天|班)|次日|≤|≥|\d+\s*(?:min|hour|h\b|day|week|month|times?\b|%)"
    r"|\b(?:once|twice|daily|weekly|monthly|yearly)\b"
)
OPENS = re.compile(
    r"^(?:即|也就是|不超过|不超過|不少于|不少於|不低于|不低於|至少|至|达|達|每|最多|最迟|最遲"
    rf"|within |at least )?\s*(?:{MEASURE.pattern})"
)
SENTENCES = re.compile(r"[。！？；;\n]|(?<=[a-z])[.!?](?=\s|$)")
CLAUSES = re.compile(r"[，,、:：]")
# Names of works and what is quoted. "一般" is a hedge only before what is done; before a noun it is
# a class of matters (一般报修, 一般隐患).
SET_APART = re.compile(r"《[^》]*》|“[^”]*”|「[^」]*」|『[^』]*』|‘[^’]*’|\"[^\"]*\"")
USUALLY = re.compile(r"一般(?=[应應可不在为為需由加会會都按能于於每当當安]|\d)")
_WORDS = sorted((*DEGREES, *HEDGES), key=len, reverse=True)
_FIND = re.compile("|".join([*map(re.escape, _WORDS), USUALLY.pattern]))
_ENGLISH = re.compile(rf"\b(?:{'|'.join(sorted(ENGLISH, key=len, reverse=True))})\b", re.IGNORECASE)


class Vague(NamedTuple):
    """A word, the clause it stands in, and whether it takes a measure back."""

    word: str
    part: str
    hedge: bool


def vague_words(text: str) -> Iterator[Vague]:
    """The vague words of a text in their order, each once a clause."""
    plain = SET_APART.sub("…", text)  # what stood on both sides of it makes no word
    for term in TERMS:
        plain = plain.replace(term, "…")
    for sentence in SENTENCES.split(plain):
        clauses = [one.strip() for one in CLAUSES.split(sentence)]
        for n, clause in enumerate(clauses):
            following = clauses[n + 1] if n + 1 < len(clauses) else ""
            measured = bool(MEASURE.search(clause) or OPENS.search(following))
            for word in dict.fromkeys(_found(clause)):
                hedge = _is_hedge(word)
                if hedge or not measured:
                    yield Vague(word[:2] if word.startswith("一般") else word, clause, hedge)


def _found(clause: str) -> Iterator[str]:
    yield from _FIND.findall(clause)
    yield from (word.lower() for word in _ENGLISH.findall(clause))


def _is_hedge(word: str) -> bool:
    return word in HEDGES or word.startswith("一般") or word in ENGLISH_HEDGES
