"""Forms and procedures written on pages of rows."""

from typing import Any

import pytest
from django.forms import MultipleChoiceField
from django.http import QueryDict
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from anju.engine.forms.rules import Form as Sheet
from anju.engine.forms.rules import write_form
from anju.engine.library.papers import forms, procedures
from anju.engine.procedures.models import Procedure
from anju.engine.procedures.rules import Procedure as Steps
from anju.engine.procedures.rules import write_procedure
from anju.faces.console.papers.sheets import SheetRows
from anju.faces.console.papers.steps import StepRows
from anju.faces.console.rows import turned
from anju.foundation.access.testing import a_browser
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def client(actor: Actor) -> Client:
    return a_browser(actor, "admin")


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def typed(form: Any) -> QueryDict:
    """What a browser sends of a page that nobody changed."""
    said = QueryDict(mutable=True)
    for bound in form:
        value = bound.value()
        boxes = isinstance(bound.field, MultipleChoiceField)
        for one in value or () if boxes else [value]:
            said.appendlist(bound.name, "" if one is None else str(one))
    return said


@pytest.mark.parametrize(
    ("rows", "model", "shelf", "write"),
    [
        (SheetRows, Sheet, forms, write_form),
        (StepRows, Steps, procedures, write_procedure),
    ],
)
def test_every_paper_of_the_library_goes_through_its_page_unchanged(
    actor: Actor, rows: Any, model: Any, shelf: Any, write: Any
) -> None:
    with acting(actor):
        for paper in shelf().values():
            drawn = rows(None, paper=paper, edits=None, actor=actor)
            sent = rows(typed(drawn), paper=paper, edits=None, actor=actor)
            assert sent.is_valid(), (paper.code, sent.errors)
            assert write(sent.said(model)) == write(paper)


def test_a_new_procedure_is_written_row_by_row(actor: Actor, client: Client) -> None:
    url = "/procedures/new"
    first = page(client, url)
    assert 'name="step-0-name"' in first
    said = {
        "name": "装修巡查", "review_months": "12",
        "step-0-code": "s1", "step-0-name": "巡查", "step-0-role": "Guard",
        "step-0-brief": "每天一次", "step-0-to0": "+", "step-0-minutes": "30",
        "step-0-evidence": ["photo"],
    }  # fmt: skip
    more = client.post(url, {**said, "do": "step:add:0"}).content.decode()
    assert 'name="step-1-code" value="s2"' in more
    assert "巡查" in more  # nothing typed is lost
    said |= {"step-1-code": "s2", "step-1-name": "处理", "step-1-role": "外委单位",
             "step-0-when1": "有违规", "step-0-to1": "s2"}  # fmt: skip
    seen = client.post(url, {**said, "do": "look"}).content.decode()
    assert "<svg" in seen  # the chart, though an instruction is missing yet
    assert "<form" not in seen
    missing = client.post(url, said)
    assert missing.status_code == 422
    assert "外委单位" in missing.content.decode()
    said |= {"step-1-brief": "当面说明，开整改单", "step-1-to0": ""}
    wrong = client.post(url, {**said, "step-0-minutes": "soon"})
    assert wrong.status_code == 422
    assert 'value="soon"' in wrong.content.decode()
    assert "<svg" in wrong.content.decode()  # of what was typed
    saved = client.post(url, said)["Location"]
    text = client.get(f"{saved}?format=yaml").content.decode()
    assert "role: guard" in text  # a role of the house, by its name
    assert "role: 外委单位" in text
    assert "{when: 有违规, to: s2}" in text
    with acting(actor):
        assert Procedure.objects.get().code == "zhuang-xiu-xun-cha"
    assert client.post(f"{saved}/publish").status_code == 302
    again = client.post(url, said)
    assert "This code is taken already" in again.content.decode()
    following = client.post(f"{saved}/edit", {**said, "name": "装修巡查与整改"})["Location"]
    assert following != saved
    stale = client.post(f"{saved}/edit", said)  # a draft nobody showed to this page
    assert stale.status_code == 422
    assert 'name="edits" value="0"' in stale.content.decode()  # saved again, it goes on top


def test_a_new_form_is_written_row_by_row(client: Client) -> None:
    said: dict[str, Any] = {
        "name": "机房巡检", "code": "plant-room", "total": "10", "veto_cap": "5",
        "item-0-text": "温度", "item-0-kind": "number", "item-0-min": "5", "item-0-max": "45",
        "item-0-unit": "℃", "item-0-weight": "6", "item-0-flags": ["required", "veto"],
        "item-1-text": "门", "item-1-kind": "choice", "item-1-choices": "关着\n开着",
        "item-1-weight": "99",  # typed while it was another kind: such an answer cannot fail
        "item-2-text": "无渗漏", "item-2-kind": "pass", "item-2-weight": "4",
        "item-2-on_fail": "case", "item-2-evidence": ["photo"],
        "item-3-kind": "pass", "item-3-on_fail": "nothing",
        "basis-0-kind": "practice", "basis-0-ref": "设备手册", "basis-0-certainty": "suggested",
    }  # fmt: skip
    seen = client.post("/forms/new", {**said, "do": "look", "item-2-weight": "5"}).content.decode()
    assert "The weights add up to 11, not to 10" in seen
    saved = client.post("/forms/new", said)["Location"]
    text = client.get(f"{saved}?format=yaml").content.decode()
    assert "weight: 6, veto: true, required: true, min: 5, max: 45, unit: ℃" in text
    assert "choices: [关着, 开着]}" in text
    assert text.count("code: q") == 3  # the empty row is left out
    assert client.post(f"{saved}/publish").status_code == 302


@given(
    rows=st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=6),
    turns=st.lists(
        st.tuples(st.sampled_from(["add", "up", "drop"]), st.integers(0, 5)), max_size=8
    ),
)  # fmt: skip
def test_turning_rows_is_that_of_a_list(rows: list[str], turns: list[tuple[str, int]]) -> None:
    said = QueryDict(mutable=True)
    said["name"], said["idempotency_key"] = "x", "k"
    for n, one in enumerate(rows):
        said[f"item-{n}-text"] = one
    wanted: list[str | None] = list(rows)
    for verb, at in turns:
        n = min(at, len(wanted) - 1)
        said = turned(said, f"item:{verb}:{n}")
        if verb == "add":
            wanted.insert(n + 1, None)
        elif verb == "up" and n:
            wanted[n - 1], wanted[n] = wanted[n], wanted[n - 1]
        elif verb == "drop" and len(wanted) > 1:
            del wanted[n]
    assert [said.get(f"item-{n}-text") for n in range(len(wanted))] == wanted
    assert f"item-{len(wanted)}-text" not in said
    assert said["name"] == "x"
