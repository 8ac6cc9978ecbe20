"""`anju library` as people and programs call it; only taking over needs a house."""

import json

import pytest
from django.utils import translation

from anju.engine.library.models import Adopted
from anju.engine.library.reading import library
from anju.faces.cli.library import run_library
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Unknown
from anju.foundation.tenancy.models import Company


@pytest.fixture
def out(capsys):
    def run(*argv: str) -> tuple[int, str]:
        with translation.override("en"):
            code = run_library(argv)
        return code, capsys.readouterr().out

    return run


def test_the_list_counts_every_section(out):
    code, text = out("list", "--json")
    said = json.loads(text)
    assert code == 0
    assert said["items"] == len(library().items)
    assert sum(row["items"] for row in said["sections"].values()) == said["items"]
    assert said["sections"]["2.2"]["items"] == 76
    code, text = out("list")
    assert "lift-t5002" in text


def test_a_fact_is_shown_with_its_source_or_as_a_suggestion(out):
    assert "https://" in out("show", "BASIC.URGENT")[1]
    assert "Suggestion" not in out("show", "BASIC.URGENT")[1]
    assert "Suggestion" in out("show", "CLEAN.MOP")[1]
    assert "報修" in out("show", "BASIC.NORMAL", "--script", "zh-Hant")[1]
    assert len(json.loads(out("show", "lift-t5002", "--json")[1])) == 81
    with pytest.raises(Unknown):
        out("show", "nothing")


def test_the_sums_are_computed_again(out):
    code, text = out("verify", "--json")
    said = json.loads(text)
    assert (code, said["ok"], said["faults"]) == (0, True, [])
    assert "add up" in out("verify")[1]


def test_a_piece_is_taken_over(out, company: Company, actor: Actor):
    code, text = out("install", "response-clocks", "--company", company.code, "--json")
    said = json.loads(text)
    assert code == 0
    assert said["drafts"] == [{"code": "response-clocks", "version": 1}]
    with acting(actor):
        assert Adopted.objects.count() == said["facts"] == 17
