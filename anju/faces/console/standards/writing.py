"""Writing a standard: a draft as one page of rows, or as YAML."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from anju.engine.forms.books import read_book
from anju.engine.standards.commands import draft_standard, edit_draft
from anju.engine.standards.document import Document, read_standard
from anju.engine.standards.models import Standard
from anju.faces.console.standards.forms import DraftForm
from anju.faces.console.standards.views import the_standard
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import KitForm, show_refusal
from anju.foundation.lib.pinyin import slug
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet
from anju.foundation.texts import BadText
from anju.foundation.texts.faults import problem

LARGEST = 1_000_000  # bytes of a file with a standard


@door("standard.edit")
def write(request: Request, id: UUID) -> HttpResponse:
    """The draft on a page of rows; saved as often as one likes."""
    actor = request.actor
    actor.require("standard.edit", "")
    found = the_standard(id, actor)
    form = DraftForm(
        request.POST or None, document=found.document, edited=found.edited, actor=actor
    )
    if request.method == "POST" and form.is_valid():
        try:
            said, seen = form.said(), form.cleaned_data["edited"]
            edit_draft(id, said, edited=-1 if seen is None else seen, actor=actor)
        except (NotYet, Conflict) as refusal:
            show_refusal(form, refusal)
            if isinstance(refusal, Conflict):  # what was typed can be saved on top of what stands
                newest = Standard.objects.seen_by(actor).get(id=id).edited
                typed = request.POST.copy()
                typed["edited"] = str(newest)
                form.data = typed
        except ValidationError as wrong:
            for one in wrong.errors():
                form.add_error(None, problem(one, tuple(one["loc"]), {}))
        else:
            return HttpResponseRedirect(reverse("console:standard", args=[id]))
    context = {"standard": found, "form": form, "tables": _tables(form)}
    status = 422 if form.errors else 200
    return render(request, "console/standard_write.html", context, status=status)


def _tables(form: DraftForm) -> list[tuple[str, Any, list[list[Any]]]]:
    labels = {
        "requirement": _("Quality requirements"),
        "limit": _("Time limits, in minutes"),
        "labour": _("Labour, each time"),
        "material": _("Materials, each time"),
        "basis": _("What it rests on"),
    }
    return [(name, label, form.rows(name)) for name, label in labels.items()]


@door("standard.edit", methods="POST")
def next_version(request: Request, id: UUID) -> HttpResponse:
    """A new draft that says what this version says."""
    actor = request.actor
    actor.require("standard.edit", "")
    found = the_standard(id, actor)
    draft = draft_standard(found.document, actor=actor)
    return HttpResponseRedirect(reverse("console:write_standard", args=[draft.id]))


class NewForm(KitForm):
    """A new standard: by its name, or from a text."""

    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=32,
        required=False,
        help_text=gettext_lazy("Small letters, digits and - ; left empty, it is made of the name."),
    )
    name = forms.CharField(
        label=gettext_lazy("Name of the standard"), max_length=80, required=False
    )
    text = forms.CharField(
        label=gettext_lazy("Or as YAML"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text=gettext_lazy("As exported. A code that is there already gets its next version."),
    )
    file = forms.FileField(label=gettext_lazy("Or a file"), required=False)


@door("standard.edit")
def new(request: Request) -> HttpResponse:
    """A new standard, or the next version of one, from a name or a text."""
    request.actor.require("standard.edit", "")
    form = NewForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            draft = draft_standard(_given(form, request.actor), actor=request.actor)
        except BadText as wrong:
            form.add_error("text", str(wrong))
        except (NotYet, Conflict) as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(reverse("console:write_standard", args=[draft.id]))
    status = 422 if form.errors else 200
    return render(request, "console/standard_new.html", {"form": form}, status=status)


def _given(form: NewForm, actor: Actor) -> Document:
    given = form.cleaned_data
    text, file = given["text"], given["file"]
    if file is not None:
        data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise BadText(
                _("This file is larger than any standard."), _("Choose another."), file=file.name
            )
        if data.startswith(b"PK"):
            return read_book(data, Document)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise BadText(
                _("This file is not a text."), _("Save it as UTF-8 YAML."), file=file.name
            ) from None
    if text.strip():
        return read_standard(text, file=file.name if file else "YAML").said
    if not given["name"]:
        missing = _("Please fill this in; it is needed.")
        raise NotYet(_("Give the standard a name, or a text."), fields={"name": missing})
    code = given["code"].lower() or slug(given["name"])
    if Standard.objects.seen_by(actor).filter(code=code).exists():
        taken = _("This code is taken already. Open that one to write its next version.")
        raise NotYet(taken, fields={"code": taken})
    return Document(code=code, name=given["name"])
