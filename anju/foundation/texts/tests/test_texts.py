"""Texts: read in words or refused in words, written back byte for byte."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from anju.foundation.texts import BadText, read_text, reading, schema_of, write_text


class Line(BaseModel):
    """A part of the sample."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    minutes: int | None = None


class Sample(BaseModel):
    """A small text."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    code: str
    yes: bool = False
    lines: tuple[Line, ...] = ()


words = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\r\x85"))
samples = st.builds(
    Sample,
    code=words,
    yes=st.booleans(),
    lines=st.lists(st.builds(Line, name=words, minutes=st.none() | st.integers())).map(tuple),
)


@given(samples)
def test_what_is_written_is_read_and_written_the_same(said: Sample) -> None:
    text = write_text(said)
    read = read_text(text, Sample, file="a.yaml").said
    assert read == said
    assert write_text(read) == text


@given(samples)
def test_the_same_with_parts_on_a_line(said: Sample) -> None:
    text = write_text(said, on_a_line=("lines",))
    read = read_text(text, Sample, file="a.yaml").said
    assert read == said
    assert write_text(read, on_a_line=("lines",)) == text


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("code: [", 1, "not YAML"),
        ("code: a\ncode: b\n", 2, "written twice"),
        ("code: a\nlinse: []\n", 2, "Did you mean 'lines'"),
        ("code: a\nlines:\n- name: x\n- minuts: 3\n", 4, "Did you mean 'minutes'"),
        ("code: a\nlines:\n- {name: x, minutes: soon}\n", 3, "whole number"),
        ("code: &a [x]\nyes: *a\n", 1, "anchor"),
        ("code: !!python/object:os.system x\n", 1, "not YAML"),
        ("- a\n- b\n", 1, "list of names"),
        ("yes: No\n", 1, "'code' is missing"),
        ("[" * 5_000, 0, "not YAML"),
        ("code: \x00\n", 0, "not YAML"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(text: str, line: int, said: str) -> None:
    with translation.override("en"), pytest.raises(BadText, match=said) as fault:
        read_text(text, Sample, file="a.yaml")
    assert fault.value.line == line or not line


def test_a_word_is_the_text_it_looks_like() -> None:
    assert read_text("code: No\nlines: [{name: 012}]", Sample, file="a").said.code == "No"
    assert read_text("code: No\nlines: [{name: 012}]", Sample, file="a").said.lines[0].name == "012"


def test_a_text_is_not_read_beyond_what_it_may_hold() -> None:
    with pytest.raises(BadText, match="1,000,000"):
        read_text("#" * (reading.LONGEST + 1), Sample, file="a")


def test_the_schema_names_what_the_model_takes() -> None:
    schema = schema_of(Sample, "A sample")
    assert schema["title"] == "A sample"
    assert set(schema["properties"]) == {"code", "yes", "lines"}
