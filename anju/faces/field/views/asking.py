"""What a piece of work is asked, answered with one press each; and how it is done, step by step."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anju.domains.requests.views.pages import any_work
from anju.engine.forms.rules import Item, rows_of
from anju.engine.loop.asked import (
    answers_of,
    asked_of,
    pictures_of,
    procedure_of,
    qualifications_of,
    score_of,
    shaped,
    typed_of,
)
from anju.engine.loop.commands.judging import answer_item
from anju.engine.loop.models import VERDICT_NAMES, Record, WorkOrder
from anju.engine.procedures.drawing import svg_of
from anju.faces.field.views.standing import doer, hands
from anju.foundation.access.doors import Request, door
from anju.foundation.tenancy.errors import NotYet, Refused


@door("work.do")
def items(request: Request, id: UUID) -> HttpResponse:
    """Every item with its answer; one that does not fit stays in its place with the reason."""
    work = any_work(request, id)
    wrong: dict[str, Any] = {}
    if request.method == "POST":
        code = request.POST.get("item", "")
        try:
            _answer(request, work, code)
        except (NotYet, Refused) as refusal:
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
        "hands": hands(request, work),
        "wrong": wrong.get("why", "") if wrong.get("code") not in asked.items else "",
    }
    return render(request, "field/items.html", context, status=422 if wrong else 200)


def _answer(request: Request, work: WorkOrder, code: str) -> None:
    said = request.POST
    value = shaped(asked_of(work).items.get(code), said.get("value", ""), note=said.get("note", ""))
    answer_item(
        work.id, code, actor=doer(request, work), verdict=said.get("verdict", ""), value=value,
        files=request.FILES.getlist("picture"),
    )  # fmt: skip


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
