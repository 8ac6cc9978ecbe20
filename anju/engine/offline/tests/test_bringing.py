"""What a device brings: once, in order, records never refused, steps judged."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import translation

from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Record, WorkOrder
from anju.engine.loop.testing import House, a_case, a_house
from anju.engine.offline import rules
from anju.engine.offline.commands import bringing
from anju.engine.offline.commands.settling import files_came, waive_files
from anju.engine.offline.models import Delivery, Device
from anju.engine.offline.queries import awaited_for
from anju.engine.offline.testing import Phone
from anju.foundation.access.commands import close_account, create_account, grant_role, revoke_role
from anju.foundation.access.models import RoleGrant
from anju.foundation.access.queries import actor_then
from anju.foundation.events.models import Event
from anju.foundation.files.testing import a_file, a_picture
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture
def hand(house: House) -> Actor:
    """The worker, with an account and the role of a technician."""
    account = create_account(
        actor=house.actor, login=uuid4().hex[:12], name="张师傅", person_id=house.worker.id
    )
    grant_role(account.id, actor=house.actor, role="technician", path=house.community.path)
    with acting(house.actor):
        return actor_then(account.id, now(), company=house.actor.company_id)


@pytest.fixture
def phone(hand: Actor) -> Phone:
    return Phone(hand)


@pytest.fixture
def work(house: House) -> WorkOrder:
    """Given to the worker."""
    opened = a_case(house)
    assert opened.work is not None
    said = {"person": str(house.worker.id)}
    return move_work(opened.work.id, "assign", actor=house.actor, said=said)


def stood(house: House, work: WorkOrder) -> WorkOrder:
    with acting(house.actor):
        return WorkOrder.objects.get(id=work.id)


def statuses(receipts: list[dict[str, Any]]) -> list[str]:
    return [str(one["status"]) for one in receipts]


def a_day(phone: Phone, work: WorkOrder) -> list[bringing.Command]:
    """Accepted, arrived, noted, finished without a signal; all on what was seen at first."""
    said = {"note": {"text": "阀门已关"}, "finish": {"result": "已修好"}}
    did = [(name, said.get(name, {})) for name in ("accept", "arrive", "note", "finish")]
    return [phone.does(name, work.id, base=work.version, **said) for name, said in did]


def test_a_day_without_a_signal_is_brought_at_once(
    house: House, phone: Phone, work: WorkOrder
) -> None:
    start = now()
    commands = [
        replace(one, at=start + timedelta(minutes=10 * n))
        for n, one in enumerate(a_day(phone, work), start=1)
    ]
    with frozen(start + timedelta(minutes=70)):
        receipts = phone.brings(*reversed(commands))
    finished = commands[-1].at
    assert statuses(receipts) == ["taken"] * 4
    assert len({one["number"] for one in receipts}) == 4
    after = stood(house, work)
    assert after.state in ("done", "passed")
    assert after.done_at == finished
    with acting(house.actor):
        told = Event.objects.about("case", work.case_id).filter(name__startswith="work.")
        lates = {e.name: e.noted_at - e.at for e in told}
    assert lates["work.finish"] == timedelta(minutes=30)
    assert lates["work.accept"] == timedelta(minutes=60)


def test_the_same_id_gets_the_same_receipt_and_acts_once(
    house: House, phone: Phone, work: WorkOrder
) -> None:
    commands = a_day(phone, work)
    first = phone.brings(*commands)
    assert phone.brings(*commands) == first
    with acting(house.actor):
        assert Delivery.objects.filter(stream__subject=work.id).count() == 4
        assert Event.objects.about("case", work.case_id).filter(name="case.note").count() == 1


def test_another_command_under_a_known_id_is_refused(phone: Phone, work: WorkOrder) -> None:
    command = phone.does("note", work.id, text="一")
    phone.brings(command)
    (said,) = phone.brings(replace(command, said={"text": "二"}))
    assert (said["status"], said["code"]) == ("refused", "used")


def test_a_gap_waits_and_a_number_counts_once(phone: Phone, work: WorkOrder) -> None:
    commands = a_day(phone, work)
    first, second = phone.brings(commands[0], commands[2])
    assert (first["status"], second["status"], second["code"]) == ("taken", "wait", "gap")
    assert statuses(phone.brings(*commands[1:])) == ["taken"] * 3
    (said,) = phone.brings(replace(commands[0], id=uuid4()))
    assert (said["status"], said["code"]) == ("wait", "used")


def test_a_refused_step_blocks_later_ones_until_it_was_seen(
    house: House, phone: Phone, work: WorkOrder
) -> None:
    move_work(work.id, "hand_back", actor=house.actor, said={"reason": "换人"})
    accept, arrive, note, finish = a_day(phone, work)
    receipts = phone.brings(accept, arrive, note, finish)
    assert statuses(receipts) == ["refused", "blocked", "aside", "blocked"] or statuses(
        receipts
    ) == ["refused", "blocked", "taken", "blocked"]
    refused = receipts[0]
    assert refused["code"] == "wrong_state"
    assert refused["next"] == ["claim"]
    assert receipts[1]["of"] == str(accept.id)
    claim = phone.does("claim", work.id, base=refused["version"])
    assert statuses(phone.brings(claim)) == ["blocked"], "nobody has seen the refusal"
    seen = phone.does("seen", work.id, of=str(accept.id))
    again = phone.does("claim", work.id, base=refused["version"])
    assert statuses(phone.brings(seen, again)) == ["taken", "taken"]
    assert stood(house, work).state == "accepted"


def test_a_step_is_judged_on_what_its_maker_saw(
    house: House, phone: Phone, work: WorkOrder
) -> None:
    accept = phone.does("accept", work.id, base=work.version)
    hold = phone.does("hold", work.id, base=work.version, reason="#nobody_home")
    phone.brings(accept)
    desk = move_work(work.id, "hold", actor=house.actor, said={"reason": "#desk_decides"})
    move_work(work.id, "resume", actor=house.actor, version=desk.version)
    (said,) = phone.brings(hold)
    assert (said["status"], said["code"], said["state"]) == ("refused", "stale_version", "doing")


def test_a_missing_answer_is_named(house: House, phone: Phone, work: WorkOrder) -> None:
    accept = phone.does("accept", work.id)
    hold = phone.does("hold", work.id, reason="")
    (_taken, said) = phone.brings(accept, hold)
    assert (said["status"], said["code"]) == ("refused", "missing")
    assert said["remains"] == ["Please fill this in."]


def test_a_record_of_work_that_is_over_is_kept_beside_it(
    house: House, phone: Phone, work: WorkOrder
) -> None:
    move_work(work.id, "void", actor=house.actor, said={"reason": "重复"})
    material = phone.does("material", work.id, name="角阀", quantity="2", unit="个")
    elsewhere = phone.does("note", uuid4(), text="不知道的工单")
    receipts = phone.brings(material, elsewhere)
    assert statuses(receipts) == ["aside", "aside"]
    with acting(house.actor):
        kept = Record.objects.filter(kind="aside").order_by("id")
        assert {record.work_id for record in kept} == {work.id, None}
        assert {record.value["why"] for record in kept} == {"not_in_hand", "unknown"}


def test_every_kind_of_record_arrives(house: House, phone: Phone, work: WorkOrder) -> None:
    photo = a_file(phone.actor)
    pen = a_file(phone.actor, a_picture("PNG"), "signature.png")
    did: list[tuple[str, dict[str, Any]]] = [
        ("accept", {}),
        ("photo", {"file": photo.sha256, "stage": "before"}),
        ("material", {"name": "角阀", "quantity": "2", "price": "18.5"}),
        ("minutes", {"minutes": 45}),
        ("signature", {"file": pen.sha256, "signer": "reporter"}),
        ("note", {"text": "好"}),
    ]
    receipts = phone.brings(*(phone.does(name, work.id, **said) for name, said in did))
    assert statuses(receipts) == ["taken"] * 6
    with acting(house.actor):
        kinds = set(Record.objects.filter(work_id=work.id).values_list("kind", flat=True))
    assert {"photo", "material", "labour", "signature"} <= kinds


def _pictures(n: int) -> list[tuple[bytes, str]]:
    made = [a_picture(size=(64 + i, 48)) for i in range(n)]
    return [(one, hashlib.sha256(one).hexdigest()) for one in made]


def finished_before_its_photos(phone: Phone, work: WorkOrder) -> tuple[Any, list[Any]]:
    pictures = _pictures(2)
    commands = [
        phone.does("accept", work.id),
        phone.does("arrive", work.id),
        *(phone.does("photo", work.id, file=sha, stage="after") for _content, sha in pictures),
        phone.does("finish", work.id, result="已修好"),
        phone.does("note", work.id, text="门已锁"),
    ]
    return pictures, commands


def test_finishing_waits_for_the_last_photo_and_is_done_at_its_own_time(
    house: House, phone: Phone, work: WorkOrder
) -> None:
    pictures, commands = finished_before_its_photos(phone, work)
    receipts = phone.brings(*commands)
    assert statuses(receipts) == ["taken", "taken", "waiting", "waiting", "waiting", "taken"]
    assert stood(house, work).state == "arrived"
    (again,) = phone.brings(commands[4])
    assert again["waiting_for"] == 2
    assert again["text"] == "Received. It waits for 2 photos."
    with frozen(now() + timedelta(hours=2)):
        for n, (content, sha) in enumerate(pictures):
            a_file(phone.actor, content)
            files_came(sha, actor=phone.actor)
            assert stood(house, work).state == ("passed", "done", "arrived")[2 - n] or n == 1
        assert stood(house, work).state in ("done", "passed")
    done = stood(house, work).done_at
    assert done is not None
    assert done < now() + timedelta(minutes=1)
    assert statuses(phone.brings(*commands)) == ["taken"] * 6


def test_photos_that_came_while_nobody_looked_are_found_at_the_next_contact(
    house: House, phone: Phone, work: WorkOrder
) -> None:
    pictures, commands = finished_before_its_photos(phone, work)
    phone.brings(*commands)
    for content, _sha in pictures:
        a_file(phone.actor, content)  # the server ended before it could settle
    assert statuses(phone.brings(*commands)) == ["taken"] * 6


def test_lost_photos_are_waived_by_name(house: House, phone: Phone, work: WorkOrder) -> None:
    _files, commands = finished_before_its_photos(phone, work)
    phone.brings(*commands)
    with acting(house.actor):
        awaited = awaited_for(work.id, actor=house.actor)
    assert [len(one.files) for one in awaited] == [1, 1]
    assert all(one.finished_at for one in awaited)
    with pytest.raises(NotYet):
        waive_files(awaited[0].command, actor=house.actor, reason=" ")
    with pytest.raises(Refused):
        waive_files(awaited[0].command, actor=phone.actor, reason="手机丢了")
    for one in awaited:
        waive_files(one.command, actor=house.actor, reason="手机丢了")
    assert stood(house, work).state in ("done", "passed")
    with acting(house.actor):
        assert Event.objects.filter(name="device.waived").count() >= 2


def test_a_colleagues_file_is_nobody_elses(house: House, phone: Phone, work: WorkOrder) -> None:
    """Who knows the hash of a picture does not get it by saying that it is theirs."""
    theirs = a_file(house.actor)
    receipts = phone.brings(
        phone.does("accept", work.id), phone.does("photo", work.id, file=theirs.sha256)
    )
    assert statuses(receipts) == ["taken", "waiting"]


def test_steps_are_judged_by_the_roles_held_then(
    house: House, phone: Phone, work: WorkOrder
) -> None:
    start = now()
    before = phone.does("accept", work.id)
    with frozen(start + timedelta(hours=1)):
        with acting(house.actor):
            grant = RoleGrant.objects.get(account_id=phone.actor.id)
        revoke_role(grant.id, actor=house.actor)
        close_account(phone.actor.id, actor=house.actor)
    with frozen(start + timedelta(minutes=70)):
        after = phone.does("arrive", work.id)
        receipts = phone.brings(before, after, in_order=False)
    assert statuses(receipts) == ["taken", "refused"]
    assert receipts[1]["code"] == "refused"
    with acting(house.actor):
        odd = Event.objects.filter(name="device.odd", subject_id=work.case_id)
        assert [(e.said["step"], e.said["signed_out"]) for e in odd] == [
            ("accept", True),
            ("arrive", True),
        ]


@pytest.mark.parametrize("wrong", [timedelta(days=-400), timedelta(hours=3), timedelta(days=9)])
def test_a_wrong_clock_does_not_move_what_happened(
    house: House, hand: Actor, work: WorkOrder, wrong: timedelta
) -> None:
    phone = Phone(hand, wrong)
    meant = now()
    accept = phone.does("accept", work.id, at=meant)
    with frozen(meant + timedelta(minutes=20)):
        phone.brings(accept)
    with acting(house.actor):
        event = Event.objects.about("case", work.case_id).get(name="work.accept")
        odd = Event.objects.get(name="device.odd", subject_id=work.case_id)
    assert abs(event.at - meant) < timedelta(seconds=1)
    assert odd.said["skew"] == int(-wrong.total_seconds())


def test_nothing_lies_before_the_last_time_all_was_brought(
    house: House, phone: Phone, work: WorkOrder
) -> None:
    emptied = now()
    with frozen(emptied):
        phone.brings(phone.does("accept", work.id))
    with frozen(emptied + timedelta(hours=1)):
        phone.brings(phone.does("arrive", work.id, at=now() - timedelta(days=2)))
    with acting(house.actor):
        event = Event.objects.about("case", work.case_id).get(name="work.arrive")
    assert event.at == emptied


def test_what_stays_on_the_device_does_not_move_that_time(
    house: House, phone: Phone, work: WorkOrder
) -> None:
    accept, arrive = phone.does("accept", work.id), phone.does("arrive", work.id)
    meant = arrive.at
    with frozen(meant + timedelta(hours=1)):
        phone.brings(accept, left=1)
    with frozen(meant + timedelta(hours=2)):
        phone.brings(arrive)
    with acting(house.actor):
        event = Event.objects.about("case", work.case_id).get(name="work.arrive")
        device = Device.objects.get(device=phone.id)
    assert event.at == meant
    assert (device.left, device.emptied_at) == (0, device.heard_at)


def test_what_takes_too_long_is_sent_again(
    phone: Phone, work: WorkOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bringing, "PATIENCE", -1.0)
    commands = a_day(phone, work)
    assert phone.brings(*commands) == []
    monkeypatch.undo()
    assert statuses(phone.brings(*commands)) == ["taken"] * 4


def test_old_formats_are_read_for_ninety_days(
    phone: Phone, work: WorkOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = phone.does("accept", work.id)
    (said,) = phone.brings(replace(command, v=7))
    assert (said["status"], said["code"]) == ("wait", "format")
    today = now().date()
    formats: dict[int, Any] = {1: today - timedelta(days=90), 2: None}
    monkeypatch.setattr(rules, "FORMATS", formats)
    assert statuses(phone.brings(command)) == ["taken"]
    formats[1] -= timedelta(days=1)
    assert statuses(phone.brings(phone.does("arrive", work.id))) == ["wait"]


def test_nobody_brings_in_anothers_name(house: House, phone: Phone, work: WorkOrder) -> None:
    (said,) = phone.brings(replace(phone.does("accept", work.id), who=UUID(int=7)))
    assert (said["status"], said["code"]) == ("wait", "other_person")


def test_a_command_nobody_knows_is_refused(phone: Phone, work: WorkOrder) -> None:
    (said,) = phone.brings(phone.does("explode", work.id))
    assert (said["status"], said["code"]) == ("refused", "unknown_command")


def test_a_step_that_is_blocked_does_not_wait_until_the_block_is_gone(
    house: House, phone: Phone, work: WorkOrder
) -> None:
    """Found by the model check: it would have been taken once its photo had come."""
    ((content, sha),) = _pictures(1)
    refused = phone.does("resume", work.id)
    photo = phone.does("photo", work.id, file=sha)
    finish = phone.does("finish", work.id, result="已修好")
    receipts = phone.brings(refused, photo, finish)
    assert statuses(receipts) == ["refused", "waiting", "blocked"]
    a_file(phone.actor, content)
    phone.brings(phone.does("seen", work.id, of=str(refused.id)))
    files_came(sha, actor=phone.actor)
    assert stood(house, work).state == "assigned"
