"""Traditional is real: one simplified character of several, by the words of the field."""

import pytest

from anju.engine.library.reading import library
from anju.engine.library.script import in_script, simplified

WORDS = {
    "干粉灭火器": "乾粉滅火器", "树干": "樹幹", "干部": "幹部", "发电机": "發電機", "之后": "之後",
    "批准": "批准", "标准值": "標準值", "制造单位": "製造單位", "控制柜": "控制櫃",
    "余氯": "餘氯", "采样": "採樣", "斗殴": "鬥毆", "松动": "鬆動", "恢复": "恢復", "里程": "里程",
    "楼里": "樓裡", "征询": "徵詢", "系统": "系統", "联系": "聯繫", "卷帘": "捲簾", "日历": "日曆",
    "历史": "歷史", "准备": "準備", "注意": "注意", "家具": "家具", "只": "只", "面积": "面積",
    "游泳池": "游泳池", "布置": "佈置", "出入证": "出入證", "冲洗": "沖洗", "占用": "佔用",
}  # fmt: skip


@pytest.mark.parametrize(("word", "traditional"), WORDS.items())
def test_a_word_of_the_field(word: str, traditional: str) -> None:
    assert in_script(word, "zh-Hant") == traditional
    assert in_script(word, "zh-Hans") == word
    assert simplified(traditional) == word


def test_no_simplified_character_is_left_over() -> None:
    left = set("灭设备发标准测试维护楼层灯监检查业户员应过时间门车区")
    traditional = {c for c in left if in_script(c, "zh-Hant") == c}
    forbidden = left - traditional
    for item in library().items.values():
        text = in_script(item.title, "zh-Hant")
        assert not forbidden & set(text), item.id
