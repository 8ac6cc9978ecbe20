"""Proof 6: a person erased is in no table, file or index, all seals hold, and others are left.

The person here has left a trace in everything that is kept: imported from a list, named in another
that waits, edited, looked up, owner of a car, signed in, reached by mail, reporter of a case with
photos, held work and messages.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connections
from django.test import override_settings

from anju.domains.requests.meetings.commands import (
    Chosen,
    erase_minutes,
    keep_minutes,
    open_items,
)
from anju.domains.staff.handover import parts as handed
from anju.domains.staff.handover.commands import give_over
from anju.engine.forms.commands import draft_form, publish_paper
from anju.engine.forms.models import Form
from anju.engine.forms.rules import Form as Sheet
from anju.engine.forms.rules import Item
from anju.engine.loop import parts
from anju.engine.loop.asked import answers_of, events_of, typed_of
from anju.engine.loop.commands import erasing
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.effort import sign_for
from anju.engine.loop.commands.evidence import Given, add_evidence
from anju.engine.loop.commands.exporting import export_case
from anju.engine.loop.commands.judging import answer_item
from anju.engine.loop.commands.opening import Report, report
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case
from anju.engine.loop.queries import told_of
from anju.engine.loop.testing import House, a_case, a_house
from anju.engine.plans.testing import a_round
from anju.engine.standards.commands import put_in_force
from anju.engine.standards.document import Document, Method
from anju.engine.standards.rules import Limit
from anju.engine.standards.scope import Scope
from anju.foundation.access.models import Account
from anju.foundation.access.testing import an_account
from anju.foundation.entries import commands as entries
from anju.foundation.entries.queries import found
from anju.foundation.events.archive.check import read_archive
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.files import commands as files
from anju.foundation.files import store
from anju.foundation.files.testing import a_picture
from anju.foundation.messages.commands import set_address
from anju.foundation.messages.testing import a_message
from anju.foundation.people.commands import (
    add_vehicle,
    edit_person,
    erase_person,
    export_person,
    privacy,
    reveal,
)
from anju.foundation.people.models import Person
from anju.foundation.registry.commands import confirm, stage
from anju.foundation.registry.testing import a_csv
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused
from tests.harness.seeding import Bug, sown
from tests.sizes import some

NAME, PHONE, OLD_PHONE, PLATE = "欧阳明月", "13866668888", "13755554444", "沪B77K31"
TEXTS = ("明月家漏水", "明月说楼下也湿", "明月不在家", "已告知明月", "明月的厨房")
HANDED = ("明月八点到家", "欧阳明月来取钥匙", "欧阳明月的钥匙", f"楼上 {PHONE} 明月来过")
TYPED = ("明月说左侧已断", "明月家客厅", "明月的卧室", "MY-明月-01", "明月说不用看")
VALUES = (NAME, PHONE, OLD_PHONE, PLATE, PLATE[1:], "mingyue", *TEXTS, *TYPED, *HANDED)


@dataclass
class Life:
    """Someone who has left traces, and what they are. `photos`: contents by their SHA-256."""

    house: House
    person: Person
    case: UUID = field(default_factory=uuid4)
    work: UUID = field(default_factory=uuid4)
    other: UUID = field(default_factory=uuid4)  # a case that somebody else reported
    photos: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)


def lived(actor: Actor) -> Life:
    house = a_house(actor)
    life = Life(house, _imported(actor, house))
    person = life.person
    with acting(actor):
        add_vehicle(actor=actor, person=person, plate=PLATE)
        edit_person(person, actor=actor, phone=PHONE, note=TEXTS[4])
        reveal(person, f"回电 {NAME}", actor=actor)
    _signed_in(actor, person)
    _reported(life)
    _received(life)
    waiting = a_csv(["姓名", "手机号", "房号"], [NAME, PHONE, house.room.full_code])
    stage(waiting, name=f"{NAME}.csv", sheet="residents", actor=actor)
    return life


def _imported(actor: Actor, house: House) -> Person:
    community = house.community.name
    rows = a_csv(
        ["小区", "房号", "姓名", "手机号", "身份"],
        [community, house.room.full_code, NAME, OLD_PHONE, "业主"],
    )
    batch = stage(rows, name="residents.csv", sheet="residents", actor=actor)
    confirm(batch.id, actor=actor)
    with acting(actor):
        return Person.objects.get(name=NAME)


def _signed_in(actor: Actor, person: Person) -> None:
    login = f"mingyue{uuid4().hex[:8]}"
    account = an_account(actor, "resident", login=login)
    with acting(actor):
        Account.objects.filter(id=account.id).update(person_id=person.id, name=NAME)
    set_address(account.id, f"{login}@example.com", actor=account.actor)
    with override_settings(SMTP_URL="smtp://127.0.0.1:9"):  # queued, never sent
        a_message(actor, account)


def _reported(life: Life) -> None:
    """A case with every kind of text, photos of theirs and of the work; and somebody else's."""
    house, actor = life.house, life.house.actor
    _asks(actor)
    said = Report(
        kind="repair", title=TEXTS[0], text=TEXTS[1], place=house.room, reporter=life.person,
        channel="phone", category="入户",
    )  # fmt: skip
    opened = report(said, actor=actor)
    assert opened.work
    life.case, life.work = opened.case.id, opened.work.id
    for name, words in (
        ("assign", {"person": str(house.worker.id)}),
        ("accept", {}),
        ("hold", {"reason": TEXTS[2]}),
    ):
        move_work(life.work, name, actor=house.doer, said=words)
    for code, verdict, value in (
        ("seal", "fail", {"note": TYPED[0]}),  # opens a finding, and stands with it
        ("where", "", {"text": TYPED[1], "note": TYPED[1]}),
        ("list", "", {"rows": [[TYPED[2], "2"]]}),
        ("label", "", {"text": TYPED[3]}),
        ("rest", "na", {"note": TYPED[4], "rows": [[TYPED[4]]]}),
    ):
        answer_item(life.work, f"visit.{code}", actor=house.doer, verdict=verdict, value=value)
    told = {"text": TEXTS[3], "substance": "reason", "channel": "phone"}
    move_case(life.case, "tell", actor=house.doer, said=told)
    life.photos = _kept(actor, life.case, f"{NAME}.jpg", "teal") | _kept(
        house.doer, life.case, "修好了.jpg", "navy", work=life.work
    )
    life.other = a_case(house, urgency=2).case.id
    life.others = _kept(actor, life.other, "别家.jpg", "red")


