"""How Chinese text is read aloud, for search and for sorting: pure.

The library's dictionary of phrases is left out: it costs 45 MB in every process. Its place is
taken by two small tables: surnames that are read otherwise than the same character elsewhere, and
characters of place names with two common readings. All readings are kept, the likelier first.
"""

import os
from itertools import product

os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")

READINGS_KEPT = 8

SURNAMES: dict[str, tuple[str, ...]] = {
    "尉迟": ("yu chi", "wei chi"),
    "万俟": ("mo qi", "wan si"),
    "澹台": ("tan tai", "dan tai"),
    "长孙": ("zhang sun", "chang sun"),
    "单于": ("chan yu", "shan yu"),
    "宰父": ("zai fu",),
    "令狐": ("ling hu",),
    "单": ("shan", "dan"),
    "曾": ("zeng", "ceng"),
    "解": ("xie", "jie"),
    "仇": ("qiu", "chou"),
    "查": ("zha", "cha"),
    "翟": ("zhai", "di"),
    "朴": ("piao", "pu"),
    "区": ("ou", "qu"),
    "盖": ("ge", "gai"),
    "任": ("ren",),
    "华": ("hua",),
    "尹": ("yin",),
    "纪": ("ji",),
    "应": ("ying",),
    "覃": ("qin", "tan"),
    "乐": ("yue", "le"),
    "缪": ("miao", "mou"),
    "员": ("yun", "yuan"),
    "洗": ("xian", "xi"),
    "冼": ("xian",),
    "秘": ("bi", "mi"),
    "逄": ("pang",),
    "黑": ("he", "hei"),
    "折": ("she", "zhe"),
    "句": ("gou", "ju"),
    "繁": ("po", "fan"),
    "种": ("chong", "zhong"),
    "重": ("chong", "zhong"),
    "召": ("shao", "zhao"),
    "燕": ("yan",),
    "宁": ("ning",),
    "谌": ("chen", "shen"),
    "晟": ("cheng", "sheng"),
    "郇": ("xun", "huan"),
    "过": ("guo",),
    "那": ("na",),
    "佴": ("nai", "er"),
    "哈": ("ha",),
    "牟": ("mu", "mou"),
    "乜": ("nie", "mie"),
    "车": ("che",),
    "钭": ("tou", "dou"),
    "隗": ("wei", "kui"),
    "洪": ("hong",),
    "祭": ("zhai", "ji"),
    "幺": ("yao",),
    "都": ("du", "dou"),
    "郗": ("xi", "chi"),
    "殷": ("yin",),
    "藏": ("zang", "cang"),
    "褚": ("chu",),
    "阚": ("kan",),
}
TWO_WAYS: dict[str, tuple[str, ...]] = {
    "重": ("zhong", "chong"),
    "长": ("chang", "zhang"),
    "乐": ("le", "yue"),
    "行": ("xing", "hang"),
    "朝": ("chao", "zhao"),
    "都": ("du", "dou"),
    "厦": ("xia", "sha"),
    "调": ("diao", "tiao"),
    "传": ("chuan", "zhuan"),
    "弹": ("tan", "dan"),
    "藏": ("zang", "cang"),
    "曾": ("zeng", "ceng"),
    "贾": ("jia", "gu"),
    "参": ("can", "shen"),
}


def readings(text: str, *, surname: bool = False) -> list[tuple[str, ...]]:
    """The ways `text` can be read, likeliest first (at most eight), each a tuple of syllables.

    With `surname` the first one or two characters are read as a family name. Characters that have
    no reading (digits, Latin) stay as they are.
    """
    from pypinyin import Style, lazy_pinyin  # its table is read at once: most processes never do

    heads: tuple[tuple[str, ...], ...] = ((),)
    rest = text
    if surname:
        for length in (2, 1):
            if text[:length] in SURNAMES:
                heads = tuple(tuple(way.split()) for way in SURNAMES[text[:length]])
                rest = text[length:]
                break
    options: list[tuple[tuple[str, ...], ...]] = [heads]
    for part in lazy_pinyin(list(rest), style=Style.NORMAL):
        options.append(((part,),))
    for n, sign in enumerate(rest, start=1):
        if sign in TWO_WAYS:
            options[n] = tuple((way,) for way in TWO_WAYS[sign])
    found: list[tuple[str, ...]] = []
    for choice in product(*options):
        found.append(tuple(syllable for part in choice for syllable in part))
        if len(found) == READINGS_KEPT:
            break
    return found


def slug(text: str, *, longest: int = 32) -> str:
    """A code that sounds like the text: "装修" -> "zhuang-xiu"; "x" where nothing of it sounds."""
    from pypinyin import Style, lazy_pinyin  # its table is read at once: most processes never do

    sounds = "-".join(lazy_pinyin(text, style=Style.NORMAL)).lower()
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in sounds)
    return "-".join(filter(None, plain.split("-")))[:longest].strip("-") or "x"


def initials(reading: tuple[str, ...]) -> str:
    """First letters of a reading: ("zhang", "wei") -> "zw"."""
    return "".join(syllable[:1] for syllable in reading)
