"""Customers' needs, the standards that answer them, and what the complaints speak of."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.promises.commands.needs import NeedText, write_need
from anju.domains.promises.models import Need
from anju.domains.promises.queries import in_force_by_code, needs_answered, proposals
from anju.domains.promises.rules import CUSTOMERS, HEAVIEST, NEED_STATES, SOURCES, Answered
from anju.engine.standards.models import Standard
from anju.faces.console.promises.parts import refused
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.figures import number
from anju.foundation.kit.filters import Filter, equals
from anju.foundation.kit.forms import KitForm
from anju.foundation.kit.list import Column, ListPage
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only


class NeedList(ListPage):
    """Needs with the standards in force that name them."""

    @cached_property
    def answered(self) -> Answered:
        """What stands without the other, of the whole company."""
        return needs_answered(actor=self.request.actor)  # type: ignore[attr-defined]  # a Request

    @cached_property
    def standing(self) -> dict[str, Standard]:
        """The standards in force by their codes."""
        return in_force_by_code(actor=self.request.actor)  # type: ignore[attr-defined]  # a Request


@door("standard.see", methods="GET")
def needs(request: Request) -> HttpResponseBase:
    """All needs with their standards, what complaints propose, and standards without a need."""
    actor = request.actor
    page: NeedList = NeedList(
        request,
        Need.objects.seen_by(actor),
        columns=[
            Column(name="text", label=_("Need"), render=lambda n: n.text, look="title"),
            Column(
                name="standards",
                label=_("Standards"),
                render=lambda n: _standards(n, page),
                look="wide",
            ),
            *(_weight(group, label) for group, label in CUSTOMERS),
            Column(
                name="weight",
                label=_("Weight"),
                render=lambda n: number(n.weight, 1),
                numeric=True,
            ),
            Column(
                name="source",
                label=_("Known from"),
                render=lambda n: n.get_source_display(),
                look="mute",
            ),
            Column(name="code", label=_("Code"), render=lambda n: n.code, sort="code", look="mute"),
        ],
        filters=[
            Filter(
                name="state", label=_("State"), apply=equals("state"), choices=list(NEED_STATES)
            ),
            Filter(
                name="source", label=_("Known from"), apply=equals("source"), choices=list(SOURCES)
            ),
        ],
        sort="code",
        row_url=lambda n: reverse("console:need", args=[n.id]),
        empty=(_("No needs yet"), _("Write down what customers want, from wherever you heard it.")),
    )
    if answer := page.answer():
        return answer
    context = {
        "page": page,
        "may_edit": actor.may("standard.edit", ""),
        "proposals": [(one, _taken_up(one.category, one.n)) for one in proposals(actor=actor)],
        "unanswered": len(page.answered.needs),
        "idle": [page.standing[code] for code in page.answered.standards],
    }
    return render(request, "console/needs.html", context)


def _weight(group: str, label: Any) -> Column:
    return Column(
        name=group,
        label=label,
        render=lambda n: str(n.weights.get(group, "—")),
        numeric=True,
        look="desk",
    )


def _standards(need: Need, page: NeedList) -> Any:
    if need.state != "open":
        return tags.tag(need.get_state_display(), "edge")
    found = [page.standing[code].name for code in page.answered.answers.get(need.code, ())]
    return _(", ").join(found) if found else tags.tag(_("no standard"), "warn", "warn")


def _taken_up(category: str, n: int) -> str:
    said = {"source": "complaints", "category": category, "heard": n}
    return f"{reverse('console:new_need')}?{urlencode(said)}"


class NeedForm(KitForm):
    """A need: what, from where, how heavy for whom."""

    edited = forms.IntegerField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        label=gettext_lazy("What customers want"),
        max_length=300,
        help_text=gettext_lazy("In their own words, without a name."),
    )
    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=32,
        help_text=gettext_lazy("Standards name it by this, for example quick-repair. It stays."),
    )
    source = forms.ChoiceField(label=gettext_lazy("Known from"), choices=SOURCES)
    category = forms.CharField(
        label=gettext_lazy("Category of complaints"), max_length=120, required=False
    )
    heard = forms.IntegerField(
        label=gettext_lazy("How often it was said"),
        min_value=0,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=NEED_STATES, initial="open")

    def __init__(self, *args: Any, need: Need | None, initial: Mapping[str, Any]) -> None:
        first = dict(initial)
        if need:
            names = ("edited", "text", "code", "source", "category", "heard", "state")
            first = {name: getattr(need, name) for name in names}
            first |= {f"weight-{group}": weight for group, weight in need.weights.items()}
        super().__init__(*args, initial=first)
        for group, label in CUSTOMERS:
            self.fields[f"weight-{group}"] = forms.IntegerField(
                label=_("Weight for: %(group)s (0 to 5)") % {"group": label},
                min_value=0,
                max_value=HEAVIEST,
                required=False,
                widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            )
        if need:
            self.fields["code"].disabled = True
        else:
            del self.fields["state"]

    def said(self) -> NeedText:
        """What was written."""
        given = self.cleaned_data
        return NeedText(
            code=given["code"],
            text=given["text"],
            source=given["source"],
            category=given["category"],
            heard=given["heard"] or 0,
            state=given.get("state", "open"),
            weights={group: given[f"weight-{group}"] or 0 for group, _label in CUSTOMERS},
        )


@door("standard.edit")
def new_need(request: Request) -> HttpResponse:
    """Note a need, from nothing or from what complaints propose."""
    return _written(request, None)


@door("standard.see")
def need(request: Request, id: UUID) -> HttpResponse:
    """One need; who may, writes it anew."""
    found = only(Need.objects.seen_by(request.actor).filter(id=id))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return _written(request, found)


def _written(request: Request, found: Need | None) -> HttpResponse:
    actor = request.actor
    may_edit = actor.may("standard.edit", "")
    if found is None or request.method == "POST":
        actor.require("standard.edit", "")
    form = NeedForm(request.POST or None, need=found, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        try:
            write_need(
                form.said(),
                need_id=found.id if found else None,
                edited=form.cleaned_data["edited"] or 0,
                actor=actor,
            )
        except (NotYet, Conflict) as refusal:
            newest = Need.objects.seen_by(actor).get(id=found.id).edited if found else 0
            refused(form, refusal, newest)
        else:
            return HttpResponseRedirect(reverse("console:needs"))
    by = needs_answered(actor=actor).answers.get(found.code, ()) if found else ()
    standing = in_force_by_code(actor=actor) if by else {}
    context = {
        "need": found,
        "form": form if may_edit else None,
        "standards": [standing[code] for code in by],
    }
    return render(request, "console/need.html", context, status=422 if form.errors else 200)
