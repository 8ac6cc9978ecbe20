"""Imports: preview, all or nothing, once, undone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from anju.foundation.entries.queries import found
from anju.foundation.events.models import Event
from anju.foundation.people.commands import edit_person
from anju.foundation.people.models import Occupancy, Person
from anju.foundation.people.testing import a_person
from anju.foundation.places.commands import edit_place, make_labels
from anju.foundation.places.models import Place
from anju.foundation.places.testing import a_community, a_place
from anju.foundation.registry.commands import confirm, drop, remap, stage, undo
from anju.foundation.registry.models import Batch, Entered
from anju.foundation.registry.queries import Preview, preview
from anju.foundation.registry.testing import a_csv, an_xlsx
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused, Unknown

HEADER = ["小区", "小区编号", "楼栋", "单元", "房号", "用途", "建筑面积(㎡)", "交付日期"]
ROWS = [
    ["东湖一期", "DH1", "3栋", "2单元", "1201", "住宅", "89.5", "2019-06-30"],
    ["东湖一期", "DH1", "3栋", "2单元", "1202", "住宅", "102", "2019/6/30"],
    ["东湖一期", "DH1", "4号楼", "", "101", "商铺", "", ""],
]


def see(sheet: str, content: bytes, actor: Actor) -> Preview:
    batch = stage(content, name="表.csv", sheet=sheet, actor=actor)
    return preview(batch, actor=actor)


def bring(sheet: str, content: bytes, actor: Actor) -> Batch:
    shown = see(sheet, content, actor)
    return confirm(shown.batch.id, digest=shown.plan.digest, actor=actor)


def test_rooms_come_with_what_they_stand_in(actor: Actor) -> None:
    with acting(actor):
        shown = see("places", a_csv(HEADER, *ROWS), actor)
        assert shown.plan.counts == {"new": 3, "changed": 0, "same": 0, "conflict": 0, "error": 0}
        assert Place.objects.count() == 0
        batch = confirm(shown.batch.id, digest=shown.plan.digest, actor=actor)
        room = Place.objects.get(full_code="3-2-1201")
        assert (room.area, room.use) == (Decimal("89.50"), "住宅")
        assert room.delivered_on == date(2019, 6, 30)
        assert room.parent is not None
        assert room.parent.name == "2单元"
        assert Place.objects.get(full_code="4-101").parent
        assert Place.objects.count() == 7
        assert Place.objects.get(kind="community").code == "DH1"
        assert found("3-2-1202", actor=actor)
        assert batch.table is None
        assert Event.objects.filter(name="place.added").count() == 7


def test_the_same_file_brings_nothing_new(actor: Actor) -> None:
    with acting(actor):
        content = an_xlsx(HEADER, *ROWS)
        first = bring("places", content, actor)
        again = see("places", content, actor)
        assert again.earlier == first
        assert again.plan.counts["same"] == 3
        with pytest.raises(NotYet) as refused:
            confirm(again.batch.id, actor=actor)
        assert refused.value.code == "nothing_new"
        assert Place.objects.count() == 7


def test_changes_are_shown_and_empty_cells_leave_values(actor: Actor) -> None:
    with acting(actor):
        bring("places", a_csv(HEADER, *ROWS), actor)
        rows = [[*ROWS[0][:6], "90", ""], ROWS[1], [*ROWS[2][:5], "", "45.00", ""]]
        shown = see("places", a_csv(HEADER, *rows), actor)
        assert [line.verdict for line in shown.plan.lines] == ["changed", "same", "changed"]
        assert shown.plan.lines[0].planned["room"].changes == {"area": Decimal("90.00")}
        confirm(shown.batch.id, actor=actor)
        assert Place.objects.get(full_code="3-2-1201").delivered_on == date(2019, 6, 30)
        shop = Place.objects.get(full_code="4-101")
        assert (shop.use, shop.area) == ("商铺", Decimal("45.00"))


def test_one_bad_row_and_nothing_is_written(actor: Actor) -> None:
    with acting(actor):
        rows = [
            *ROWS,
            ["", "DH1", "3栋", "2单元", "1203", "", "", ""],
            ["东湖一期", "DH1", "3栋", "2单元", "1204", "", "big", "2019-02-30"],
            ["东湖一期", "DH1", "", "2单元", "1205", "", "", ""],
            ROWS[0],
        ]
        shown = see("places", a_csv(HEADER, *rows), actor)
        lines = {line.number: line for line in shown.plan.lines}
        assert [lines[n].verdict for n in (5, 6, 7, 8)] == ["error", "error", "error", "conflict"]
        assert {p.column for p in lines[6].problems} == {"area", "delivered_on"}
        assert "2" in lines[8].problems[0].message
        before = Event.objects.count()
        with pytest.raises(NotYet) as refused:
            confirm(shown.batch.id, digest=shown.plan.digest, actor=actor)
        assert refused.value.code == "rows_wrong"
        assert Place.objects.count() == 0
        assert Event.objects.count() == before


def test_unknown_columns_are_named_and_missing_ones_asked_for(actor: Actor) -> None:
    with acting(actor):
        shown = see("places", a_csv([*HEADER, "颜色"], [*ROWS[0], "白"]), actor)
        assert shown.unknown == ["颜色"]
        batch = stage(a_csv(["甲", "乙"], ["1", "2"]), name="a.csv", sheet="places", actor=actor)
        with pytest.raises(NotYet) as refused:
            preview(batch, actor=actor)
        assert "community" in refused.value.fields
        remap(batch.id, mapping={"community": 0, "room": 1}, actor=actor)
        batch.refresh_from_db()
        assert preview(batch, actor=actor).plan.counts["new"] == 1
        for wrong in ({"community": 9}, {"colour": 0}, {"community": 0, "room": 0}):
            with pytest.raises(NotYet):
                remap(batch.id, mapping=wrong, actor=actor)


def test_english_headers_and_the_example_row(actor: Actor) -> None:
    with acting(actor):
        header = ["community", "community_code", "building", "unit", "room", "use", "area"]
        example = ["东湖一期", "DH1", "3栋", "2单元", "1201", "住宅", "89.50"]
        shown = see("places", a_csv(header, example, [*example[:4], "1202", "", ""]), actor)
        assert shown.plan.skipped_examples == 1
        assert [line.number for line in shown.plan.lines] == [3]


def test_the_registry_may_not_change_between_preview_and_confirm(actor: Actor) -> None:
    with acting(actor):
        bring("places", a_csv(HEADER, *ROWS), actor)
        shown = see("places", a_csv(HEADER, [*ROWS[0][:6], "90", ""]), actor)
        edit_place(Place.objects.get(full_code="3-2-1201"), actor=actor, use="办公")
        with pytest.raises(Conflict):
            confirm(shown.batch.id, digest=shown.plan.digest, actor=actor)
        assert Place.objects.get(full_code="3-2-1201").area == Decimal("89.50")


def test_only_who_may_import_there(actor: Actor, other_actor: Actor) -> None:
    with acting(actor):
        mine, theirs = (
            a_community(actor, code="A1", name="甲"),
            a_community(actor, code="B1", name="乙"),
        )
    keeper = Actor.of(
        actor.company_id, "keeper", ["import.run", "place.see", "place.edit"], mine.path
    )
    with acting(keeper):
        rows = [["甲", "A1", "1", "", "101", "", "", ""], ["乙", "B1", "1", "", "101", "", "", ""]]
        shown = see("places", a_csv(HEADER, *rows), keeper)
        assert [line.verdict for line in shown.plan.lines] == ["new", "error"]
        with pytest.raises(NotYet):
            confirm(shown.batch.id, actor=keeper)
    with acting(other_actor), pytest.raises(Unknown):
        confirm(shown.batch.id, actor=other_actor)
    guest = Actor.of(actor.company_id, "guest", ["place.edit"])
    with acting(guest), pytest.raises(Refused):
        stage(a_csv(HEADER, *ROWS), name="a.csv", sheet="places", actor=guest)
    assert theirs.path


RESIDENTS = ["房号", "姓名", "电话", "身份", "入住日期", "备注"]


def test_residents_come_with_their_place(actor: Actor) -> None:
    with acting(actor):
        room = a_place(actor, number="3-2-1201")
        rows = [
            ["3栋2单元1201", "张伟", "138 0013 8000", "业主", "2019-07-01", ""],
            ["东湖一期/3-2-1201", "王芳", "13900139000", "业主", "2019-07-01", "老人"],
            ["3-2-1201", "张小明", "", "家属", "", ""],
        ]
        shown = see("residents", an_xlsx(RESIDENTS, *rows), actor)
        assert shown.plan.counts["new"] == 3
        confirm(shown.batch.id, digest=shown.plan.digest, actor=actor)
        assert set(Person.objects.values_list("name", flat=True)) == {"张伟", "王芳", "张小明"}
        assert Occupancy.objects.filter(place=room).count() == 3
        again = see("residents", a_csv(RESIDENTS, *rows), actor)
        assert again.plan.counts["same"] == 3
        rows[0][2] = "13700137000"
        changed = see("residents", a_csv(RESIDENTS, *rows), actor)
        assert [line.verdict for line in changed.plan.lines] == ["changed", "same", "same"]


def test_one_person_may_own_two_rooms(actor: Actor) -> None:
    with acting(actor):
        community = a_community(actor)
        for number in ("3-2-1201", "3-2-1202"):
            a_place(actor, number=number, community=community)
        rows = [[n, "张伟", "13800138000", "业主", "", ""] for n in ("3-2-1201", "3-2-1202")]
        bring("residents", a_csv(RESIDENTS, *rows), actor)
        assert Person.objects.count() == 1
        assert Occupancy.objects.count() == 2


def test_unmatched_and_ambiguous_places_say_what_to_do(actor: Actor) -> None:
    with acting(actor):
        a_place(actor, community=a_community(actor, code="A1", name="甲苑"))
        a_place(actor, community=a_community(actor, code="B1", name="乙苑"))
        rows = [
            ["9-9-9999", "张伟", "", "业主", "", ""],
            ["3-2-1201", "张伟", "", "业主", "", ""],
            ["甲苑/3-2-1201", "张伟", "", "业主", "", ""],
            ["B1/3-2-1201", "张伟", "", "邻居", "", ""],
        ]
        lines = see("residents", a_csv(RESIDENTS, *rows), actor).plan.lines
        assert [line.verdict for line in lines] == ["error", "error", "new", "error"]
        assert [line.problems[0].column for line in lines if line.problems] == [
            "place", "place", "role",
        ]  # fmt: skip


def test_rows_that_contradict_each_other_are_a_conflict(actor: Actor) -> None:
    with acting(actor):
        a_place(actor)
        row = ["3-2-1201", "张伟", "13800138000", "业主", "2019-07-01", ""]
        rows = [row, [*row[:5], "老人"], ["3-2-1201", "张伟", "13800138000", "租户", "", "独居"]]
        lines = see("residents", a_csv(RESIDENTS, *rows), actor).plan.lines
        assert [line.verdict for line in lines] == ["new", "conflict", "conflict"]


def test_an_import_is_undone_as_if_it_had_not_been(actor: Actor) -> None:
    with acting(actor):
        bring("places", a_csv(HEADER, ROWS[0]), actor)
        before = {p.id: (p.full_code, p.area, p.use) for p in Place.objects.all()}
        batch = bring("places", a_csv(HEADER, [*ROWS[0][:6], "90", ""], *ROWS[1:]), actor)
        assert Place.objects.count() == 7
        undo(batch.id, actor=actor)
        assert {p.id: (p.full_code, p.area, p.use) for p in Place.objects.all()} == before
        assert found("4-101", actor=actor) == []
        assert not Entered.objects.filter(batch=batch).exists()
        with pytest.raises(NotYet):
            undo(batch.id, actor=actor)
        again = see("places", a_csv(HEADER, *ROWS), actor)
        assert again.plan.counts["new"] == 2


def test_what_is_in_use_is_not_undone_and_is_listed(actor: Actor) -> None:
    with acting(actor):
        batch = bring("places", a_csv(HEADER, *ROWS), actor)
        rooms = {p.full_code: p for p in Place.objects.all()}
        a_person(actor, lives_at=rooms["3-2-1201"])
        make_labels([rooms["3-2-1202"]], actor=actor)
        edit_place(rooms["4-101"], actor=actor, use="仓库")
        with pytest.raises(NotYet) as refused:
            undo(batch.id, actor=actor)
        listed = " ".join(refused.value.fields["hanging"])
        for code in ("3-2-1201", "3-2-1202", "4-101"):
            assert code in listed
        assert Place.objects.count() == 7
        assert Batch.objects.get(id=batch.id).state == "confirmed"


def test_undoing_residents_puts_back_what_was_changed(actor: Actor) -> None:
    with acting(actor):
        room = a_place(actor)
        person = a_person(actor, name="张伟", phone="13800138000", lives_at=room)
        rows = [
            ["3-2-1201", "张伟", "13700137000", "业主", "2020-01-01", "新号码"],
            ["3-2-1201", "王芳", "", "业主", "2020-01-01", ""],
        ]
        batch = bring("residents", a_csv(RESIDENTS, *rows), actor)
        person.refresh_from_db()
        assert (person.phone, person.note) == ("13700137000", "新号码")
        undo(batch.id, actor=actor)
        person.refresh_from_db()
        assert (person.phone, person.note) == ("13800138000", "")
        assert not Person.objects.filter(name="王芳").exists()


def test_a_person_edited_since_is_not_undone(actor: Actor) -> None:
    with acting(actor):
        a_place(actor)
        rows = [["3-2-1201", "张伟", "13700137000", "业主", "", ""]]
        batch = bring("residents", a_csv(RESIDENTS, *rows), actor)
        edit_person(Person.objects.get(), actor=actor, phone="13600136000")
        with pytest.raises(NotYet):
            undo(batch.id, actor=actor)
        assert Person.objects.get().phone == "13600136000"


def test_a_dropped_upload_keeps_nothing(actor: Actor) -> None:
    with acting(actor):
        batch = stage(a_csv(HEADER, *ROWS), name="a.csv", sheet="places", actor=actor)
        drop(batch.id, actor=actor)
        batch.refresh_from_db()
        assert (batch.state, batch.table) == ("dropped", None)
        with pytest.raises(NotYet):
            confirm(batch.id, actor=actor)
        with pytest.raises(Unknown):
            stage(a_csv(HEADER), name="a.csv", sheet="nosuch", actor=actor)


def test_two_who_confirm_at_once_write_once(actor: Actor) -> None:
    batch = stage(a_csv(HEADER, *ROWS), name="a.csv", sheet="places", actor=actor)

    def press(_n: int) -> str:
        try:
            return confirm(batch.id, actor=actor).state
        except NotYet:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(press, range(4)))
    assert answers == ["confirmed", "refused", "refused", "refused"]
    with acting(actor):
        assert Place.objects.count() == 7
