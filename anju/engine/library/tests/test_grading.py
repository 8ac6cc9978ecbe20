"""A grade for one community: its parts, its clocks, and what is only suggested."""

from collections.abc import Iterator

import pytest

from anju.engine.library.commands import promise_grade
from anju.engine.library.grading import JUDGED, LONGEST_CLAUSE, clause_of, parts_of
from anju.engine.library.models import Adopted
from anju.engine.library.reading import library
from anju.engine.standards.commands import install_defaults
from anju.engine.standards.models import Standard
from anju.foundation.calendars.commands import ship_calendars
from anju.foundation.events.models import Event
from anju.foundation.places.models import Place
from anju.foundation.places.testing import a_community
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused

GRADES = [
    (piece, level)
    for piece in library().pieces.values()
    for level in piece.levels
    if parts_of(piece, level)
]
SECOND = "grade-2004/二级"


@pytest.fixture
def place(actor: Actor) -> Iterator[Place]:
    """A community of a company with its first standards; the test stands inside its fence."""
    with acting(actor):
        ship_calendars(actor=actor)
        install_defaults(actor=actor)
        yield a_community(actor)


def promise(actor: Actor, place: Place, grade: str = SECOND, *parts: str) -> dict[str, Standard]:
    piece, _slash, level = grade.partition("/")
    every = [one.code for one in parts_of(library().pieces[piece], level)]
    made = promise_grade(
        grade, parts or every, place=place, actor=actor, why="合同", script="zh-Hans"
    )
    return {one.part.code: one.standard for one in made}


def minutes(standard: Standard) -> dict[tuple[str, int | None], int]:
    return {(one.clock, one.urgency): one.minutes for one in standard.time_limits}


@pytest.mark.parametrize(("piece", "level"), GRADES)
def test_every_value_of_a_level_stands_in_one_part(piece, level) -> None:  # type: ignore[no-untyped-def]  # pieces of the library
    parts = parts_of(piece, level)
    told = [(item.id, value) for part in parts for item, value in part.pairs]
    asked = [
        (item.id, value)
        for item in piece.items
        for value in item.values
        if item.kind == "requirement" and value.level == level
    ]
    assert sorted(told, key=str) == sorted(asked, key=str)
    assert len({part.code for part in parts}) == len(parts)
    for part in parts:
        words = clause_of(part, piece, level)
        assert words.startswith(part.title)
        assert len(words) <= LONGEST_CLAUSE


@pytest.mark.parametrize(("piece", "level"), GRADES)
def test_every_grade_can_be_promised(actor: Actor, place: Place, piece, level) -> None:  # type: ignore[no-untyped-def]  # pieces of the library
    """Published: none contradicts itself or what the company promises elsewhere."""
    made = promise(actor, place, f"{piece.code}/{level}")
    for part in parts_of(piece, level):
        assert made[part.code].state == ("published" if part.confirmed else "draft")


def test_the_grade_sets_the_clocks_of_the_community(actor: Actor, place: Place) -> None:
    company = minutes(Standard.objects.get(code="repair"))
    mine = promise(actor, place)["repair"]
    assert mine.where.places == (place.path,)
    clocks = minutes(mine)
    assert (company["arrive", 2], clocks["arrive", 2]) == (30, 60)
    changed = {key for key in clocks if clocks[key] != company[key]}
    assert changed == {("arrive", 2)}
    assert mine.document.evaluation.indicators == JUDGED["repair"]
    assert mine.document.asking == Standard.objects.get(code="repair").document.asking


def test_what_is_less_urgent_never_has_less_time(actor: Actor, place: Place) -> None:
    clocks = minutes(promise(actor, place, "other-tiers/四星")["repair"])
    assert clocks["arrive", 2] == 20
    for clock in ("respond", "dispatch", "arrive", "finish"):
        times = [clocks[clock, urgency] for urgency in (1, 2, 3, 4)]
        assert times == sorted(times)
    assert clocks["dispatch", 2] <= clocks["arrive", 2] <= clocks["finish", 2]


def test_suggestions_say_so_and_measure_nothing(actor: Actor, place: Place) -> None:
    made = promise(actor, place)
    items = library().items
    for standard in made.values():
        for one in standard.document.requirements:
            if one.rests_on and "建议值" in one.text:
                assert (one.metric, one.value) == ("", None)
    rows = Adopted.objects.filter(place_id=place.id)
    assert rows.count() > 10
    assert all(row.confirmed and items[row.item].feeds for row in rows)


def test_again_is_the_next_version_and_no_fact_twice(actor: Actor, place: Place) -> None:
    promise(actor, place)
    facts = Adopted.objects.count()
    again = promise(actor, place)
    assert Adopted.objects.count() == facts
    assert {one.version for one in again.values() if one.state == "published"} == {2}


def test_two_communities_of_one_code_have_their_own(actor: Actor, place: Place) -> None:
    other = a_community(actor, code=f"{place.code}.")
    first, second = promise(actor, place), promise(actor, other)
    assert not {one.code for one in first.values()} & {one.code for one in second.values()}
    assert second["repair"].where.places == (other.path,)


@pytest.mark.parametrize(
    ("grade", "parts"), [("grade-2004/九级", ["repair"]), ("none/x", ["repair"]), (SECOND, [])]
)
def test_what_is_no_grade_is_refused(
    actor: Actor, place: Place, grade: str, parts: list[str]
) -> None:
    with pytest.raises(NotYet):
        promise_grade(grade, parts, place=place, actor=actor, why="合同", script="zh-Hans")
    assert not Adopted.objects.exists()
    assert not Event.objects.filter(name="library.graded").exists()


def test_who_may_not_write_standards_is_refused(actor: Actor, place: Place) -> None:
    guest = Actor(actor.id, "guest", actor.company_id)
    with pytest.raises(Refused):
        promise_grade(SECOND, ["repair"], place=place, actor=guest, why="x", script="zh-Hans")
