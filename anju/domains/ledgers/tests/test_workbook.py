"""Plants, and other things in ledgers, from a workbook: all rows or none, once, changed again."""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl import load_workbook

from anju.domains.ledgers.commands import Said, add_to_line, end_ledger, write_line
from anju.domains.ledgers.models import Ledger, Line
from anju.domains.ledgers.queries import typed_of_lines
from anju.domains.ledgers.rules import value_name
from anju.domains.ledgers.testing import a_ledger
from anju.domains.ledgers.workbook import columns_of, list_of
from anju.engine.forms.rules import Item
from anju.engine.library.papers import forms
from anju.engine.loop.testing import House, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.events.models import Event
from anju.foundation.places.testing import a_community
from anju.foundation.registry.commands import confirm, stage, undo
from anju.foundation.registry.queries import Preview, preview
from anju.foundation.registry.rules import header
from anju.foundation.registry.testing import a_csv, an_xlsx
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown

HEADER = ["品种", "类别", "数量", "位置"]
CAMPHOR, OSMANTHUS = ["香樟", "乔木", 42, "主路两侧"], ["桂花", "乔木", "26株", "中心花园"]
BED = ["月季", "花卉", 1_200, "南门花坛"]


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture
def plants(house: House) -> Ledger:
    return a_ledger(house.actor, house.community, "PLANTS")


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def see(ledger: Ledger, actor: Actor, *rows: Sequence[Any]) -> Preview:
    content = a_csv(*rows)
    return preview(stage(content, name="苗木.csv", sheet=list_of(ledger), actor=actor), actor=actor)


def bring(ledger: Ledger, actor: Actor, *rows: Sequence[Any]) -> Preview:
    shown = see(ledger, actor, *rows)
    confirm(shown.batch.id, digest=shown.plan.digest, actor=actor)
    return shown


def held(ledger: Ledger) -> list[tuple[str, str, str]]:
    lines = list(ledger.lines.order_by("n"))
    typed = typed_of_lines(lines)
    return [
        (typed[line.id][value_name(line.form.sheet, "species", "text")],
         line.answers["kind"]["text"], line.answers.get("count", {}).get("number", ""))
        for line in lines
    ]  # fmt: skip


def test_plants_come_in_all_or_none_and_the_same_file_brings_nothing(
    house: House, plants: Ledger
) -> None:
    actor = house.actor
    with acting(actor):
        rows = (["桂花", "果树", 26, "中心花园"], ["", "草坪", 1, "后院"])
        wrong = see(plants, actor, HEADER, CAMPHOR, *rows)
        assert [line.verdict for line in wrong.plan.lines] == ["new", "error", "error"]
        assert "果树" in wrong.plan.lines[1].problems[0].message
        with pytest.raises(NotYet):
            confirm(wrong.batch.id, digest=wrong.plan.digest, actor=actor)
        assert plants.lines.count() == 0
        shown = bring(plants, actor, HEADER, CAMPHOR, OSMANTHUS, BED)
        assert shown.plan.counts["new"] == 3
        assert held(plants) == [
            ("香樟", "乔木", "42"), ("桂花", "乔木", "26"), ("月季", "花卉", "1200"),
        ]  # fmt: skip
        assert Event.objects.filter(name="line.written").count() == 3
        again = see(plants, actor, HEADER, CAMPHOR, OSMANTHUS, BED)
        assert again.plan.counts["same"] == 3
        assert again.earlier == shown.batch
        with pytest.raises(NotYet, match="never taken away"):
            undo(shown.batch.id, actor=actor)


def test_another_number_is_a_change_of_the_same_line_and_keeps_what_was_said(
    house: House, plants: Ledger
) -> None:
    actor = house.actor
    with acting(actor):
        bring(plants, actor, HEADER, CAMPHOR, BED)
        shown = bring(plants, actor, HEADER, [*CAMPHOR[:2], 40, CAMPHOR[3]], BED, OSMANTHUS)
        assert [line.verdict for line in shown.plan.lines] == ["changed", "same", "new"]
        assert shown.plan.lines[0].differences == [("数量", "42", "40")]
        first = plants.lines.get(n=1)
        assert first.answers["count"]["number"] == "40"
        assert first.answers["count"]["before"] == [{"number": "42", "verdict": "pass"}]
        numbered = ["台账编号", *HEADER], [2, "月季花", "花卉", 1_200, "南门花坛"], [9, *CAMPHOR]
        named = see(plants, actor, *numbered)
        assert [line.verdict for line in named.plan.lines] == ["changed", "error"]


