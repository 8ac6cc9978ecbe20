"""What the pages of the registry share: one way to answer a form, one to tell what happened."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from anju.faces.console.registry.words import EVENT_WORDS
from anju.foundation.access.doors import Request
from anju.foundation.access.queries import names_of
from anju.foundation.entries.queries import story_of
from anju.foundation.kit.forms import KitForm, show_refusal
from anju.foundation.kit.parts import Entry
from anju.foundation.registry.sheet import Reference
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refusal, Unknown
from anju.foundation.tenancy.rows import only


def form_page(
    request: Request,
    form: KitForm,
    act: Callable[[dict[str, Any]], str],
    *,
    title: Any,
    label: Any,
    back: str,
    sub: Any = "",
    sheet: str = "",
) -> HttpResponse:
    """Ask, act once, go where `act` says. A refusal stands beside its field; nothing typed is
    lost. `sheet` names the list whose templates the page offers."""
    if form.is_valid():
        try:
            return HttpResponseRedirect(act(form.cleaned_data))
        except Refusal as refusal:
            if isinstance(refusal, Unknown):
                raise
            show_refusal(form, refusal)
    context = {"form": form, "title": title, "label": label, "back": back, "sub": sub}
    context["sheet"] = sheet
    return render(request, "registry/form.html", context, status=422 if form.errors else 200)


def one_of(rows: Any, id: UUID) -> Any:
    """The row with this id among those the actor may see; Unknown otherwise."""
    found = only(rows.filter(id=id))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return found


def story(kind: str, id: UUID, *, actor: Actor) -> list[Entry]:
    """What happened to a subject that was read under `seen_by`, newest first. Two queries."""
    events = story_of(kind, id)
    names = names_of([event.by for event in events], actor=actor)
    return [
        Entry(
            title=EVENT_WORDS.get(event.name, event.name),
            at=event.at,
            note=names.get(event.by, _("the system")),
        )
        for event in events
    ]


def picked(refers: Reference, text: str, name: str, *, actor: Actor) -> Any:
    """What a typed text points to, as the imports read it; None for nothing typed. Refuses
    (`NotYet`, at the field `name`) what is unknown or not clear."""
    if not text.strip():
        return None
    found = refers([text.strip()], actor)[text.strip()]
    if isinstance(found, str):
        raise NotYet(found, fields={name: found})
    return found
