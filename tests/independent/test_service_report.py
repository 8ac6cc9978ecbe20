"""`anju import cases` and `anju report service` against figures computed without anju.

The open extracts are always here; the whole files where the folder of shared data stands beside
the repository.
"""

import gzip
import json
import os
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path

import openpyxl
import pytest

from anju.domains.requests.history.mapping import load, loads
from anju.engine.standards.commands import install_defaults
from anju.faces.cli.history import run_import
from anju.faces.cli.report import run_report
from anju.foundation.calendars.commands import found_calendar
from anju.foundation.calendars.rules.stored import SpecialDay
from tests.independent.history import LAYOUTS, Account, Hours, Layout, account, figures
from tests.independent.perturbed import perturb
from tests.sizes import sized, some

ROOT = Path(__file__).resolve().parents[2]
MAPPINGS = ROOT / "examples" / "mappings"
SHARED = ROOT.parent / "shared" / "data" / "requests"
EXTRACTS = {
    "nyc311_sample": ROOT / "examples" / "data" / "nyc311_extract.csv",
    "nyc_council_requests": ROOT / "examples" / "data" / "nyc_council_extract.csv",
}
WHOLE = {
    name: SHARED / f"{name}{ending}"
    for name, ending in {
        "messages_zh_replied": ".xlsx",
        "messages_zh_classified": ".xlsx",
        "nyc311_sample": ".csv",
        "nyc_council_requests": ".csv.gz",
    }.items()
}
MOST = int(os.environ.get("ANJU_DEEP_SIZE", sized(15_000, by_hand=2_000)))  # rows of a file
FOREVER = (date(1990, 1, 1), date(2100, 1, 1))
# The mappings call their import root so; the report's names of places begin with it.
ROOTS = {"nyc311_sample": "New York 311", "nyc_council_requests": "New York City Council"}


@pytest.fixture
def run(company, actor, capsys):
    """Both commands for this test's company: run(file, mapping) and report(...) -> JSON."""
    install_defaults(actor=actor)

    class Commands:
        def imported(self, file, mapping, *options):
            argv = ["cases", str(file), "--mapping", str(mapping), "--company", company.code]
            assert run_import([*argv, "--json", *options]) == 0
            return json.loads(capsys.readouterr().out.splitlines()[-1])

        def reported(self, since, until, by=""):
            argv = ["service", "--from", str(since), "--to", str(until), "--format", "json"]
            assert (
                run_report([*argv, "--company", company.code, *(["--by", by] if by else [])]) == 0
            )
            return json.loads(capsys.readouterr().out)

    return Commands()