def test_what_is_not_clear_is_a_conflict(house: House, plants: Ledger) -> None:
    actor = house.actor
    with acting(actor):
        for _n in range(2):
            given = {"species": Said(value={"text": "香樟"}), "kind": Said(value={"text": "乔木"}),
                     "spot": Said(value={"text": "主路两侧"})}  # fmt: skip
            write_line(plants.id, given, actor=actor)
        shown = see(plants, actor, HEADER, CAMPHOR, BED, BED)
        assert [line.verdict for line in shown.plan.lines] == ["conflict", "new", "conflict"]
        assert "Lines 1、2 say this" in shown.plan.lines[0].problems[0].message
        elsewhere = a_community(actor, code="XH", name="西湖")
        row = [*BED, elsewhere.code]
        shown = see(plants, actor, [*HEADER, "Where"], row)
        assert shown.plan.lines[0].verdict == "error"


def test_a_running_number_is_no_number_of_a_line_and_a_number_of_something_else_a_conflict(
    house: House, plants: Ledger
) -> None:
    actor = house.actor
    with acting(actor):
        bring(plants, actor, HEADER, CAMPHOR, OSMANTHUS)
        for title in ("序号", "No.", "序號"):
            shown = see(plants, actor, [title, *HEADER], [1, *BED], [2, "银杏", *OSMANTHUS[1:]])
            assert [line.verdict for line in shown.plan.lines] == ["new", "new"], title
        other = ["银杏", *CAMPHOR[1:3], "东门"]  # a tree as well, and as many
        for title in ("Ledger no.", "台账编号", "台賬編號", "台帳編號"):
            shown = see(plants, actor, [title, *HEADER], [1, *other], [2, *BED])
            assert [line.verdict for line in shown.plan.lines] == ["conflict", "conflict"], title
        assert "Line 1 of the ledger is something else: 香樟、主路两侧" in str(
            shown.plan.lines[0].problems[0].message
        )
        with pytest.raises(NotYet):
            confirm(shown.batch.id, digest=shown.plan.digest, actor=actor)


def test_only_the_lines_that_a_file_is_about_are_read(house: House, plants: Ledger) -> None:
    actor = house.actor
    with acting(actor):
        bring(plants, actor, HEADER, CAMPHOR, OSMANTHUS, BED)
        ids = [line.id.hex for line in plants.lines.order_by("n")]
        head = ["台账编号", *HEADER]
        asked = []
        for rows in ([["", *OSMANTHUS]], [["", *OSMANTHUS], [3, *BED], ["", "银杏", *BED[1:]]]):
            batch = stage(a_csv(head, *rows), name="x", sheet=list_of(plants), actor=actor)
            with CaptureQueriesContext(connection) as queries:
                shown = preview(batch, actor=actor)
            asked.append(queries.captured_queries)
        assert [line.verdict for line in shown.plan.lines] == ["same", "same", "new"]
    assert len(asked[0]) == len(asked[1])
    read = [[id in str(queries) for id in ids] for queries in asked]
    assert read == [[False, True, False], [False, True, True]]


def test_a_template_names_each_column_once() -> None:
    shipped = forms()
    assert shipped
    for language in ("zh-hans", "zh-hant", "en"):
        with translation.override(language):
            for form in shipped.values():
                columns = [str(one.title) for one in columns_of(form.items, set())]
                assert len(set(map(header, columns))) == len(columns), (form.code, columns)
    with translation.override("zh-hans"):
        plants = shipped["greening-ledger"]
        assert [str(one.title) for one in columns_of(plants.items, set())] == [
            "台账编号", *(item.text for item in plants.items), "时间", "所在场所",
        ]  # fmt: skip
        when = Item(code="when", text="时间", kind="text")
        titles = [str(one.title) for one in columns_of([when], set())]
        assert titles == ["台账编号", "时间", "台账: 时间", "所在场所"]