def _received(life: Life) -> None:
    """Planned work in their home that they signed for, and what one shift wrote for the next."""
    house = life.house
    work = a_round(house)
    pen = io.BytesIO(a_picture("PNG", size=(2000, 1500), colour="green"))
    made = sign_for(work.id, pen, signer="household", person=life.person.id, actor=house.doer)
    give_over(
        house.community, actor=house.doer, text=HANDED[1],
        beside={str(life.case): HANDED[0], str(life.other): HANDED[3]},
        things=[(HANDED[2], 1), ("对讲机", 2)],
    )  # fmt: skip
    with acting(house.actor):
        life.photos.add(files.StoredFile.objects.get(id=made.file_id).sha256)


def _asks(actor: Actor) -> None:
    """Work in homes is asked by a form."""
    items = (
        Item(code="seal", text="封条完好", on_fail="case"),
        Item(code="where", text="位置", kind="text"),
        Item(code="list", text="清单", kind="table", columns=("何处", "几处")),
        Item(code="label", text="标签", kind="scan"),
        Item(code="rest", text="其余", kind="table", columns=("何处",)),
    )
    sheet = Sheet(code="visit", name="入户检查表", items=items)
    publish_paper(Form, draft_form(sheet, actor=actor).id, actor=actor)
    document = Document(
        code="visits", name="入户", kinds=("repair",), limits=(Limit("finish", 60),),
        scope=Scope(categories=("入户",)), method=Method(form="visit"),
    )  # fmt: skip
    put_in_force(document, actor=actor, why="开始")


