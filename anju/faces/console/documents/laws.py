"""The register of laws and norms, and what is to be looked at after one changed."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.documents.commands.laws import LawText, clear_doubt, fill_laws, write_law
from anju.domains.documents.models import Doubt, Law
from anju.domains.documents.queries import doubts_by_law, open_doubts, resting_on
from anju.domains.documents.rules import LAW_KINDS, LAW_STATES
from anju.engine.library.grounds import resting, seen_of
from anju.foundation.access.doors import Request, door
from anju.foundation.access.queries import names_of
from anju.foundation.kit.filters import Filter, equals
from anju.foundation.kit.forms import KitForm, show_refusal
from anju.foundation.kit.list import Column, ListPage
from anju.foundation.kit.parts import Entry
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only

LOOKS = {"in_force": "ok", "amended": "warn", "repealed": "bad", "coming": "blue"}
NAMES = ("title", "code", "kind", "issuer", "state", "effective", "source", "certain")


class LawList(ListPage):
    """Laws with how many papers are to be looked at."""

    @cached_property
    def doubts(self) -> dict[UUID, int]:
        """By law. One query where there is none."""
        return doubts_by_law(actor=self.request.actor)  # type: ignore[attr-defined]  # a Request


def law_tag(law: Law) -> Any:
    """The state of a law as a small label."""
    return tags.tag(law.get_state_display(), LOOKS.get(law.state, ""))


@door("standard.see", methods="GET")
def laws(request: Request) -> HttpResponseBase:
    """Every law and norm of the register."""
    page: LawList = LawList(
        request,
        Law.objects.seen_by(request.actor),
        columns=[
            Column(
                name="title", label=_("Law or norm"), render=lambda law: law.title, look="title",
                sort="title",
            ),
            Column(name="state", label=_("State"), render=law_tag, look="mark"),
            Column(
                name="doubts", label=_("To look at"), render=lambda law: _doubts(law, page),
                numeric=True,
            ),
            Column(name="kind", label=_("Kind"), render=lambda law: law.get_kind_display()),
            Column(
                name="effective", label=_("Effective from"),
                render=lambda law: f"{law.effective:%Y-%m-%d}" if law.effective else "—",
            ),
            Column(
                name="certain", label=_("Looked up"),
                render=lambda law: _("yes") if law.certain else _("no"), look="mute",
            ),
        ],
        filters=[
            Filter(name="state", label=_("State"), apply=equals("state"), choices=list(LAW_STATES)),
            Filter(name="kind", label=_("Kind"), apply=equals("kind"), choices=list(LAW_KINDS)),
        ],
        sort="title",
        row_url=lambda law: reverse("console:law", args=[law.id]),
        empty=(
            _("No laws yet"),
            _("Fill the register from the library; those of your city are added by hand."),
        ),
    )  # fmt: skip
    if answer := page.answer():
        return answer
    doubted = Law.objects.seen_by(request.actor).filter(id__in=page.doubts) if page.doubts else ()
    context = {
        "page": page,
        "changed": [(one, page.doubts[one.id]) for one in doubted],
        "may_edit": request.actor.may("standard.edit", ""),
    }
    return render(request, "console/laws.html", context)


def _doubts(law: Law, page: LawList) -> Any:
    n = page.doubts.get(law.id, 0)
    return tags.tag(str(n), "warn", "warn") if n else "—"


@door("standard.edit", methods="POST")
def fill(request: Request) -> HttpResponse:
    """Fill the register from the library."""
    fill_laws(actor=request.actor)
    return HttpResponseRedirect(reverse("console:laws"))


class LawForm(KitForm):
    """A law: what it is called, whether it holds, where it stands."""

    edited = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=160)
    code = forms.CharField(
        label=gettext_lazy("Number of the law"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("For example GB 5749-2022."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=LAW_KINDS)
    issuer = forms.CharField(label=gettext_lazy("Issued by"), max_length=120, required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=LAW_STATES)
    effective = forms.DateField(
        label=gettext_lazy("Effective from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    source = forms.CharField(
        label=gettext_lazy("Where it can be read"), max_length=300, required=False
    )
    certain = forms.BooleanField(
        label=gettext_lazy("Somebody has looked it up there"), required=False
    )
    why = forms.CharField(
        label=gettext_lazy("What changed"),
        max_length=300,
        required=False,
        help_text=gettext_lazy(
            "A new edition, repealed, a new day: every paper that rests on it is then looked at."
        ),
    )

    def __init__(self, *args: Any, law: Law | None) -> None:
        first = {name: getattr(law, name) for name in (*NAMES, "edited")} if law else None
        super().__init__(*args, initial=first)
        if law is None:
            del self.fields["why"]

    def said(self) -> LawText:
        """What was written."""
        given = self.cleaned_data
        return LawText(**{name: given[name] for name in NAMES}, why=given.get("why", ""))


@door("standard.edit")
def new_law(request: Request) -> HttpResponse:
    """Write a law into the register."""
    request.actor.require("standard.edit", "")
    return _written(request, None)


@door("standard.see")
def law(request: Request, id: UUID) -> HttpResponse:
    """One law: what rests on it, what is to be looked at; posted: written anew."""
    found = only(Law.objects.seen_by(request.actor).filter(id=id))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    if request.method == "POST":
        request.actor.require("standard.edit", "")
    return _written(request, found)


def _written(request: Request, found: Law | None) -> HttpResponse:
    actor = request.actor
    may_edit = actor.may("standard.edit", "")
    form = LawForm(request.POST or None, law=found)
    if request.method == "POST" and form.is_valid():
        try:
            made, _n = write_law(
                form.said(),
                law_id=found.id if found else None,
                edited=form.cleaned_data["edited"] or 0,
                actor=actor,
            )
        except (NotYet, Conflict) as refusal:
            show_refusal(form, refusal)
            if found and isinstance(refusal, Conflict):  # what was typed can go on top of it
                typed: Any = form.data
                typed = typed.copy()
                typed["edited"] = Law.objects.seen_by(actor).get(id=found.id).edited
                form.data = typed
        else:
            return HttpResponseRedirect(reverse("console:law", args=[made.id]))
    context: dict[str, Any] = {"law": found, "form": form if may_edit else None}
    context["may_edit"] = may_edit
    if found:
        context |= _resting(found, actor)
    template = "console/law.html" if found else "console/law_new.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _resting(found: Law, actor: Actor) -> dict[str, Any]:
    doubts = [one for one in open_doubts(actor=actor) if one.law_id == found.id]
    waiting = {(one.kind, one.paper, one.part) for one in doubts}
    on_it = resting_on(found, resting(actor))
    looked = list(found.doubts.exclude(cleared_at=None).order_by("-cleared_at")[:50])
    papers = {(one.kind, one.id) for one in on_it} | {(one.kind, one.paper) for one in looked}
    shown = seen_of(papers, actor=actor)
    every = [
        (one.name, paper_url(one.kind, one.id), (one.kind, one.id, one.part) in waiting)
        for one in on_it
        if (one.kind, one.id) in shown
    ]
    seen = [one for one in looked if (one.kind, one.paper) in shown]
    names = names_of({one.cleared_by for one in seen if one.cleared_by}, actor=actor)
    return {
        "tag": law_tag(found),
        "facts": [
            (_("Number of the law"), found.code or "—"),
            (_("Kind"), found.get_kind_display()),
            (_("Issued by"), found.issuer or "—"),
            (_("Effective from"), f"{found.effective:%Y-%m-%d}" if found.effective else "—"),
            (_("Where it can be read"), found.source or "—"),
        ],
        "doubts": doubts,
        "resting": every,
        "entries": [
            Entry(
                title=one.note,
                at=one.cleared_at,
                text=one.why,
                note=names.get(one.cleared_by, ""),
                url=paper_url(one.kind, one.paper),
            )
            for one in seen
        ],
    }


def paper_url(kind: str, id: UUID) -> str:
    """The page of a paper that rests on a law."""
    return reverse(f"console:{kind}", args=[id])


@door("standard.edit", methods="POST")
def look(request: Request, id: UUID) -> HttpResponse:
    """Somebody has looked, and the paper stays as it is."""
    found = only(Doubt.objects.seen_by(request.actor).filter(id=id))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    clear_doubt(id, note=request.POST.get("note", ""), actor=request.actor)
    return HttpResponseRedirect(reverse("console:law", args=[found.law_id]))


@door("standard.see", methods="GET")
def doubted(request: Request, id: UUID) -> HttpResponse:
    """On to the paper that is in doubt."""
    found = only(Doubt.objects.seen_by(request.actor).filter(id=id))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return HttpResponseRedirect(paper_url(found.kind, found.paper))
