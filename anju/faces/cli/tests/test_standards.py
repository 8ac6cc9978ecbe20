"""`anju standards check`: findings with their codes, and files nobody should believe."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from anju.faces.cli.standards import MOST, run_standards

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
