"""Writing a controlled document: a first revision, a draft again, the next one."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.documents.commands.documents import (
    DocumentText,
    draft_document,
    edit_document,
)
from anju.domains.documents.models import Document
from anju.domains.documents.queries import papers_of_the_house
from anju.domains.documents.rules import KINDS
from anju.faces.console.documents.documents import the_document
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import KitForm, show_refusal
from anju.foundation.people.models import Post
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet

NAMES = ("code", "title", "kind", "retention", "review_months", "text", "paper")


class DocumentForm(KitForm):
    """A revision: what it is called, whose it is, what it says."""

    edited = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=32,
        help_text=gettext_lazy("For example QI-07. It stays through all versions."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=KINDS, initial="instruction")
    owner = forms.ChoiceField(
        label=gettext_lazy("Owner"),
        required=False,
        help_text=gettext_lazy("The post that keeps it right and is told when a review is due."),
    )
    paper = forms.ChoiceField(
        label=gettext_lazy("A paper of the house"),
        required=False,
        help_text=gettext_lazy("A standard, procedure or form says it already: nothing is copied."),
    )
    text = forms.CharField(
        label=gettext_lazy("Or its own text"),
        max_length=100_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a file"),
        required=False,
        help_text=gettext_lazy("PDF, Excel or a picture."),
    )
    basis = forms.CharField(
        label=gettext_lazy("Basis"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Laws and norms it rests on, one a line."),
    )
    retention = forms.CharField(label=gettext_lazy("Kept for"), max_length=60, required=False)
    review_months = forms.IntegerField(
        label=gettext_lazy("Months between reviews"),
        min_value=1,
        max_value=60,
        initial=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, actor: Actor, row: Document | None, **kwargs: Any) -> None:
        first = {name: getattr(row, name) for name in (*NAMES, "edited")} if row else {}
        if row:
            first |= {"basis": "\n".join(row.basis), "owner": str(row.owner_id or "")}
        super().__init__(*args, initial=first or None, **kwargs)
        posts = Post.objects.seen_by(actor).filter(closed_on=None).order_by("name", "code")
        self.fields["owner"].choices = [("", "—"), *((str(p.id), p.name) for p in posts)]  # type: ignore[attr-defined]  # a ChoiceField
        papers = papers_of_the_house(actor=actor)
        self.fields["paper"].choices = [("", "—"), *papers]  # type: ignore[attr-defined]  # a ChoiceField
        if row:
            self.fields["code"].disabled = True

    def said(self) -> DocumentText:
        """What was written."""
        given = self.cleaned_data
        return DocumentText(
            owner=UUID(given["owner"]) if given["owner"] else None,
            basis=given["basis"],
            **{name: given[name] for name in NAMES},
        )


@door("standard.edit")
def new(request: Request) -> HttpResponse:
    """A first revision."""
    return _written(request, None)


@door("standard.edit")
def write(request: Request, id: UUID) -> HttpResponse:
    """A draft again; from a revision that is frozen, the next one."""
    return _written(request, the_document(id, request.actor))


def _written(request: Request, row: Document | None) -> HttpResponse:
    actor = request.actor
    actor.require("standard.edit", "")
    form = DocumentForm(request.POST or None, request.FILES or None, actor=actor, row=row)
    again = row is not None and row.state == "draft"
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        file = given["file"]
        sent: dict[str, Any] = {"file": file, "name": file.name} if file else {}
        try:
            if row is not None and again:
                made = edit_document(
                    row.id, form.said(), edited=given["edited"] or 0, actor=actor, **sent
                )
            else:
                made = draft_document(form.said(), actor=actor, **sent)
        except (NotYet, Conflict) as refusal:
            show_refusal(form, refusal)
            if row and again and isinstance(refusal, Conflict):  # it can be saved on top of it
                typed: Any = form.data
                typed = typed.copy()
                typed["edited"] = Document.objects.seen_by(actor).get(id=row.id).edited
                form.data = typed
        else:
            return HttpResponseRedirect(reverse("console:document", args=[made.id]))
    title = _("Change") if again else _("Write the next version")
    back = reverse("console:document", args=[row.id]) if row else reverse("console:documents")
    context = {
        "form": form,
        "document": row,
        "title": title if row else _("New document"),
        "back": back,
    }
    status = 422 if form.errors else 200
    return render(request, "console/document_write.html", context, status=status)
