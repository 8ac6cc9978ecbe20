"""Questions are drafted from what a paper promises, and written by hand."""

from datetime import timedelta

from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from anju.domains.documents.examining import (
    Question,
    as_lines,
    from_lines,
    from_procedure,
    from_standard,
    marked,
)
from anju.engine.clocks.models import KINDS
from anju.engine.forms.rules import Item
from anju.engine.library.papers import procedures
from anju.engine.standards.defaults import DEFAULTS
from anju.engine.standards.document import Document, Requirement
from anju.foundation.kit.templatetags.kit import length

LINE = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=20)


@given(st.lists(st.tuples(LINE, st.lists(LINE, min_size=2, max_size=6, unique=True), LINE)))
def test_what_is_written_is_read_again(said: list[tuple[str, list[str], str]]) -> None:
    questions = [Question(t, tuple(c), len(t) % len(c), why) for t, c, why in said]
    assert from_lines(as_lines(questions)) == questions


def test_what_cannot_be_asked_comes_out_not_sound() -> None:
    for text in (
        "问？\n- 甲\n- 乙",
        "问？\n* 甲\n* 乙",
        "问？\n* 甲",
        "* 甲\n- 乙",
        "问？\n* 甲\n- 甲",
    ):
        (one,) = from_lines(text)
        assert not one.sound


def test_the_questions_of_the_shipped_standards_have_the_promise_as_the_right_answer() -> None:
    for shipped in DEFAULTS:
        questions = from_standard(shipped)
        assert len(questions) == 5
        by = {(str(dict(KINDS)[x.clock]), x.urgency): x.minutes for x in shipped.limits}
        assert len({one.text for one in questions}) == 5
        for one in questions:
            assert one.sound
            assert shipped.name in one.why
            urgency = int(one.text[1]) if one.text.startswith("P") else None
            minutes = by[one.why.rpartition(" · ")[2], urgency]
            assert one.choices[one.right] == str(length(timedelta(minutes=minutes)))
            assert len(one.choices) == 4


def test_every_procedure_of_the_library_can_be_asked_about() -> None:
    drafted = {code: from_procedure(one) for code, one in procedures().items()}
    assert all(drafted.values())
    assert all(one.sound for questions in drafted.values() for one in questions)


def test_an_answer_left_out_is_not_right() -> None:
    questions = [Question("问", ("甲", "乙"), 1), Question("问", ("甲", "乙"), 0)]
    assert marked(questions, [1]) == [True, False]
    assert marked(questions, [0, 0, 5]) == [False, True]


def test_a_measure_and_the_evidence_of_an_item_are_asked_about_too() -> None:
    said = Document(
        code="clean", name="保洁",
        requirements=(
            Requirement(text="每天清扫 2 次", metric="sweeps", op=">=", value=2, unit="次"),
        ),
        items=(Item(code="floor", text="地面无水渍", evidence=("photo", "photo")),),
    )  # fmt: skip
    with override("en"):
        measure, evidence = from_standard(said)
    assert "每天清扫 ___ 次" in measure.text
    assert measure.choices[measure.right] == "2 次"
    assert {"4 次", "1 次", "12 次"} < set(measure.choices)
    assert evidence.choices[evidence.right] == "a photo"
