"""Masks and numbers, pure."""

import pytest

from anju.foundation.people.rules import (
    masked_name,
    masked_phone,
    masked_plate,
    plain_phone,
    plain_plate,
)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("138 0013 8000", "13800138000"),
        ("+86-138-0013-8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("0571-87654321", "057187654321"),
        ("+44 20 7946 0000", "+442079460000"),
        ("", ""),
    ],
)
def test_a_number_has_one_form(text: str, plain: str) -> None:
    assert plain_phone(text) == plain


@pytest.mark.parametrize("text", ["abc", "12", "138001380001380013800"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        plain_phone(text)


def test_masks_hide_the_middle() -> None:
    assert masked_phone("13800131234") == "138****1234"
    assert masked_phone("057187654321").endswith("21")
    assert "8765" not in masked_phone("057187654321")
    assert masked_name("张伟") == "张*"
    assert masked_name("尉迟敬德") == "尉迟**"
    assert masked_plate("沪A12345") == "沪A**345"


def test_plates_have_one_form() -> None:
    assert plain_plate("沪a·12345") == "沪A12345"
    assert plain_plate("粤B D12345") == "粤BD12345"
    with pytest.raises(ValueError, match="停车"):
        plain_plate("停车")
