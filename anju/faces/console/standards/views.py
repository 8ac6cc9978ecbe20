"""Service standards: the list of versions, one version, its steps, two versions side by side."""

from dataclasses import replace
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
from anju.engine.clocks.models import KINDS
from anju.engine.forms.books import write_book
from anju.engine.indicators.figures import readings
from anju.engine.indicators.judged import judged_by
from anju.engine.indicators.queries import cases_in
from anju.engine.indicators.rules import wilson
from anju.engine.loop.beside import measured_beside
from anju.engine.standards.commands import move_standard
from anju.engine.standards.comparing import differences
from anju.engine.standards.document import write_standard
from anju.engine.standards.models import STATES, Standard
from anju.engine.standards.states import moves_from
from anju.faces.console.reviews import review_column, review_filter
from anju.faces.console.standards.smart import smart_part
from anju.faces.console.standards.words import (
    GROUNDS,
    MOVES,
    PARTS,
    PHOTOS,
    called,
    effort,
    limit_rows,
    line_of,
    measured,
    place_names,
    ruled,
    side,
)
from anju.faces.console.views.figures import figure_of, last_days
from anju.foundation.access.doors import Request, door
from anju.foundation.access.queries import names_of
from anju.foundation.kit.export import download
from anju.foundation.kit.figures import Figure
from anju.foundation.kit.filters import Filter, equals
from anju.foundation.kit.forms import KitForm, show_refusal
from anju.foundation.kit.list import Column, ListPage
from anju.foundation.kit.parts import Entry
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.places.models import Place
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only

DAYS = 90
LOOKS = {"published": "ok", "review": "blue", "trial": "blue"}


def state_tag(standard: Standard) -> Any:
    """The state of a version as a small label."""
    return tags.tag(standard.get_state_display(), LOOKS.get(standard.state, ""))


def the_standard(id: UUID, actor: Actor) -> Standard:
    """A version the actor may see, or `Unknown`."""
    found = only(Standard.objects.seen_by(actor).filter(id=id))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return found


@door("standard.see", methods="GET")
def standards(request: Request) -> HttpResponseBase:
    """The versions of all standards."""
    page = ListPage(
        request,
        Standard.objects.seen_by(request.actor),
        columns=[
            Column(
                name="name", label=_("Standard"), render=lambda s: s.name, look="title", sort="name"
            ),
            Column(
                name="version", label=_("Version"), render=lambda s: f"v{s.version}", sort="version"
            ),
            Column(name="item", label=_("Service item"), render=lambda s: s.item, look="wide"),
            Column(name="state", label=_("State"), render=state_tag, look="mark"),
            review_column(),
        ],
        filters=[
            Filter(
                name="state",
                label=_("State"),
                apply=equals("state"),
                choices=list(dict(STATES).items()),
            ),
            Filter(name="code", label=_("Code"), apply=equals("code")),
            review_filter(),
        ],
        sort="name",
        row_url=lambda s: reverse("console:standard", args=[s.id]),
        empty=(_("No standards yet"), _("Two come with every company: repair and complaint.")),
    )
    context = {"page": page, "may_edit": request.actor.may("standard.edit", "")}
    return page.answer() or render(request, "console/standards.html", context)


