"""Forms and procedures: their lists, one version, writing the next one, putting it into force."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.documents.queries import open_doubts
from anju.engine.forms.books import is_book, read_book, write_book
from anju.engine.forms.commands import confirm_paper, import_form, publish_paper, retire_paper
from anju.engine.forms.models import Form
from anju.engine.forms.papers import STATES, Paper
from anju.engine.forms.rules import Form as Sheet
from anju.engine.forms.rules import write_form
from anju.engine.forms.sheets import with_items
from anju.engine.library.papers import forms as shelf_of_forms
from anju.engine.library.papers import procedures as shelf_of_procedures
from anju.engine.loop.asked import traces_of
from anju.engine.procedures.commands import import_procedure
from anju.engine.procedures.drawing import sheets_of, svg_of
from anju.engine.procedures.models import Procedure
from anju.engine.procedures.record import step_records
from anju.engine.procedures.rules import Procedure as Steps
from anju.engine.procedures.rules import write_procedure
from anju.faces.console.reviews import review_column, review_filter
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.export import download
from anju.foundation.kit.filters import Filter, equals
from anju.foundation.kit.forms import KitForm, show_refusal
from anju.foundation.kit.list import Column, ListPage
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown

FORM_BEGUN = """anju: form/1
code: my-form
name:
items:
  - {code: first, text: , weight: 100, on_fail: case}
total: 100
"""
PROCEDURE_BEGUN = """anju: procedure/1
code: my-procedure
name:
steps:
  - code: first
    name:
    role: desk
    brief:
    next: [{to: last}]
  - code: last
    name:
    role: desk
    brief:
