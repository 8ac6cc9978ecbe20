"""Words of a case edited past the commands are found."""

from datetime import timedelta

import pytest

from anju.engine.loop.commands.erasing import erase_reporter
from anju.engine.loop.models import Case
from anju.engine.loop.testing import a_case, a_house
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.mark.parametrize("words", [{"title": "别的事"}, {"text": ""}, {"title": "—", "text": ""}])
def test_words_edited_behind_the_back_are_found(actor: Actor, words: dict[str, str]) -> None:
    case = a_case(a_house(actor)).case
    seal_all()
    assert codes(verified(actor.company_id)) == set()
    with acting(actor):
        Case.objects.filter(id=case.id).update(**words)
    assert codes(verified(actor.company_id)) == {"case.words"}


def test_a_day_edited_behind_the_back_is_found(actor: Actor) -> None:
    """The day a case counts for decides in which period's figures it stands."""
    case = a_case(a_house(actor)).case
    seal_all()
    with acting(actor):
        Case.objects.filter(id=case.id).update(day=case.day - timedelta(days=31))
    assert codes(verified(actor.company_id)) == {"row.changed"}


def test_words_erased_by_half_are_found(actor: Actor) -> None:
    """`erase_person` erases the values of the events with them; one without the other is not it."""
    house = a_house(actor)
    a_case(house)
    erase_reporter(house.resident, actor=actor)
    seal_all()
    assert codes(verified(actor.company_id)) == {"case.words"}
