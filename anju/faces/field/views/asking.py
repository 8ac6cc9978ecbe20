"""What a piece of work is asked, answered with one press each; and how it is done, step by step."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anju.domains.requests.views.pages import any_work
from anju.engine.forms.rules import MOST_ROWS, Item, rows_of
from anju.engine.loop.asked import (
    answers_of,
    asked_of,
    pictures_of,
    procedure_of,
    qualifications_of,
    score_of,
    typed_of,
)
from anju.engine.loop.commands.judging import answer_item
from anju.engine.loop.models import VERDICT_NAMES, Record, WorkOrder
from anju.engine.procedures.drawing import svg_of
from anju.foundation.access.doors import Request, door
from anju.foundation.tenancy.errors import NotYet


@door("work.do")
def items(request: Request, id: UUID) -> HttpResponse:
    """Every item with its answer; one that does not fit stays in its place with the reason."""
    work = any_work(request, id)
    wrong: dict[str, Any] = {}
    if request.method == "POST":
        code = request.POST.get("item", "")
        try:
            _answer(request, work, code)
        except NotYet as refusal:
            wrong = {"code": code, "why": refusal.message}
            wrong |= {name: request.POST.get(name, "") for name in ("value", "note")}
        else:
            return HttpResponseRedirect(f"{reverse('field:items', args=[id])}#i-{code}")
    asked, answers = asked_of(work), answers_of(work.id)
    typed = typed_of(answers.values())
    more = pictures_of(work.id)
    groups = [
        {
            "step": group.step,
            "sheet": group.sheet,
            "score": score_of(group, answers),
            "rows": [
                {
                    **_row(code, item, answers.get(code), typed=typed, wrong=wrong),
                    "pictures": more.get(code, 0),
                }
                for code, item in group.items.items()
            ],
        }
        for group in asked.groups
    ]
    rows = [row for group in groups for row in group["rows"]]
    context = {
        "work": work,
        "groups": groups,
        "sheet": groups[0]["sheet"] if len(groups) == 1 else None,
        "n": len(rows),
        "done": sum(row["answered"] for row in rows),
        "open": work.state not in ("passed", "void"),
        "wrong": wrong.get("why", "") if wrong.get("code") not in asked.items else "",
    }
    return render(request, "field/items.html", context, status=422 if wrong else 200)


def _answer(request: Request, work: WorkOrder, code: str) -> None:
    item = asked_of(work).items.get(code)
    typed = request.POST.get("value", "")
    pictures = request.FILES.getlist("picture")
    value: dict[str, Any] = {}
    if item and item.kind == "number":
        value = {"number": typed}
    elif item and item.kind == "table":
        value = {"rows": _table(typed, len(item.columns))}
    elif item and item.kind in ("text", "choice", "scan"):
        value = {"text": typed}
    if note := request.POST.get("note", "").strip()[:400]:
        value["note"] = note
    answer_item(
        work.id, code, actor=request.actor, verdict=request.POST.get("verdict", ""), value=value,
        files=pictures,
    )  # fmt: skip


def _table(typed: str, width: int) -> list[list[str]]:
    """One row a line, its cells parted by a comma; what is left out at the end is empty."""
    lines = [line for line in typed.replace("，", ",").splitlines() if line.strip()]
    cut = [[cell.strip() for cell in line.split(",")] for line in lines[: MOST_ROWS + 1]]
    return [row + [""] * (width - len(row)) for row in cut]


def _row(
    code: str,
    item: Item,
    record: Record | None,
    *,
    typed: Mapping[UUID, Mapping[str, str]],
    wrong: Mapping[str, Any],
) -> dict[str, Any]:
    bad = wrong if wrong.get("code") == code else {}
    value = {**record.value, **typed.get(record.id, {})} if record else {}
    said = value.get("text") or value.get("number") or "；".join(
        "，".join(row) for row in rows_of(value.get("rows", ""))
    )  # fmt: skip
    return {
        "code": code,
        "item": item,
        "picture": item.kind in ("photo", "signature") or bool(item.evidence),
        "record": record,
        "answered": record is not None,
        "verdict": dict(VERDICT_NAMES).get(record.verdict, "") if record else "",
        "said": f"{said} {item.unit}".strip() if said else "",
        "noted": value.get("note", ""),
        "why": bad.get("why", ""),
        "typed": bad.get("value", ""),
        "note": bad.get("note", ""),
    }


@door("work.do", methods="GET")
def how(request: Request, id: UUID) -> HttpResponse:
    """The procedure of the work: each step as deep as whoever reads it needs."""
    work = any_work(request, id)
    procedure = procedure_of(work)
    held = qualifications_of(request.actor) if procedure else frozenset()
    steps = [
        (step, step.instruction(qualified=_qualified(step.qualification, held)))
        for step in (procedure.text.steps if procedure else ())
    ]
    chart = svg_of(procedure.text) if procedure else ""
    context = {"work": work, "paper": procedure, "steps": steps, "chart": chart}
    return render(request, "field/how.html", context)


def _qualified(wanted: str, held: frozenset[str]) -> bool:
    return wanted in held if wanted else bool(held)
