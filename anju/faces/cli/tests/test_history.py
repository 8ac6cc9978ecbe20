import io
import json
import os
import signal
from pathlib import Path

import openpyxl
import pytest
from django.utils import translation

from anju.engine.standards.commands import install_defaults
from anju.faces.cli.history import _Progress, run_import
from anju.faces.cli.report import run_report
from anju.foundation.tenancy.errors import Unknown

EXAMPLES = Path(__file__).resolve().parents[4] / "examples"
EXTRACT = EXAMPLES / "data" / "nyc311_extract.csv"
MAPPING = EXAMPLES / "mappings" / "nyc311_sample.yaml"
PERIOD = ["service", "--from", "2024-04-01", "--to", "2024-04-30"]


@pytest.fixture
def code(company, actor):
    install_defaults(actor=actor)
    with translation.override("en"):
        yield company.code


def imported(code, *options, file=EXTRACT, mapping=MAPPING):
    return run_import(["cases", str(file), "--mapping", str(mapping), "--company", code, *options])


def test_an_import_and_its_report_on_a_terminal(code, capsys):
    assert imported(code) == 0
    said = capsys.readouterr().out
    assert "imported: 251" in said
    assert "not recorded: place 1, channel 11" in said
    assert run_report([*PERIOD, "--company", code, "--by", "channel"]) == 0
    said = capsys.readouterr().out
    assert "Cases opened from 2024-04-01 to 2024-04-30, both days included: 251" in said
    [whole] = [
        line.split() for line in said.splitlines() if line.startswith("all") and "finish" in line
    ]
    assert whole[2:] == [
        "251",
        "70",
        "0",
        "100.0",
        "94.8",
        "100.0",
        "0",
        "0",
        "181",
        "70",
        *whole[12:],
    ]
    assert any(line.startswith("not recorded") for line in said.splitlines())


def test_the_last_thing_printed_is_one_object(code, tmp_path, capsys):
    lines = EXTRACT.read_text(encoding="utf-8").replace("2024-04-16T03:03:15.000", "soon", 1)
    file = tmp_path / "bad.csv"
    file.write_text(lines, encoding="utf-8")
    assert imported(code, "--json", file=file) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (said["imported"], said["already_there"], said["rejected"]) == (250, 0, 1)
    assert said["rejections"][0]["row"] == 2
    assert "'soon' in column 'created_date'" in said["rejections"][0]["reason"]


def test_a_dry_run_says_that_it_was_one(code, capsys):
    assert imported(code, "--dry-run") == 0
    assert "nothing was written" in capsys.readouterr().out
    assert imported(code, "--json") == 0
    assert json.loads(capsys.readouterr().out)["imported"] == 251


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_what_cannot_be_used_is_one_sentence_and_no_trace(code, tmp_path, capsys, options):
    mapping = tmp_path / "m.yaml"
    mapping.write_text(MAPPING.read_text(encoding="utf-8").replace("closed_date", "closd_date"))
    assert imported(code, *options, mapping=mapping) == 1
    said = capsys.readouterr()
    assert said.err == (
        "m.yaml, line 36: The file has no column 'closd_date'. Did you mean 'closed_date'?\n"
    )
    if options:
        assert "closd_date" in json.loads(said.out)["error"]["message"]
    assert imported(code, *options, file=tmp_path / "none.csv") == 1
    assert "Check the path" in capsys.readouterr().err


def test_told_to_end_it_says_how_far_it_came(code, capsys, monkeypatch):
    told = []

    def end(self, account):
        if not told:
            told.append(account.imported)
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(_Progress, "__call__", end)
    before = signal.getsignal(signal.SIGTERM)
    assert imported(code, "--json") == 130
    assert signal.getsignal(signal.SIGTERM) == before
    said = capsys.readouterr()
    assert "the same command goes on from there" in said.err
    there = json.loads(said.out.splitlines()[-1])["imported"]
    assert imported(code, "--json") == 0
    rest = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (rest["imported"], rest["already_there"]) == (251 - there, there)


def test_a_company_that_is_not_there_is_named(code):
    with pytest.raises(Unknown, match="nobody"):
        imported("nobody")


def test_a_reversed_period_is_said_so(code, capsys):
    argv = ["service", "--from", "2024-05-01", "--to", "2024-04-30", "--company", code]
    assert run_report(argv) == 2
    assert "Exchange --from and --to" in capsys.readouterr().err


def test_the_report_as_a_workbook(code, tmp_path, capsys):
    imported(code)
    out = tmp_path / "r.xlsx"
    assert run_report([*PERIOD, "--company", code, "--format", "xlsx", "--out", str(out)]) == 0
    rows = list(openpyxl.load_workbook(io.BytesIO(out.read_bytes())).active.values)
    assert rows[0][:5] == ("group", "promise", "cases", "kept", "broken")
    [finish] = [row for row in rows if row[1] == "finish"]
    assert finish[2:5] == (251, 70, 0)
    times = dict(zip(rows[0], finish, strict=True))
    assert (times["times n (seconds)"], times["times n (whole days)"]) == (70, 0)
    assert isinstance(times["median (seconds)"], int | float)
    assert times["median (whole days)"] is None
