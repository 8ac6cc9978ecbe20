"""What a telephone brings about planned work."""

from anju.engine.loop.models import Record, WorkOrder
from anju.engine.loop.testing import a_house
from anju.engine.offline.testing import Phone
from anju.engine.plans.testing import a_plan
from anju.foundation.access.commands import create_account, grant_role
from anju.foundation.access.queries import actor_then
from anju.foundation.files.testing import a_file
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def test_a_photo_that_a_phone_brings_is_evidence_of_the_round(actor: Actor) -> None:
    house = a_house(actor)
    a_plan(house)
    account = create_account(actor=actor, login="hand", name="张师傅", person_id=house.worker.id)
    grant_role(account.id, actor=actor, role="technician", path=house.community.path)
    with acting(actor):
        hand = actor_then(account.id, now(), company=actor.company_id)
        work = WorkOrder.objects.filter(case=None).earliest("id")
    phone = Phone(hand)
    (said,) = phone.brings(phone.does("photo", work.id, file=a_file(hand).sha256))
    assert said["status"] == "taken"
    with acting(actor):
        assert [one.kind for one in Record.objects.filter(work_id=work.id)] == ["photo"]