def _kept(actor: Actor, case: UUID, name: str, colour: str, work: UUID | None = None) -> set[str]:
    picture = io.BytesIO(a_picture(size=(2000, 1500), colour=colour))
    added = add_evidence(case, [Given(name, picture)], actor=actor, work_id=work)
    (record,) = added.records
    with acting(actor):
        return {files.StoredFile.objects.get(id=record.file_id).sha256}


def rows_with(company: UUID, values: tuple[str, ...]) -> set[str]:
    """Tables in which one of the values stands: rows of the company, and those of none."""
    held = set()
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            """
            SELECT t.tablename, c.column_name IS NOT NULL FROM pg_tables t
              LEFT JOIN information_schema.columns c ON c.column_name = 'company_id'
               AND (c.table_schema, c.table_name) = (t.schemaname, t.tablename)
             WHERE t.schemaname = 'public'
            """
        )
        for table, owned in cursor.fetchall():
            mine, key = (" WHERE company_id = %s", [company]) if owned else ("", [])
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t{mine}', key)
            for (row,) in cursor.fetchall():
                text = json.dumps(json.loads(row), ensure_ascii=False)
                held |= {table} if any(value in text for value in values) else set()
    return held


def on_disk(company: UUID, contents: set[str]) -> Iterator[Path]:
    """What lies there of the contents: as they came, and drawn smaller."""
    for path in (Path(settings.FILES_ROOT) / str(company)).rglob("*"):
        if path.is_file() and path.name.partition(".")[0] in contents:
            yield path


def left(life: Life) -> list[str]:
    """Where something of the person is still found."""
    actor = life.house.actor
    held = [f"table {name}" for name in sorted(rows_with(actor.company_id, VALUES))]
    held += [f"file {path.name}" for path in on_disk(actor.company_id, life.photos)]
    for word in (NAME, PHONE, PHONE[-4:], PLATE, "oymy", "ouyangmingyue"):
        held += [f"found by {word}" for _hit in found(word, actor=actor)]
    held += [f"seals: {code}" for code in codes(verified(actor.company_id))]
    return held


def erased(life: Life) -> list[str]:
    erase_person(life.person.id, actor=life.house.actor)
    seal_all()
    return left(life)


def test_an_erased_person_is_nowhere_and_everything_verifies(actor: Actor, tmp_path: Path) -> None:
    life = lived(actor)
    seal_all()
    before = left(life)
    assert len([x for x in before if x.startswith("table")]) >= 8
    assert len([x for x in before if x.startswith("file")]) == 3 * 3
    assert len([x for x in before if x.startswith("found")]) >= 5
    assert erased(life) == []
    assert len(list(on_disk(actor.company_id, life.others))) == 3
    archive = tmp_path / "case.zip"
    with export_case(life.case, actor=actor)[1] as content:
        archive.write_bytes(content.read())
    checked = read_archive(archive)
    assert (checked.problems, checked.files) == ([], 0)
    assert [value for value in VALUES if value in inside(archive.read_bytes())] == []
    again = erase_person(life.person.id, actor=actor)
    assert set(again.rows.values()) == {0}


