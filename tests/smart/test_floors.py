"""The figures of docs/smart.md do not fall unseen, and a checker that is broken is seen."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator

import pytest

from anju.engine.standards.document import Document
from anju.engine.standards.smart import Finding, World, checking, clashes, measures, record, vague
from tests.smart import measure

NEVER = re.compile(r"(?!)")
OTHERS = tuple(one for one in checking.CHECKS if one is not clashes.with_others)
Break = Callable[[pytest.MonkeyPatch], None]


def holds() -> bool:
    """What both halves must show."""
    tuned, reported = (measure.score(half) for half in measure.halves())
    return (
        tuned.found >= 54
        and reported.found >= 53
        and tuned.false + reported.false == 0
        and (tuned.clean, reported.clean) == (tuned.good, reported.good)
    )


def test_the_corpus_is_sixty_and_its_halves_are_fixed_by_name() -> None:
    tuned, reported = measure.halves()
    assert (len(tuned), len(reported)) == (30, 30)
    assert {one.standard for one in measure.expected()} <= {*tuned, *reported}
    for half in (tuned, reported):
        assert measure.score(half).there == 54
        assert measure.score(half).good >= 7


def test_what_an_expert_finds_is_found_and_good_standards_are_left_alone() -> None:
    assert holds()


def no_measures(patch: pytest.MonkeyPatch) -> None:
    """Every vague word counts, whatever stands beside it."""
    patch.setattr(vague, "MEASURE", NEVER)


def hedges_are_degrees(patch: pytest.MonkeyPatch) -> None:
    """A measure in the clause excuses "in general" too."""
    patch.setattr(vague, "_is_hedge", lambda word: False)


def whole_sentences(patch: pytest.MonkeyPatch) -> None:
    """A measure of one thing excuses the words about another."""
    patch.setattr(vague, "CLAUSES", NEVER)


def quotations_count(patch: pytest.MonkeyPatch) -> None:
    """What is only quoted is taken for what is said."""
    patch.setattr(vague, "SET_APART", NEVER)


def no_terms(patch: pytest.MonkeyPatch) -> None:
    """A term of the field is read as a promise."""
    patch.setattr(vague, "TERMS", ())


def periods_forgotten(patch: pytest.MonkeyPatch) -> None:
    """Once a day and once a week are the same figure."""
    patch.setattr(measures, "A_YEAR", dict.fromkeys(measures.A_YEAR, 1.0))


def units_forgotten(patch: pytest.MonkeyPatch) -> None:
    """Half an hour is half a minute."""
    patch.setattr(measures, "MINUTES", dict.fromkeys(measures.MINUTES, 1))


def ranges_contradict(patch: pytest.MonkeyPatch) -> None:
    """At least 5 degrees and at most 40 cannot both be."""
    patch.setattr(measures.Figure, "range_with", lambda self, other: False)


def shares_without_interval(patch: pytest.MonkeyPatch) -> None:
    """The bare share decides."""
    patch.setattr(record, "wilson", lambda hits, n: (hits / n, hits / n))


def few_are_many(patch: pytest.MonkeyPatch) -> None:
    """Six cases say as much as six hundred."""
    patch.setattr(record, "ENOUGH", 0)


def itself_a_rival(patch: pytest.MonkeyPatch) -> None:
    """The version before this one overlaps with it."""
    there = clashes.with_others

    def against_all(document: Document, world: World) -> Iterator[Finding]:
        renamed = tuple(o.model_copy(update={"code": f"{o.code}-x"}) for o in world.in_force)
        yield from there(document, dataclasses.replace(world, in_force=renamed))

    patch.setattr(checking, "CHECKS", (*OTHERS, against_all))


def nothing_in_force(patch: pytest.MonkeyPatch) -> None:
    """Other standards are not looked at."""
    patch.setattr(checking, "CHECKS", OTHERS)


def clocks_run_anyway(patch: pytest.MonkeyPatch) -> None:
    """A clock without a limit is taken to run."""
    patch.setattr("anju.engine.standards.smart.orphans.clock_of", lambda one: "")


BREAKS: list[Break] = [
    no_measures, hedges_are_degrees, whole_sentences, quotations_count, no_terms,
    periods_forgotten, units_forgotten, ranges_contradict, shares_without_interval, few_are_many,
    itself_a_rival, nothing_in_force, clocks_run_anyway,
]  # fmt: skip


@pytest.mark.parametrize("sow", BREAKS, ids=lambda sow: sow.__name__)
def test_a_sown_bug_is_found(sow: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    sow(monkeypatch)
    assert not holds()
