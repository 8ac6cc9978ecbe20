"""The built-in library: browse it, one fact with its source, take a piece over."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from anju.engine.library.commands import install_piece
from anju.engine.library.counting import in_order
from anju.engine.library.models import SCRIPTS, Installed
from anju.engine.library.often import doings_of
from anju.engine.library.reading import library as shipped
from anju.engine.library.rules import Item, Piece, Source, Value
from anju.engine.library.script import in_script, simplified
from anju.engine.library.words import said
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import KitForm, show_refusal
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown

SHOWN = 60  # facts on one page of what was found; the rest is a matter of asking closer
BASES = {
    "law": gettext_lazy("law"),
    "national": gettext_lazy("national standard"),
    "industry": gettext_lazy("industry standard"),
    "local": gettext_lazy("local standard"),
    "practice": gettext_lazy("practice"),
}
STATUSES = {
    "in_force": gettext_lazy("in force"),
    "superseded": gettext_lazy("superseded"),
    "unknown": gettext_lazy("not known whether in force"),
}
CERTAINTIES = {"confirmed": gettext_lazy("confirmed"), "suggested": gettext_lazy("suggestion")}


def script_of() -> str:
    """The script of the reader's language."""
    return "zh-Hant" if (get_language() or "").lower().startswith("zh-hant") else "zh-Hans"


class Ask(forms.Form):
    """What of the library is looked for; all of it may be empty."""

    q = forms.CharField(required=False, max_length=60)
    section = forms.CharField(required=False, max_length=8)
    basis = forms.ChoiceField(required=False, choices=[("", ""), *BASES.items()])
    certainty = forms.ChoiceField(required=False, choices=[("", ""), *CERTAINTIES.items()])
    city = forms.CharField(required=False, max_length=20)
    often = forms.BooleanField(required=False)


@door("standard.see", methods="GET")
def browse(request: Request) -> HttpResponse:
    """The pieces; and the facts that answer what is asked, the first sixty of them."""
    ask = Ask(request.GET)
    ask.is_valid()
    wanted = {name: value for name, value in ask.cleaned_data.items() if value}
    asked = {**wanted, "q": simplified(wanted.get("q", "")).lower()} if "q" in wanted else wanted
    found = [item for item in shipped().items.values() if _answers(item, asked)] if asked else []
    taken = set(Installed.objects.seen_by(request.actor).values_list("piece", flat=True))
    items = shipped().items.values()
    context = {
        "wanted": wanted,
        "found": [row_of(item) for item in found[:SHOWN]],
        "n": len(found),
        "shown": SHOWN,
        "pieces": [_shelf(piece, piece.code in taken) for piece in shipped().pieces.values()],
        "sections": sorted({item.section for item in items}, key=in_order),
        "cities": [(c, in_script(c, script_of())) for c in sorted({i.city for i in items} - {""})],
        "bases": BASES.items(),
        "certainties": CERTAINTIES.items(),
        "facts": len(shipped().items),
    }
    return render(request, "console/library.html", context)


def _answers(item: Item, wanted: dict[str, Any]) -> bool:
    texts = (item.id, item.title, item.group, *(v.text + v.scope for v in item.values))
    return (
        any(wanted.get("q", "") in text.lower() for text in texts)
        and wanted.get("section", item.section) == item.section
        and wanted.get("basis", item.basis) == item.basis
        and wanted.get("certainty", item.certainty) == item.certainty
        and wanted.get("city", item.city) == item.city
        and (not wanted.get("often") or bool(doings_of(item)))
    )


def _shelf(piece: Piece, taken: bool) -> dict[str, Any]:
    return {
        "code": piece.code,
        "title": in_script(piece.title, script_of()),
        "n": len(piece.items),
        "sure": sum(item.confirmed for item in piece.items),
        "taken": taken,
    }


def row_of(item: Item, level: str = "") -> dict[str, Any]:
    """A fact as a line of a table, in the reader's script."""
    script = script_of()
    values = [v for v in item.values if not v.level or v.level == level or not level]
    return {
        "id": item.id,
        "section": item.section,
        "title": in_script(item.title, script),
        "group": in_script(item.group, script),
        "values": [
            in_script(f"{v.level} {said(v)}" if v.level and not level else said(v), script)
            for v in values
        ],
        "basis": BASES[item.basis],
        "sure": item.confirmed,
        "mark": mark_of(item),
        "city": in_script(item.city, script),
    }