def inside(content: bytes) -> str:
    """Everything that stands in a ZIP."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return b"".join(file.read(name) for name in file.namelist()).decode(errors="replace")


def test_what_is_typed_on_the_spot_is_shown_until_its_person_is_erased(actor: Actor) -> None:
    life = lived(actor)
    seal_all()
    said = {word for word in TYPED if word in inside(export_person(life.person.id, actor=actor))}
    assert said == set(TYPED)
    ours = inside(export_person(life.person.id, actor=actor))
    assert all(word in ours for word in (HANDED[0], HANDED[3], "泵房巡查"))
    assert not any(word in ours for word in HANDED[1:3])  # of which only the name is known
    with acting(actor):
        finding = Case.objects.get(kind="finding")
        told = events_of(answers_of(life.work).values()).values_list("id", flat=True)
        assert len(told) == len(TYPED)
        assert set(told_of([life.case])) >= set(told)  # minutes that are erased take them along
    for case in (life.case, finding.id):  # what failed belongs to both
        with export_case(case, actor=actor)[1] as content:
            assert TYPED[0] in inside(content.read())
    erase_person(life.person.id, actor=actor)
    with acting(actor):
        answers = answers_of(life.work)
        assert typed_of(answers.values()) == {}
        assert {code: row.value for code, row in answers.items()} == {
            f"visit.{code}": {"version": 1} for code in ("seal", "where", "list", "label", "rest")
        }
        assert answers["visit.seal"].verdict == "fail"


def test_a_dry_run_takes_no_file(actor: Actor) -> None:
    life = lived(actor)
    looked = erase_person(life.person.id, actor=actor, dry_run=True)
    assert looked.rows["cases"] == 1 + 2
    assert (looked.rows["signatures"], looked.rows["handovers"]) == (1, len(HANDED))
    assert len(list(on_disk(actor.company_id, life.photos))) == 3 * 3


def test_erased_minutes_are_nowhere_and_everything_verifies(actor: Actor) -> None:
    house = a_house(actor)
    text = f"一、{NAME}家\n1、{TEXTS[0]}\n2、修灯"
    given: dict[str, Any] = {
        "actor": actor, "place": house.community, "title": "大会", "held_on": date(2026, 11, 20),
    }  # fmt: skip
    minutes = keep_minutes(text, **given)
    seal_all()
    assert rows_with(actor.company_id, VALUES) == {"requests_minutes", "requests_minutesitem"}
    given_to = Chosen(1, f"{NAME}家的事", TEXTS[0], house.room.full_code, "repair")
    (case,) = open_items(minutes.id, [given_to], actor=actor)
    move_case(case.id, "note", actor=actor, said={"text": TEXTS[0]})
    seal_all()
    with pytest.raises(Refused):
        erase_minutes(minutes.id, actor=an_account(actor, "desk", house.community.path).actor)
    for _twice in range(2):
        gone = erase_minutes(minutes.id, actor=actor)
        assert gone.erased
        assert gone.title != given["title"]
    assert rows_with(actor.company_id, VALUES) == set()
    seal_all()
    assert codes(verified(actor.company_id)) == set()
    for command in (
        lambda: keep_minutes(text, **given),
        lambda: open_items(minutes.id, [], actor=actor),
    ):
        with pytest.raises(NotYet) as refused:
            command()
        assert set(refused.value.fields) == {"text"}


def _nothing(_right: Callable[..., object]) -> Callable[..., object]:
    return lambda *_args, **_named: 0


def _only_the_original(_right: Callable[..., object]) -> Callable[..., object]:
    return lambda company, sha256: store.content_path(company, sha256).unlink(missing_ok=True)


BUGS = {
    "cases-kept": Bug("texts of cases go", parts, "erase_reporter", _nothing),
    "signed-kept": Bug("what was signed goes", parts, "erase_signatures", _nothing),
    "handed-kept": Bug("words of shifts go", handed, "erase_words", _nothing),
    "files-kept": Bug("files of cases go", erasing, "_erase_files", _nothing),
    "row-erased-only": Bug("the content goes from the disk", files, "_discard", _nothing),
    "small-ones-kept": Bug("pictures drawn smaller go", store, "discard", _only_the_original),
    "values-kept": Bug("values of events go", privacy, "erase_values", _nothing),
    "index-kept": Bug("what the search holds goes", entries, "_index", _nothing),
    "account-kept": Bug("the account goes", privacy, "forget_account", _nothing),
}


@pytest.mark.parametrize("name", some(list(BUGS), by_hand=3))
def test_every_sown_bug_is_found(name: str, actor: Actor) -> None:
    life = lived(actor)
    with sown(BUGS[name]):
        assert erased(life) != []
