"""`anju export-person` and `anju erase-person`, in this process."""

import json
import zipfile
from pathlib import Path

import pytest

from anju.faces.cli.persons import run_erase_person, run_export_person
from anju.foundation.people.models import Person
from anju.foundation.people.testing import a_person
from anju.foundation.places.testing import a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Unknown
from anju.foundation.tenancy.models import Company


def test_a_person_is_written_to_a_file_only_its_owner_reads(
    company: Company, actor: Actor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with acting(actor):
        person = a_person(actor, name="欧阳娜", lives_at=a_place(actor))
    path = tmp_path / "person.zip"
    here = ["--company", company.code, "--json"]
    assert run_export_person([str(person.id), "--to", str(path), *here]) == 0
    assert json.loads(capsys.readouterr().out)["file"] == str(path)
    assert path.stat().st_mode & 0o077 == 0
    assert "欧阳娜" in zipfile.ZipFile(path).read("data.json").decode()


def test_erasing_asks_first_and_a_dry_run_writes_nothing(
    company: Company,
    actor: Actor,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with acting(actor):
        person = a_person(actor, name="欧阳娜", lives_at=a_place(actor))
    here = [str(person.id), "--company", company.code]
    monkeypatch.setattr("builtins.input", lambda question: "no")
    assert run_erase_person(here) == 1
    assert run_erase_person([*here, "--dry-run"]) == 0
    with acting(actor):
        assert Person.objects.get(id=person.id).name == "欧阳娜"
    capsys.readouterr()
    assert run_erase_person([*here, "--yes", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["rows"]["person"] == 1
    with acting(actor):
        assert Person.objects.get(id=person.id).name == ""


def test_an_unknown_person_is_said(company: Company) -> None:
    with pytest.raises(Unknown):
        run_export_person([str(company.id), "--company", company.code])
