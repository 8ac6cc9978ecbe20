"""Search tokens, pure: what a person types finds what was stored."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.foundation.lib.fold import PAIRS, fold
from anju.foundation.lib.pinyin import SURNAMES, initials, readings
from anju.foundation.lib.search import asked, merged, names, phones, plates, room_code, rooms, words

chinese = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=8)
PART = re.compile(r"^'([^']*)'(:\*)?$")


def finds(query: str, tokens: set[str]) -> bool:
    """What PostgreSQL does with our queries: every part is a token or the beginning of one."""
    for part in query.split(" & "):
        found = PART.match(part)
        assert found is not None, query
        token, prefix = found.groups()
        if not any(t.startswith(token) if prefix else t == token for t in tokens):
            return False
    return bool(query)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_query_of_quoted_parts(text: str) -> None:
    query = asked(text)
    assert query == "" or all(PART.match(part) for part in query.split(" & "))


@given(chinese)
def test_a_name_is_found_by_itself_by_its_sound_and_by_its_initials(name: str) -> None:
    tokens = names(name, surname=True)
    assert finds(asked(name), tokens)
    for reading in readings(fold(name), surname=True):
        sound = "".join(reading)
        if sound.isascii() and sound.isalpha():
            assert finds(asked(sound), tokens)
            assert finds(asked(initials(reading)), tokens)


@given(st.tuples(st.integers(1, 99), st.integers(1, 99), st.integers(1, 9999)))
def test_a_room_is_found_in_every_form(numbers: tuple[int, int, int]) -> None:
    parts = [str(number) for number in numbers]
    tokens = rooms("-".join(parts))
    written = f"{parts[0]}栋{parts[1]}单元{parts[2]}室"
    for text in ("-".join(parts), "".join(parts), parts[-1], written):
        assert finds(asked(text), tokens), text


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_telephone_is_found_whole_and_by_its_end(number: str) -> None:
    for text in (number, number[-4:], number[-8:]):
        assert finds(asked(text), phones(number)), text


@given(st.text(max_size=60))
def test_tokens_of_any_text_can_be_stored(text: str) -> None:
    for token in merged(words(text), names(text), rooms(text), plates(text)):
        assert len(token) > 0
        assert "\x00" not in token or "\x00" in text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("3-2-1201", "3-2-1201"),
        ("3栋2单元1201", "3-2-1201"),
        ("3号楼2单元1201室", "3-2-1201"),
        ("３－２－１２０１", "3-2-1201"),
        ("3棟2單元1201", "3-2-1201"),
        ("3幢1201", "3-1201"),
        ("A座1201", "a-1201"),
        ("张伟", None),
        ("卫生间漏水", None),
        ("31201", None),
    ],
)
def test_rooms_are_read_as_people_write_them(text: str, code: str | None) -> None:
    assert room_code(text) == code


def test_surnames_are_read_as_surnames_with_all_readings() -> None:
    assert readings("翟强", surname=True) == [("zhai", "qiang"), ("di", "qiang")]
    assert readings("单田芳", surname=True)[0][0] == "shan"
    assert readings("尉迟恭", surname=True)[0] == ("yu", "chi", "gong")
    assert ("chong", "qing") in readings("重庆")
    assert all(way.replace(" ", "").isalpha() for ways in SURNAMES.values() for way in ways)


def test_folding_is_idempotent_and_its_table_is_sound() -> None:
    pairs = PAIRS.split()
    assert all(len(pair) == 2 and pair[0] != pair[1] for pair in pairs)
    assert len({pair[0] for pair in pairs}) == len(pairs)
    assert fold("東湖花園 ＡＢ１２") == "东湖花园 ab12"
    for pair in pairs:
        assert fold(fold(pair)) == fold(pair)
