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
    r"^(?:您好|你好|在吗|在嗎|早上好|请问|hi|hello|@\S+)[，,。!！?？\s]*$", re.IGNORECASE
)
_ROOM = re.compile(
    r"(?<!\d)(\d{1,3})\s*(?:[-—－#]|栋|棟|幢|号楼|號樓|座)\s*(\d{1,2})\s*(?:[-—－]|单元|單元)\s*(\d{3,4})(?!\d)"
)
TITLE = 60


@dataclass(frozen=True)
class Draft:
    """What a chat says: the matter, the whole of it, the rooms it names, how many pictures."""

    title: str
    text: str
    rooms: Sequence[str]
    pictures: int


def drafted(chat: str) -> Draft:
    """The draft of what was copied. The first line that says something is the matter."""
    lines = [line.strip() for line in chat.replace("\r", "").replace("\xa0", " ").split("\n")]
    said = [line for line in lines if line and not _HEAD.match(line)]
    telling = [
        words
        for line in said
        if (words := _PICTURE.sub("", line).strip()) and not _GREETING.match(words)
    ]
    return Draft(
        title=(telling[0] if telling else "")[:TITLE],
        text=chat.strip(),
        rooms=rooms_in(chat),
        pictures=len(_PICTURE.findall(chat)),
    )


def rooms_in(text: str) -> tuple[str, ...]:
    """The rooms that a text names, as codes, each once."""
    return tuple(dict.fromkeys("-".join(found) for found in _ROOM.findall(text)))
