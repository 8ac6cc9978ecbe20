"""Controlled documents: their list, one revision with its life, its file, its print."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.documents.commands.documents import move_document, take_procedures
from anju.domains.documents.content import content_of, pointed_at
from anju.domains.documents.models import Document
from anju.domains.documents.queries import open_doubts, paper_in_force
from anju.domains.documents.reading import readers_of, with_readers
from anju.domains.documents.rules import KINDS, MOVE_NAMES, STATES, moves_from
from anju.faces.console.documents.paper import paper
from anju.foundation.access.doors import Request, door, known
from anju.foundation.access.queries import names_of
from anju.foundation.files.queries import stored_file
from anju.foundation.files.views import file_response
from anju.foundation.kit.export import download, file_name
from anju.foundation.kit.filters import Filter, equals
from anju.foundation.kit.forms import KitForm, show_refusal
from anju.foundation.kit.list import Column, ListPage
from anju.foundation.kit.parts import Entry
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.lib import now
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only

LOOKS = {"in_force": "ok", "review": "blue", "obsolete": "bad"}
MOVES = dict(MOVE_NAMES)


def state_tag(row: Document) -> Any:
    """The state of a revision as a small label."""
    return tags.tag(row.get_state_display(), LOOKS.get(row.state, ""))


def the_document(id: UUID, actor: Actor) -> Document:
    """A revision the actor may see, or `Unknown`."""
    found = only(Document.objects.seen_by(actor).select_related("owner").filter(id=id))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return found


@door("standard.see", methods="GET")
def documents(request: Request) -> HttpResponseBase:
    """Every revision; those in force first asked for."""
    today = timezone.localdate(now())
    page = ListPage(
        request,
        with_readers(
            Document.objects.seen_by(request.actor).defer("text").select_related("owner"),
            actor=request.actor,
        ),
        columns=[
            Column(
                name="title", label=_("Document"), render=lambda d: d.title, look="title",
                sort="title",
            ),
            Column(name="state", label=_("State"), render=state_tag, look="mark"),
            Column(name="code", label=_("Code"), render=lambda d: d.code, sort="code"),
            Column(name="version", label=_("Version"), render=lambda d: f"v{d.version}"),
            Column(name="kind", label=_("Kind"), render=lambda d: d.get_kind_display()),
            Column(
                name="owner", label=_("Owner"), render=lambda d: d.owner.name if d.owner else "—",
                look="desk",
            ),
            Column(name="read", label=_("Readers"), render=_read),
            Column(
                name="review", label=_("Next review"), render=lambda d: _review(d, today),
                sort="review_on", nulls=True,
            ),
        ],
        filters=[
            Filter(name="state", label=_("State"), apply=equals("state"), choices=list(STATES)),
            Filter(name="kind", label=_("Kind"), apply=equals("kind"), choices=list(KINDS)),
            Filter(name="code", label=_("Code"), apply=equals("code")),
        ],
        sort="code",
        row_url=lambda d: reverse("console:document", args=[d.id]),
        empty=(
            _("No documents yet"),
            _("Write one, or take over the procedures of the house: each is then controlled."),
        ),
        views={
            "state=in_force": (
                _("No document is in force yet"),
                _("What was reviewed and enforced stands here; drafts are under another state."),
            )
        },
    )  # fmt: skip
    context = {"page": page, "may_edit": request.actor.may("standard.edit", "")}
    return page.answer() or render(request, "console/documents.html", context)


def _read(row: Any) -> Any:
    """How many of its readers are through."""
    if not row.asked:
        return "—"
    said = _("%(n)s of %(m)s") % {"n": row.read, "m": row.asked}
    return tags.tag(said, "ok" if row.read == row.asked else "warn")


def _review(row: Document, today: Any) -> Any:
    if row.review_on is None:
        return "—"
    day = f"{row.review_on:%Y-%m-%d}"
    return tags.tag(day, "warn", "warn") if row.late(today) else day


@door("standard.edit", methods="POST")
def take(request: Request) -> HttpResponse:
    """Make the procedures of the house controlled documents."""
    take_procedures(actor=request.actor)
    return HttpResponseRedirect(f"{reverse('console:documents')}?kind=procedure")


class StepForm(KitForm):
    """The next step of a revision, and why."""

    move = forms.ChoiceField(label=gettext_lazy("Step"), widget=forms.RadioSelect)
    why = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        help_text=gettext_lazy("Kept with the version, with your name and the time."),
    )

    def __init__(self, *args: Any, state: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        moves = [move.name for move in moves_from(state)]
        self.fields["move"].choices = [(name, MOVES[name]) for name in moves]  # type: ignore[attr-defined]  # a ChoiceField
        if len(moves) == 1:
            self.fields["move"].initial = moves[0]


@door("standard.see")
def document(request: Request, id: UUID) -> HttpResponse:
    """One revision: what it says, whether it is the one in force, its life; posted: its next
    step."""
    actor, found = request.actor, the_document(id, request.actor)
    may_edit = actor.may("standard.edit", "")
    form = StepForm(request.POST or None, state=found.state) if may_edit else None
    if request.method == "POST":
        actor.require("standard.edit", "")
        if form and form.is_valid():
            given = form.cleaned_data
            try:
                move_document(id, given["move"], actor=actor, why=given["why"])
            except (NotYet, Conflict) as refusal:
                show_refusal(form, refusal)
            else:
                return HttpResponseRedirect(reverse("console:document", args=[id]))
    status = 422 if form and form.errors else 200
    return render(request, "console/document.html", _whole(found, actor, form), status=status)


def _whole(found: Document, actor: Actor, form: StepForm | None) -> dict[str, Any]:
    versions = list(Document.objects.seen_by(actor).filter(code=found.code).order_by("-version"))
    pointed = pointed_at(found, actor=actor) if found.paper else None
    newest = paper_in_force(found.paper, actor=actor) if found.paper else None
    facts = [
        (_("Code"), found.code),
        (_("Kind"), found.get_kind_display()),
        (_("Owner"), found.owner.name if found.owner else "—"),
        (_("Kept for"), found.retention or "—"),
        (_("In force since"), tags.moment(found.in_force_at) if found.in_force_at else "—"),
        (_("Next review"), f"{found.review_on:%Y-%m-%d}" if found.review_on else "—"),
    ]
    return {
        "document": found,
        "tag": state_tag(found),
        "facts": facts,
        "sections": content_of(found, actor=actor),
        "pointed": pointed,
        "pointed_url": reverse(f"console:{found.points_at[0]}", args=[pointed.id])
        if pointed
        else "",
        "outrun": newest if pointed and newest and newest.version > pointed.version else None,
        "current": next((d for d in versions if d.state == "in_force"), None),
        "next": next(
            (d for d in versions if d.version > found.version and d.state != "obsolete"), None
        ),
        "entries": _life(versions, actor),
        "late": found.late(timezone.localdate(now())),
        "readers": readers_of(found.id, actor=actor)
        if found.state == "in_force" and actor.may("journal.see")
        else None,
        "doubts": open_doubts(actor=actor, kind="document", paper=found.id),
        "form": form if form and form.fields["move"].choices else None,  # type: ignore[attr-defined]  # a ChoiceField
        "may_edit": form is not None,
    }


def _life(versions: list[Document], actor: Actor) -> list[Entry]:
    """The steps of all revisions, the newest first."""
    steps = [(d, step) for d in versions for step in d.steps.order_by("-at", "-id")]
    names = names_of({step.by for _d, step in steps}, actor=actor)
    return [
        Entry(
            title=f"v{d.version} · {step.get_move_display()}",
            at=step.at,
            text=step.why,
            note=" · ".join(
                filter(
                    None,
                    [
                        names.get(step.by, _("the product itself")),
                        _("approved by its author") if step.own else "",
                    ],
                )
            ),
            look="done" if step.move == "enforce" else "",
            url=reverse("console:document", args=[d.id]),
        )
        for d, step in sorted(steps, key=lambda pair: pair[1].at, reverse=True)
    ]


@door("standard.see", methods="GET")
def document_file(request: Request, id: UUID) -> HttpResponseBase:
    """The file of a revision."""
    found = the_document(id, request.actor)
    if found.file is None:
        raise Unknown(_("There is no such file, or you may not see it."))
    return file_response(stored_file(found.file, actor=request.actor))


@door("standard.see", methods="GET")
def document_paper(request: Request, id: UUID) -> HttpResponseBase:
    """A revision as PDF on A4, with the QR that leads to whether it is still the one in force."""
    company, found = known(request), the_document(id, request.actor)
    zone = ZoneInfo(company.zone)
    content = paper(
        found,
        sections=content_of(found, actor=request.actor),
        company=company.company_name,
        url=settings.URL,
        on=now().astimezone(zone).date(),
    )
    name = file_name([found.code, f"v{found.version}", found.title], "pdf", at=now(), zone=zone)
    return download(content if isinstance(content, bytes) else content[0], name)
