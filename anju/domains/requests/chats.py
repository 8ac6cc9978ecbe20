"""A chat that was copied becomes the draft of a case. Pure.

WeChat copies several messages as a line with name and time, then the lines of what was said;
pictures are copied as words (`[图片]`). All of it stays in the text of the draft.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_DAY = r"(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?\s+)?(?:[上下]午|昨天|星期.|周.)?"
_TIME = rf"{_DAY}\s*\d{{1,2}}[:：]\d{{2}}(?:[:：]\d{{2}})?"
_HEAD = re.compile(rf"^\s*(?P<who>\S.{{0,38}}?)[:：]?\s+(?P<at>{_TIME})\s*$")
_PICTURE = re.compile(r"\[(?:图片|圖片|Photo|Image|视频|影片|Video|动画表情)\]", re.IGNORECASE)
_GREETING = re.compile(
    r"^(?:(?:(?:物业|物業|管家|师傅|師傅|前台)(?:您|你)?好|您好|你好|在吗|在嗎|在不在|[早晚]上好|[上下]午好|"
    r"请问(?:一下)?|請問(?:一下)?|hi\b|hello\b|@\S+|[呀啊哈])[，,。!！?？~～\s]*)+",
    re.IGNORECASE,
)
_ROOM = re.compile(
    r"(?<!\d)(\d{1,3})\s*(?:[-—－#]|栋|棟|幢|号楼|號樓|座)\s*(\d{1,2})\s*(?:[-—－]|单元|單元)\s*(\d{3,4})(?!\d)"
)
_PHONE = re.compile(
    r"(?<![\d-])(?:\+?86[ -]?)?(1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}[ -]?\d{7,8})(?![\d-])"
)
_CALL_ME = re.compile(
    r"(?:我的|联系|聯繫)?(?:请?打|请?拨|电话|電話|手机|手機|号码?|號碼?|tel)*(?:是|为|為)?\s*[:：]?\s*"
    + _PHONE.pattern,
    re.IGNORECASE,
)
# The family names nearly everybody has; what else stands before 女士 is no name for certain.
_FAMILY = (
    "(?:欧阳|歐陽|司马|上官|诸葛|皇甫|尉迟|夏侯|慕容|"
    "[赵趙钱錢孙孫李周吴吳郑鄭王冯馮陈陳褚卫衛蒋蔣沈韩韓杨楊朱秦尤许許何吕呂施张張孔曹严嚴华華金魏陶姜戚谢謝"
    "邹鄒喻柏水窦章云苏蘇潘葛范彭郎鲁魯韦韋昌马馬苗凤花方俞任袁柳史唐费薛雷贺賀倪汤湯滕殷罗羅毕畢郝安常乐"
    "于余齐齊康伍元卜顾顧孟平黄黃穆萧蕭肖尹姚邵汪祁毛戴宋庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾賈路江童颜郭梅"
    "盛林钟鐘徐邱丘骆高夏蔡田樊胡凌霍万萬柯管卢盧莫房解应丁邓鄧洪包左石崔吉龚程邢裴陆陸翁荀甄曲封储靳焦"
    "牧车侯伊宁甘厉武符刘劉景詹龙龍叶葉黎薄白怀蒲卓池乔阴苍闻党翟谭譚冉申桂牛边燕尚温柴瞿阎连习艾向古易廖]"
    ")"
)
_TITLED = "女士|先生|小姐|太太|阿姨|大爷|大妈|大姐|奶奶|爷爷|叔叔|老师"
_NAMES = (  # the first that is found: what people say of themselves, then how they are called
    re.compile(rf"(?:我姓|免贵姓|免貴姓|(?<![贵貴])姓)\s*({_FAMILY}(?:{_TITLED})?)"),
    re.compile(rf"我(?:叫|是)\s*({_FAMILY}[一-鿿]{{1,2}})(?=[，,。;；!！\s]|$)"),
    re.compile(rf"({_FAMILY}(?:{_TITLED}))"),
)
# What is left of a clause that only says who writes, and from where.
_ABOUT_ME = re.compile(
    r"我们|我家|我|免[贵貴]|姓|叫|是|的|家|住在?|在|业主|業主|租客|这里|這裡|这边|房间|房|室|户|[\s:：、]"
)
_CLAUSE = re.compile(r"([，,。;；!！?？\s]+)")
_FROM = re.compile(_ROOM.pattern + r"\s*[室房]?的?")
TITLE = 60


@dataclass(frozen=True)
class Draft:
    """What a chat says: the matter, the whole of it, the rooms it names, how many pictures, the
    name and the telephone of whoever writes ("" where they say none)."""

    title: str
    text: str
    rooms: Sequence[str]
    pictures: int
    name: str = ""
    phone: str = ""

    def is_by(self, name: str, phone: str) -> bool:
        """Whether somebody of this name and telephone writes: the telephone says it, else the
        name; 王女士 is anybody whose name begins so."""
        if self.phone:
            return self.phone == phone
        called = re.sub(rf"(?:{_TITLED})$", "", self.name)
        return bool(called) and name.startswith(called)


def drafted(chat: str) -> Draft:
    """The draft of what was copied. The first line that says something is the matter, without
    greeting, room, name and telephone."""
    lines = [line.strip() for line in chat.replace("\r", "").replace("\xa0", " ").split("\n")]
    said = [line for line in lines if line and not _HEAD.match(line)]
    phone = _PHONE.search(chat)
    name = next((found[1] for names in _NAMES if (found := names.search(chat))), "")
    return Draft(
        title=next(filter(None, (_matter(line, name) for line in said)), "")[:TITLE],
        text=chat.strip(),
        rooms=rooms_in(chat),
        pictures=len(_PICTURE.findall(chat)),
        name=name,
        phone=re.sub(r"\D", "", phone[1]) if phone else "",
    )


def _matter(line: str, name: str) -> str:
    """What a line says is the matter; "" where it only greets, or says who writes from where."""
    words = _GREETING.sub("", _PICTURE.sub("", line).strip())
    parts = _CLAUSE.split(_FROM.sub("", _CALL_ME.sub("", words)))
    kept = ""
    for clause, mark in zip(parts[::2], [*parts[1::2], ""], strict=True):
        if _ABOUT_ME.sub("", clause.replace(name, "")):
            kept += clause + mark
    return kept.strip("，,。;； \t")


def rooms_in(text: str) -> tuple[str, ...]:
    """The rooms that a text names, as codes, each once."""
    return tuple(dict.fromkeys("-".join(found) for found in _ROOM.findall(text)))
