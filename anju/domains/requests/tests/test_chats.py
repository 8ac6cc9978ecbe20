"""What is copied from a chat becomes one draft, and nothing of it is lost."""

import pytest

from anju.domains.requests.chats import drafted

COPIED = """王女士  2026/11/28 14:03
您好
3栋2单元1201 厨房水管一直在漏

王女士 14:05
[图片]
[图片]
李先生: 14:06
我家1101也渗水了
"""


def test_several_messages_are_one_draft() -> None:
    draft = drafted(COPIED)
    assert draft.title == "厨房水管一直在漏"
    assert (draft.name, draft.phone) == ("王女士", "")
    assert draft.rooms == ("3-2-1201",)
    assert draft.pictures == 2
    for line in filter(None, COPIED.splitlines()):
        assert line in draft.text


@pytest.mark.parametrize(
    ("said", "room"),
    [
        ("3-2-1201漏水", "3-2-1201"), ("12号楼1单元302没电", "12-1-302"),
        ("5幢2－1001", "5-2-1001"),
        ("8#1-502 门坏了", "8-1-502"), ("电话13800138000", ""), ("2026-11-28", ""),
    ],
)  # fmt: skip
def test_a_room_is_known_however_it_is_written(said: str, room: str) -> None:
    assert drafted(said).rooms == ((room,) if room else ())


@pytest.mark.parametrize("chat", ["", "  \n", "[图片]", "王女士 14:03\n[图片]", "你好"])
def test_what_says_nothing_has_no_matter(chat: str) -> None:
    assert drafted(chat).title == ""
    assert drafted(chat).text == chat.strip()


def test_plain_words_are_a_draft_too() -> None:
    assert drafted("电梯停了\n马上来人").title == "电梯停了"


@pytest.mark.parametrize(
    ("said", "title", "name", "phone"),
    [
        (
            "您好，我是3-2-1201的王女士，漏水，电话13800138000",
            "漏水",
            "王女士",
            "13800138000",
        ),
        (
            "物业您好！我姓王，3栋2单元1201 没电，手机：138 0013 8000",
            "没电",
            "王",
            "13800138000",
        ),
        ("师傅好 3-2-1201厨房漏水", "厨房漏水", "", ""),
        ("你好\n3-2-1201 王女士 13800138000\n漏水", "漏水", "王女士", "13800138000"),
        ("我叫王芳，家里停电，联系电话021-55558888", "家里停电", "王芳", "02155558888"),
        ("好大的水，1101也渗水", "好大的水，1101也渗水", "", ""),
        ("单号 2026112814030001 的快递丢了", "单号 2026112814030001 的快递丢了", "", ""),
    ],
)
def test_who_writes_stands_in_fields_of_their_own(
    said: str, title: str, name: str, phone: str
) -> None:
    draft = drafted(said)
    assert (draft.title, draft.name, draft.phone) == (title, name, phone)
    assert draft.text == said


def test_the_telephone_says_who_it_is_before_the_name() -> None:
    with_phone = drafted("王女士 13800138000 漏水")
    assert with_phone.is_by("李雷", "13800138000")
    assert not with_phone.is_by("王芳", "")
    assert drafted("我是王女士，漏水").is_by("王芳", "")
    assert not drafted("漏水").is_by("王芳", "")
