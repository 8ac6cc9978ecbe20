"""What the minutes of a meeting ask for: one matter per numbered item, or per line. Pure.

An item that has items below it is a heading: it stands above their text. Lines that only say when
it was, who came and who wrote are left out of the draft; the minutes keep them.
"""

import re
from dataclasses import dataclass

from anju.domains.requests.chats import TITLE, rooms_in

MOST = 100  # matters of one meeting; more is no minutes of a meeting
# How items are marked, the outermost first as people use them; what is met first is the outer one.
_MARKS = (
    ("section", r"第?[一二三四五六七八九十]{1,3}\s*[、，．.]"),
    ("point", r"[（(][一二三四五六七八九十]{1,3}[）)]"),
    ("deep", r"\d{1,2}\.\d{1,2}[.、．\s](?!\d)"),
    ("number", r"\d{1,3}\s*(?:[、）)]|[.．](?!\d))"),
    ("bracket", r"[（(]\d{1,2}[）)]"),
    ("circle", r"[①-⑳]"),
    ("bullet", r"[•·●○▪◆*–-](?=\s)"),
)
_MARK = re.compile(r"^\s*(?:" + "|".join(rf"(?P<{name}>{sign})" for name, sign in _MARKS) + ")")
_ABOUT = re.compile(
    r"^\s*(?:(?:会议|會議|开会)?(?:时间|時間|日期|地点|地點)|(?:参加|參加|参会|與會|与会|出席|列席|缺席|应到|实到)"
    r"\S{0,6}|(?:会议)?(?:主持|记录|記錄|抄送|签字|簽字|整理)\S{0,4}|主题|主題|议题|議題"
    r"|date|time|place|present|absent|chair|minutes(?: taken)? by)\s*[:：]"
    r"|^\S{0,30}(?:会议纪要|會議紀要|会议记录|會議記錄)\s*$|^\s*(?:散会|散會|会议结束|會議結束)",
    re.IGNORECASE,
)
_HOUSE = re.compile(r"(?<!\d)(\d{1,3})\s*(?:[栋棟幢座]|号楼|號樓)(?:\s*(\d{1,2})\s*(?:单元|單元))?")
_END = re.compile(r"[。；;！!？?\n]")
_URGENT = re.compile(
    r"困人|燃气|煤气|漏电|爆管|坠落|脱落|停水|停电|消防|漏水|渗水|火|困梯|燃氣|漏電|墜落|脫落|停電|滲水"
    r"|立即|紧急|緊急|马上|馬上|leak|gas|fire|urgent",
    re.IGNORECASE,
)
_KINDS = (
    (
        "complaint",
        re.compile(r"投诉|投訴|不满|不滿|态度|態度|噪音|扰民|擾民|complain", re.IGNORECASE),
    ),
    (
        "repair",
        re.compile(
            r"[修坏壞漏裂]|不亮|破损|破損|故障|异响|異響|堵|脱落|脫落|停水|停电|停電|渗水|滲水"
            r"|broken|leak|repair",
            re.IGNORECASE,
        ),
    ),
)


@dataclass(frozen=True)
class Item:
    """One matter as it stands in the minutes; `under`: the headings above it."""

    text: str
    under: str = ""


@dataclass(frozen=True)
class Draft:
    """What is proposed for an item; `why`: the words that speak for the urgency."""

    title: str
    text: str
    kind: str
    urgency: int
    why: str
    places: tuple[str, ...]


def items_in(minutes: str) -> list[Item]:
    """The items in their order. Without any mark, every line that says something is one."""
    lines = [line.strip() for line in minutes.replace("\r", "").replace("\xa0", " ").split("\n")]
    lines = [line for line in lines if line and not _ABOUT.match(line)]
    if not any(_MARK.match(line) for line in lines):
        return [Item(line) for line in lines if len(line) > 3]
    return _marked(lines)


def _marked(lines: list[str]) -> list[Item]:
    open_: list[tuple[str, int]] = []  # the kinds of marks we are inside of, with their item
    texts: list[list[str]] = []  # the lines of each item
    above: list[tuple[int, ...]] = []
    headings: set[int] = set()
    for line in lines:
        mark = _MARK.match(line)
        if mark is None:
            if texts:  # a line without a mark goes on with the item before it
                texts[-1].append(line)
            continue
        kind = str(mark.lastgroup)
        kinds = [one for one, _ in open_]
        del open_[kinds.index(kind) if kind in kinds else len(open_) :]
        headings.update(n for _, n in open_)
        above.append(tuple(n for _, n in open_))
        open_.append((kind, len(texts)))
        texts.append([line[mark.end() :].strip()])
    return [
        Item("\n".join(text), " › ".join(texts[up][0] for up in above[n] if texts[up][0]))
        for n, text in enumerate(texts)
        if n not in headings and any(text)
    ]


def draft_of(item: Item) -> Draft:
    """What is proposed for it. Everything can be changed before it is opened."""
    words = " ".join(item.text.split())
    title = (_END.split(item.text, maxsplit=1)[0].strip() or words)[:TITLE]
    whole = "\n".join(filter(None, [item.under, item.text]))
    found = list(dict.fromkeys(_URGENT.findall(words)))
    kind = next((kind for kind, signs in _KINDS if signs.search(words)), "suggestion")
    return Draft(
        title=title,
        text="" if whole == title else whole,
        kind=kind,
        urgency=2 if found else 3,
        why="、".join(found[:3]),
        places=_places_in(f"{item.under} {words}"),
    )


def _places_in(text: str) -> tuple[str, ...]:
    """Codes of rooms, then of units and buildings, that a text names."""
    found = list(rooms_in(text))
    for building, unit in _HOUSE.findall(text):
        found += [f"{building}-{unit}", building] if unit else [building]
    return tuple(dict.fromkeys(found))