class StepForm(KitForm):
    """The next step of a version, and why."""

    move = forms.ChoiceField(label=gettext_lazy("Step"), widget=forms.RadioSelect)
    why = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        help_text=gettext_lazy("Kept with the version, with your name and the time."),
    )
    places = forms.MultipleChoiceField(
        label=gettext_lazy("Communities where it is tried"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, standard: Standard, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        moves = [move.name for move in moves_from(standard.state)]
        self.fields["move"].choices = [(name, MOVES[name]) for name in moves]  # type: ignore[attr-defined]  # a ChoiceField
        if len(moves) == 1:
            self.fields["move"].initial = moves[0]
        if "try" not in moves:
            del self.fields["places"]
            return
        communities = Place.objects.seen_by(actor).filter(kind="community", retired_on=None)
        self.fields["places"].choices = [(p.path, p.name) for p in communities.order_by("path")]  # type: ignore[attr-defined]  # a ChoiceField


@door("standard.see")
def standard(request: Request, id: UUID) -> HttpResponse:
    """One version: its seven elements, what was kept of it, its versions; posted: its next step."""
    actor, found = request.actor, the_standard(id, request.actor)
    may_edit = actor.may("standard.edit", "")
    form = StepForm(request.POST or None, standard=found, actor=actor) if may_edit else None
    if request.method == "POST":
        actor.require("standard.edit", "")
        if form and form.is_valid():
            given = form.cleaned_data
            try:
                move_standard(
                    id, given["move"], actor=actor, why=given["why"], places=given.get("places", ())
                )
            except (NotYet, Conflict) as refusal:
                show_refusal(form, refusal)
            else:
                return HttpResponseRedirect(reverse("console:standard", args=[id]))
    status = 422 if form and form.errors else 200
    return render(request, "console/standard.html", _whole(request, found, form), status=status)


def _whole(request: Request, found: Standard, form: StepForm | None) -> dict[str, Any]:
    actor, document = request.actor, found.document
    versions = list(Standard.objects.seen_by(actor).filter(code=found.code).order_by("-version"))
    before = next((s for s in versions if s.version < found.version), None)
    return {
        "standard": found,
        "tag": state_tag(found),
        "document": document,
        "elements": _elements(found, actor),
        "requirements": [(r, measured(r)) for r in document.requirements],
        "rows": limit_rows(document.limits, actor),
        "effort": effort(document),
        "grounds": [(GROUNDS[b.kind], b) for b in document.basis],
        "before": before,
        "next": next((s for s in versions if s.version > found.version), None),
        "entries": _life(versions, actor),
        "figures": _figures(request, found),
        "beside": _beside(found, actor),
        "trial_places": place_names(found.trial_places, actor),
        "days": DAYS,
        "smart": smart_part(found, actor),
        "may_see_readers": actor.may("journal.see"),
        "doubts": open_doubts(actor=actor, kind="standard", paper=found.id),
        "form": form if form and form.fields["move"].choices else None,  # type: ignore[attr-defined]  # a ChoiceField
        "may_edit": form is not None,
    }


def _elements(found: Standard, actor: Actor) -> list[tuple[str, str]]:
    document = found.document
    method, judged = document.method, document.evaluation
    parts = [
        (_("Audience"), document.audience),
        (_("Service item"), document.item),
        (_("Rules"), ruled(found, actor)),
        (_("Provider"), document.provider),
        (_("Method and tools"), method.text),
        (_("Procedure"), method.procedure),
        (_("Form"), method.form),
        (_("Photos, or a reason"), ", ".join(str(PHOTOS[stage]) for stage in method.photos)),
        (_("Signed by whoever receives it"), _("yes") if method.received else ""),
        (_("Those it touches are told"), _before(method.told)),
        (_("Warranty of our work, in days"), str(method.warranty or "")),
        (_("Evaluation"), judged.text),
        (_("Sample"), judged.sample),
    ]
    optional = {_("Procedure"), _("Form"), _("Photos, or a reason"), _("Sample")}
    optional |= {
        _("Signed by whoever receives it"),
        _("Those it touches are told"),
        _("Warranty of our work, in days"),
    }
    return [(name, said or "—") for name, said in parts if said or name not in optional]


def _before(hours: int) -> str:
    return _("%(n)s hours before it begins") % {"n": hours} if hours else ""


def _life(versions: list[Standard], actor: Actor) -> list[Entry]:
    """The steps of all versions, the newest first."""
    steps = [(s, step) for s in versions for step in s.steps.order_by("-at", "-id")]
    names = names_of({step.by for _s, step in steps}, actor=actor)
    looks = {"publish": "done", "try": "key"}
    return [
        Entry(
            title=f"v{s.version} · {step.get_move_display()}",
            at=step.at,
            text=step.why,
            note=" · ".join(
                filter(
                    None,
                    [
                        names.get(step.by, _("the product itself")),
                        _("approved by its author") if step.own else "",
                        _(", ").join(place_names(step.places, actor)),
                    ],
                )
            ),
            look=looks.get(step.move, ""),
            url=reverse("console:standard", args=[s.id]),
        )
        for s, step in sorted(steps, key=lambda pair: pair[1].at, reverse=True)
    ]


def _figures(request: Request, found: Standard) -> list[Figure]:
    if found.state in ("draft", "review", "trial") or not request.actor.may("indicator.see"):
        return []
    cases = cases_in(last_days(request, DAYS), actor=request.actor)
    mine = cases.filter(standard__code=found.code)
    return [
        replace(figure_of(reading, DAYS, standard=found.code), target=target)
        for reading, target in judged_by(found.document, readings(mine))
    ]


def _beside(found: Standard, actor: Actor) -> list[tuple[Any, list[Figure]]]:
    """A version on trial beside the one in force: each promise under both."""
    if not actor.may("indicator.see"):
        return []
    kinds = dict(KINDS)

    def figure(label: Any, hits: int, n: int) -> Figure:
        low, high = wilson(hits, n) or (0.0, 1.0)
        return Figure(label=str(label), value=100 * hits / n, n=n, low=100 * low, high=100 * high)

    return [
        (
            kinds[one.clock],
            [figure(_("in force"), one.ruled, one.n), figure(_("on trial"), one.tried, one.n)],
        )
        for one in measured_beside(found, actor=actor)
    ]


@door("standard.see", methods="GET")
def compare(request: Request, id: UUID, other: UUID) -> HttpResponse:
    """Two versions side by side: only what differs."""
    after, before = the_standard(id, request.actor), the_standard(other, request.actor)
    names = called(request.actor)
    rows = [
        (PARTS[d.part], line_of(d), side(d.part, d.before, names), side(d.part, d.after, names))
        for d in differences(before.document, after.document)
        if d.part != "code"
    ]
    versions = Standard.objects.seen_by(request.actor).filter(code=after.code)
    context = {
        "before": before,
        "after": after,
        "rows": rows,
        "versions": versions.exclude(id=after.id).order_by("-version"),
    }
    return render(request, "console/standard_compare.html", context)


@door("standard.see", methods="GET")
def as_text(request: Request, id: UUID) -> HttpResponseBase:
    """A version as YAML (`standard/1`), or as a workbook for people."""
    found = the_standard(id, request.actor)
    if request.GET.get("format") == "xlsx":
        return download(write_book(found.document), f"{found.code}-v{found.version}.xlsx")
    answer = HttpResponse(
        write_standard(found.document), content_type="application/yaml; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{found.code}-v{found.version}.yaml"'
    return answer
