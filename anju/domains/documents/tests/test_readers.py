"""Papers are given to read, read and signed, and examined on: once, by whoever has them to read."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from anju.domains.documents.commands.quizzes import take_quiz, write_quiz
from anju.domains.documents.commands.readers import ask_readers, distribute, sign_reading
from anju.domains.documents.examining import Question
from anju.domains.documents.models import Attempt, Distribution, Document, Quiz, Reading
from anju.domains.documents.reading import due_for, people_of, readers_of, with_readers
from anju.domains.documents.tasks import ask_all_readers
from anju.domains.documents.testing import QUESTIONS, a_document, a_reader
from anju.engine.loop.testing import House, a_house
from anju.engine.standards.commands import put_in_force
from anju.engine.standards.models import Standard
from anju.foundation.access.testing import an_account
from anju.foundation.events.models import Event
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.lib import frozen, now
from anju.foundation.messages.models import Message
from anju.foundation.people.commands import assign, erase_person
from anju.foundation.people.models import Person, Qualification
from anju.foundation.people.testing import a_post, a_team
from anju.foundation.places.testing import a_community
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused, Unknown


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def counted(actor: Actor) -> tuple[int, ...]:
    """Rows of the company, its events among them."""
    with acting(actor):
        mine = {"company_id": actor.company_id}
        models: tuple[Any, ...] = (Distribution, Reading, Quiz, Attempt, Event)
        return tuple(one.objects.filter(**mine).count() for one in models)


def racing(write: Callable[[], Any]) -> list[Any]:
    """What four who write at the same moment get: the row or the refusal."""

    def one(_n: int) -> Any:
        try:
            return write()
        except (Conflict, NotYet) as refusal:
            return type(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(one, range(4)))


def given(house: House, *people: Person) -> None:
    """A document in force that these people have to read."""
    a_document(house.actor)
    distribute(
        "document", "QI-07", [f"person:{one.id}" for one in people], remind_days=7,
        actor=house.actor,
    )  # fmt: skip


def reading_of(reader: Actor) -> Reading:
    with acting(reader):
        return due_for(reader)[0]


def test_a_list_reaches_posts_teams_roles_and_persons(house: House) -> None:
    actor, place = house.actor, house.community
    held, teamed, named, roled = (a_reader(actor, place, name)[0] for name in "甲乙丙丁")
    team = a_team(actor, place=place)
    post, other = a_post(actor, place=place), a_post(actor, place=place, team=team)
    assign(held, post=post, since=None, actor=actor)
    assign(teamed, post=other, since=None, actor=actor)
    an_account(actor, "guard", person_id=roled.id)
    with acting(actor):
        assert people_of([f"post:{post.id}"], actor=actor) == {held.id}
        assert people_of([f"team:{team.id}"], actor=actor) == {teamed.id}
        assert people_of([f"person:{named.id}"], actor=actor) == {named.id}
        assert people_of(["role:guard"], actor=actor) == {roled.id}
        # who lives here reads no papers of the house
        assert people_of([f"person:{house.resident.id}"], actor=actor) == set()


def test_who_is_on_the_list_reads_and_signs_and_the_rest_is_shown(house: House) -> None:
    (one, reader), (two, _other) = (a_reader(house.actor, house.community) for _n in range(2))
    given(house, one, two)
    mine = reading_of(reader)
    assert sign_reading(mine.id, actor=reader).signed_at is not None
    with acting(house.actor):
        found = readers_of(mine.paper, actor=house.actor)
        assert (found.n, found.m) == (1, 2)
        (row,) = with_readers(Document.objects.filter(id=mine.paper), actor=house.actor)
        assert (row.read, row.asked) == (1, 2)  # type: ignore[attr-defined]  # what `with_readers` adds
        assert [row.reading.person_id for row in found.rows] == [two.id, one.id]
        assert due_for(reader) == []
        kinds = Message.objects.filter(company_id=house.actor.company_id, kind="reading.asked")
        assert kinds.count() == 2
    elsewhere = an_account(house.actor, "manager", a_community(house.actor, name="二期").path)
    with acting(elsewhere.actor):
        assert readers_of(mine.paper, actor=elsewhere.actor).m == 0
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def test_the_next_version_is_read_anew_and_the_one_before_is_asked_no_more(house: House) -> None:
    person, reader = a_reader(house.actor, house.community)
    given(house, person)
    old = reading_of(reader)
    a_document(house.actor, text="先电话预约。")
    new = reading_of(reader)
    assert (old.version, new.version) == (1, 2)
    with pytest.raises(NotYet):
        sign_reading(old.id, actor=reader)
    distribute("document", "QI-07", [], edited=1, actor=house.actor)
    with acting(reader):
        assert due_for(reader) == []
    distribute("document", "QI-07", [f"person:{person.id}"], edited=2, actor=house.actor)
    assert reading_of(reader).id == new.id  # back on the list: the same reading


def test_a_published_standard_is_given_by_the_ticker_and_reminded_once(house: House) -> None:
    person, reader = a_reader(house.actor, house.community)
    distribute("standard", "repair", [f"person:{person.id}"], remind_days=3, actor=house.actor)
    first = reading_of(reader)
    with acting(house.actor):
        text = Standard.objects.get(id=first.paper).document
    ask_all_readers()  # what waits in other companies of the run
    put_in_force(text, actor=house.actor, why="新版")
    assert ask_all_readers() == 1
    assert ask_readers(actor=house.actor) == 0
    assert reading_of(reader).version == first.version + 1
    with frozen(now() + timedelta(days=4)):
        assert ask_readers(actor=house.actor) == 1
        assert ask_readers(actor=house.actor) == 0
    with acting(house.actor):
        late = Message.objects.filter(company_id=house.actor.company_id, kind="reading.late")
        assert late.count() == 1


@pytest.mark.parametrize("what", ["ended", "reminded"])
def test_who_signs_while_the_list_is_asked_keeps_the_seals_true(house: House, what: str) -> None:
    person, reader = a_reader(house.actor, house.community)
    given(house, person)
    mine = reading_of(reader)

    def ask() -> None:
        try:
            if what == "ended":
                distribute("document", "QI-07", [], edited=1, actor=house.actor)
            else:
                with frozen(now() + timedelta(days=9)):
                    ask_readers(actor=house.actor)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with acting(reader):
            sign_reading(mine.id, actor=reader)
            asked = pool.submit(ask)
            wait([asked], timeout=1)  # it has come to the row and waits there
        asked.result(timeout=30)
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def test_who_signs_while_it_is_taken_off_the_list_is_refused(house: House) -> None:
    person, reader = a_reader(house.actor, house.community)
    given(house, person)
    mine = reading_of(reader)

    def sign() -> bool:
        try:
            sign_reading(mine.id, actor=reader)
        except NotYet:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(1) as pool:
        with acting(house.actor):
            distribute("document", "QI-07", [], edited=1, actor=house.actor)
            signed = pool.submit(sign)
            wait([signed], timeout=1)  # it has come to the row and waits there
        assert not signed.result(timeout=30)


def test_a_list_that_cannot_be_is_refused_and_leaves_no_trace(house: House) -> None:
    actor = house.actor
    a_document(actor)
    chief = an_account(actor, "manager").actor
    before = counted(actor)
    for target in ("role:king", "post:x", f"team:{uuid4()}", "cat:1", f"person:{uuid4()}"):
        with pytest.raises(NotYet) as refused:
            distribute("document", "QI-07", [target], actor=actor)
        assert set(refused.value.fields) == {"targets"}
    with pytest.raises(NotYet):
        distribute("document", "QI-07", [], remind_days=0, actor=actor)
    for kind, code in (("document", "none"), ("form", "x")):
        with pytest.raises(Unknown):
            distribute(kind, code, [], actor=actor)
    with pytest.raises(Refused):
        distribute("document", "QI-07", [], actor=chief)
    assert counted(actor) == before


def test_only_who_has_it_to_read_signs_it_and_once(house: House) -> None:
    person, reader = a_reader(house.actor, house.community)
    other = a_reader(house.actor, house.community)[1]
    given(house, person)
    mine = reading_of(reader)
    before = counted(house.actor)
    for actor in (other, house.actor):
        with pytest.raises(Unknown):
            sign_reading(mine.id, actor=actor)
        with pytest.raises(Unknown):
            take_quiz(mine.id, [], edited=0, actor=actor)
    with pytest.raises(Unknown):
        take_quiz(mine.id, [0], edited=0, actor=reader)  # there is no examination
    assert counted(house.actor) == before
    signed = racing(lambda: sign_reading(mine.id, actor=reader))
    assert sorted(isinstance(one, Reading) for one in signed) == [False, False, False, True]
    lists = racing(lambda: distribute("document", "QI-07", [], edited=1, actor=house.actor))
    assert sorted(isinstance(one, Distribution) for one in lists) == [False, False, False, True]


def test_staff_are_examined_until_they_pass_and_then_hold_the_qualification(house: House) -> None:
    person, reader = a_reader(house.actor, house.community)
    given(house, person)
    mine = reading_of(reader)
    write_quiz(
        "document", mine.paper, QUESTIONS, mark=2, qualification="入户维修", actor=house.actor
    )
    with pytest.raises(NotYet):
        take_quiz(mine.id, [1, 0], edited=1, actor=reader)  # not read yet
    sign_reading(mine.id, actor=reader)
    other = (QUESTIONS[1], QUESTIONS[0])
    write_quiz(
        "document", mine.paper, other, mark=2, edited=1, qualification="入户维修",
        actor=house.actor,
    )  # fmt: skip
    with pytest.raises(Conflict):
        take_quiz(mine.id, [1, 0], edited=1, actor=reader)  # answers to the questions before
    write_quiz(
        "document", mine.paper, QUESTIONS, mark=2, edited=2, qualification="入户维修",
        actor=house.actor,
    )  # fmt: skip
    failed = take_quiz(mine.id, [1, 1], edited=3, actor=reader)
    assert (failed.right, failed.of, failed.passed) == (1, 2, False)
    with acting(house.actor):
        found = readers_of(mine.paper, actor=house.actor)
        assert (found.n, found.m, found.rows[0].attempts) == (0, 1, 1)
        assert reading_of(reader).id == mine.id
        assert not Qualification.objects.filter(person=person).exists()
    taken = racing(lambda: take_quiz(mine.id, [1, 0], edited=3, actor=reader))
    assert sorted(isinstance(one, Attempt) for one in taken) == [False, False, False, True]
    with acting(house.actor):
        held = Qualification.objects.get(person=person)
        assert (held.type, held.number) == ("入户维修", "QI-07-v1")
        assert held.expires_on == Document.objects.get(id=mine.paper).review_on
        assert due_for(reader) == []
        assert readers_of(mine.paper, actor=house.actor).n == 1
    with pytest.raises(NotYet):
        write_quiz("document", mine.paper, QUESTIONS, mark=1, edited=3, actor=house.actor)
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def test_an_examination_that_cannot_be_is_refused_and_leaves_no_trace(house: House) -> None:
    row = a_document(house.actor)
    chief = an_account(house.actor, "manager").actor
    ask = {"kind": "document", "paper": row.id}
    before = counted(house.actor)
    bad = Question("敲门几下？", ("一下", "一下"), 0)
    for questions, mark, field in (
        ((), 1, "questions"), ((bad,), 1, "questions"), (QUESTIONS, 0, "mark"),
        (QUESTIONS, 3, "mark"),
    ):  # fmt: skip
        with pytest.raises(NotYet) as refused:
            write_quiz(**ask, questions=questions, mark=mark, actor=house.actor)
        assert set(refused.value.fields) == {field}
    with pytest.raises(Refused):
        write_quiz(**ask, questions=QUESTIONS, mark=1, actor=chief)
    with pytest.raises(Unknown):
        write_quiz("document", uuid4(), QUESTIONS, mark=1, actor=house.actor)
    assert counted(house.actor) == before
    made = racing(lambda: write_quiz(**ask, questions=QUESTIONS, mark=1, actor=house.actor))
    assert sorted(isinstance(one, Quiz) for one in made) == [False, False, False, True]


def test_what_somebody_answered_goes_with_them_and_the_seals_hold(house: House) -> None:
    person, reader = a_reader(house.actor, house.community)
    given(house, person)
    mine = reading_of(reader)
    write_quiz("document", mine.paper, QUESTIONS, mark=1, actor=house.actor)
    sign_reading(mine.id, actor=reader)
    take_quiz(mine.id, [1, 1], edited=1, actor=reader)
    erase_person(person.id, actor=house.actor)
    with acting(house.actor):
        attempt = Attempt.objects.get(reading=mine.id)
        assert (attempt.answers, attempt.right) == ([], 1)
        assert Person.objects.get(id=person.id).name == ""
        ask_readers(actor=house.actor)
        assert readers_of(mine.paper, actor=house.actor).m == 0  # nobody to remind
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()
