"""The one box finds cases by their number, for who may see them."""

from anju.engine.loop.testing import a_case, a_house
from anju.foundation.entries.queries import found
from anju.foundation.places.testing import a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def test_a_case_is_found_by_its_number_and_that_of_its_work(actor, other_actor):
    opened = a_case(a_house(actor))
    for typed in (opened.case.number, f" {opened.case.number.lower()} ", opened.work.number):
        (hit,) = found(typed, actor=actor)
        assert (hit.kind, hit.id, hit.title) == ("case", opened.case.id, opened.case.number)
    assert found(opened.case.number, actor=other_actor) == []


def test_a_case_of_another_community_is_not_found(actor):
    opened = a_case(a_house(actor))
    with acting(actor):
        elsewhere = a_place(actor)
    stranger = Actor.of(actor.company_id, "stranger", ["case.see"], elsewhere.path)
    assert found(opened.case.number, actor=stranger) == []
