"""What a telephone brings about planned work."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from anju.engine.loop.asked import signer_of
from anju.engine.loop.commands.work_moves import hold_planned, move_work
from anju.engine.loop.models import Record, WorkOrder
from anju.engine.loop.receiving import signatures_of
from anju.engine.loop.testing import House, a_house
from anju.engine.offline.commands.settling import waive_files
from anju.engine.offline.testing import Phone
from anju.engine.plans.testing import a_round
from anju.engine.standards.commands import put_in_force
from anju.engine.standards.document import Document, Method
from anju.foundation.access.commands import create_account, grant_role
from anju.foundation.access.queries import actor_then
from anju.foundation.events.models import Event, EventValue
from anju.foundation.files.testing import a_file, a_picture
from anju.foundation.lib import frozen, now
from anju.foundation.people.commands import assign
from anju.foundation.people.testing import a_person, a_post
from anju.foundation.places.testing import a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet


@dataclass
class Scene:
    """A round whose window is open, and the telephone of who is to do it."""

    house: House
    phone: Phone
    work: UUID

    @property
    def hand(self) -> Actor:
        return self.phone.actor

    def stood(self) -> WorkOrder:
        with acting(self.house.actor):
            return WorkOrder.objects.get(id=self.work)

    def kinds(self) -> list[str]:
        with acting(self.house.actor):
            kept = Record.objects.filter(work_id=self.work)
            return sorted(kept.values_list("kind", flat=True))


@pytest.fixture
def scene(actor: Actor) -> Scene:
    return a_scene(actor, Method(photos=("after",)))


def a_scene(actor: Actor, method: Method) -> Scene:
    house = a_house(actor)
    account = create_account(
        actor=actor, login=uuid4().hex[:12], name="张师傅", person_id=house.worker.id
    )
    grant_role(account.id, actor=actor, role="technician", path=house.community.path)
    shown = Document(code="rounds", name="巡查", kinds=(), verify=False, method=method)
    with acting(actor):
        with frozen(now() - timedelta(hours=3)):
            standard = put_in_force(shown, actor=actor, why="开始")
        post = a_post(actor, place=house.community)
        assign(house.worker, post=post, since=now().date() - timedelta(days=9), actor=actor)
        hand = actor_then(account.id, now(), company=actor.company_id)
    work = a_round(house, post=post, standard=standard.code)
    return Scene(house, Phone(hand), work.id)


def statuses(receipts: list[dict[str, object]]) -> list[object]:
    return [one["status"] for one in receipts]


def test_a_round_is_done_on_a_phone_and_brought_later(scene: Scene) -> None:
    phone, work = scene.phone, scene.work
    photo = a_file(scene.hand).sha256
    did = [
        phone.does("photo", work, file=photo, stage="after"),
        phone.does("note", work, text="灯管闪烁"),
        phone.does("minutes", work, minutes="25"),
        phone.does("signature", work, absent="public_area"),
        phone.does("done", work, remark="已擦净"),
    ]
    assert statuses(phone.brings(*did)) == ["taken"] * 5
    assert scene.stood().state == "passed"
    assert scene.kinds() == ["labour", "note", "photo", "result", "signature"]
    with acting(scene.house.actor):
        assert EventValue.objects.filter(name="text", text="灯管闪烁").count() == 1
    assert statuses(phone.brings(*did)) == ["taken"] * 5
    assert scene.kinds() == ["labour", "note", "photo", "result", "signature"]


def test_done_waits_for_its_photo_and_is_refused_without_one_or_a_reason(scene: Scene) -> None:
    phone, work = scene.phone, scene.work
    (refused,) = phone.brings(phone.does("done", work))
    assert (refused["status"], refused["code"]) == ("refused", "no_photo")
    assert refused["remains"]
    assert scene.stood().state in ("waiting", "assigned")
    seen = phone.does("seen", work, of=refused["id"])
    told = phone.does("done", work, without="camera")
    assert statuses(phone.brings(seen, told)) == ["taken", "taken"]
    assert scene.stood().state == "passed"


def test_what_stands_in_the_way_is_one_press_before_anybody_has_taken_it(scene: Scene) -> None:
    phone, work = scene.phone, scene.work
    held = phone.does("hold", work, reason="#not_let_in")
    assert statuses(phone.brings(held)) == ["taken"]
    stood = scene.stood()
    assert (stood.state, stood.held_reason) == ("held", "#not_let_in")
    assert stood.person_id == scene.house.worker.id
    resumed = [phone.does("resume", work), phone.does("done", work, without="nothing")]
    assert statuses(phone.brings(*resumed)) == ["taken", "taken"]
    with pytest.raises(NotYet):
        hold_planned(work, actor=scene.hand, reason="#not_let_in")


def test_who_was_given_the_round_meanwhile_keeps_it(scene: Scene) -> None:
    said = {"person": str(scene.house.resident.id), "reason": "急"}
    move_work(scene.work, "assign", actor=scene.house.judge, said=said)
    (receipt,) = scene.phone.brings(scene.phone.does("done", scene.work, without="nothing"))
    assert receipt["status"] == "refused"
    assert scene.stood().state == "assigned"


def test_an_answer_that_does_not_fit_is_kept_beside_and_its_reason_told(scene: Scene) -> None:
    (said,) = scene.phone.brings(scene.phone.does("answer", scene.work, item="no.such", value="9"))
    assert said["status"] == "aside"
    assert said["text"]
    assert scene.kinds() == ["aside"]


def test_planned_work_is_handed_over_with_a_signature_where_its_standard_asks(actor: Actor) -> None:
    """Refused without one or why there is none; who signed stands beside it by name."""
    scene = a_scene(actor, Method(received=True))
    phone, work = scene.phone, scene.work
    (refused,) = phone.brings(phone.does("done", work))
    assert (refused["status"], refused["code"]) == ("refused", "no_signature")
    assert refused["remains"]
    pen = a_file(scene.hand, a_picture("PNG"), "signature.png").sha256
    did = [
        phone.does("seen", work, of=refused["id"]),
        phone.does("signature", work, file=pen, signer="tenant", name="王女士"),
        phone.does("done", work),
    ]
    assert statuses(phone.brings(*did)) == ["taken"] * 3
    assert scene.stood().state == "passed"
    with acting(actor):
        signed = Record.objects.get(work_id=work, kind="signature")
        assert signed.value == {"by": "tenant"}
        assert signer_of(signed) == "王女士"


def test_a_signature_that_is_lost_with_its_phone_is_waived_as_a_photo_is(actor: Actor) -> None:
    scene = a_scene(actor, Method(received=True))
    phone, work = scene.phone, scene.work
    signed = phone.does("signature", work, file="0" * 64, signer="client", name="李工")
    assert statuses(phone.brings(signed, phone.does("done", work))) == ["waiting"] * 2
    waive_files(signed.id, actor=actor, reason="手机丢了")
    assert scene.stood().state == "passed"


def test_a_signature_that_the_server_refused_is_signed_again(actor: Actor) -> None:
    """A phone says by itself that its file will not come: nobody has said why nobody signs."""
    scene = a_scene(actor, Method(received=True))
    phone, work = scene.phone, scene.work
    signed = phone.does("signature", work, file="0" * 64, signer="client", name="李工")
    done = phone.does("done", work)
    assert statuses(phone.brings(signed, done)) == ["waiting"] * 2
    phone.brings(phone.does("waive", work, of=str(signed.id), reason="读不出来"))
    kept, refused = phone.brings(signed, done)
    assert statuses([kept, refused]) == ["aside", "refused"]
    assert refused["code"] == "no_signature"
    assert scene.stood().state in ("waiting", "assigned")
    did = [
        phone.does("seen", work, of=refused["id"]),
        phone.does("signature", work, absent="nobody_home"),
        phone.does("done", work),
    ]
    assert statuses(phone.brings(*did)) == ["taken"] * 3
    assert scene.stood().state == "passed"


def test_who_signs_for_nobody_says_why(actor: Actor) -> None:
    scene = a_scene(actor, Method(received=True))
    phone, work = scene.phone, scene.work
    did = [phone.does("signature", work, absent="nobody_home"), phone.does("done", work)]
    assert statuses(phone.brings(*did)) == ["taken"] * 2
    assert scene.stood().state == "passed"


def test_whoever_lives_there_signs_by_being_chosen(actor: Actor) -> None:
    """Whose the name is, chosen or typed alike, also where the work is over and the signature is
    kept beside it; of somebody else it is kept beside the work and tied to nobody."""
    scene = a_scene(actor, Method(received=True))
    phone, work, lives = scene.phone, scene.work, scene.house.resident
    pen = a_file(scene.hand, a_picture("PNG"), "signature.png").sha256
    for said in ({"person": str(lives.id)}, {"name": lives.name}, {"name": "李女士"}):
        (one,) = phone.brings(phone.does("signature", work, file=pen, signer="household", **said))
        assert one["status"] == "taken"
        with acting(actor):
            value = EventValue.objects.filter(name="signer").latest("id")
            assert value.text == said.get("name", lives.name)
            assert value.person_id == (None if value.text == "李女士" else lives.id)
    gone = phone.does("signature", work, file=pen, signer="household", person=str(uuid4()))
    assert statuses(phone.brings(gone)) == ["aside"]
    done = [phone.does("signature", work, absent="nobody_home"), phone.does("done", work)]
    assert statuses(phone.brings(*done)) == ["taken"] * 2
    with acting(actor):
        next_door = a_place(actor, number="3-2-1202", community=scene.house.community)
        stranger = a_person(actor, name="赵六", lives_at=next_door)
    for said, whose in (
        ({"name": lives.name}, lives.id), ({"person": str(lives.id)}, lives.id),
        ({"name": stranger.name}, None), ({"person": str(stranger.id)}, None),
    ):  # fmt: skip
        late = phone.does("signature", work, file=pen, signer="household", **said)
        assert statuses(phone.brings(late)) == ["aside"]
        with acting(actor):
            told = Event.objects.filter(name="record.made").latest("id")
            values = EventValue.objects.filter(event=told)
            assert set(values.values_list("person_id", flat=True)) == {whose}
    with acting(actor):
        kept = signatures_of(lives)
        assert sorted(kept.values_list("kind", flat=True)) == ["aside"] * 2 + ["signature"] * 2
        assert not signatures_of(stranger).exists()
