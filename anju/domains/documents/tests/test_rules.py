"""Which words name a law."""

import pytest

from anju.domains.documents.rules import MOVES, STATES, keys_of, moves_from, names_law


@pytest.mark.parametrize(
    ("title", "code", "text", "names"),
    [
        ("物业管理条例", "", "《物业管理条例》第三十五条", True),
        ("物业管理条例", "", "依物业管理条例第 35 条", True),
        ("物业管理条例", "", "北京市物业管理条例", False),
        ("北京市物业管理条例", "", "《北京市物业管理条例》第 3 条", True),
        ("中华人民共和国消防法", "", "《消防法》", True),
        ("消防法", "", "《中华人民共和国消防法》第十六条", True),
        ("企业所得税法", "", "企业所得税法实施条例第 60 条", False),
        ("企业所得税法", "", "企业所得税法实施条例；企业所得税法", True),
        ("民法典（2020 年）", "", "民法典第九百四十二条", True),
        ("生活饮用水卫生标准", "GB 5749-2022", "GB 5749", True),
        ("生活饮用水卫生标准", "GB 5749-2022", "GB5749—2022", True),
        ("生活饮用水卫生标准", "GB 5749", "GB 57490", False),
        ("电力试验", "DL/T 596", "按 DL/T 596-2021 试验", True),
        ("电力试验", "L/T 596", "按 DL/T 596", False),
    ],
)
def test_a_text_names_a_law_and_not_another_that_only_holds_its_name(
    title: str, code: str, text: str, names: bool
) -> None:
    assert names_law(text, keys_of(title, code)) is names


def test_every_state_of_a_document_but_the_last_has_a_way_on() -> None:
    assert {state for state, _words in STATES if not moves_from(state)} == {"obsolete"}
    assert {move.to for move in MOVES.values()} == set(dict(STATES))
