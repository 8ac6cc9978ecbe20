"""The answer base: versions, what comes near a question, and answering with it."""

from uuid import uuid4

import pytest
from django.utils import translation

from anju.domains.answers.commands import answer_with, publish_answer, retire_answer, ship_answers
from anju.domains.answers.models import Answer
from anju.domains.answers.queries import answers_near, uses
from anju.domains.answers.rules import nearest
from anju.domains.answers.shipped import NOTICES, SHIPPED
from anju.engine.clocks.models import Clock
from anju.engine.loop.models import Case
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.testing import an_account
from anju.foundation.events.models import Event
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused, Unknown


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


# What people said on the telephone, and which of the shipped questions it is.
ASKED = (
    ("我想问一下物业费一平方多少钱", "物业费怎么算"),
    ("物业费在哪里交，能开发票吗", "怎么交物业费"),
    ("公摊的电费怎么又涨了", "公摊水电费是怎么来的"),
    ("今天怎么停水了，什么时候来水", "什么时候停水"),
    ("家里突然没电，好像跳闸了", "家里没电了怎么办"),
    ("我们要装修，办什么手续", "装修要办什么手续"),
    ("楼上装修几点可以施工啊", "装修几点可以施工"),
    ("门禁卡丢了想补一张", "门禁卡丢了怎么补"),
    ("晚上有访客的车要进来", "访客的车怎么进来"),
    ("大件垃圾扔哪里", "垃圾怎么分类"),
    ("报修了师傅多久上门", "报修多久有人来"),
    ("我家漏水在保修期谁负责", "房屋漏水谁来修"),
    ("对你们不满意，找你们领导", "对服务不满意找谁"),
)
NEITHER = ("你好", "喂", "我在医院排队", "今天天气真好", "多少")


def test_questions_find_their_answer_and_small_talk_finds_none() -> None:
    texts = [f"{question} {words}" for question, words, _category, _text in SHIPPED]
    near = {asked: nearest(asked, texts, most=3) for asked, _question in ASKED}
    first = {asked: [SHIPPED[m.index][0] for m in found[:1]] for asked, found in near.items()}
    assert first == {asked: [question] for asked, question in ASKED}
    assert [nearest(talk, texts, most=3) for talk in NEITHER] == [[]] * len(NEITHER)
    assert nearest("物业费", [], most=3) == []


def test_an_edit_is_a_new_version_and_the_old_one_stays(actor: Actor) -> None:
    first = publish_answer(actor=actor, question="几点关门", text="22 点")
    second = publish_answer(
        actor=actor, question="几点关门", text="23 点", series=first.series, version=1
    )
    with acting(actor):
        rows = Answer.objects.seen_by(actor).order_by("version")
        assert [(a.version, a.text, a.state) for a in rows] == [
            (1, "22 点", "past"),
            (2, "23 点", "current"),
        ]
        assert [s.answer.id for s in answers_near("请问几点关门", actor)] == [second.id]
    with translation.override("en"), pytest.raises(Conflict, match="meanwhile"):
        publish_answer(actor=actor, question="几点", text="?", series=first.series, version=1)
    with pytest.raises(NotYet) as refused:
        publish_answer(actor=actor, question=" ", text="")
    assert set(refused.value.fields) == {"question", "text"}
    retire_answer(first.series, actor=actor)
    with acting(actor):
        assert answers_near("请问几点关门", actor) == []
    with pytest.raises(Unknown):
        retire_answer(first.series, actor=actor)
    seal_all()
    assert codes(verified(actor.company_id)) == set()


def test_an_enquiry_is_answered_told_and_remembers_the_version(house: House) -> None:
    answer = publish_answer(actor=house.actor, question="几点关门", text="22 点")
    asked = a_case(house, kind="enquiry").case
    answer_with(answer.id, asked.id, actor=house.actor, channel="phone")
    with acting(house.actor):
        case = Case.objects.seen_by(house.actor).get(id=asked.id)
        assert case.state == "answered"
        assert case.told_at is not None
        owed = Clock.objects.filter(case_id=case.id, stopped_at=None).values_list("kind", flat=True)
        assert "feedback" not in owed
        (use,) = uses(answer.series, house.actor)
        told = Event.objects.about("answer", answer.series).get(name="answer.used")
    assert (use.version, use.case.id) == (told.said["version"], asked.id)


def test_an_answer_changed_meanwhile_is_not_told_and_leaves_no_trace(house: House) -> None:
    first = publish_answer(actor=house.actor, question="几点关门", text="22 点")
    publish_answer(actor=house.actor, question="几点关门", text="23 点", series=first.series)
    asked = a_case(house, kind="enquiry").case
    with translation.override("en"), pytest.raises(Unknown, match="changed or withdrawn"):
        answer_with(first.id, asked.id, actor=house.actor, channel="phone")
    second = publish_answer(actor=house.actor, question="几点开门", text="6 点")
    with pytest.raises(NotYet):  # by carrier pigeon: the second of its steps is refused
        answer_with(second.id, asked.id, actor=house.actor, channel="pigeon")
    with acting(house.actor):
        assert Case.objects.seen_by(house.actor).get(id=asked.id).state == "open"
        assert not Event.objects.filter(name="answer.used").exists()


def test_who_may_write_and_read(actor: Actor) -> None:
    answer = publish_answer(actor=actor, question="几点关门", text="22 点")
    desk, resident = (an_account(actor, role).actor for role in ("desk", "resident"))
    with pytest.raises(Refused):
        publish_answer(actor=desk, question="几点", text="?")
    with pytest.raises(Refused):
        retire_answer(answer.series, actor=desk)
    with acting(desk):
        assert Answer.objects.seen_by(desk).count() == 1
    with acting(resident):
        assert Answer.objects.seen_by(resident).count() == 0
    with pytest.raises(Unknown):
        answer_with(uuid4(), uuid4(), actor=desk, channel="phone")


def test_a_company_starts_with_answers_once(actor: Actor) -> None:
    assert ship_answers(actor=actor) == len(SHIPPED) + len(NOTICES)
    with acting(actor):  # what announcements begin with is nobody's answer
        assert [near.answer.use for near in answers_near("什么时候停水", actor)] == ["answer"]
        notice = Answer.objects.seen_by(actor).current("notice").earliest("id")
    again = publish_answer(
        actor=actor, question=notice.question, text="新", series=notice.series, use="answer"
    )
    assert (again.use, again.version) == ("notice", 2)
    assert ship_answers(actor=actor) == 0