def test_what_somebody_wrote_since_the_preview_stays_and_nothing_is_brought(
    house: House, plants: Ledger
) -> None:
    actor = house.actor
    with acting(actor):
        bring(plants, actor, HEADER, CAMPHOR)
        shown = see(plants, actor, HEADER, [*CAMPHOR[:2], 40, CAMPHOR[3]], BED)
        line = plants.lines.get()
    add_to_line(line.id, {"count": Said(value={"number": "41"})}, actor=actor, reason="补数")
    with pytest.raises(Conflict), acting(actor):
        confirm(shown.batch.id, digest=shown.plan.digest, actor=actor)
    with acting(actor):
        assert Line.objects.count() == 1
        assert plants.lines.get().answers["count"]["number"] == "41"


def test_a_ledger_that_names_people_or_has_ended_is_not_filled_so(
    house: House, plants: Ledger
) -> None:
    actor = house.actor
    visitors = a_ledger(actor, house.community)
    with acting(actor), pytest.raises(NotYet, match="names people"):
        see(visitors, actor, ["访客姓名"], ["钱途"])
    end_ledger(plants.id, actor=actor)
    with acting(actor), pytest.raises(NotYet, match="has ended"):
        see(plants, actor, HEADER, CAMPHOR)
    with acting(actor), pytest.raises(Unknown):
        stage(an_xlsx(HEADER), name="x", sheet="ledger-nothing", actor=actor)


def client_of(house: House, role: str, path: str = "") -> Client:
    client = Client(headers={"Accept-Language": "en"})
    path = path or house.community.path
    client.cookies[DEVICE_COOKIE] = an_account(house.actor, role, path).device
    return client


def book(answer: Any) -> Any:
    return load_workbook(BytesIO(b"".join(answer.streaming_content))).active


def test_on_the_pages_with_a_template_an_error_table_and_its_own_file_read_again(
    house: House, plants: Ledger
) -> None:
    manager, address = client_of(house, "manager"), f"/imports/lists/{list_of(plants)}"
    assert address in manager.get(f"/ledgers/{plants.id}").content.decode()
    assert address not in client_of(house, "cleaner").get(f"/ledgers/{plants.id}").content.decode()
    with acting(house.actor):
        elsewhere = a_community(house.actor, code="XH", name="西湖")
    assert client_of(house, "manager", elsewhere.path).get(address).status_code == 404
    sheet = book(manager.get(f"{address}/template.xlsx"))
    assert [cell.value for cell in sheet[1]][:4] == ["Ledger no.", "品种", "类别", "数量"]

    def upload(content: bytes) -> str:
        file = SimpleUploadedFile("苗木.xlsx", content)
        answer = manager.post(address, {"file": file})
        assert answer.status_code == 302, answer.content.decode()[:300]
        return str(answer["Location"])

    wrong = upload(an_xlsx(HEADER, CAMPHOR, ["桂花", "果树", 26, "中心花园"]))
    errors = book(manager.get(f"{wrong}/errors"))
    assert "果树" in str(errors.cell(3, 1).value)
    fine = upload(an_xlsx(HEADER, CAMPHOR, BED))
    shown = manager.get(fine).content.decode()
    assert "Import 2 rows" in shown
    digest = re.findall(r'name="digest" value="(\w+)"', shown)[0]
    assert manager.post(f"{fine}/confirm", {"digest": digest}).status_code == 302
    assert "never taken away" in manager.get(fine).content.decode()
    assert "Ledger" in manager.get("/imports").content.decode()
    own = b"".join(manager.get(f"/ledgers/{plants.id}?format=xlsx").streaming_content)  # type: ignore[arg-type]  # of a sync answer
    page = manager.get(upload(own)).content.decode()
    assert page.count("already there") >= 2
    assert "Import 0" not in page
