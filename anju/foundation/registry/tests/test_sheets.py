"""Every list: its template comes back in, and its rows arrive."""

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest
from django.utils.translation import override

from anju.foundation.lib import frozen
from anju.foundation.people.models import Assignment, Duty, Person, Qualification, Vehicle
from anju.foundation.people.testing import a_person, a_post, a_worker
from anju.foundation.places.models import Asset, Place
from anju.foundation.places.testing import a_community, a_place
from anju.foundation.registry.commands import confirm, stage, undo
from anju.foundation.registry.planning import guessed_mapping
from anju.foundation.registry.queries import preview
from anju.foundation.registry.reading import read_table
from anju.foundation.registry.rules import LANGUAGES
from anju.foundation.registry.sheet import Sheet
from anju.foundation.registry.sheets import ALL
from anju.foundation.registry.testing import a_csv, an_xlsx
from anju.foundation.registry.tests.test_imports import HEADER, ROWS, bring, see
from anju.foundation.registry.workbooks import errors, template, template_csv
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet


@pytest.mark.parametrize("sheet", ALL, ids=lambda s: s.name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_template_is_understood_in_every_language(
    actor: Actor, sheet: Sheet, language: str
) -> None:
    with override(language):
        files = [template(sheet), template_csv(sheet)]
    for content in files:
        table = read_table(content, "template")
        mapping = guessed_mapping(sheet, table.header)
        assert set(mapping) == {column.key for column in sheet.columns}
        with acting(actor):
            batch = stage(content, name="template", sheet=sheet.name, actor=actor)
            shown = preview(batch, actor=actor)
        assert shown.plan.skipped_examples == 1
        assert shown.plan.lines == []


@pytest.mark.parametrize("sheet", ALL, ids=lambda s: s.name)
def test_no_header_belongs_to_two_columns(sheet: Sheet) -> None:
    seen: dict[str, str] = {}
    for column in sheet.columns:
        for name in column.headers():
            assert seen.setdefault(name, column.key) == column.key


@pytest.mark.parametrize("sheet", ALL, ids=lambda s: s.name)
def test_the_example_is_valid(sheet: Sheet) -> None:
    for column in sheet.columns:
        if column.example:
            assert column.parse(column.example) is not None


def test_vehicles_need_their_person(actor: Actor) -> None:
    header = ["车牌号", "房号", "车主姓名", "电话", "车位"]
    with acting(actor):
        room = a_place(actor)
        owner = a_person(actor, name="张伟", lives_at=room)
        rows = [
            ["沪A12345", "3-2-1201", "张伟", "", "B1-012"],
            ["沪B12345", "3-2-1201", "王芳", "", ""],
        ]
        lines = see("vehicles", a_csv(header, *rows), actor).plan.lines
        assert [line.verdict for line in lines] == ["new", "error"]
        batch = bring("vehicles", a_csv(header, rows[0]), actor)
        assert Vehicle.objects.get().person_id == owner.id
        undo(batch.id, actor=actor)
        assert not Vehicle.objects.exists()


def test_equipment_with_parents_in_the_same_file_and_whom_it_serves(actor: Actor) -> None:
    header = [
        "设备编号",
        "设备名称",
        "系统",
        "位置",
        "上级设备",
        "服务范围",
        "重要等级",
        "投用日期",
    ]
    with acting(actor):
        room = a_place(actor)
        rows = [
            ["P-2", "2号泵", "给排水", "3栋2单元1201", "P-0", "", "B", "2019-05-01"],
            ["P-0", "泵房", "WS", "东湖一期", "", "3-2;3-2-1201", "A", ""],
            ["P-9", "无主", "WS", "东湖一期", "P-8", "", "", ""],
        ]
        lines = see("assets", a_csv(header, *rows), actor).plan.lines
        assert [line.verdict for line in lines] == ["new", "new", "error"]
        batch = bring("assets", a_csv(header, *rows[:2]), actor)
        pump, house = (Asset.objects.get(code=code) for code in ("P-2", "P-0"))
        assert pump.parent_id == house.id
        assert {s.place_id for s in house.served.all()} == {room.id, room.parent_id}
        again = see("assets", a_csv(header, *rows[:2]), actor)
        assert again.plan.counts["same"] == 2
        rows[0][4] = ""
        rows[0][6] = "A"
        changed = bring("assets", a_csv(header, rows[0]), actor)
        pump.refresh_from_db()
        assert (pump.importance, pump.parent_id) == ("A", house.id)
        undo(changed.id, actor=actor)
        undo(batch.id, actor=actor)
        assert not Asset.objects.exists()


def test_staff_arrive_with_their_posts_duties_and_certificates(actor: Actor) -> None:
    with acting(actor):
        community = a_community(actor)
        a_worker(actor, place=community, name="赵班长")
        bring(
            "teams",
            a_csv(["班组编号", "班组", "项目", "班组长"], ["G1", "工程班", "东湖一期", "赵班长"]),
            actor,
        )
        posts = [["SD01", "水电工", "东湖一期", "G1", "2"], ["XF01", "消控", "东湖一期", "", ""]]
        bring("posts", a_csv(["岗位编号", "岗位", "项目", "班组", "编制"], *posts), actor)
        staff = [
            ["李强", "13900139000", "东湖一期", "SD01", "2024-01-01"],
            ["李强", "13900139000", "东湖一期", "XF01", "2024-01-01"],
            ["赵敏", "", "东湖一期", "", ""],
        ]
        content = a_csv(["姓名", "电话", "项目", "岗位", "到岗日期"], *staff)
        bring("staff", content, actor)
        assert Person.objects.filter(kind="staff").count() == 3
        assert Assignment.objects.count() == 2
        assert see("staff", content, actor).plan.counts["same"] == 3
        header = ["岗位", "员工", "日期", "开始", "结束"]
        bring("duties", a_csv(header, ["SD01", "李强", "2026-11-20", "20:00", "08:00"]), actor)
        duty = Duty.objects.get()
        assert duty.starts_at == datetime(2026, 11, 20, 12, tzinfo=UTC)
        assert duty.ends_at == datetime(2026, 11, 21, 0, tzinfo=UTC)
        header = ["员工", "证书", "证书编号", "有效期至"]
        rows = [["13900139000", "电工证", "D-1", "2027-06-30"], ["无此人", "电工证", "", ""]]
        lines = see("qualifications", a_csv(header, *rows), actor).plan.lines
        assert [line.verdict for line in lines] == ["new", "error"]
        bring("qualifications", a_csv(header, rows[0]), actor)
        assert Qualification.objects.get().expires_on == date(2027, 6, 30)


def test_two_people_of_one_name_are_told_apart_by_telephone(actor: Actor) -> None:
    with acting(actor):
        community = a_community(actor)
        for _n in range(2):
            a_worker(actor, place=community, name="李强")
        post = a_post(actor, place=community)
        header = ["岗位", "员工", "日期", "开始", "结束"]
        row = [post.code, "李强", "2026-11-20", "08:00", "16:00"]
        (line,) = see("duties", a_csv(header, row), actor).plan.lines
        assert line.verdict == "error"
        assert line.problems[0].column == "person"


def test_the_error_table_is_the_persons_own_rows_and_comes_back(actor: Actor) -> None:
    with acting(actor):
        wrong = ["东湖一期", "DH1", "3栋", "2单元", "1204", "=1+1", "big", ""]
        shown = see("places", a_csv([*HEADER, "颜色"], [*ROWS[0], "白"], [*wrong, "黑"]), actor)
        content = errors(shown.batch, shown.plan)
        page = openpyxl.load_workbook(io.BytesIO(content)).active
        assert page is not None
        cells = [[cell.value for cell in row] for row in page.iter_rows()]
        assert cells[0][1:] == [*HEADER, "颜色"]
        assert not cells[1][0]
        assert "big" in str(cells[2][0])
        assert cells[2][6] == "=1+1"
        assert page.cell(3, 7).data_type == "s"
        again = see("places", content, actor)
        assert again.unknown == ["颜色"]
        assert [line.verdict for line in again.plan.lines] == ["new", "error"]


def test_a_large_list_is_read_planned_and_written_in_time(actor: Actor) -> None:
    """5,000 rooms within a tenth of the 120 s that 50,000 may take, with room for a slow hour."""
    rows = [
        [
            "东湖一期",
            "DH1",
            f"{n // 500}栋",
            f"{n // 100 % 5}单元",
            str(1000 + n % 100),
            "住宅",
            "80",
            "",
        ]
        for n in range(5000)
    ]
    content = an_xlsx(HEADER, *rows)
    with acting(actor):
        shown = see("places", content, actor)
        confirm(shown.batch.id, digest=shown.plan.digest, actor=actor)
        assert Place.objects.filter(kind="room").count() == 5000


def test_a_roster_that_puts_somebody_on_twice_is_seen_before_it_is_imported(actor: Actor) -> None:
    header = ["岗位", "员工", "日期", "开始", "结束"]
    with acting(actor), frozen(datetime(2026, 11, 19, tzinfo=UTC)):
        community = a_community(actor)
        a_worker(actor, place=community, name="李强")
        posts = [["SD02", "水电工", "东湖一期"], ["XF01", "消控", "东湖一期"]]
        bring("posts", a_csv(["岗位编号", "岗位", "项目"], *posts), actor)
        night = ["SD02", "李强", "2026-11-20", "20:00", "08:00"]
        batch = bring("duties", a_csv(header, night), actor)
        twice = ["XF01", "李强", "2026-11-21", "07:00", "15:00"]
        free = ["XF01", "李强", "2026-11-22", "07:00", "15:00"]
        again = [*free[:3], "14:00", "22:00"]
        seen = see("duties", a_csv(header, night, twice, free, again), actor).plan
        assert [bool(line.problems) for line in seen.lines] == [False, True, False, True]
        assert "水电工" in seen.lines[1].problems[0].message
    with acting(actor), frozen(datetime(2026, 11, 21, tzinfo=UTC)):
        with pytest.raises(NotYet):
            undo(batch.id, actor=actor)
        assert Duty.objects.count() == 1