def assert_all_figures(
    run, file: Path, name: str, *, mapping: Path | None = None, layout: Layout | None = None
):
    """Import the file, then hold the account of its rows and every figure against our own."""
    layout = layout or LAYOUTS[name]
    ours = account(file, layout, datetime.now(UTC))
    said = run.imported(file, mapping or MAPPINGS / f"{name}.yaml")
    assert_account(said, ours)
    again = run.imported(file, mapping or MAPPINGS / f"{name}.yaml")
    assert again["imported"] == 0
    assert again["already_there"] == said["imported"] + said["already_there"]
    assert again["rejections"] == said["rejections"]
    days = sorted(case.day for case in ours.imported.values())
    middle = (days[len(days) // 4], days[3 * len(days) // 4])
    for period in (FOREVER, middle):
        for by in ("", "category", "place", "channel", "month"):
            assert_figures(run.reported(*period, by), ours, (layout, period, by), ROOTS.get(name))


def assert_account(said, ours: Account):
    assert said["imported"] == len(ours.imported)
    assert said["already_there"] == ours.already
    assert [r["row"] for r in said["rejections"]] == ours.rejected
    assert said["rejected"] == len(ours.rejected)
    assert all(r["reason"] for r in said["rejections"])


def assert_figures(report, ours: Account, about, root):
    layout, period, by = about
    cases = list(ours.imported.values())
    whole = figures(cases, layout, *period).get("all")
    assert report["cases"] == (whole["cases"] if whole else 0)
    if whole:
        assert_promises(report, whole)
    if not by:
        assert report["groups"] == []
        return
    groups = figures(cases, layout, *period, by)
    said = {key_of(group, by, root): group for group in report["groups"]}
    assert len(said) == len(report["groups"])
    assert said.keys() == groups.keys()
    for key, group in groups.items():
        assert said[key]["recorded"] == bool(key)
        assert said[key]["cases"] == group["cases"]
        assert_promises(said[key], group)


def key_of(group, by, root):
    if by != "place" or not group["recorded"]:
        return group["key"]
    assert group["name"].startswith(f"{root} / ")
    return group["name"].removeprefix(f"{root} / ")


def assert_promises(said, own):
    assert said["promises"].keys() == own.keys() - {"cases"}
    for clock, promise in said["promises"].items():
        mine = own[clock]
        for name in ("kept", "broken", "not_judgeable", "not_recorded", "n"):
            assert promise[name] == mine[name], (clock, name)
        assert promise["waiting"] == 0
        assert promise["rate"] == pytest.approx(mine["rate"], abs=1e-12)
        interval = (promise["low"], promise["high"])
        assert interval == (
            pytest.approx(mine["interval"], abs=1e-9) if mine["n"] else (None, None)
        )
        for unit in ("seconds", "days"):
            assert tuple(promise[unit].values()) == mine[unit], (clock, unit)


@pytest.mark.parametrize("name", EXTRACTS)
def test_figures_of_the_open_extracts(run, name):
    assert_all_figures(run, EXTRACTS[name], name)


@pytest.mark.parametrize("ending", some([".xlsx", ".csv", ".csv.gz"]))
@pytest.mark.parametrize("name", some(list(EXTRACTS)))
def test_figures_of_perturbed_extracts(run, name, ending, tmp_path):
    copy = tmp_path / f"perturbed{ending}"
    perturb(EXTRACTS[name], copy, LAYOUTS[name], seed=len(ending) * 7)
    assert_all_figures(run, copy, name)


@pytest.mark.parametrize("name", WHOLE)
def test_figures_of_the_whole_files(run, name, tmp_path):
    file = WHOLE[name]
    if not file.exists():
        pytest.skip("the folder of shared data does not stand beside the repository")
    assert_all_figures(run, beginning(file, tmp_path) if file.suffix == ".gz" else file, name)


def beginning(file: Path, folder: Path) -> Path:
    """Its first rows, as many as this run takes."""
    target = folder / file.name
    with gzip.open(file) as source, gzip.open(target, "wb", compresslevel=1) as copy:
        copy.writelines(islice(source, MOST + 1))
    return target


@pytest.mark.parametrize("seed", some([1, 2]))
@pytest.mark.parametrize("name", some(list(WHOLE)))
def test_figures_of_perturbed_copies_of_the_whole_files(run, name, seed, tmp_path):
    if not WHOLE[name].exists():
        pytest.skip("the folder of shared data does not stand beside the repository")
    copy = tmp_path / f"perturbed{'.xlsx' if name.startswith('messages') else '.csv.gz'}"
    perturb(WHOLE[name], copy, LAYOUTS[name], seed=seed, size=2000)
    assert_all_figures(run, copy, name)


def letters(path: Path, columns, seed: int) -> Path:
    """Letters of the Chinese layouts that nobody wrote: for where the real ones are not at hand."""
    dice, book = random.Random(seed), openpyxl.Workbook()
    book.active.append(list(columns))
    for n in range(300):
        at = datetime(2024, 1, 1) + timedelta(seconds=dice.randrange(60 * 86400))
        reply = at + timedelta(seconds=dice.randrange(3 * 86400))
        row = {
            "留言编号": n, "留言用户": f"U{n}", "留言主题": f"第{n}件",
            "留言详情": "\n\t路灯不亮\n",
            "留言时间": f"{at:%Y/%m/%d %H:%M:%S}", "答复意见": "已修好。",
            "答复时间": f"{reply:%Y-%m-%d %H:%M:%S}" if n % 5 else "",
            "一级分类": dice.choice(["城乡建设", "交通运输", ""]),
        }  # fmt: skip
        book.active.append([row[name] for name in columns])
    book.save(path)
    return path


REPLIED = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间")
CLASSIFIED = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "一级分类")


@pytest.mark.parametrize(
    ("name", "columns"), [("messages_zh_replied", REPLIED), ("messages_zh_classified", CLASSIFIED)]
)
def test_figures_of_letters_and_of_a_perturbed_copy(run, name, columns, tmp_path):
    made = letters(tmp_path / "letters.xlsx", columns, seed=3)
    copy = tmp_path / "copy.xlsx"
    perturb(made, copy, LAYOUTS[name], seed=4)
    assert_all_figures(run, copy, name)


def test_figures_in_working_time(run, actor, tmp_path):
    """Respond counts office hours with a lunch break, a holiday and a swapped workday."""
    day = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
    holiday, swapped = date(2024, 1, 15), date(2024, 1, 20)
    found_calendar(
        actor=actor,
        code="hours",
        name="办公时间",
        zone="Asia/Shanghai",
        week=(day, day, day, day, day, (), ()),
        days=[SpecialDay(holiday, "holiday", "假"), SpecialDay(swapped, "custom", "班", day)],
    )
    shipped = (MAPPINGS / "messages_zh_replied.yaml").read_text(encoding="utf-8")
    mapping = tmp_path / "hours.yaml"
    mapping.write_text(shipped.replace("calendar: always", "calendar: hours"), encoding="utf-8")
    layout = replace(
        LAYOUTS["messages_zh_replied"],
        hours=Hours((day, day, day, day, day, (), ()), {holiday: (), swapped: day}),
    )
    made = letters(tmp_path / "letters.xlsx", REPLIED, seed=5)
    assert_all_figures(run, made, "messages_zh_replied", mapping=mapping, layout=layout)
    respond = run.reported(*FOREVER)["promises"]["respond"]
    assert respond["kept"] > 0
    assert respond["broken"] > 0


def test_the_mappings_and_this_computation_mean_the_same_columns():
    for name, layout in LAYOUTS.items():
        mapping = load(MAPPINGS / f"{name}.yaml").mapping
        assert mapping.zone == layout.zone
        assert mapping.columns.key.sources == (layout.key,)
        assert {c: s.at.column for s in mapping.columns.stops for c in s.clocks} == dict(
            layout.stops
        )
        assert tuple(c for level in mapping.columns.place for c in level.sources) == layout.place
    assert loads((MAPPINGS / "nyc311_sample.yaml").read_text()).mapping.series == "NYC311"
