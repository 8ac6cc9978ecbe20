"""A sample of what was told is checked by somebody else, and what was wrong is followed up."""

import pytest
from django.test import Client

from anju.domains.answers.commands import answer_with, check_use, publish_answer
from anju.domains.answers.models import Answer, AnswerUse
from anju.domains.answers.queries import correctness, not_right, to_check, uses
from anju.domains.answers.rules import CHECKED
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.models import Case
from anju.engine.loop.testing import House, a_case, a_house
from anju.engine.standards.asking import drawn
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.lib import uuid7
from anju.foundation.lib.wilson import wilson
from anju.foundation.people.commands import erase_person
from anju.foundation.places.testing import a_community
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown

ASKED = 40


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def _told(house: House, times: int = 1, *, every: bool = True) -> tuple[Answer, list[AnswerUse]]:
    """An answer told to `times` who asked; with `every`, as if each had been drawn."""
    answer = publish_answer(actor=house.actor, question="几点关门", text="22 点")
    for _n in range(times):
        asked = a_case(house, kind="enquiry").case
        answer_with(answer.id, asked.id, actor=house.doer, channel="phone")
    with acting(house.actor):
        if every:
            AnswerUse.objects.filter(answer=answer).update(drawn=True)
        used = AnswerUse.objects.filter(answer=answer).select_related("case")
        return answer, list(used.order_by("at", "id"))


def test_the_sample_is_drawn_by_the_number_of_the_case(house: House) -> None:
    _answer, told = _told(house, ASKED, every=False)
    by_rule = {use.id for use in told if drawn(use.case.number, CHECKED)}
    assert 0 < len(by_rule) < ASKED
    with acting(house.actor):
        assert {use.id for use in to_check(house.judge)} == by_rule
        assert not to_check(house.doer).exists()  # not by whoever told it


def test_the_share_stands_with_n_and_interval_and_the_wrong_is_followed(house: House) -> None:
    answer, told = _told(house, 4)
    with pytest.raises(NotYet) as own:
        check_use(told[0].id, "right", actor=house.doer)
    assert own.value.code == "own_work"
    for verdict, note, field in (("maybe", "", "verdict"), ("wrong", " ", "note")):
        with pytest.raises(NotYet) as refused:
            check_use(told[0].id, verdict, note=note, actor=house.judge)
        assert set(refused.value.fields) == {field}
    for use in told[:2]:
        check_use(use.id, "right", actor=house.judge)
    with pytest.raises(Conflict):
        check_use(told[0].id, "wrong", note="23 点", actor=house.judge)
    assert check_use(told[2].id, "outdated", note="23 点", actor=house.judge).follow is None
    wrong = check_use(told[3].id, "wrong", note="23 点", actor=house.judge, follow=True)
    with acting(house.actor):
        found = correctness(house.judge)
        low, high = wilson(2, 4) or (0, 0)
        assert (found.right, found.n, found.low, found.high) == (2, 4, 100 * low, 100 * high)
        followed = Case.objects.get(id=wrong.follow_id)
        assert (followed.kind, followed.place_id) == ("suggestion", house.room.id)
        assert "23 点" in followed.text
        assert not_right(house.judge).count() == 2
    publish_answer(actor=house.actor, question="几点关门", text="23 点", series=answer.series)
    with acting(house.actor):
        assert not not_right(house.judge).exists()  # the next version is told now
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def test_another_community_does_not_check(house: House) -> None:
    _answer, told = _told(house)
    with acting(house.actor):
        beside = a_community(house.actor)
    stranger = an_account(house.actor, "manager", beside.path).actor
    with pytest.raises(Unknown):
        check_use(told[0].id, "right", actor=stranger)
    with acting(house.actor):
        assert not to_check(stranger).exists()


def test_the_page_goes_from_one_to_the_next(house: House) -> None:
    answer, told = _told(house, 3)
    clients = {}
    for role in ("inspector", "admin"):
        clients[role] = Client(headers={"Accept-Language": "en"})
        clients[role].cookies[DEVICE_COOKIE] = an_account(house.actor, role).device
    page = clients["inspector"].get("/answers/checks").content.decode()
    assert "22 点" in page
    assert told[0].case.number in page
    use = str(told[0].id)
    refused = clients["inspector"].post("/answers/checks", {"use": use, "verdict": "wrong"})
    assert refused.status_code == 422
    assert "Say what is true instead" in refused.content.decode()
    said = {"use": use, "verdict": "wrong", "note": "23 点", "follow": "on"}
    assert clients["inspector"].post("/answers/checks", said).status_code == 302
    page = clients["inspector"].get("/answers/checks").content.decode()
    assert told[1].case.number in page
    assert "n=1" in page
    # A colleague was faster: what was typed is shown, and bound to no other answer.
    late = clients["inspector"].post("/answers/checks", {**said, "note": "24 点"})
    assert (late.status_code, "24 点" in late.content.decode()) == (409, True)
    assert 'name="verdict"' not in late.content.decode()
    for use in ("", "nonsense", str(uuid7())):
        lost = clients["inspector"].post("/answers/checks", {"use": use, "verdict": "right"})
        assert lost.status_code == 409
    with acting(house.actor):
        assert AnswerUse.objects.exclude(verdict="").count() == 1
    # Who may write answers writes the next version at once.
    said = {"use": str(told[1].id), "verdict": "outdated", "note": "23 点"}
    led = clients["admin"].post("/answers/checks", said)
    assert led["Location"] == f"/answers/{answer.series}/edit"


def test_told_again_by_another_neither_of_them_checks_it(house: House) -> None:
    answer, (use,) = _told(house)
    move_case(use.case_id, "reopen", actor=house.judge, said={"reason": "又来问"})
    answer_with(answer.id, use.case_id, actor=house.judge, channel="phone")
    with pytest.raises(NotYet) as own:
        check_use(use.id, "right", actor=house.judge)
    assert own.value.code == "own_work"
    with acting(house.actor):
        assert not to_check(house.judge).exists()
        told = uses(answer.series, house.actor)
        assert to_check(house.actor).get() == use
    assert [(one.case.id, one.version, one.use) for one in told] == [(use.case_id, 1, use)] * 2


def test_a_use_is_sealed_and_its_note_goes_with_who_had_asked(house: House) -> None:
    _answer, (use,) = _told(house)
    check_use(use.id, "wrong", note="问陈先生", actor=house.judge)
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()
    erase_person(house.resident.id, actor=house.actor)
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()
    with acting(house.actor):
        assert AnswerUse.objects.get().note == ""
        AnswerUse.objects.update(drawn=False)
    assert codes(verified(house.actor.company_id)) != set()