"""


@dataclass(frozen=True)
class Kind:
    """What the pages of forms and of procedures do not have in common."""

    model: type[Paper]
    save: Callable[..., Paper]
    begun: str
    title: Any
    one: Any
    new: Any
    none: Any
    shelf: Callable[[], Mapping[str, Any]]  # those of the library
    write: Callable[[Any], str]
    text: type[Any]  # what a version says


FORMS = Kind(
    Form, import_form, FORM_BEGUN, gettext_lazy("Forms"), gettext_lazy("Form"),
    gettext_lazy("New form"), gettext_lazy("No forms yet"), shelf_of_forms, write_form,
    Sheet,
)  # fmt: skip
PROCEDURES = Kind(
    Procedure, import_procedure, PROCEDURE_BEGUN, gettext_lazy("Procedures"),
    gettext_lazy("Procedure"), gettext_lazy("New procedure"), gettext_lazy("No procedures yet"),
    shelf_of_procedures, write_procedure, Steps,
)  # fmt: skip
MOVES = {"publish": publish_paper, "confirm": confirm_paper, "retire": retire_paper}


class PaperForm(KitForm):
    """A paper as its YAML."""

    text = forms.CharField(
        label=gettext_lazy("Text (YAML)"),
        widget=forms.Textarea(attrs={"rows": 26, "spellcheck": "false"}),
        help_text=gettext_lazy("Saved as a draft; what is wrong is said with its line."),
    )
    edits = forms.IntegerField(widget=forms.HiddenInput, required=False)
    file = forms.FileField(
        label=gettext_lazy("From Excel"),
        required=False,
        help_text=gettext_lazy(
            "A workbook as it is exported takes the place of the text; of a form, a table of items "
            "takes the place of the items."
        ),
    )


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
    form = _one(FORMS, id, request.actor)
    if request.GET.get("format") == "yaml":
        return _file(form)
    if request.GET.get("format") == "xlsx":
        return _workbook(form, form.sheet)
    context = {**_context(FORMS, form, request.actor), "sheet": form.sheet}
    return render(request, "console/form.html", context)


@door("standard.see", methods="GET")
def one_procedure(request: Request, id: UUID) -> HttpResponseBase:
    """One version of a procedure: its flow chart, and what each step says."""
    procedure = _one(PROCEDURES, id, request.actor)
    if request.GET.get("format") == "yaml":
        return _file(procedure)
    if request.GET.get("format") == "xlsx":
        return _workbook(procedure, procedure.text)
    context = _context(PROCEDURES, procedure, request.actor)
    drawn = all(fault.code not in ("unknown_target", "code_twice") for fault in context["faults"])
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
    procedure = _one(PROCEDURES, id, request.actor)
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


@door("standard.edit")
def new_form(request: Request) -> HttpResponse:
    """A first version."""
    return _edit(request, FORMS, None)


@door("standard.edit")
def new_procedure(request: Request) -> HttpResponse:
    """A first version."""
    return _edit(request, PROCEDURES, None)


@door("standard.edit")
def edit_form(request: Request, id: UUID) -> HttpResponse:
    """The next version of a form, or its draft."""
    return _edit(request, FORMS, id)


@door("standard.edit")
def edit_procedure(request: Request, id: UUID) -> HttpResponse:
    """The next version of a procedure, or its draft."""
    return _edit(request, PROCEDURES, id)


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


def _one(kind: Kind, id: UUID, actor: Actor) -> Any:
    found = kind.model.objects.seen_by(actor).filter(id=id).first()
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return found


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
        "doubts": open_doubts(actor=actor, kind=name, paper=paper.id),
    }


def _file(paper: Paper) -> HttpResponse:
    answer = HttpResponse(paper.as_yaml(), content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{paper.code}-v{paper.version}.yaml"'
    return answer


def _workbook(paper: Paper, text: Any) -> HttpResponseBase:
    return download(write_book(text), f"{paper.code}-v{paper.version}.xlsx")


def _from_excel(kind: Kind, text: str, file: Any) -> str:
    """The text with what an uploaded workbook says in its place."""
    content = file.read()
    if kind.model is Form and not is_book(content):
        return with_items(text, content, file.name)
    return kind.write(read_book(content, kind.text))


def _edit(request: Request, kind: Kind, id: UUID | None) -> HttpResponse:
    request.actor.require("standard.edit", "")
    name = kind.model.kind
    shown = _one(kind, id, request.actor) if id else None
    if shown and shown.state != "draft":  # the draft there is goes on, else a new one begins
        drafts = kind.model.objects.seen_by(request.actor).filter(code=shown.code, state="draft")
        shown = drafts.first() or shown
    taken = kind.shelf().get(request.GET.get("from", "")) if shown is None else None
    begun = kind.write(taken) if taken else kind.begun
    initial = {
        "text": shown.as_yaml() if shown else begun,
        "edits": shown.edits if shown and shown.state == "draft" else None,
    }
    form = PaperForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            if file := given.get("file"):
                given["text"] = _from_excel(kind, given["text"], file)
            saved = kind.save(given["text"], actor=request.actor, edits=given["edits"])
        except (NotYet, Conflict) as refusal:
            show_refusal(form, refusal)
            if shown and isinstance(refusal, Conflict):  # what was typed can go on top of it
                typed: Any = form.data
                typed = typed.copy()
                typed["edits"] = _newest(kind, shown.code, request.actor)
                form.data = typed
        else:
            return HttpResponseRedirect(reverse(f"console:{name}", args=[saved.id]))
    back = reverse(f"console:{name}", args=[id]) if id else reverse(f"console:{name}s")
    title = _("Write the next version") if id else kind.new
    shelf = {} if id else kind.shelf()
    context = {"form": form, "title": title, "back": back, "shelf": list(shelf.values())}
    return render(request, "console/edit_paper.html", context, status=422 if form.errors else 200)


def _newest(kind: Kind, code: str, actor: Actor) -> str:
    """The edition of the draft there is; empty where there is none."""
    drafts = kind.model.objects.seen_by(actor).filter(code=code, state="draft")
    return "".join(str(edits) for edits in drafts.values_list("edits", flat=True))


def _move(request: Request, kind: Kind, asked: tuple[UUID, str]) -> HttpResponse:
    id, name = asked
    if name not in MOVES:
        raise Unknown(_("There is no such record, or you may not see it."))
    MOVES[name](kind.model, id, actor=request.actor)
    return HttpResponseRedirect(reverse(f"console:{kind.model.kind}", args=[id]))
