"""Whether two reports are likely one matter: points anybody can add up. Pure.

Points for words they share, for the same thing and the same fault in the words of the trade, and
for how near the places are; points off where the wishes are opposite, the thing is each home's own,
the place another, or a week lies between. What each is worth was tuned on one half of a labelled
set and measured on the other (docs/suggesting.md).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from anju.foundation.lib.fold import fold

Near = Literal["place", "unit", "building", "community", "apart"]

# Points of each sign, by a logistic regression on the half that tunes, rounded. What speaks for a
# duplicate may not count against it, nor the other way round; words always count something.
WORTH: Mapping[str, float] = {
    "same words": 1.5,
    "same signs": 1.0,
    "same thing": 0.6,
    "other thing": -1.4,
    "same fault": 0.7,
    "other fault": -0.9,
    "opposite": -2.5,
    "same unit": 1.7,
    "same spot": 1.2,
    "other spot": -0.3,
    "elsewhere": -1.6,
    "each its own": -3.1,
    "asked": -0.8,
    "long after": -1.7,
}
THRESHOLD = 1.7
LIKE_WORDS, LIKE_SIGNS = 0.15, 0.3  # so much must be shared where thing and fault are not
# What reports of residents speak of, and what is wrong with it.
_THINGS: Mapping[str, str] = {
    "water": "停水|没水|断水|来水|自来水|水压|水流|水是|水里|水箱|水龙头打开|没有水|一滴水",
    "power": "停电|没电|断电|来电|跳闸|电压|一相|电又跳|电井|电表箱",
    "gas": "燃气|煤气|停气|没气|灶",
    "heating": "暖气|供暖|热水|太阳能",
    "network": "网|宽带|光猫|信号|电视",
    "pipes": "水管|管道井|水表间|漏水|渗水|渗|滴水|雨水管|落水管|漏雨|吊顶|天花板|顶板",
    "drains": "马桶|厕所|地漏|下水|污水|返水|倒灌|化粪池|洗菜|粪水",
    "lift": "电梯|轿厢|客梯|货梯|平层",
    "door": "单元门|楼下门|大门|门禁|刷脸|人脸|闭门器|行人门|小门|闸机|天台门|楼顶的?门",
    "intercom": "对讲|门铃",
    "barrier": "道闸|抬杆|杆子|车牌识别|抬不起",
    "works": "装修|电钻|打墙|刷漆|油漆|工地|施工|打桩",
    "dog": "狗",
    "cat": "猫",
    "rodents": "老鼠",
    "insects": "蟑螂|马蜂|白蚁|蚊|苍蝇|孑孓",
    "bins": "垃圾桶|垃圾都|垃圾车|收垃圾",
    "things left": "杂物|鞋柜|纸箱|沙发|建筑垃圾|装修垃圾",
    "floors": "拖地|没拖|走廊|楼道地|地滑|打扫|大堂地|拖的地",
    "lamps": "灯",
    "fire": "着火|火警|黑烟|消防警报|焦|烧塑料",
    "hydrant": "消防栓|消火栓|灭火器",
    "car": "车位|停车|车堵|车停|停了|白车|破车|僵尸车|三轮车|快递车",
    "charger": "充电桩|充电口|充不进",
    "scooter": "电动车|电瓶车",
    "wall": "外墙|瓷砖|墙砖|外立面|墙皮|地砖",
    "thrown": "高空|楼上扔|扔下|又扔",
    "tree": "树",
    "lawn": "草坪|草长|割草|草地",
    "play": "滑梯|滑滑梯|秋千|健身器|走步机",
    "guard": "保安|没人值守|岗亭",
    "stranger": "陌生|推销|翻墙|爬进",
    "manhole": "井盖",
    "dance": "广场舞",
    "pump": "水泵|低频",
    "parcel": "快递柜|丰巢|柜子",
    "neighbour": "楼上|隔壁|邻居|打牌|麻将",
    "ads": "广告",
    "fees": "物业费|车费|租金|水费|电费|发票|押金|公摊|扣费|扣了|单没|单子|买了电|充了钱",
    "own": "家门|开锁|钥匙|插座|水龙头(?:关|一直)?.{0,5}滴水|我家老人|我家信箱"
    "|烟感|水表(?!间|那)|洗菜|马桶堵|家里对讲|卫生间反味|补一张|月卡|月租|录像|监控",
    "service": "报修|报的修|师傅|管家|约了|阿姨",
}
_FAULTS: Mapping[str, str] = {
    "outage": "停|没水|没电|断电|断水|没气|没燃气|没信号|断网|不了网|一滴水|网断",
    "wet": "漏|滴水|渗|喷|爆|冒水|往下流|流下|水从|淌|进水|积水|哗|水很深",
    "blocked": "堵|返|下不去|倒灌|往上冒|不通|翻泡|溢",
    "shut": "打不开|进不|不开|不抬|抬不|没反应|识别不|刷不|按不|失灵|读不出|不灵|打不着",
    "open": "关不|敞着|一直抬|没锁|没人管|随便进",
    "noise": "吵|噪|声音|响|叫|唱|喇叭|咚|扰民|音响|砰|电钻",
    "smell": "臭|味|呛|熏|头晕",
    "dirt": "脏|打扫|没拖|狗屎|粪|尿|灰|不干净|绿",
    "dark": "灯.*(?:不亮|灭|坏|没亮|没一盏)|不亮|灭了|黑|看不见",
    "bright": "太亮|一直亮|全亮|晃眼|太灵|频闪|一闪",
    "full": "堆|满",
    "in the way": "挡|占|出不|过不|出不去|堵路|堵死|下不来|走不",
    "weak": "水压|很小|特别小|太小|细|点不着|打不着火",
    "cold": "不热|凉|冰|不制冷|冻|才十",
    "hot": "太热|太烫|闷|热死",
    "colour": "黄|浑|铁锈",
    "loose": "掉|脱落|裂|碎|断了|松|破|倒了|刮倒|口子|卷边|缺",
    "fire": "烟|焦|着火|烧",
    "trapped": "困|关在",
    "late": "没来|没人来|没动静|还没|不回|不接|不理",
    "hurt": "夹|绊|摔|滑倒|麻",
    "asks": "怎么(?:算|交|退|办|分|涨|收)|多少|可以|是怎么|什么时候(?:退|装|给)"
    "|想(?:办|补|开|看|装|调|请)|登记|吗$",
    "wish": "建议|希望|反对|能不能",
}
_OWN = frozenset({"fees", "own", "service"})  # each home has its own
_THING = {name: re.compile(words) for name, words in _THINGS.items()}
_FAULT = {name: re.compile(words) for name, words in _FAULTS.items()}
_OPPOSITES = tuple(
    (re.compile(one), re.compile(other))
    for one, other in (
        ("打不开|进不|不抬|抬不|不开|锁了", "关不|敞着|一直抬|随便|没锁|没关|不关"),
        ("太小|很小|特别小|像?线", "太大|大得"),
        ("不亮|灭了|坏了?|没亮|黑", "太亮|一直亮|全亮|晃眼|太灵|一点声音就亮"),
        ("不热|太?凉|冰", "太热|太烫|闷|烫"),
        ("没水|停水|一滴", "来水了|已经来"),
        ("不开|热死", "太足|冻"),
        ("建议多|希望|想装|给装|请修", "反对|撤|不要|别"),
        ("丢了|走丢", "捡到"),
        ("扰民|不负责|态度差|没来|不回", "表扬|感谢|很负责|很好|谢谢"),
    )
)
_MARKS = {
    name: re.compile(words)
    for name, words in {
        "east": "东门|东边", "west": "西门|西边", "south": "南门", "north": "北门|北边",
        "garage": "地库|车库|负[一二三]层|负[一二三]楼|坡道上", "garden": "花园|凉亭|草坪|草地",
        "pond": "水景|水池|喷泉", "club": "会所|泳池|健身房", "sheds": "车棚",
        "roof": "楼顶|天台|顶楼|顶层", "parcels": "快递柜|丰巢", "play": "乐园|游乐场|滑梯",
        "fitness": "健身角|健身器材|走步机", "site": "工地", "hall": "大堂|门厅",
    }.items()
}  # fmt: skip
_LITTLE = set("的了是我们在有不没吗呢就都也和很要这那个一，。？！、家里上下来去人")
_CJK = re.compile("[\u3400-\u9fff]+")


@dataclass(frozen=True)
class Said:
    """One report: the words, the name of its place, and what is known beside."""

    text: str
    place: str = ""
    category: str = ""


@dataclass(frozen=True)
class Likeness:
    """How likely two reports are one matter; `why` names what they share."""

    points: float
    why: tuple[str, ...]

    @property
    def likely(self) -> bool:
        """Enough to show it to whoever takes the call."""
        return self.points >= THRESHOLD


def signs(new: Said, old: Said, *, near: Near, minutes: float) -> dict[str, float]:
    """What is looked at, each as a number between 0 and 1: `WORTH` says the points of each."""
    one, other = fold(new.text), fold(old.text)
    things = _named(_THING, one), _named(_THING, other)
    faults = _named(_FAULT, one), _named(_FAULT, other)
    both = things[0] & things[1]
    marks = _named(_MARKS, new.place + new.text), _named(_MARKS, old.place + old.text)
    found = {
        "same words": _overlap(_pairs(one), _pairs(other)),
        "same signs": _overlap(set(one) - _LITTLE, set(other) - _LITTLE),
        "same thing": bool(both),
        "other thing": bool(things[0] and things[1] and not both),
        "same fault": bool(faults[0] & faults[1]),
        "other fault": bool(faults[0] and faults[1] and not faults[0] & faults[1]),
        "opposite": _opposite(one, other),
        "same unit": near == "unit",
        "same spot": bool(marks[0] & marks[1]),
        "other spot": near != "place" and bool(marks[0] and marks[1] and not marks[0] & marks[1]),
        "elsewhere": near in ("community", "apart") and not marks[0] & marks[1],
        "each its own": near != "place" and bool(_OWN & (things[0] | things[1])),
        "asked": ("asks" in faults[0]) != ("asks" in faults[1]),
        "long after": minutes >= 7 * 24 * 60,
    }  # fmt: skip
    return {name: float(value) for name, value in found.items()}


def likeness(new: Said, old: Said, *, near: Near, minutes: float) -> Likeness:
    """How likely the new report is about the matter of the old one, `minutes` before it."""
    seen = signs(new, old, near=near, minutes=minutes)
    points = sum(WORTH[name] * value for name, value in seen.items())
    alike = seen["same thing"] or seen["same fault"]
    if not (alike or seen["same words"] >= LIKE_WORDS or seen["same signs"] >= LIKE_SIGNS):
        points = min(points, 0.0)  # only near: that alone is no reason
    if new.category and old.category:  # not in the labelled set: a nudge, not a reason
        points += 0.3 if new.category == old.category else -0.3
    shared = _pairs(fold(new.text)) & _pairs(fold(old.text))
    return Likeness(round(points, 2), tuple(sorted(shared)[:3]))


def _named(words: Mapping[str, re.Pattern[str]], text: str) -> set[str]:
    return {name for name, pattern in words.items() if pattern.search(text)}


def _pairs(text: str) -> set[str]:
    runs = _CJK.findall(text)
    return {run[n : n + 2] for run in runs for n in range(len(run) - 1)}


def _overlap(one: set[str], other: set[str]) -> float:
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def _opposite(one: str, other: str) -> bool:
    for this, that in _OPPOSITES:
        if (this.search(one) and that.search(other) and not that.search(one)) or (
            this.search(other) and that.search(one) and not that.search(other)
        ):
            return True
    return False


def ranked(
    new: Said, others: Sequence[tuple[Said, Near, float]], *, most: int
) -> list[tuple[int, Likeness]]:
    """Which of the others are likely the same matter: their index, the likeliest first."""
    found = [
        (n, likeness(new, said, near=near, minutes=m)) for n, (said, near, m) in enumerate(others)
    ]
    likely = [(n, like) for n, like in found if like.likely]
    return sorted(likely, key=lambda one: (-one[1].points, one[0]))[:most]
