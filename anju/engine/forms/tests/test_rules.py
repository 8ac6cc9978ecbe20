"""Forms as data: what is refused and where, byte-stable YAML, scores with vetoes and what does not
apply."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from anju.engine.forms.rules import (
    Form,
    Given,
    Item,
    answer_of,
    form_faults,
    read_form,
    score,
    write_form,
)
from anju.engine.forms.shapes import LONGEST, Basis, read_paper
from anju.foundation.texts import BadText

FIRE = """anju: form/1
code: sheet-fire
name: 消防检查表
total: 100
veto_cap: 69
basis:
  - {kind: practice, ref: 公司检查表, source: D}
items:
  - {code: lanes, text: 通道畅通, weight: 60, veto: true, evidence: [photo], method: look}
  - {code: pressure, text: 水压, kind: number, weight: 40, min: 0.2, max: 0.5, unit: MPa}
"""


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def refused(text: str | bytes) -> BadText:
    with pytest.raises(BadText) as bad:
        read_form(text)
    return bad.value


def test_a_form_is_read_and_written_byte_for_byte() -> None:
    form = read_form(FIRE)
    assert write_form(form) == FIRE
    assert form.items[1] == Item(
        code="pressure", text="水压", kind="number", weight=40, min=0.2, max=0.5, unit="MPa"
    )
    assert form.basis == (Basis(kind="practice", ref="公司检查表", source="D"),)
    assert form.basis[0].certainty == "suggested"


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("weight: 40", "weight: 70", 4, "add up to 130, not to 100"),  # a widely copied sheet
        ("code: pressure", "code: lanes", 9, "several items with the code"),
        ("max: 0.5", "max: 0.1", 10, "the least is more than the most"),
        ("kind: number", "kind: choice", 10, "choice of nothing"),
        ("kind: number", "kind: table", 10, "table without"),
        ("kind: number", "kind: numeral", 10, "must be one of"),
        ("kind: number, ", "", 10, "no number"),
        (", min: 0.2, max: 0.5", "", 10, "can never fail"),
        ("veto_cap: 69", "veto_cap: 100", 5, "below the total"),
        ("veto_cap: 69\n", "", 7, "does not say what it caps"),
        (" veto: true,", "", 5, "no item has one"),
        ("name: 消防检查表\n", "", 1, "'name' is missing"),
        ("name:", "nmae:", 3, "Did you mean 'name'"),
        ("unit: MPa", "unti: MPa", 10, "Did you mean 'unit'"),
        ("weight: 60", "weight: -1", 9, "at least 0"),
        ("weight: 60", "weight: sechzig", 9, "number"),
        ("code: sheet-fire", "code: Sheet Fire", 2, "must look like"),
        ("anju: form/1", "anju: form/2", 1, "must be one of"),
        ("anju: form/1\n", "", 1, "'anju' is missing"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(old: str, new: str, line: int, said: str) -> None:
    text = FIRE.replace(old, new)
    assert text != FIRE
    bad = refused(text)
    assert bad.line == line, str(bad)
    assert said in str(bad)
    assert "%(" not in str(bad)


@pytest.mark.parametrize(
    "text",
    [
        "a: &x [1]\nb: *x",
        "a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b]",
        "a: !!python/object/apply:os.system [ls]",
        "a: [1",
        "a:\n\t- b",
        "x: \x00",
        "{}\n---\n{}",
        "",
        "? [a]\n: b",
        "[" * 3000,
        "just words",
        "- 1\n- 2",
        "7",
        "a" * (LONGEST + 1),
        b"\xff\xfe\x00",
        FIRE.replace("weight: 60", "weight: .inf"),
        FIRE.replace("weight: 60", "weight: 1e999"),
    ],
)
def test_hostile_text_is_refused_in_words(text: str | bytes) -> None:
    bad = refused(text)
    assert bad.what


words = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\x85"),
    min_size=1,
    max_size=8,
) | st.sampled_from(["yes", "1:30", "2026-01-01", "0x1f", "~", "null", "# x", "a: b", "- a", "007"])
items = st.builds(
    Item,
    code=st.sampled_from(["a", "b-1", "no", "1", "1e3"]),
    text=words,
    kind=st.sampled_from(["pass", "number", "choice", "text", "table"]),
    weight=st.integers(0, 100) | st.sampled_from([0.5, 12.25]),
    veto=st.booleans(),
    min=st.none() | st.integers(-5, 5) | st.floats(-1, 1).map(lambda x: round(x, 3)),
    unit=words.map(lambda w: w[:12]),
    choices=st.lists(words, max_size=2).map(tuple),
    on_fail=st.sampled_from(["case", "note", "nothing"]),
)


@given(st.builds(Form, code=st.just("f"), name=words, note=words,
                 items=st.lists(items, min_size=1, max_size=3).map(tuple)))  # fmt: skip
def test_whatever_is_written_is_read_back_and_written_the_same(form: Form) -> None:
    text = write_form(form)
    again = read_paper(text, Form, file="f.yaml").said
    assert again == form
    assert write_form(again) == text


verdicts = st.sampled_from(["pass", "fail", "na"])


@given(st.lists(st.tuples(st.integers(1, 40), verdicts, st.booleans()), min_size=1, max_size=9))
def test_a_score_is_what_applies_scaled_to_the_total(rows: list[tuple[int, str, bool]]) -> None:
    items = tuple(
        Item(code=f"i{n}", text=f"问{n}", weight=weight, veto=veto)
        for n, (weight, _verdict, veto) in enumerate(rows)
    )
    form = Form(code="f", name="f", items=items, total=sum(row[0] for row in rows), veto_cap=0.5)
    got = score(form, {f"i{n}": Given(verdict) for n, (_w, verdict, _v) in enumerate(rows)})
    assert got is not None
    apply = [(weight, verdict, veto) for weight, verdict, veto in rows if verdict != "na"]
    if not apply:
        assert got.points is None
        return
    earned = sum(weight for weight, verdict, _veto in apply if verdict == "pass")
    exact = Fraction(earned * sum(r[0] for r in rows), sum(weight for weight, _v, _t in apply))
    assert got.before_veto is not None
    assert abs(Fraction(got.before_veto) - exact) <= Fraction(1, 20)
    failed = any(verdict == "fail" and veto for _w, verdict, veto in apply)
    assert bool(got.vetoed) == failed
    assert got.points == (min(got.before_veto, Decimal("0.5")) if failed else got.before_veto)


def test_without_every_answer_there_is_no_score_and_it_is_said_what_lacks() -> None:
    form = read_form(FIRE)
    got = score(form, {"lanes": Given("pass")})
    assert got is not None
    assert (got.points, got.missing) == (None, ("水压",))
    assert score(Form(code="f", name="f", items=(Item(code="a", text="a"),)), {}) is None


def test_a_part_may_be_deducted() -> None:
    form = read_form(FIRE.replace(" veto: true,", "").replace("veto_cap: 69\n", ""))
    answers = {"lanes": Given("fail", {"deduct": 12.5}), "pressure": Given("pass")}
    got = score(form, answers)
    assert got is not None
    assert got.points == Decimal("87.5")


GAUGE = Item(code="p", text="压力", kind="number", min=0.35, max=0.6, unit="MPa")


@pytest.mark.parametrize(
    ("item", "verdict", "value", "kept"),
    [
        (GAUGE, "", {"number": "0.35"}, "pass"),
        (GAUGE, "pass", {"number": "0.61"}, "fail"),  # its limits judge, not who types
        (GAUGE, "na", {}, "na"),
        (Item(code="n", text="读数", kind="number"), "", {"number": "12"}, ""),
        (Item(code="c", text="选", kind="choice", choices=("好", "坏")), "", {"text": "好"}, ""),
        (Item(code="t", text="写", kind="text"), "", {"text": " 一切正常 "}, ""),
        (
            Item(code="t", text="表", kind="table", columns=("a", "b")),
            "",
            {"rows": [["1", "2"]]},
            "",
        ),
        (Item(code="l", text="通道", weight=5), "fail", {"deduct": "2"}, "fail"),
    ],
)
def test_answers_that_fit(item: Item, verdict: str, value: dict[str, Any], kept: str) -> None:
    given, wrong = answer_of(item, verdict, value)
    assert (given.verdict, wrong) == (kept, "")


@pytest.mark.parametrize(
    ("item", "verdict", "value"),
    [
        (GAUGE, "pass", {}),
        (GAUGE, "", {"number": "1,000"}),
        (GAUGE, "", {"number": "nan"}),
        (GAUGE, "", {"number": "9e99"}),
        (GAUGE, "", {"number": "1e-999999"}),  # a million characters for ever, were it kept
        (GAUGE, "", {"number": "0." + "3" * 5000}),
        (GAUGE, "", {"number": "0e-999999"}),
        (Item(code="c", text="选", kind="choice", choices=("好", "坏")), "", {"text": "中"}),
        (Item(code="t", text="写", kind="text"), "", {"text": " "}),
        (Item(code="t", text="表", kind="table", columns=("a", "b")), "", {"rows": [["1"]]}),
        (Item(code="t", text="表", kind="table", columns=("a",)), "", {"rows": "1"}),
        (Item(code="l", text="通道", weight=5), "fail", {"deduct": 6}),
        (Item(code="l", text="通道", weight=5), "pass", {"deduct": 1}),
        (Item(code="l", text="通道"), "maybe", {}),
    ],
)
def test_answers_that_do_not_fit_are_refused_in_words(
    item: Item, verdict: str, value: dict[str, Any]
) -> None:
    _given, wrong = answer_of(item, verdict, value)
    assert wrong
    assert "%(" not in wrong


def test_a_form_without_fault_has_none() -> None:
    assert form_faults(read_form(FIRE)) == []
