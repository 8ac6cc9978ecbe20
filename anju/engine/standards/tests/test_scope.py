"""Which standard rules: the most specific, as a search through all cases finds it."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from anju.engine.standards.rules import Subject
from anju.engine.standards.scope import Scope, ruling, tied

PLACES = ("1.", "1.2.", "1.2.3.", "1.4.", "5.")
CATEGORIES = ("水电", "水电/漏水", "水电/漏水/厨房", "绿化")
ASKED = ("", *CATEGORIES, "水电表")
SUBJECTS = [Subject(c, u, p) for c, u, p in product(ASKED, (1, 2, 3, 4), ("", *PLACES))]

scopes = st.builds(
    Scope,
    st.lists(st.sampled_from(PLACES), max_size=2, unique=True).map(tuple),
    st.lists(st.sampled_from(CATEGORIES), max_size=2, unique=True).map(tuple),
    st.lists(st.sampled_from((1, 2, 3, 4)), max_size=2, unique=True).map(tuple),
)


def names(scope: Scope) -> list[tuple[str, str, str]]:
    """Every single name a scope gives: one place, one category, one urgency; "" is any."""
    return [
        (p, c, u)
        for p in scope.places or ("",)
        for c in scope.categories or ("",)
        for u in [str(u) for u in scope.urgencies] or [""]
    ]


def closeness(name: tuple[str, str, str], case: Subject) -> tuple[int, int, int] | None:
    """How closely one name fits, in steps down the tree; None: it does not."""
    place, category, urgency = name
    steps = case.path.split(".")[:-1]
    want = place.split(".")[:-1]
    trail = case.category.split("/") if case.category else []
    asked = category.split("/") if category else []
    if steps[: len(want)] != want or trail[: len(asked)] != asked:
        return None
    if urgency and urgency != str(case.urgency):
        return None
    return len(want), len(asked), int(bool(urgency))


def closest(scope: Scope, case: Subject) -> tuple[int, int, int] | None:
    """The best of all names of a scope."""
    return max(filter(None, (closeness(n, case) for n in names(scope))), default=None)


@settings(max_examples=300)
@given(st.lists(scopes, min_size=1, max_size=4))
def test_the_most_specific_rules_as_a_search_finds_it(standing: list[Scope]) -> None:
    for case in SUBJECTS:
        found = ruling(list(enumerate(standing)), case)
        fits = {n: close for n, s in enumerate(standing) if (close := closest(s, case))}
        if not fits:
            assert found is None
        else:
            assert found is not None
            assert fits[found] == max(fits.values())


@settings(max_examples=300)
@given(scopes, scopes)
def test_two_tie_exactly_where_some_case_cannot_tell_them_apart(one: Scope, other: Scope) -> None:
    equal = [c for c in SUBJECTS if closest(one, c) and closest(one, c) == closest(other, c)]
    assert one.ties_with(other) == bool(equal)
    assert tied(["repair"], one, [(1, ["repair"], other)]) == ([1] if equal else [])
    assert tied(["repair"], one, [(1, ["praise"], other)]) == []


@given(scopes)
def test_a_scope_comes_back_as_it_was_written(scope: Scope) -> None:
    assert Scope.of(scope.plain()) == scope
