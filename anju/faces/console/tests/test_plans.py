"""The page where an emergency plan is written."""

from django.test import Client

from anju.domains.emergency.commands.planning import ship_plans
from anju.domains.emergency.queries import plans
from anju.faces.console.views.plans import PlanForm
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def test_the_page_writes_the_next_version_and_loses_nothing(actor: Actor) -> None:
    ship_plans(actor=actor)
    client = Client(headers={"Accept-Language": "en"})
    client.cookies[DEVICE_COOKIE] = an_account(actor, "admin").device
    with acting(actor):
        form = PlanForm(plan=plans(actor).get(code="fire"))
    said = {bound.html_name: bound.value() or "" for bound in form}
    said |= {"step-7-at": "1.5", "step-7-who": "前台", "step-7-what": "通知住户", "role-0": ""}
    wrong = client.post("/emergency/plans/fire/edit", {**said, "notice": "", "out-0-number": "火"})
    assert wrong.status_code == 422
    assert 'value="通知住户"' in wrong.content.decode()
    saved = client.post("/emergency/plans/fire/edit", said)
    assert saved["Location"] == "/emergency/plans/fire"
    with acting(actor):
        fire = plans(actor).get(code="fire")
    assert [step.what for step in fire.ordered][1] == "通知住户"
    assert (len(fire.steps), fire.version, fire.roles[0]) == (8, 2, "technician")
    assert "v1" in client.get("/emergency/plans/fire/edit").content.decode()
