"""`anju verify` as it is called: what it prints, what it ends with, and what it needs."""

import json
import os
import subprocess
import sys
from uuid import uuid4

import pytest

from anju.faces.cli.verify import run_verify
from anju.foundation.events.archive.dossier import Dossier
from anju.foundation.events.archive.export import export_archive
from anju.foundation.events.testing import as_owner, seal_all, some_events
from anju.foundation.events.verification import CompanyReport, report

ENGLISH = {"LANG": "en_GB.UTF-8", "LC_ALL": ""}


@pytest.fixture(autouse=True)
def _in_english(monkeypatch):
    for name, value in ENGLISH.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def sealed(actor):
    """A company with three sealed events."""
    events = some_events(actor, 3, values={"name": "王芳"})
    seal_all()
    return events


def verify(company, *words, capsys):
    code = run_verify(["--company", company.code, *words])
    return code, capsys.readouterr().out


def test_what_is_as_sealed_ends_with_0_and_says_what_it_is_worth(company, sealed, capsys):
    code, said = verify(company, capsys=capsys)
    assert code == 0
    assert f"{company.code}: 3 events in 1 seals, 0 waiting; 3 personal values" in said
    assert "No anchor was given" in said
    assert "Everything is as it was sealed." in said


def test_tampering_ends_with_1_and_is_named(company, sealed, capsys):
    as_owner("UPDATE events_event SET name = 'x' WHERE id = %s", [sealed[1].id])
    code, said = verify(company, capsys=capsys)
    assert code == 1
    assert "The event at position 2 does not match its own fingerprint" in said
    code, said = verify(company, "--json", capsys=capsys)
    found = json.loads(said)
    assert (code, found["found"]) == (1, 1)
    (problem,) = found["companies"][0]["problems"]
    assert (problem["code"], problem["where"]) == ("event.changed", "2")


def test_an_anchor_is_written_and_rules_out_a_rebuild(company, sealed, actor, tmp_path, capsys):
    anchor = tmp_path / "anchor.json"
    code, said = verify(company, "--write-anchor", str(anchor), capsys=capsys)
    assert code == 0
    assert f"{company.code}: seal 1, events up to 3" in said
    some_events(actor, 1)
    seal_all()
    code, said = verify(company, "--anchor", str(anchor), capsys=capsys)
    assert code == 0
    assert "The anchor vouches for everything up to seal 1 of 2." in said
    kept = json.loads(anchor.read_text())
    for seal in kept["seals"]:
        seal["digest"] = "00" * 32
    anchor.write_text(json.dumps(kept))
    code, said = verify(company, "--anchor", str(anchor), "--json", capsys=capsys)
    codes = {p["code"] for p in json.loads(said)["companies"][0]["problems"]}
    assert (code, codes) == (1, {"anchor.seal"})


def test_a_company_that_is_gone_is_found_by_its_anchor(
    company, sealed, tmp_path, capsys, monkeypatch
):
    nothing = lambda scope, *, code, anchors: CompanyReport(scope.company, code)  # noqa: E731 - one line, used once
    monkeypatch.setattr(report, "verify_company", nothing)  # the tests have made hundreds
    anchor = tmp_path / "anchor.json"
    verify(company, "--write-anchor", str(anchor), capsys=capsys)
    kept = json.loads(anchor.read_text())
    kept["seals"][0]["company"] = str(uuid4())
    anchor.write_text(json.dumps(kept))
    code = run_verify(["--anchor", str(anchor), "--json", "--quick"])
    found = json.loads(capsys.readouterr().out)
    assert code == 1
    assert "anchor.company" in {p["code"] for p in found["problems"]}


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": "x"}', "\0"])
def test_what_is_no_anchor_is_refused(tmp_path, capsys, content):
    path = tmp_path / "x.json"
    path.write_text(content)
    assert run_verify(["--anchor", str(path)]) == 2
    assert "is not an anchor" in capsys.readouterr().err


def test_an_unknown_company_is_refused(capsys):
    assert run_verify(["--company", "no-such-company"]) == 2
    assert "no-such-company" in capsys.readouterr().err


@pytest.fixture
def archive(actor, sealed, tmp_path):
    dossier = Dossier(("test", uuid4()), "DH1-1 水管", [], [event.id for event in sealed])
    path = tmp_path / "case.zip"
    with export_archive(dossier, actor=actor) as content:
        path.write_bytes(content.read())
    return path


def elsewhere(tmp_path, *words, language="en_GB.UTF-8"):
    """The command on a machine with no house and no settings."""
    folder = tmp_path / "elsewhere"
    folder.mkdir(exist_ok=True)
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": os.getcwd(), "LANG": language}
    command = [sys.executable, "-m", "anju.faces.cli.main", "verify", *words]
    child = subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert list(folder.iterdir()) == []  # no data folder, no secret, nothing
    return child


def test_where_no_house_is_none_is_made(tmp_path):
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": os.getcwd(), "ANJU_DATA": str(tmp_path / "d")}
    command = [sys.executable, "-m", "anju.faces.cli.main", "verify"]
    child = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert child.returncode == 1
    assert f"There is no house in {tmp_path / 'd'}" in child.stderr
    assert not (tmp_path / "d").exists()


def test_an_archive_is_checked_without_any_house(archive, tmp_path):
    child = elsewhere(tmp_path, "--archive", str(archive))
    assert (child.returncode, child.stderr) == (0, "")
    assert "case.zip: DH1-1 水管" in child.stdout
    assert "3 events, 3 personal values, 0 rows, 0 files" in child.stdout
    assert "Nothing in it was changed since it was sealed." in child.stdout


def test_a_changed_archive_ends_with_1(archive, tmp_path):
    whole = bytearray(archive.read_bytes())
    whole[len(whole) // 2] ^= 1
    archive.write_bytes(bytes(whole))
    child = elsewhere(tmp_path, "--archive", str(archive), "--json")
    assert child.returncode == 1
    assert json.loads(child.stdout)["found"] >= 1


def test_an_archive_is_compared_with_an_anchor(company, archive, tmp_path, capsys):
    anchor = tmp_path / "anchor.json"
    verify(company, "--write-anchor", str(anchor), capsys=capsys)
    child = elsewhere(tmp_path, "--archive", str(archive), "--anchor", str(anchor))
    assert child.returncode == 0
    assert "(in the anchor)" in child.stdout
    kept = json.loads(anchor.read_text())
    for seal in kept["seals"]:
        seal["digest"] = "00" * 32
    anchor.write_text(json.dumps(kept))
    child = elsewhere(tmp_path, "--archive", str(archive), "--anchor", str(anchor))
    assert child.returncode == 1
    assert "is not the one in the anchor" in child.stdout
