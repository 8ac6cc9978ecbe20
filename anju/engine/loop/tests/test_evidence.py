"""Evidence of a case: photos are kept one by one, and the archive of a case proves itself."""

import io
import json
import zipfile
from uuid import uuid4

import pytest

from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.evidence import MOST, Given, add_evidence
from anju.engine.loop.commands.exporting import export_case
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Record
from anju.engine.loop.testing import a_case, a_house
from anju.foundation.events.archive.check import read_archive
from anju.foundation.events.models import Event
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.files.testing import a_picture
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused, Unknown


def a_photo(name="漏水.jpg", colour="teal"):
    return Given(name, io.BytesIO(a_picture(colour=colour)))


def test_a_bad_photo_does_not_cost_the_good_ones(actor):
    opened = a_case(a_house(actor))
    bad = Given("坏.jpg", io.BytesIO(b"\xff\xd8\xff broken"))
    added = add_evidence(
        opened.case.id, [a_photo(), bad, a_photo(colour="red")], actor=actor, work_id=opened.work.id
    )
    assert [name for name, _why in added.refused] == ["坏.jpg"]
    assert str(added.refused[0][1])
    with acting(actor):
        kept = list(Record.objects.filter(case=opened.case.id))
        told = Event.objects.about("case", opened.case.id).last()
    assert [(r.kind, r.work_id) for r in kept] == [("photo", opened.work.id)] * 2
    assert told.name == "record.made"
    assert told.said == {"kind": "photo", "count": 2}


def test_nothing_kept_leaves_no_event(actor):
    opened = a_case(a_house(actor))
    added = add_evidence(opened.case.id, [Given("a.txt", io.BytesIO(b"text"))], actor=actor)
    assert (added.records, len(added.refused)) == ([], 1)
    with acting(actor):
        assert Event.objects.about("case", opened.case.id).count() == 1


def test_no_evidence_after_the_end_nor_too_much_nor_by_strangers(actor, other_actor):
    house = a_house(actor)
    case = a_case(house).case
    with pytest.raises(NotYet) as refusal:
        add_evidence(case.id, [a_photo()] * (MOST + 1), actor=actor)
    assert refusal.value.code == "too_many"
    with pytest.raises(Unknown):
        add_evidence(case.id, [a_photo()], actor=other_actor)
    with pytest.raises(Unknown):
        add_evidence(case.id, [a_photo()], actor=actor, work_id=uuid4())
    reader = Actor.of(actor.company_id, "reader", ["case.see"])
    with pytest.raises(Refused):
        add_evidence(case.id, [a_photo()], actor=reader)
    move_case(case.id, "void", actor=actor, said={"reason": "重复"})
    with pytest.raises(NotYet) as refusal:
        add_evidence(case.id, [a_photo()], actor=actor)
    assert refusal.value.code == "over"


def test_the_archive_of_a_case_proves_itself(actor, tmp_path):
    house = a_house(actor)
    opened = a_case(house)
    for name, said in (
        ("assign", {"person": str(house.worker.id)}),
        ("accept", {}),
        ("arrive", {}),
        ("hold", {"reason": "待料"}),
        ("resume", {}),
        ("finish", {"result": "已更换"}),
    ):
        move_work(opened.work.id, name, actor=house.doer, said=said)
    add_evidence(opened.case.id, [a_photo()], actor=house.doer, work_id=opened.work.id)
    move_work(opened.work.id, "fail", actor=house.judge, said={"reason": "仍渗水"})
    move_case(opened.case.id, "classify", actor=actor, said={"reason": "加急", "urgency": 2})
    with pytest.raises(NotYet):  # not yet sealed
        export_case(opened.case.id, actor=actor)
    seal_all()
    for _again in range(2):  # the second holds the event of the first
        case, content = export_case(opened.case.id, actor=actor)
        seal_all()
        path = tmp_path / "case.zip"
        with content:
            path.write_bytes(content.read())
        checked = read_archive(path)
        assert checked.problems == []
        assert (checked.files, checked.title) == (1, str(case))
    with zipfile.ZipFile(path) as archive:
        names = [event["name"] for event in json.loads(archive.read("events.json"))]
    assert {"case.reported", "work.finish", "file.kept", "case.exported"} <= set(names)
    assert codes(verified(actor.company_id)) == set()


def test_the_archive_is_for_who_may_read_the_journal_there(actor):
    case = a_case(a_house(actor)).case
    seal_all()
    reader = Actor.of(actor.company_id, "reader", ["case.see"])
    with pytest.raises(Refused):
        export_case(case.id, actor=reader)
