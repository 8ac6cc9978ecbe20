"""Two versions side by side: applying every difference to the old gives the new."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from anju.engine.standards.comparing import NAMED, Difference, differences
from anju.engine.standards.document import Document, Labour, Method, Requirement
from anju.engine.standards.rules import Limit
from anju.foundation.texts import plain

lines = st.lists(
    st.builds(
        Requirement,
        text=st.sampled_from(["拍照", "30 分钟到场", "戴鞋套"]),
        code=st.sampled_from(["", "a", "b"]),
        value=st.none() | st.integers(1, 5).map(float),
    ),
    max_size=4,
).map(tuple)
limits = st.lists(
    st.builds(
        Limit,
        st.sampled_from(["arrive", "finish"]),
        st.integers(1, 3),
        urgency=st.none() | st.integers(1, 2),
    ),
    max_size=4,
).map(tuple)
texts = st.builds(
    Document,
    code=st.just("x"),
    name=st.sampled_from(["一", "二"]),
    audience=st.sampled_from(["", "业主"]),
    requirements=lines,
    limits=limits,
    method=st.builds(
        Method,
        text=st.sampled_from(["", "按规程"]),
        labour=st.lists(
            st.builds(Labour, post=st.just("p"), minutes=st.integers(1, 2).map(float)), max_size=1
        ).map(tuple),
    ),
)


def applied(old: Document, found: list[Difference]) -> dict[str, Any]:
    """The parts of `old` after every difference; lists as sets of their lines."""
    said = {part: _as_lines(part, value) for part, value in plain(old).items()}
    for one in found:
        if not one.line:
            said[one.part] = one.after
            continue
        part = said.setdefault(one.part, [] if one.part in NAMED else {})
        if one.part in NAMED:
            if one.before is not None:
                part.remove(one.before)
            if one.after is not None:
                part.append(one.after)
        elif one.after is None:
            part.pop(one.line)
        else:
            part[one.line] = one.after
    return {part: value for part, value in said.items() if value not in (None, [], {}, "")}


def _as_lines(part: str, value: Any) -> Any:
    return list(value) if part in NAMED else dict(value) if isinstance(value, dict) else value


def ordered(said: dict[str, Any]) -> dict[str, Any]:
    """Lists in one order, so that only what they hold is compared."""
    return {
        part: sorted(map(repr, value)) if part in NAMED else value for part, value in said.items()
    }


@given(texts, texts)
def test_the_differences_lead_from_one_to_the_other(old: Document, new: Document) -> None:
    found = differences(old, new)
    assert ordered(applied(old, found)) == ordered(plain(new))
    back = [(d.part, d.line, d.after, d.before) for d in found]
    assert sorted(map(repr, back)) == sorted(
        repr((d.part, d.line, d.before, d.after)) for d in differences(new, old)
    )


@given(texts)
def test_a_text_does_not_differ_from_itself(said: Document) -> None:
    assert differences(said, said) == []


def test_a_changed_line_is_one_difference() -> None:
    old = Document(code="x", name="x", limits=(Limit("arrive", 45, urgency=2),))
    new = Document(code="x", name="x", limits=(Limit("arrive", 30, urgency=2),))
    (one,) = differences(old, new)
    assert (one.part, one.line) == ("limits", "arrive · P2")
    assert (one.before["minutes"], one.after["minutes"]) == (45, 30)
