"""The page where an emergency plan is written."""

from anju.domains.emergency.commands.planning import Content, change_plan, ship_plans
from anju.domains.emergency.models import Step
from anju.domains.emergency.queries import plans
from anju.faces.console.views.plans import PlanForm
from anju.foundation.access.testing import a_browser
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def test_the_page_writes_the_next_version_and_loses_nothing(actor: Actor) -> None:
    ship_plans(actor=actor)
    client = a_browser(actor, "admin")
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
    # A colleague makes it short meanwhile: no row that was typed is lost, and it can be saved.
    said |= {"step-9-who": "保安", "step-9-what": "守门", "version": "2"}
    short = Content(
        name=fire.name, category=fire.category, notice=fire.notice, steps=[Step("保安", "看")],
        outside=[], roles=["guard"],
    )  # fmt: skip
    change_plan(fire.id, short, version=2, actor=actor)
    beaten = client.post("/emergency/plans/fire/edit", said).content.decode()
    assert 'value="守门"' in beaten
    assert 'name="version" value="3"' in beaten
    again = client.post("/emergency/plans/fire/edit", {**said, "version": "3"})
    assert again["Location"] == "/emergency/plans/fire"
    with acting(actor):
        assert plans(actor).get(code="fire").ordered[-1].what == "守门"
