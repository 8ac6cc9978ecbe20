"""Writing the next version of a form or a procedure: on a page of rows, as a text, from Excel."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.engine.forms.books import is_book, read_book
from anju.engine.forms.papers import Paper
from anju.engine.forms.sheets import with_items
from anju.engine.procedures.drawing import svg_of
from anju.faces.console.papers.kinds import FORMS, PROCEDURES, Kind, the_paper
from anju.faces.console.papers.rows import PaperRows, taken_words
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import KitForm, show_refusal
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet

UNDRAWN = ("unknown_target", "code_twice")  # faults with which there is no chart


class TextForm(KitForm):
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


def _edit(request: Request, kind: Kind, id: UUID | None) -> HttpResponse:
    request.actor.require("standard.edit", "")
    shown = the_paper(kind, id, request.actor) if id else None
    if shown and shown.state != "draft":  # the draft there is goes on, else a new one begins
        drafts = kind.model.objects.seen_by(request.actor).filter(code=shown.code, state="draft")
        shown = drafts.first() or shown
    if "text" in request.POST or request.GET.get("as") == "text":
        return _by_text(request, kind, shown)
    return _by_rows(request, kind, shown)


def _taken(request: Request, kind: Kind) -> Any:
    """The paper of the library one begins with."""
    return kind.shelf().get(request.GET.get("from", ""))


def _edits(shown: Any) -> int | None:
    return shown.edits if shown and shown.state == "draft" else None


def _by_rows(request: Request, kind: Kind, shown: Any) -> HttpResponse:
    do = request.POST.get("do", "")
    paper = kind.text.model_validate(shown.body) if shown else _taken(request, kind)
    said_of = {"paper": paper, "edits": _edits(shown), "new": shown is None}
    form = kind.rows(request.POST or None, actor=request.actor, do=do, **said_of)
    # After a refusal too, what is seen beside is what was typed.
    looked = kind.rows(request.POST or None, actor=request.actor, do="look", **said_of)
    if do == "look":
        return render(request, "console/paper_look.html", _look(kind, looked, paper))
    if request.method == "POST" and not do and form.is_valid() and (said := form.said(kind.text)):
        try:
            _free(kind, shown, said.code, request.actor)
            saved = kind.draft(said, actor=request.actor, edits=form.cleaned_data["edits"])
        except (NotYet, Conflict) as refusal:
            _refused(form, refusal, kind, shown, actor=request.actor)
        else:
            return HttpResponseRedirect(reverse(f"console:{kind.model.kind}", args=[saved.id]))
    context = _page(request, kind, shown) | {
        "form": form,
        "rows": form.rows("step" if kind is PROCEDURES else "item"),
        "bases": form.rows("basis"),
        "procedure": kind is PROCEDURES,
        **_look(kind, looked, paper),
    }
    wrong = form.is_bound and not do and bool(form.errors)
    return render(request, "console/write_paper.html", context, status=422 if wrong else 200)


def _look(kind: Kind, form: PaperRows, paper: Any) -> dict[str, Any]:
    """How it looks as far as it is written, and what is still wrong with it."""
    if form.is_bound:
        form.is_valid()
        paper = form.said(kind.text)
    if paper is None:
        return {"sheet": None, "chart": "", "faults": []}
    faults = kind.faults(paper)
    drawn = kind is PROCEDURES and not any(fault.code in UNDRAWN for fault in faults)
    sheet = paper if kind is FORMS else None
    return {"sheet": sheet, "chart": svg_of(paper) if drawn else "", "faults": faults}


def _free(kind: Kind, shown: Any, code: str, actor: Actor) -> None:
    """Refuse the code of another paper for a new one."""
    if shown is None and kind.model.objects.seen_by(actor).filter(code=code).exists():
        raise NotYet(taken_words(), fields={"code": taken_words()})


def _by_text(request: Request, kind: Kind, shown: Any) -> HttpResponse:
    taken = _taken(request, kind) if shown is None else None
    begun = kind.write(taken) if taken else kind.begun
    initial = {"text": shown.as_yaml() if shown else begun, "edits": _edits(shown)}
    form = TextForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            if file := given.get("file"):
                given["text"] = _from_excel(kind, given["text"], file)
            saved = kind.take(given["text"], actor=request.actor, edits=given["edits"])
        except (NotYet, Conflict) as refusal:
            _refused(form, refusal, kind, shown, actor=request.actor)
        else:
            return HttpResponseRedirect(reverse(f"console:{kind.model.kind}", args=[saved.id]))
    context = _page(request, kind, shown) | {"form": form}
    return render(request, "console/edit_paper.html", context, status=422 if form.errors else 200)


def _page(request: Request, kind: Kind, shown: Paper | None) -> dict[str, Any]:
    name, shelf = kind.model.kind, {} if shown else kind.shelf()
    back = reverse(f"console:{name}", args=[shown.id]) if shown else reverse(f"console:{name}s")
    begun = request.GET.get("from", "")
    return {
        "title": _("Write the next version") if shown else kind.new,
        "back": back,
        "crumb": str(shown) if shown else kind.title,
        "here": request.get_full_path(),
        "shelf": list(shelf.values()),
        "begun": begun if begun in shelf else "",
    }


def _from_excel(kind: Kind, text: str, file: Any) -> str:
    """The text with what an uploaded workbook says in its place."""
    content = file.read()
    if kind is FORMS and not is_book(content):
        return with_items(text, content, file.name)
    return kind.write(read_book(content, kind.text))


def _refused(
    form: forms.Form, refusal: NotYet | Conflict, kind: Kind, shown: Any, *, actor: Actor
) -> None:
    show_refusal(form, refusal)
    if shown and isinstance(refusal, Conflict):  # what was typed can go on top of it
        drafts = kind.model.objects.seen_by(actor).filter(code=shown.code, state="draft")
        typed: Any = form.data
        typed = typed.copy()
        typed["edits"] = "".join(str(edits) for edits in drafts.values_list("edits", flat=True))
        form.data = typed
