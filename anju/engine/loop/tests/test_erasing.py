"""A reporter's data: taken along, and erased without a trace from cases, work and clocks."""

import io
import json
import zipfile

from django.db import connections

from anju.engine.clocks.models import Clock
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case
from anju.engine.loop.testing import a_case, a_house
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.people.commands import erase_person, export_person
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

SECRETS = ("卫生间漏水", "楼下也渗水", "赵先生不在家", "赵先生说要快", "已告知赵先生")


def lived_through(actor: Actor):
    """A case whose every text says something of its reporter; the clocks held and running on."""
    house = a_house(actor)
    opened = a_case(house, urgency_reason="赵先生说要快")
    for name, said in (
        ("assign", {"person": str(house.worker.id)}),
        ("accept", {}),
        ("hold", {"reason": "赵先生不在家"}),
    ):
        move_work(opened.work.id, name, actor=house.doer, said=said)
    told = {"text": "已告知赵先生", "substance": "reason", "channel": "phone"}
    move_case(opened.case.id, "tell", actor=house.doer, said=told)
    return house, opened


def stored(company_id) -> str:
    """All rows of the company, as one text."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            """SELECT table_name FROM information_schema.columns
                WHERE table_schema = 'public' AND column_name = 'company_id'"""
        )
        found = []
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT to_jsonb(t) FROM "{table}" t WHERE company_id = %s', [company_id]
            )
            found += [json.dumps(json.loads(r), ensure_ascii=False) for (r,) in cursor.fetchall()]
    return "\n".join(found)


def test_a_reporter_is_erased_from_cases_and_everything_verifies(actor):
    house, opened = lived_through(actor)
    before = stored(actor.company_id)
    assert all(secret in before for secret in SECRETS)
    done = erase_person(house.resident.id, actor=actor)
    assert done.rows["cases"] == 1
    after = stored(actor.company_id)
    assert [secret for secret in SECRETS if secret in after] == []
    seal_all()
    assert codes(verified(actor.company_id)) == set()
    with acting(actor):
        assert Case.objects.get(id=opened.case.id).number == opened.case.number
        held = Clock.objects.filter(case_id=opened.case.id, state="paused")
        assert [clock.pauses[0][2] for clock in held] == [""] * len(held)
    move_work(opened.work.id, "resume", actor=house.doer)  # life goes on
    assert erase_person(house.resident.id, actor=actor).rows["cases"] == 0


def test_an_export_holds_what_was_reported_and_told(actor):
    house, opened = lived_through(actor)
    content = export_person(house.resident.id, actor=actor)
    data = json.loads(zipfile.ZipFile(io.BytesIO(content)).read("data.json"))
    (row,) = data["parts"]["cases"]
    assert (row["number"], row["title"]) == (opened.case.number, "卫生间漏水")
    assert row["told"] == "已告知赵先生"
