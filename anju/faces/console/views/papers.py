"""Forms and procedures: their lists, one version, putting it into force."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.documents.queries import open_doubts
from anju.engine.forms.books import write_book
from anju.engine.forms.commands import confirm_paper, publish_paper, retire_paper
from anju.engine.forms.models import Form
from anju.engine.forms.papers import STATES, Paper
from anju.engine.loop.asked import traces_of
from anju.engine.procedures.drawing import sheets_of, svg_of
from anju.engine.procedures.models import Procedure
from anju.engine.procedures.record import step_records
from anju.engine.procedures.rules import Procedure as Steps
from anju.faces.console.papers.kinds import FORMS, PROCEDURES, Kind, the_paper
from anju.faces.console.papers.writing import UNDRAWN
from anju.faces.console.reviews import review_column, review_filter
from anju.faces.console.standards.words import GROUNDS
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.export import download
from anju.foundation.kit.filters import Filter, equals
from anju.foundation.kit.list import Column, ListPage
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown

MOVES = {"publish": publish_paper, "confirm": confirm_paper, "retire": retire_paper}


@door("standard.see", methods="GET")
def list_forms(request: Request) -> HttpResponseBase:
    """The versions of all forms."""
    return _list(request, FORMS)


@door("standard.see", methods="GET")
def list_procedures(request: Request) -> HttpResponseBase:
    """The versions of all procedures."""
    return _list(request, PROCEDURES)


@door("standard.see", methods="GET")
def one_form(request: Request, id: UUID) -> HttpResponseBase:
    """One version of a form, as it is filled in."""
    form = the_paper(FORMS, id, request.actor)
    if request.GET.get("format") == "yaml":
        return _file(form)
    if request.GET.get("format") == "xlsx":
        return _workbook(form, form.sheet)
    context = {**_context(FORMS, form, request.actor), "sheet": form.sheet}
    return render(request, "console/form.html", context)


@door("standard.see", methods="GET")
def one_procedure(request: Request, id: UUID) -> HttpResponseBase:
    """One version of a procedure: its flow chart, and what each step says."""
    procedure = the_paper(PROCEDURES, id, request.actor)
    if request.GET.get("format") == "yaml":
        return _file(procedure)
    if request.GET.get("format") == "xlsx":
        return _workbook(procedure, procedure.text)
    context = _context(PROCEDURES, procedure, request.actor)
    drawn = all(fault.code not in UNDRAWN for fault in context["faults"])
    names = _forms_of(procedure.text, request.actor)
    context |= {
        "steps": [(step, names.get(step.form)) for step in procedure.text.steps],
        "purpose": procedure.text.purpose,
    }
    context |= {"chart": svg_of(procedure.text) if drawn else ""}
    if procedure.published_at:
        traces = traces_of(procedure, actor=request.actor)
        context |= {"records": step_records(procedure.text, traces), "cases": len(traces)}
    return render(request, "console/procedure.html", context)


def _forms_of(text: Steps, actor: Actor) -> dict[str, Form]:
    """The newest versions of the forms its steps are written on, by code."""
    codes = {step.form for step in text.steps if step.form}
    found = Form.objects.seen_by(actor).filter(code__in=codes).exclude(state="retired")
    return {one.code: one for one in found.defer("body").order_by("version")} if codes else {}


@door("standard.see", methods="GET")
def print_procedure(request: Request, id: UUID) -> HttpResponse:
    """A procedure on paper: its chart in sheets of A4, then the whole instruction of each step."""
    procedure = the_paper(PROCEDURES, id, request.actor)
    if procedure.faults():
        raise NotYet(_("This draft cannot be followed yet, so it is not printed. Mend it first."))
    sheets = sheets_of(procedure.text)
    context = {
        "paper": procedure,
        "sheets": sheets,
        "steps": procedure.text.steps,
        "back": reverse("console:procedure", args=[id]),
        "last": len(sheets) + 1,
    }
    return render(request, "console/procedure_print.html", context)


@door("standard.edit", methods="POST")
def move_form(request: Request, id: UUID, name: str) -> HttpResponse:
    """Put a draft into force, or use a version no longer."""
    return _move(request, FORMS, (id, name))


@door("standard.edit", methods="POST")
def move_procedure(request: Request, id: UUID, name: str) -> HttpResponse:
    """Put a draft into force, or use a version no longer."""
    return _move(request, PROCEDURES, (id, name))


def _list(request: Request, kind: Kind) -> HttpResponseBase:
    states = dict(STATES)
    reviews = kind.model is Procedure  # of forms nobody says when they are looked at again
    page = ListPage(
        request,
        kind.model.objects.seen_by(request.actor).defer("body"),
        columns=[
            Column(name="name", label=kind.one, render=lambda p: p.name, look="title", sort="name"),
            Column(name="code", label=_("Code"), render=lambda p: p.code, look="mute", sort="code"),
            Column(
                name="version", label=_("Version"), render=lambda p: f"v{p.version}", sort="version"
            ),
            Column(
                name="state", label=_("State"), look="mark",
                render=lambda p: tags.tag(states[p.state], "ok" if p.state == "published" else ""),
            ),
            *([review_column()] if reviews else []),
        ],
        filters=[
            Filter(name="state", label=_("State"), apply=equals("state"), choices=STATES),
            *([review_filter()] if reviews else []),
        ],
        sort="name",
        row_url=lambda p: reverse(f"console:{kind.model.kind}", args=[p.id]),
        empty=(kind.none, _("Write one, or install those of the library.")),
    )  # fmt: skip
    context = {
        "page": page,
        "title": kind.title,
        "new": kind.new,
        "new_url": reverse(f"console:new_{kind.model.kind}"),
        "may_edit": request.actor.may("standard.edit", ""),
    }
    return page.answer() or render(request, "console/papers.html", context)


def _context(kind: Kind, paper: Paper, actor: Actor) -> dict[str, Any]:
    name = kind.model.kind
    mine = kind.model.objects.seen_by(actor).filter(code=paper.code)
    versions = mine.defer("body").order_by("-version")
    return {
        "paper": paper,
        "faults": paper.faults() if paper.state == "draft" else [],
        "versions": [
            (one, reverse(f"console:{name}", args=[one.id]))
            for one in versions.order_by("-version")
        ],
        "title": kind.title,
        "list_url": reverse(f"console:{name}s"),
        "edit_url": reverse(f"console:edit_{name}", args=[paper.id]),
        "publish_url": reverse(f"console:move_{name}", args=[paper.id, "publish"]),
        "confirm_url": reverse(f"console:move_{name}", args=[paper.id, "confirm"]),
        "review": paper.state == "published" and getattr(paper, "review_on", None),
        "retire_url": reverse(f"console:move_{name}", args=[paper.id, "retire"]),
        "may_edit": actor.may("standard.edit", ""),
        "basis": [(GROUNDS[one["kind"]], one) for one in paper.body.get("basis", ())],
        "doubts": open_doubts(actor=actor, kind=name, paper=paper.id),
    }


def _file(paper: Paper) -> HttpResponse:
    answer = HttpResponse(paper.as_yaml(), content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{paper.code}-v{paper.version}.yaml"'
    return answer


def _workbook(paper: Paper, text: Any) -> HttpResponseBase:
    return download(write_book(text), f"{paper.code}-v{paper.version}.xlsx")


def _move(request: Request, kind: Kind, asked: tuple[UUID, str]) -> HttpResponse:
    id, name = asked
    if name not in MOVES:
        raise Unknown(_("There is no such record, or you may not see it."))
    MOVES[name](kind.model, id, actor=request.actor)
    return HttpResponseRedirect(reverse(f"console:{kind.model.kind}", args=[id]))
