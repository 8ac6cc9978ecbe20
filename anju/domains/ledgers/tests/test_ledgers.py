"""Ledgers: what a line is asked, how it ends, who signs, what is told, erased, looked through."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from anju.domains.ledgers.commands import (
    Kept,
    Said,
    add_to_line,
    change_ledger,
    end_ledger,
    erase_old_lines,
    open_ledger,
    review_month,
    sign_line,
    tell_overdue,
    write_line,
)
from anju.domains.ledgers.models import Ledger, Line
from anju.domains.ledgers.queries import (
    Told,
    hides,
    ledgers_standing,
    month_figures,
    months_of,
    told_of,
    typed_of_lines,
)
from anju.domains.ledgers.testing import a_ledger, a_visitor
from anju.engine.forms.commands import draft_form, publish_paper
from anju.engine.forms.models import Form
from anju.engine.library.papers import forms
from anju.engine.loop.models import Case
from anju.engine.loop.testing import House, a_house
from anju.foundation.access.testing import an_account
from anju.foundation.events.models import Event, EventValue
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.files.models import StoredFile
from anju.foundation.files.testing import a_picture
from anju.foundation.lib import frozen, now
from anju.foundation.messages.models import Message
from anju.foundation.people.commands import add_qualification
from anju.foundation.people.testing import a_worker
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused, Unknown

ZONE = ZoneInfo("Asia/Shanghai")
BEGIN = datetime(2026, 3, 2, 10, tzinfo=ZONE)
YES = Said("pass")
PEST = {
    "place": Said(value={"text": "垃圾房"}),
    "target": Said(value={"text": "鼠"}),
    "told": YES,
    "chemical": Said(value={"text": "溴敌隆 WP20090001"}),
    "dose": Said(value={"text": "2 公斤"}),
    "person": Said(value={"text": "何秀英"}),
    "guard": YES,
}


@pytest.fixture
def house(actor: Actor) -> House:
    with frozen(BEGIN):
        return a_house(actor)


@pytest.fixture
def visitors(house: House) -> Ledger:
    with frozen(BEGIN):
        return a_ledger(house.actor, house.community)


def asked(line: Line, code: str, actor: Actor) -> Told:
    with acting(actor):
        found = Line.objects.select_related("ledger__place", "form").get(id=line.id)
        words = typed_of_lines([found]).get(found.id, {})
        item = found.form.sheet.item(code)
        assert item
        return told_of(found, words, hide=hides(found.ledger, actor), item=item)


def typed(line: Line, code: str, actor: Actor) -> str:
    return asked(line, code, actor).said


def test_a_visitor_comes_and_leaves(house: House, visitors: Ledger) -> None:
    with frozen(BEGIN):
        line = a_visitor(visitors, house.doer)
    assert (line.n, line.ended_at, line.due_at) == (1, None, BEGIN + timedelta(days=1))
    assert line.standing(BEGIN + timedelta(hours=1)) == "open"
    assert line.standing(BEGIN + timedelta(hours=25)) == "overdue"
    assert typed(line, "name", house.doer) == "钱途"
    left = BEGIN + timedelta(minutes=40)
    with frozen(left):
        ended = add_to_line(line.id, {"left": YES}, actor=house.judge)
    assert (ended.ended_at, ended.standing(left)) == (left, "whole")
    with acting(house.actor):
        story = Event.objects.about("line", line.id).values_list("name", flat=True)
        assert list(story) == ["line.written", "line.added"]
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def test_everything_that_is_wrong_is_said_at_once(house: House, visitors: Ledger) -> None:
    given = {"room": Said(value={"text": ""}), "reason": Said(value={"text": "串门"})}
    with pytest.raises(NotYet) as refused:
        write_line(visitors.id, given, actor=house.doer)
    assert set(refused.value.fields) == {"answers.room", "answers.reason"}
    with pytest.raises(NotYet) as lacking:
        write_line(visitors.id, {"room": Said(value={"text": "3-2-1201"})}, actor=house.doer)
    assert set(lacking.value.fields) == {"answers.name", "answers.reason"}
    with acting(house.actor):
        assert not Line.objects.exists()
        visitors.refresh_from_db()
        assert visitors.count == 0


def test_a_line_ends_only_with_all_it_needs(house: House) -> None:
    ledger = a_ledger(house.actor, house.community, "CHEMICAL")
    taken = {
        "drug": Said(value={"text": "吡虫啉"}), "batch": Said(value={"text": "B1"}),
        "taken": Said(value={"number": "500"}), "who": Said(value={"text": "何秀英"}),
    }  # fmt: skip
    line = write_line(ledger.id, taken, actor=house.doer)
    with pytest.raises(NotYet) as refused:
        add_to_line(line.id, {"returned": Said(value={"number": "100"})}, actor=house.doer)
    assert set(refused.value.fields) == {"answers.empty"}
    back = {"returned": Said(value={"number": "100"}), "empty": YES}
    assert add_to_line(line.id, back, actor=house.doer).ended_at is not None


def test_what_is_answered_again_says_why_and_both_stay(house: House, visitors: Ledger) -> None:
    line = a_visitor(visitors, house.doer)
    again = {"name": Said(value={"text": "钱图"})}
    with pytest.raises(NotYet) as refused:
        add_to_line(line.id, again, actor=house.doer)
    assert refused.value.code == "reason"
    add_to_line(line.id, again, actor=house.doer, reason="写错了", version=line.version)
    assert typed(line, "name", house.doer) == "钱图"
    add_to_line(line.id, {"agreed": Said("fail", {"note": "不认识"})}, actor=house.doer)
    line = add_to_line(line.id, {"agreed": YES}, actor=house.doer, reason="核实过")
    assert [one["verdict"] for one in line.answers["agreed"]["before"]] == ["fail"]
    told = asked(line, "agreed", house.doer)
    assert (told.bad, told.note, len(told.before)) == (False, "", 1)
    with pytest.raises(Conflict):
        add_to_line(line.id, again, actor=house.doer, reason="写错了", version=1)


def test_a_failing_answer_opens_one_finding(house: House) -> None:
    ledger = a_ledger(house.actor, house.community, "PEST")
    for _again in range(2):
        given = {**PEST, "told": Said("fail"), "warn": Said(files=[a_picture()])}
        line = write_line(ledger.id, given, actor=house.doer)
        assert line.failed
    with acting(house.actor):
        case = Case.objects.get(kind="finding")
        assert (case.item, case.place_id) == ("pest-record.told", house.community.id)
        assert line.answers["told"]["case"] == str(case.id)
        assert StoredFile.objects.count() == 2


def test_a_picture_that_is_needed(house: House) -> None:
    ledger = a_ledger(house.actor, house.community, "PEST")
    with pytest.raises(NotYet) as refused:
        write_line(ledger.id, PEST, actor=house.doer)
    assert set(refused.value.fields) == {"answers.warn"}
    with pytest.raises(NotYet):
        write_line(ledger.id, {**PEST, "warn": Said(files=[b"%PDF-1.4 no"])}, actor=house.doer)
    with acting(house.actor):
        assert not Line.objects.exists()
        assert not StoredFile.objects.exists()


def test_two_who_hold_the_certificate_sign(house: House) -> None:
    actor, certificate = house.actor, "消防设施操作员"
    ledger = a_ledger(actor, house.community, "FIREROOM")
    with acting(actor):
        two = [a_worker(actor, place=house.community, name=name) for name in ("甲", "乙")]
        add_qualification(person=two[0], type=certificate, number="1", actor=actor)
    first, second = (
        an_account(actor, "guard", house.community.path, person_id=one.id).actor for one in two
    )
    given = {
        "two": YES, "host": Said("pass", files=[a_picture()]), "auto": YES,
        "sign": Said(files=[a_picture()]),
    }  # fmt: skip
    line = write_line(ledger.id, given, actor=first)
    assert line.standing(now()) == "unsigned"
    with pytest.raises(NotYet) as own:
        sign_line(line.id, actor=first)
    assert own.value.code == "own_work"
    signed = sign_line(line.id, actor=second)
    assert (signed.short, signed.standing(now())) == (1, "faulty")
    mended = add_to_line(line.id, {"auto": Said("fail")}, actor=first, reason="看错了")
    assert (mended.signed_by, mended.short, mended.standing(now())) == (None, 0, "unsigned")
    sign_line(line.id, actor=second)
    with pytest.raises(NotYet):
        sign_line(line.id, actor=second)


def test_who_keeps_it_reads_names_and_others_do_not(house: House, visitors: Ledger) -> None:
    line = a_visitor(visitors, house.doer)
    reader = an_account(house.actor, "reviewer", house.community.path).actor
    elsewhere = an_account(house.actor, "guard", "9.9.").actor
    assert typed(line, "name", reader) == "•••"
    assert typed(line, "reason", reader) == "探访"  # a choice names nobody
    with pytest.raises(Refused):
        a_visitor(visitors, reader)
    with pytest.raises(Unknown):
        a_visitor(visitors, elsewhere)
    with acting(elsewhere):
        assert not Line.objects.seen_by(elsewhere).exists()


def test_what_names_people_is_erased_in_time(house: House, visitors: Ledger) -> None:
    with frozen(BEGIN):
        line = a_visitor(visitors, house.doer)
        left_open = a_visitor(visitors, house.doer, name="孙未走")
        add_to_line(line.id, {"left": YES}, actor=house.doer)
    with frozen(BEGIN + timedelta(days=89)):
        assert erase_old_lines(actor=house.actor) == 0
    with frozen(BEGIN + timedelta(days=91)):
        assert erase_old_lines(actor=house.actor) == 1
        assert erase_old_lines(actor=house.actor) == 0
    assert typed(line, "name", house.doer) in ("已删除", "erased")
    assert typed(line, "reason", house.doer) == "探访"
    assert typed(left_open, "name", house.doer) == "孙未走"
    with frozen(BEGIN + timedelta(days=92)):  # what is typed later goes in its turn
        add_to_line(line.id, {"phone": Said(value={"text": "13800000000"})}, actor=house.doer)
        assert erase_old_lines(actor=house.actor) == 1
    assert typed(line, "phone", house.doer) in ("已删除", "erased")
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def test_who_should_look_after_it_is_told_once(house: House, visitors: Ledger) -> None:
    with frozen(BEGIN):
        leader = an_account(house.actor, "leader", house.community.path).actor
        line = a_visitor(visitors, house.doer)
    with frozen(BEGIN + timedelta(hours=23)):
        assert tell_overdue(actor=house.actor) == 0
    with frozen(BEGIN + timedelta(hours=25)):
        assert tell_overdue(actor=house.actor) == 1
        assert tell_overdue(actor=house.actor) == 0
    with acting(house.actor):
        told = Message.objects.filter(kind="ledger.overdue", subject_id=line.id)
        assert {one.account_id for one in told} == {leader.id}


def test_a_month_is_looked_through_once(house: House, visitors: Ledger) -> None:
    with frozen(BEGIN):
        line = a_visitor(visitors, house.doer)
        with pytest.raises(NotYet):
            review_month(visitors.id, BEGIN.date(), actor=house.actor)
    with frozen(BEGIN + timedelta(days=31)):
        with acting(house.actor):
            assert ledgers_standing([visitors])[visitors.id].unread == 1
        with pytest.raises(NotYet):  # one line is open, and nothing is said about it
            review_month(visitors.id, BEGIN.date(), actor=house.actor)
        review_month(visitors.id, BEGIN.date(), actor=house.actor, words="保安漏登离开时间")
        with pytest.raises(Conflict):
            review_month(visitors.id, BEGIN.date(), actor=house.actor, words="again")
        with acting(house.actor):
            (month,) = months_of(visitors)
            assert (month.first, month.words) == (date(2026, 3, 1), "保安漏登离开时间")
            assert (month.figures.n, month.figures.open) == (1, 1)
            assert ledgers_standing([visitors])[visitors.id].unread == 0
            add_to_line(line.id, {"left": YES}, actor=house.doer)
            assert month_figures(visitors, date(2026, 3, 9)).open == 0
            assert visitors.reviews.get().figures["open"] == 1  # as it was when it was looked at


def test_how_it_is_kept_must_fit_its_form(house: House, visitors: Ledger) -> None:
    with pytest.raises(NotYet) as refused:
        open_ledger(
            house.community, "X1", Kept("", "no-such", within=5, signers=3), actor=house.actor
        )
    assert set(refused.value.fields) == {"name", "form", "within", "signers"}
    with pytest.raises(NotYet) as unknown:
        open_ledger(
            house.community, "X2", Kept("x", "visitor-log", ends_with="nowhere"), actor=house.actor
        )
    assert set(unknown.value.fields) == {"ends_with"}
    with pytest.raises(Conflict):
        a_ledger(house.actor, house.community)
    guard = an_account(house.actor, "guard", house.community.path).actor
    with pytest.raises(Refused):
        open_ledger(house.community, "X3", Kept("x", "visitor-log"), actor=guard)
    kept = Kept("访客登记簿", "visitor-log", ends_with="left", within=60)
    changed = change_ledger(visitors.id, kept, actor=house.actor, version=1)
    assert (changed.version, changed.name, changed.personal) == (2, "访客登记簿", False)
    with pytest.raises(Conflict):
        change_ledger(visitors.id, kept, actor=house.actor, version=1)


def test_a_line_keeps_the_form_it_began_by(house: House, visitors: Ledger) -> None:
    line = a_visitor(visitors, house.doer)
    with acting(house.actor):
        sheet = Form.objects.get(code="visitor-log").sheet
        shorter = sheet.model_copy(update={"items": sheet.items[3:]})
        publish_paper(Form, draft_form(shorter, actor=house.actor).id, actor=house.actor)
    add_to_line(line.id, {"phone": Said(value={"text": "13800000000"})}, actor=house.doer)
    with pytest.raises(NotYet):
        a_visitor(visitors, house.doer)  # the form in force asks for no name any more
    assert typed(line, "phone", house.doer) == "13800000000"


def test_it_ends_when_nothing_is_open(house: House, visitors: Ledger) -> None:
    line = a_visitor(visitors, house.doer)
    with pytest.raises(NotYet):
        end_ledger(visitors.id, actor=house.actor)
    add_to_line(line.id, {"left": YES}, actor=house.doer)
    end_ledger(visitors.id, actor=house.actor)
    with pytest.raises(NotYet):
        a_visitor(visitors, house.doer)


def test_a_place_of_another_community_and_a_time_to_come(house: House, visitors: Ledger) -> None:
    with acting(house.actor):
        from_elsewhere = a_house(house.actor).room
    with pytest.raises(NotYet) as place:
        a_visitor(visitors, house.doer, place=from_elsewhere)
    assert set(place.value.fields) == {"place"}
    with pytest.raises(NotYet) as time:
        a_visitor(visitors, house.doer, at=now() + timedelta(hours=1))
    assert set(time.value.fields) == {"at"}


def test_a_form_of_the_library_is_put_in_force_unless_somebody_changed_it(house: House) -> None:
    actor = house.actor
    with acting(actor):
        draft_form(forms()["waste-ledger"], actor=actor)
        changed = forms()["greening-ledger"].model_copy(update={"name": "本公司绿化台账"})
        draft_form(changed, actor=actor)
    manager = an_account(actor, "manager", house.community.path).actor
    assert a_ledger(manager, house.community, "WASTE").form == "waste-ledger"
    with acting(actor):
        assert Form.objects.get(code="waste-ledger").state == "published"
    with pytest.raises(NotYet) as refused:
        a_ledger(manager, house.community, "PLANTS")
    assert set(refused.value.fields) == {"form"}


def test_nothing_that_names_people_is_left_beside_a_personal_ledger(house: House) -> None:
    with frozen(BEGIN):
        ledger = a_ledger(house.actor, house.community, "KEYS")
        texts = {name: Said(value={"text": "钱途"}) for name in ("key", "who", "reason")}
        line = write_line(ledger.id, {**texts, "agreed": YES}, actor=house.doer)
        add_to_line(line.id, {"back": Said("fail", {"note": "钱途弄丢了"})}, actor=house.doer)
    with frozen(BEGIN + timedelta(days=400)):
        assert erase_old_lines(actor=house.actor) == 1
    with acting(house.actor):
        assert Case.objects.get(kind="finding").item == "key-loan.back"
        assert not EventValue.objects.filter(text__contains="钱途").exists()


def test_pictures_of_earlier_answers_are_erased_too(house: House) -> None:
    given = {
        "owner": YES, "list": Said(value={"rows": [["电视", "1"]]}),
        "guard": Said(files=[a_picture()]),
    }  # fmt: skip
    with frozen(BEGIN):
        ledger = a_ledger(house.actor, house.community, "GOODS")
        line = write_line(ledger.id, given, actor=house.doer)
        add_to_line(
            line.id, {"guard": Said(files=[a_picture()])}, actor=house.doer, reason="拍糊了"
        )
    with frozen(BEGIN + timedelta(days=400)):
        assert erase_old_lines(actor=house.actor) == 1
    with acting(house.actor):
        assert StoredFile.objects.count() == 2
        assert not StoredFile.objects.filter(erased_at=None).exists()


def test_open_lines_end_as_they_began(house: House, visitors: Ledger) -> None:
    line = a_visitor(visitors, house.doer)
    otherwise = Kept("访客登记簿", "visitor-log", ends_with="agreed")
    with pytest.raises(NotYet) as refused:
        change_ledger(visitors.id, otherwise, actor=house.actor)
    assert set(refused.value.fields) == {"ends_with"}
    add_to_line(line.id, {"left": YES}, actor=house.doer)
    assert change_ledger(visitors.id, otherwise, actor=house.actor).ends_with == "agreed"


def test_nothing_is_added_to_a_ledger_that_has_ended(house: House) -> None:
    ledger = a_ledger(house.actor, house.community, "PLANTS")
    given = {name: Said(value={"text": text}) for name, text in
             (("species", "香樟"), ("kind", "乔木"), ("spot", "主路"))}  # fmt: skip
    line = write_line(ledger.id, given, actor=house.doer)
    end_ledger(ledger.id, actor=house.actor)
    with pytest.raises(NotYet):
        add_to_line(line.id, {"note": Said(value={"text": "x"})}, actor=house.doer)