def mark_of(item: Item, value: Value | None = None) -> Any:
    """The chip that says how sure a fact is, or one value of it."""
    opinion = value is not None and item.feeds and not item.value_feeds(value)
    if opinion or not item.confirmed:
        return tags.tag(_("suggestion"), "warn")
    return tags.tag(_("superseded") if item.status == "superseded" else _("confirmed"), "ok")


def begun_at(keys: Sequence[str], **more: Any) -> str:
    """Where a plan is begun that carries out these facts."""
    return f"{reverse('console:new_plan')}?{urlencode({'from': ','.join(keys), **more})}"


class InstallForm(KitForm):
    """At which level, and in which script, a piece is taken over."""

    level = forms.ChoiceField(label=gettext_lazy("Level"), required=False)
    script = forms.ChoiceField(label=gettext_lazy("Script"), choices=SCRIPTS)

    def __init__(self, *args: Any, levels: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, initial={"script": script_of()}, **kwargs)
        if levels:
            chosen = [(level, in_script(level, script_of())) for level in levels]
            self.fields["level"].choices = chosen  # type: ignore[attr-defined]  # a choice field
            self.fields["level"].required = True
        else:
            del self.fields["level"]


@door("standard.see", methods="GET")
def piece(request: Request, code: str) -> HttpResponse:
    """One piece: what it is, its facts, and the way to take it over."""
    return _piece_page(request, _piece(code), None)


@door("standard.edit", methods="POST")
def install(request: Request, code: str) -> HttpResponse:
    """Take a piece over; then the draft made of it, or the piece with what is installed."""
    request.actor.require("standard.edit", "")
    found = _piece(code)
    form = InstallForm(request.POST, levels=found.levels)
    if form.is_valid():
        said_ = form.cleaned_data
        try:
            done = install_piece(
                code, actor=request.actor, level=said_.get("level", ""), script=said_["script"]
            )
        except (NotYet, Conflict) as refusal:
            show_refusal(form, refusal)
        else:
            if done.standard:
                return HttpResponseRedirect(reverse("console:standard", args=[done.standard.id]))
            return HttpResponseRedirect(reverse("console:library_piece", args=[code]))
    return _piece_page(request, found, form, status=422)


def _piece(code: str) -> Piece:
    found = shipped().pieces.get(code)
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return found


def _piece_page(
    request: Request, found: Piece, form: InstallForm | None, *, status: int = 200
) -> HttpResponse:
    taken = Installed.objects.seen_by(request.actor).filter(piece=found.code).first()
    may = request.actor.may("standard.edit", "")
    script = script_of()
    context = {
        "code": found.code,
        "title": in_script(found.title, script),
        "text": in_script(found.note, script),
        "rows": [row_of(item) for item in found.items],
        "sure": sum(item.confirmed for item in found.items),
        "levels": bool(found.levels),
        "taken": taken,
        "form": (form or InstallForm(levels=found.levels)) if may and not taken else None,
    }
    return render(request, "console/library_piece.html", context, status=status)


@door("standard.see", methods="GET")
def fact(request: Request, id: str) -> HttpResponse:
    """One fact: its values, where it was seen, and how sure it is."""
    item = shipped().items.get(id)
    if item is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    script = script_of()
    held = shipped().pieces[item.piece]
    doubted = [value for _i, value in _doubted(item)]
    context = {
        "row": row_of(item),
        "item": item,
        "piece": {"code": held.code, "title": in_script(held.title, script)},
        "sources": [_shown(source) for source in shipped().sources_of(item)],
        "plans": _plans(item, request),
        "doubted": [in_script(said(value), script) for value in doubted] if item.confirmed else [],
        "facts": [
            (_("Basis"), BASES[item.basis]),
            (_("Status"), STATUSES[item.status]),
            (_("In force since"), item.effective or "—"),
            (_("City"), in_script(item.city, script) or "—"),
            (_("Section"), item.section),
            (_("Measured by"), item.metric or "—"),
        ],
    }
    return render(request, "console/library_fact.html", context)


def _plans(item: Item, request: Request) -> list[dict[str, str]]:
    """Each thing it says is done again and again, with where a plan of it is begun by who may."""
    may = request.actor.may("plan.edit")
    return [
        {"words": in_script(said(one.value), script_of()), "url": begun_at([one.key])}
        for one in doings_of(item)
        if may
    ]


def _doubted(item: Item) -> list[tuple[Item, Any]]:
    return [(item, value) for value in item.values if not item.value_feeds(value)]


def _shown(source: Source) -> dict[str, str]:
    return {"title": in_script(source.title, script_of()), "address": source.address}
