"""Procedures: what cannot be followed is refused in words, every way on is walked; a walker by
brute force agrees."""

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from anju.engine.procedures.rules import (
    Procedure,
    Step,
    Way,
    procedure_faults,
    read_procedure,
    walks,
    write_procedure,
)
from anju.foundation.texts import BadText

REPAIR = """anju: procedure/1
code: repair
name: 报修
steps:
  - code: receive
    name: 受理
    role: desk
    brief: 记下房号和内容。
    minutes: 5
    evidence: [record]
    next:
      - {when: 需要报价, to: quote}
      - {to: fix}
  - code: quote
    name: 报价
    role: desk
    brief: 报价并请业主确认。
    next:
      - {to: fix}
  - code: fix
    name: 维修
    role: technician
    brief: 修好并清理。
    full: |-
      一、挂牌断电。
      二、修好，试运行。
    next:
      - {when: 不合格, to: fix}
      - {when: 合格, to: close}
  - code: close
    name: 关闭
    role: desk
    brief: 归档。
"""


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def test_a_procedure_is_read_and_written_byte_for_byte() -> None:
    assert write_procedure(read_procedure(REPAIR)) == REPAIR


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("to: quote}", "to: qoute}", 11, "which is no step"),
        ("      - {when: 需要报价, to: quote}\n", "", 13, "Nobody comes to “报价”"),
        ("{when: 需要报价, to: quote}", "{to: quote}", 11, "two ways on without a condition"),
        ("{when: 合格, to: close}", "{when: 不合格, to: close}", 27, "Only one can be taken"),
        ("      - {when: 合格, to: close}\n", "", 27, "dead end unless “不合格”"),
        ("归档。\n", "归档。\n    next: [{to: fix}]\n", 4, "No step is an end"),
        ("code: quote", "code: receive", 5, "several steps with the code"),
        ("role: technician", "rule: technician", 22, "Did you mean 'role'"),
    ],
)
def test_what_cannot_be_followed_is_refused_with_its_line(
    old: str, new: str, line: int, said: str
) -> None:
    text = REPAIR.replace(old, new, 1)
    assert text != REPAIR
    with pytest.raises(BadText) as bad:
        read_procedure(text)
    assert said in str(bad.value)
    assert "%(" not in str(bad.value)
    assert bad.value.line == line


def test_a_round_without_an_exit_is_refused() -> None:
    steps = [("a", [("", "b"), ("x", "d")]), ("b", [("", "c")]), ("c", [("", "b")]), ("d", [])]
    assert {f.code for f in procedure_faults(of(steps))} == {"no_exit"}


def of(steps: list[tuple[str, list[tuple[str, str]]]]) -> Procedure:
    return Procedure(
        code="p",
        name="p",
        steps=tuple(
            Step(code=code, name=f"步{code}", role="desk", brief="做。",
                 next=tuple(Way(when=when, to=to) for when, to in ways))
            for code, ways in steps
        ),
    )  # fmt: skip


CODES = list("abcdef")
ways = st.lists(
    st.tuples(st.sampled_from(["", "x", "y"]), st.sampled_from([*CODES, "z"])), max_size=3
)
graphs = st.integers(1, 6).flatmap(
    lambda n: st.tuples(*(st.tuples(st.just(code), ways) for code in CODES[:n]))
)


@given(graphs)
def test_who_follows_it_agrees_with_what_is_refused(graph: Any) -> None:
    """Brute force: from the first step take every way in every order, as deep as there are steps
    twice over; that alone says whether the procedure can be followed."""
    steps = list(graph)
    faults = {fault.code for fault in procedure_faults(of(steps))}
    after = {code: [to for _when, to in on] for code, on in steps}
    names = [code for code, _on in steps]
    local = {
        "unknown_target": any(to not in after for on in after.values() for to in on),
        "two_defaults": any(Counter(w for w, _to in on)[""] > 1 for _c, on in steps),
        "same_condition": any(
            n > 1 for _c, on in steps for n in Counter(w for w, _to in on if w).values()
        ),
        "dead_end": any(len(on) == 1 and on[0][0] for _c, on in steps),
    }
    if any(local.values()):
        assert faults == {code for code, is_so in local.items() if is_so}
        return
    everywhere = {c for walk in _walks(after, [names[0]], 2 * len(names)) for c in walk}
    outs = {c for c in names if any(not after[w[-1]] for w in _walks(after, [c], len(names)))}
    if not any(not on for on in after.values()):
        assert faults == {"no_end"}
        return
    assert ("unreachable" in faults) == (everywhere != set(names))
    assert ("no_exit" in faults) == bool(everywhere - outs)
    if not faults:
        _check_walks(of(steps), after)


def _walks(after: dict[str, list[str]], walk: list[str], deep: int) -> list[list[str]]:
    """Every step that can be come to, once for each way there; a round is gone once."""
    found, waiting, seen = [walk], [walk], {walk[0]}
    for _n in range(deep):
        waiting = [[*w, to] for w in waiting for to in after[w[-1]] if not seen >= {to}]
        seen |= {w[-1] for w in waiting}
        found += waiting
    return found


def _check_walks(procedure: Procedure, after: dict[str, list[str]]) -> None:
    taken = set()
    for walk in walks(procedure):
        assert walk[0] == procedure.steps[0].code
        assert after[walk[-1]] == []
        for here, to in pairwise(walk):
            assert to in after[here]
            taken.add((here, to))
    assert taken == {(here, to) for here, on in after.items() for to in on}


def test_the_depth_of_an_instruction_follows_who_is_qualified() -> None:
    fix = read_procedure(REPAIR).step("fix")
    assert fix is not None
    assert fix.instruction(qualified=True) == "修好并清理。"
    assert fix.instruction(qualified=False).startswith("一、挂牌断电。")


def test_two_steps_are_not_shown_by_one_move() -> None:
    text = REPAIR.replace("    brief: 报价", "    shown_by: case.tell\n    brief: 报价")
    text = text.replace("    brief: 归档", "    shown_by: case.tell\n    brief: 归档")
    with pytest.raises(BadText) as bad:
        read_procedure(text)
    assert "“关闭” is shown by the same move as “报价”" in str(bad.value)
    assert bad.value.line == 34
