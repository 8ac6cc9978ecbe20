"""`anju standards check`: findings with their codes, and files nobody should believe."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from anju.engine.standards.commands import install_defaults
from anju.engine.standards.models import Standard
from anju.faces.cli.standard_texts import MOST
from anju.faces.cli.standards import run_standards
from anju.foundation.tenancy.acting import acting

CORPUS = Path(__file__).resolve().parents[4] / "tests" / "smart" / "corpus"


def checked(capsys, path: Path, *more: str) -> tuple[int, dict]:
    """Exit code and the JSON object."""
    code = run_standards(["check", str(path), "--json", *more])
    return code, json.loads(capsys.readouterr().out)


def test_what_stops_makes_it_fail_and_advice_does_not(company, actor, tmp_path, capsys) -> None:
    code, said = checked(capsys, CORPUS / "20-feedback-office.yaml", "--company", company.code)
    stops = [one for one in said["findings"] if one["severity"] == "stop"]
    assert (code, said["stops"]) == (1, len(stops))
    assert ["feedback-paused", "limits/feedback/*"] in [[s["code"], s["where"]] for s in stops]
    assert said["codes"]["orphan"] == 2  # this company has neither procedures nor forms
    path = tmp_path / "advice.yaml"
    path.write_text(
        "anju: standard/1\ncode: a\nname: A\nmethod: 一般应及时清理\n", encoding="utf-8"
    )
    code, said = checked(capsys, path, "--company", company.code)
    assert (code, said["stops"]) == (0, 0)
    words = [one["facts"]["word"] for one in said["findings"] if one["code"] == "vague"]
    assert words == ["一般", "及时"]


def test_the_words_are_for_people(company, actor, capsys) -> None:
    run_standards(["check", str(CORPUS / "01-repair.yaml"), "--company", company.code])
    said = capsys.readouterr().out
    assert "报修服务标准 (repair)" in said
    assert "900" in said  # hours of work a year
    assert "no-record" in said


@pytest.mark.parametrize(
    "data",
    [
        b"", b"- 1", b"a: &x [*x, *x]", b"\xff\xfe\x00", b"anju: standard/2\ncode: a\nname: A",
        b"anju: standard/1\ncode: a\nname: A\ncode: b", b"[" * 50_000,
        b"anju: standard/1\ncode: a\nname: A\nlimits: [{clock: arrive, minutes: soon}]",
        b"anju: standard/1\ncode: a\nname: A\nlimits: [{clock: arrive, minutes: 9e999}]",
        b"anju: !!python/object/apply:os.system [ls]", b"x" * (MOST + 1), b"{a: b", b"\x00\x01",
    ],
    ids=range(13),
)  # fmt: skip
def test_hostile_files_are_refused_in_words(data: bytes, tmp_path: Path, capsys, company) -> None:
    path = tmp_path / "hostile.yaml"
    path.write_bytes(data)
    assert run_standards(["check", str(path), "--company", company.code, "--json"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["error"]["code"] == "unreadable"
    assert "hostile.yaml" in err
    assert "Traceback" not in err


def test_a_file_that_is_not_there(tmp_path: Path, capsys, company) -> None:
    assert run_standards(["check", str(tmp_path / "none.yaml"), "--company", company.code]) == 1
    assert "none.yaml" in capsys.readouterr().err


def test_a_version_goes_out_and_comes_back(company, actor, tmp_path, capsys) -> None:
    install_defaults(actor=actor)
    of = ("--company", company.code)
    assert run_standards(["export", "--to", str(tmp_path), *of]) == 0
    files = sorted(tmp_path.glob("*.yaml"))
    assert [f.name for f in files] == ["complaint-v1.yaml", "repair-v1.yaml"]
    capsys.readouterr()
    assert run_standards(["export", "repair@1", *of]) == 0
    assert capsys.readouterr().out == files[1].read_text(encoding="utf-8")
    assert run_standards(["import", *map(str, files), "--json", *of]) == 0
    drafts = json.loads(capsys.readouterr().out)["drafts"]
    assert [(d["code"], d["version"]) for d in drafts] == [("complaint", 2), ("repair", 2)]
    assert run_standards(["diff", "repair@1", str(files[1]), *of]) == 0
    assert run_standards(["diff", "repair@1", "repair@2", *of]) == 0
    changed = files[1].read_text(encoding="utf-8").replace("工程维修岗", "水电岗")
    files[1].write_text(changed, encoding="utf-8")
    capsys.readouterr()
    assert run_standards(["diff", "repair", str(files[1]), "--json", *of]) == 1
    (one,) = json.loads(capsys.readouterr().out)
    assert (one["part"], one["after"][:3]) == ("provider", "水电岗")


def test_a_version_goes_into_excel_and_comes_back(company, actor, tmp_path, capsys) -> None:
    install_defaults(actor=actor)
    given = ["--company", company.code]
    assert run_standards(["export", "repair", "--xlsx", *given]) == 1  # where to?
    assert run_standards(["export", "--xlsx", "--to", str(tmp_path), *given]) == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["complaint-v1.xlsx", "repair-v1.xlsx"]
    path = tmp_path / "repair-v1.xlsx"
    assert run_standards(["import", str(path), *given]) == 0
    with acting(actor):
        old, new = Standard.objects.filter(code="repair").order_by("version")
        assert old.document == new.document
    path.write_bytes(path.read_bytes()[:900])
    capsys.readouterr()
    assert run_standards(["import", str(path), *given]) == 1
    assert "repair-v1.xlsx" in capsys.readouterr().err


def test_an_import_is_whole_or_nothing(company, actor, tmp_path, capsys) -> None:
    good, bad = tmp_path / "a.yaml", tmp_path / "b.yaml"
    good.write_text("anju: standard/1\ncode: a\nname: A\n", encoding="utf-8")
    bad.write_text("anju: standard/1\ncode: b\nnmae: B\n", encoding="utf-8")
    assert run_standards(["import", str(good), str(bad), "--company", company.code]) == 1
    assert "name" in capsys.readouterr().err
    with acting(actor):
        assert not Standard.objects.exists()
    assert run_standards(["export", "nothing", "--company", company.code]) == 1
    assert "nothing" in capsys.readouterr().err


def test_a_year_is_counted_before_and_after(company, tmp_path, capsys) -> None:
    method = "method: {times_a_year: 120, labour: [{post: 工程, minutes: %s, rate: 40}]}\n"
    files = []
    for name, minutes in (("old", 30), ("new", 45)):
        files.append(tmp_path / f"{name}.yaml")
        head = "anju: standard/1\ncode: a\nname: A\n"
        files[-1].write_text(head + method % minutes, encoding="utf-8")
    assert run_standards(["cost", *map(str, files), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [one["hours"]["工程"] for one in said.values()] == [60, 90]
    assert [one["wages"] for one in said.values()] == [2400, 3600]
    assert run_standards(["cost", "--company", company.code]) == 0
