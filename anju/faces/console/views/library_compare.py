"""A community beside a grade of the library: by rule, by record, missing; and taking facts over."""

import math
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.engine.indicators.beside import lines_at
from anju.engine.indicators.queries import cases_in
from anju.engine.library.commands import adopt_item
from anju.engine.library.comparing import Line, asked_of, metric_of, tally
from anju.engine.library.models import Adopted
from anju.engine.library.reading import library
from anju.engine.library.rules import Item, Piece, Value
from anju.engine.library.script import in_script
from anju.engine.library.words import said
from anju.engine.standards.models import Standard
from anju.faces.console.views.figures import last_days
from anju.faces.console.views.library import mark_of, script_of
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import KitForm, show_refusal
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.places.models import Place, under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only

DAYS = 90
GRADE = "grade-2004"
MET = {
    "both": (gettext_lazy("met by rule and by record"), "ok"),
    "rule": (gettext_lazy("met by rule"), "ok"),
    "record": (gettext_lazy("met by record"), "blue"),
    "missing": (gettext_lazy("missing"), "warn"),
    "planned": (gettext_lazy("not measurable yet: needs planned work"), "edge"),
    "words": (gettext_lazy("look and decide"), ""),
}


@door("standard.see", methods="GET")
def compare(request: Request) -> HttpResponse:
    """One community beside one level of a piece; the first of each where none is asked for."""
    actor = request.actor
    pieces = [p for p in library().pieces.values() if any(i.kind == "requirement" for i in p.items)]
    piece = next((p for p in pieces if p.code == request.GET.get("piece", GRADE)), pieces[0])
    asked = request.GET.get("level", "")
    level = asked if asked in piece.levels else (piece.levels[0] if piece.levels else "")
    communities = list(_communities(actor))
    place = next((p for p in communities if str(p.id) == request.GET.get("place")), None)
    place = place or (communities[0] if communities else None)
    lines = _lines(piece, level, place, request) if place else []
    script = script_of()
    context = {
        "pieces": [(p.code, in_script(p.title, script)) for p in pieces],
        "levels": [(one, in_script(one, script)) for one in piece.levels],
        "places": communities,
        "piece": piece.code,
        "level": level,
        "place": place,
        "days": DAYS,
        "rows": [_row(line, place, level) for line in lines if place],
        "counts": [(MET[met][0], n) for met, n in tally(lines).items() if n],
    }
    return render(request, "console/library_compare.html", context)


def _communities(actor: Actor) -> Iterable[Place]:
    return Place.objects.seen_by(actor).filter(kind="community").order_by("name")[:200]


def _lines(piece: Piece, level: str, place: Place, request: Request) -> list[Line]:
    actor = request.actor
    adopted = Adopted.objects.seen_by(actor).filter(place_id=place.id)
    cases = cases_in(last_days(request, DAYS), actor=actor)
    return lines_at(
        piece,
        level,
        place=place,
        standards=list(Standard.objects.seen_by(actor).in_force()),
        cases=cases.filter(under([place.path], "place__path")),
        adopted=frozenset(adopted.values_list("item", flat=True)),
    )


def _row(line: Line, place: Place | None, level: str) -> dict[str, Any]:
    script, item = script_of(), line.item
    words, tone = MET[line.met]
    query = urlencode({"place": place.id if place else "", "level": level})
    return {
        "id": item.id,
        "title": in_script(item.title, script),
        "group": in_script(item.group, script),
        "value": in_script(said(line.value), script),
        "sure": mark_of(item)
        if item.value_feeds(line.value)
        else tags.tag(_("suggestion"), "warn"),
        "met": tags.tag(words, tone),
        "rule": rule_words(line),
        "record": record_words(line),
        "adopted": line.adopted,
        "adopt": f"{reverse('console:library_adopt', args=[item.id])}?{query}",
    }


def record_words(line: Line) -> str:
    """What the record shows, with interval and n; empty where nothing was counted."""
    record = line.recorded
    if record is None:
        return ""
    return _("%(share).0f %% [%(low).0f, %(high).0f] of %(n)d") % {
        "share": 100 * record.share, "low": 100 * record.low, "high": 100 * record.high,
        "n": record.n,
    }  # fmt: skip


def rule_words(line: Line) -> str:
    """The strictest promise and whose it is; empty where nothing is promised."""
    if line.promised is None:
        return ""
    unit = _("min") if metric_of(line.item, line.value).startswith("clock:") else "%"
    return f"{line.promised.standard}: {line.promised.value:g} {unit}"


class AdoptForm(KitForm):
    """The values of one fact as they shall hold in one community; a change wants its reason."""

    why = forms.CharField(
        label=gettext_lazy("Why another value"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, values: list[Value], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.values = values
        for n, value in enumerate(values):
            if value.value is not None:
                label = in_script(said(value), script_of())
                self.fields[f"value_{n}"] = forms.CharField(
                    label=label, initial=f"{value.value:g}", max_length=20
                )
        self.order_fields([*(name for name in self.fields if name != "why"), "why"])

    @property
    def wished(self) -> list[Value]:
        """The values with the numbers as they were typed. Refuses (`NotYet`) what is no number."""
        return [
            value
            if value.value is None
            else value.model_copy(update={"value": _number(self.cleaned_data[f"value_{n}"], n)})
            for n, value in enumerate(self.values)
        ]


def _number(typed: str, n: int) -> float:
    try:
        found = float(typed)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise NotYet(
            _("%(given)s is not a number. Write digits, like 30 or 0.5.") % {"given": typed},
            fields={f"value_{n}": _("Write a number.")},
        )
    return found


@door("standard.edit")
def adopt(request: Request, id: str) -> HttpResponse:
    """Take one fact over for one community, as shipped or with another value and its reason."""
    item = library().items.get(id)
    asked = request.POST if request.method == "POST" else request.GET
    place, level = _place(asked.get("place", ""), request.actor), asked.get("level", "")
    if item is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    request.actor.require("standard.edit", place.path)
    piece = library().pieces[item.piece]
    values = [v for i, v in asked_of(piece, level) if i.id == item.id]
    form = AdoptForm(request.POST if request.method == "POST" else None, values=values)
    if form.is_bound and form.is_valid():
        try:
            adopt_item(
                id,
                actor=request.actor,
                place_id=place.id,
                level=level,
                values=form.wished,
                why=form.cleaned_data["why"],
            )
        except (NotYet, Conflict) as refusal:
            show_refusal(form, refusal)
        else:
            query = urlencode({"place": place.id, "piece": piece.code, "level": level})
            return HttpResponseRedirect(f"{reverse('console:library_compare')}?{query}")
    context = _adopting(item, place, level, form)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "console/library_adopt.html", context, status=status)


def _adopting(item: Item, place: Place, level: str, form: AdoptForm) -> dict[str, Any]:
    return {
        "title": in_script(item.title, script_of()),
        "id": item.id,
        "piece": item.piece,
        "place": place,
        "level": level,
        "form": form,
        "mark": mark_of(item),
    }


def _place(id: str, actor: Actor) -> Place:
    try:
        found = only(Place.objects.seen_by(actor).filter(id=UUID(id)))
    except ValueError:
        found = None
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return found
