"""What imports hold of a person goes with the person."""

from datetime import date
from decimal import Decimal

from anju.foundation.events.testing import seal_all, verified
from anju.foundation.people.commands import assign, erase_person, reveal
from anju.foundation.people.models import Person
from anju.foundation.people.testing import a_duty, a_post, a_worker
from anju.foundation.people.tests.test_privacy import traces
from anju.foundation.places.commands import edit_asset, edit_place, make_labels, move_subtree
from anju.foundation.places.queries import chain
from anju.foundation.places.testing import a_place, an_asset
from anju.foundation.registry.commands import stage, undo
from anju.foundation.registry.models import Batch, Entered
from anju.foundation.registry.testing import a_csv
from anju.foundation.registry.tests.test_imports import RESIDENTS, bring
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

NAME = "司马相如如"


def test_former_values_and_waiting_uploads_are_erased(actor: Actor) -> None:
    with acting(actor):
        a_place(actor)
        bring(
            "residents",
            a_csv(RESIDENTS, ["3-2-1201", NAME, "13800001111", "业主", "", "甲"]),
            actor,
        )
        bring(
            "residents",
            a_csv(RESIDENTS, ["3-2-1201", NAME, "13900002222", "业主", "", "乙乙"]),
            actor,
        )
        assert Entered.objects.filter(before__phone="13800001111").exists()
        content = a_csv(RESIDENTS, ["3-2-1201", NAME, "13900002222", "租户", "", ""])
        waiting = stage(content, name=f"{NAME}.csv", sheet="residents", actor=actor)
        other = a_csv(RESIDENTS, ["3-2-1201", "张伟", "", "租户", "", ""])
        unharmed = stage(other, name="b.csv", sheet="residents", actor=actor)
        person = Person.objects.get(name=NAME)
    values = (NAME, "13800001111", "13900002222", "乙乙")
    assert {"registry_batch", "registry_entered"} <= traces(actor.company_id, *values)
    erased = erase_person(person.id, actor=actor)
    assert erased.rows["imports"] == 2
    assert traces(actor.company_id, *values) == set()
    with acting(actor):
        assert Batch.objects.get(id=waiting.id).state == "dropped"
        assert Batch.objects.get(id=unharmed.id).state == "staged"


def test_whatever_the_registry_writes_verifies(actor: Actor) -> None:
    """After additions, changes, moves, imports, an undo and an erasure all rows match the seals."""
    with acting(actor):
        room = a_place(actor)
        _community, building, unit, _room = chain(room)
        edit_place(building, actor=actor, code="30", area=Decimal("1234.5"))
        move_subtree(unit, to=a_place(actor, number="4"), actor=actor)
        lift = an_asset(actor, place=unit)
        edit_asset(lift, actor=actor, status="repair")
        make_labels([room, lift], actor=actor)
        rows = [["4-2-1201", NAME, "13800001111", "业主", "2020-01-01", ""]]
        first = bring("residents", a_csv(RESIDENTS, *rows), actor)
        rows[0][2] = "13900002222"
        second = bring("residents", a_csv(RESIDENTS, *rows), actor)
        undo(second.id, actor=actor)
        undo(first.id, actor=actor)
        bring("residents", a_csv(RESIDENTS, *rows), actor)
        person = Person.objects.get()
        worker = a_worker(actor, place=unit)
        post = a_post(actor, place=unit)
        assign(worker, post=post, since=date(2024, 1, 1), actor=actor)
        a_duty(actor, post=post, person=worker)
        reveal(person, "回电", actor=actor)
    erase_person(person.id, actor=actor)
    seal_all()
    assert verified(actor.company_id).problems == []
