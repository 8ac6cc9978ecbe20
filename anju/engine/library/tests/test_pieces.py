"""Every shipped piece: its shape, its sources, its one way of being written, and hostile ones."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from anju.engine.library.reading import (
    DATA,
    Read,
    library,
    read_library,
    read_piece,
    schema,
    write_piece,
)
from anju.engine.library.rules import Source, is_opinion
from anju.foundation.texts import BadText

FILES = sorted((DATA / "items").glob("*.yaml"))
SOURCES = {
    "P01": Source("P01", "a page", "https://example.org/1"),
    "P02": Source("P02", "a page whose address is lost"),
}
GOOD = """\
piece: made-up
title: 示例
levels: [一级, 二级]
defaults: {section: '1.1', kind: requirement, basis: practice, status: in_force}
items:

  - id: A.B
    title: 巡查
    values:
      - {level: 一级, op: every, value: 1, unit: d}
    source: [P01]
    certainty: confirmed
"""


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with override("en"):
        yield


def read(text: str) -> Read:
    return read_piece(text, file="made-up.yaml", sources=SOURCES)


def test_there_are_pieces() -> None:
    assert FILES
    assert read_library().items


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_piece_is_named_like_its_file_and_written_the_one_way(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    read = read_piece(text, file=path.name, sources=library().sources)
    assert read.piece.code == path.stem
    assert write_piece(read.text) == text, "python -m tools.library writes it the one way"


def test_the_published_schema_is_the_one_it_is_read_by() -> None:
    published = json.loads((DATA / "piece.schema.json").read_text(encoding="utf-8"))
    assert published == schema(), "python -m tools.library writes it"
    Draft202012Validator.check_schema(published)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_piece_fits_the_published_schema(path: Path) -> None:
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    Draft202012Validator(schema()).validate(said)
    said["items"][0]["colour"] = "red"
    assert not Draft202012Validator(schema()).is_valid(said)


def test_every_item_says_where_it_is_from_and_claims_no_more() -> None:
    shipped = library()
    for item in shipped.items.values():
        assert item.source, item.id
        if item.confirmed:
            assert any(source.address for source in shipped.sources_of(item)), item.id
        if all(is_opinion(key) for key in item.source):
            assert not item.feeds, item.id


def test_a_piece_is_read_as_it_stands() -> None:
    good = read(GOOD)
    assert write_piece(good.text) == GOOD
    (item,) = good.piece.items
    assert (item.section, item.values[0].op, item.feeds) == ("1.1", "every", True)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("source: [P01]", "source: []", "has no 'source'"),
        ("    source: [P01]\n", "", "has no 'source'"),
        ("source: [P01]", "source: [P99]", "not in sources.yaml"),
        ("source: [P01]", "source: [P02]", "nobody can look again"),
        ("source: [P01]", "source: [K.H GB 25201]", "nobody can look again"),
        ("source: [P01]", "source: [D]", "nobody can look again"),
        ("source: [P01]", "source: [heard it]", "must look like"),
        ("level: 一级", "level: 三级", "no level"),
        ("value: 1, ", "", "number and unit"),
        ("value: 1", "value: one", "value"),
        ("op: every", "op: '~'", "must be one of"),
        ("op: every", "op: text", "number and unit"),
        ("A.B", "a b", "must look like"),
        ("certainty: confirmed", "certainty: certain", "must be one of"),
        ("    certainty: confirmed\n", "", "has no 'certainty'"),
        ("title: 巡查", "title: 巡查\n    title: 又一次", "written twice"),
        ("title: 巡查", "title: &a 巡查", "anchor"),
        ("title: 巡查", "title: !!python/object/apply:os.system ['true']", "not YAML"),
        ("title: 巡查", "title: " + "[" * 4000 + "]" * 4000, "not YAML"),
        ("title: 巡查", "title: [", "not YAML"),
        ("title: 巡查", "tilte: 巡查", "Did you mean 'title'"),
        ("items:", "rows:", "rows"),
    ],
)  # fmt: skip
def test_a_bad_piece_is_refused_in_words(old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(BadText, match="made-up") as refused:
        read(GOOD.replace(old, new, 1))
    assert said in str(refused.value)


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    bomb = "a: &a [x,x]\n" + "".join(
        f"{n}: &{n} [*{p},*{p}]\n" for p, n in zip("abcdefg", "bcdefgh", strict=True)
    )
    with pytest.raises(BadText, match="anchor"):
        read(bomb)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_a_piece_or_is_refused(text: str) -> None:
    with pytest.raises(BadText):
        read(text)


def test_an_id_stands_once(tmp_path: Path) -> None:
    (tmp_path / "items").mkdir()
    (tmp_path / "sources.yaml").write_text("P01: {title: 网页, address: 'https://example.org'}\n")
    (tmp_path / "omitted.yaml").write_text("{}\n")
    for name in ("made-up", "other"):
        (tmp_path / "items" / f"{name}.yaml").write_text(GOOD.replace("made-up", name))
    with pytest.raises(BadText, match="is also in"):
        read_library(tmp_path)
