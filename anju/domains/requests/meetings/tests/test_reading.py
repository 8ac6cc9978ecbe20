"""Items are found however they are marked; a file is read or refused, never half taken."""

import io
import zipfile
from typing import Any

import pytest
from docx import Document

from anju.domains.requests.meetings.reading import LARGEST, text_of
from anju.domains.requests.meetings.rules import draft_of, items_in
from anju.domains.requests.meetings.testing import TEXT
from anju.foundation.tenancy.errors import NotYet


def test_every_item_is_found_once_with_its_heading_and_nothing_else() -> None:
    items = items_in(TEXT.format(room="3-2-1201", building="3"))
    assert [(one.under, one.text.split("\n")[0][:8]) for one in items] == [
        ("电梯与设备", "3栋电梯异响，多"),
        ("电梯与设备", "地下车库照明有 "),
        ("环境", "3-2-1201"),
        ("环境", "保洁态度差，业主"),
        ("", "建议在大堂增加一"),
    ]
    assert items[2].text.endswith("楼下已渗水")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("门禁坏了请修\n增加快递柜", ["门禁坏了请修", "增加快递柜"]),
        ("1. 修灯\n2、补漆\n3）换锁", ["修灯", "补漆", "换锁"]),
        ("①修灯\n②补漆", ["修灯", "补漆"]),
        ("- fix the gate\n- more bins", ["fix the gate", "more bins"]),
        ("第一，修灯\n第二，补漆", ["修灯", "补漆"]),
        ("1. 物业费 2.5 元调整说明\n补充：3.5 元也可", ["物业费 2.5 元调整说明\n补充：3.5 元也可"]),
        ("主持人：张三\n记录：李四\n出席：12人", []),
        ("(1) 修灯\n(2) 3-2-1201 漏水", ["修灯", "3-2-1201 漏水"]),
    ],
)
def test_items_are_told_by_their_marks(text: str, found: list[str]) -> None:
    assert [one.text for one in items_in(text)] == found


def test_a_draft_says_why_it_is_urgent_and_where() -> None:
    third = draft_of(items_in(TEXT.format(room="3-2-1201", building="3"))[2])
    assert (third.kind, third.urgency, third.why) == ("repair", 2, "漏水、渗水")
    assert third.places == ("3-2-1201",)
    assert third.title == "3-2-1201 卫生间漏水影响楼下"
    first = draft_of(items_in("3栋2单元电梯异响")[0])
    assert (first.kind, first.urgency, first.places) == ("repair", 3, ("3-2", "3"))
    assert draft_of(items_in("保洁态度差")[0]).kind == "complaint"
    assert draft_of(items_in("增加轮椅")[0]).kind == "suggestion"


def _saved(document: Any) -> bytes:
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _a_word_file() -> bytes:
    document = Document()
    document.add_paragraph("第三次业主大会会议纪要")
    document.add_paragraph("修理大门", style="List Number")
    document.add_paragraph("大门夜里关不上")
    document.add_paragraph("更换路灯", style="List Number")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "3.", "增设快递柜"
    return _saved(document)


def test_a_word_file_is_read_with_the_numbers_word_counts() -> None:
    items = items_in(text_of(io.BytesIO(_a_word_file())))
    assert [one.text for one in items] == ["修理大门\n大门夜里关不上", "更换路灯", "增设快递柜"]


def test_a_cell_comes_once_however_it_is_merged() -> None:
    document = Document()
    table = document.add_table(rows=3, cols=3)
    for row, words in enumerate((("修灯", "是", "是"), ("漏水", "否", ""), ("", "", ""))):
        for column, word in enumerate(words):
            table.cell(row, column).text = word
    table.cell(1, 0).merge(table.cell(2, 0))
    wide = table.cell(2, 1)._tc.get_or_add_tcPr()
    wide.get_or_add_gridSpan().val = 3_000_000
    assert text_of(io.BytesIO(_saved(document))).split("\n") == ["修灯 是 是", "漏水 否", ""]


def _a_level_of_nothing() -> bytes:
    document = Document()
    number = document.add_paragraph("修灯")._p.get_or_add_pPr().get_or_add_numPr()
    level = number.get_or_add_ilvl()
    level.attrib.clear()
    return _saved(document)


def _changed(what: str) -> bytes:
    """A Word file whose text is damaged, or marked as locked by a password."""
    content = bytearray(_a_word_file())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entry = archive.getinfo("word/document.xml")
    if what == "damaged":
        start = entry.header_offset + 30 + len(entry.filename)
        content[start : start + 8] = b"\xff" * 8
    else:
        listed = content.rindex(entry.filename.encode()) - 46
        content[listed + 8] |= 1
        content[entry.header_offset + 6] |= 1
    return bytes(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_plain_text_is_read_as_it_was_written(encoding: str) -> None:
    assert text_of(io.BytesIO("1、修灯".encode(encoding))) == "1、修灯"


def _zipped(**parts: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/"), text)
    return packed.getvalue()


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {y} "{f"&{x};" * 10}">' for x, y in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><w>&i;</w>"
)


@pytest.mark.parametrize(
    "content",
    [
        b"\xd0\xcf\x11\xe0" + bytes(100),
        b"\x89PNG\0\0",
        b"PK\x03\x04 broken",
        _zipped(**{"[Content_Types].xml": "<Types/>"}),
        _zipped(**{"[Content_Types].xml": "<Types/>", "word__document.xml": "<w/>"}),
        _zipped(**{"[Content_Types].xml": BOMB, "word__document.xml": BOMB}),
        _zipped(
            **{
                "[Content_Types].xml": "<T/>",
                "word__document.xml": "<w/>",
                "word__vbaProject.bin": "",
            }
        ),
        _zipped(**{"[Content_Types].xml": "<T/>", "word__document.xml": " " * 45_000_000}),
        bytes(LARGEST + 1),
        _a_level_of_nothing(),
        _changed("damaged"),
        _changed("locked"),
    ],
    ids=[
        "old word",
        "picture",
        "torn",
        "no word",
        "no parts",
        "bomb",
        "macros",
        "unpacked",
        "large",
        "level of nothing",
        "damaged",
        "locked",
    ],
)
def test_what_is_no_word_file_is_refused(content: bytes) -> None:
    with pytest.raises(NotYet) as refused:
        text_of(io.BytesIO(content))
    assert set(refused.value.fields) == {"file"}
