"""Ledgers on the telephone: a line written, and ended, with or without a signal."""

from typing import Any
from uuid import UUID

from django.forms import RadioSelect
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.ledgers.forms import LineForm, NewLineForm
from anju.domains.ledgers.models import Ledger, Line
from anju.domains.ledgers.queries import (
    called,
    form_of,
    forms_of,
    kept_by,
    ledgers_standing,
    open_lines,
    told_of,
    typed_of_lines,
)
from anju.domains.ledgers.rules import STANDING_NAMES, Parts, field_name, parts_of
from anju.domains.ledgers.views.lines import add_by, write_by
from anju.domains.rounds.queries import posts_of
from anju.engine.forms.rules import FILED, Item
from anju.foundation.access.doors import Request, door
from anju.foundation.access.standing_in import hands_at
from anju.foundation.lib import now
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, Unknown
from anju.foundation.tenancy.rows import only

MOST, MOST_OPEN = 12, 40  # ledgers whose pages a phone keeps, and open lines of them
ASIDE = ("place", "at")


def my_ledgers(actor: Actor) -> list[Ledger]:
    """The ledgers somebody writes in on foot. Two queries."""
    return kept_by(actor, posts_of(actor, now()), most=MOST)


def signs_of(actor: Actor) -> list[tuple[str, str]]:
    """The pages of one's ledgers that a phone keeps, each with what changes with it. Four
    queries."""
    mine = my_ledgers(actor)
    waiting = open_lines(mine, most=MOST_OPEN)
    forms = forms_of({one.form for one in mine}, actor)
    pages = [(reverse("field:books"), "")] if mine else []
    for one in mine:
        held = [line for line in waiting if line.ledger_id == one.id]
        form = forms.get(one.form)
        stands = f"{one.version} {one.count} {form and form.id} {sum(x.version for x in held)}"
        pages.append((reverse("field:book", args=[one.id]), f"{stands} {len(held)}"))
    pages += [(reverse("field:line", args=[one.id]), str(one.version)) for one in waiting]
    return pages


@door("work.do", methods="GET")
def books(request: Request) -> HttpResponse:
    """The ledgers one writes in: how many lines of each are open."""
    mine = my_ledgers(request.actor)
    standing = ledgers_standing(mine)
    return render(request, "field/books.html", {"books": [standing[one.id] for one in mine]})


@door("work.do")
def book(request: Request, id: UUID) -> HttpResponse:
    """One ledger: the next line, and those that have not ended."""
    actor = request.actor
    seen = Ledger.objects.seen_by(actor).select_related("place")
    found = only(seen.filter(id=id, state="active"))
    if found is None:
        raise Unknown(_("There is no such ledger, or you may not see it."))
    actor.require("ledger.keep", found.place.path)
    paper = form_of(found.form, actor)
    parts = parts_of(paper.sheet, found.ends_with) if paper else Parts(())
    hands = hands_at(found.place.path, actor=actor)
    posted = request.method == "POST"
    given = (request.POST, request.FILES) if posted else (None, None)
    form = NewLineForm(*given, items=parts.now, hands=hands)
    if paper and posted and form.is_valid() and (made := write_by(form, found, actor)):
        return HttpResponseRedirect(f"{reverse('field:book', args=[id])}?written={made.n}")
    waiting = open_lines([found], most=MOST_OPEN)
    context = {
        "ledger": found, "paper": paper, "form": form, "hands": hands,
        "asked": _asked(form), "need": _need(parts.now), "named": _named(parts.now),
        "written": request.GET.get("written", ""),
        "queue": _queue(found, reverse("field:book", args=[id])),
        "end": _ending(parts), "need_end": _need(parts.later), "waiting": _shown(waiting),
    }  # fmt: skip
    return render(request, "field/book.html", context, status=422 if form.errors else 200)


def _ending(parts: Parts) -> list[dict[str, Any]]:
    """How a line ends that only the phone knows yet, where lines of this ledger do."""
    if not parts.later:
        return []
    return _asked(LineForm(items=parts.later, auto_id="end_%s"))


def _shown(lines: list[Line]) -> list[dict[str, Any]]:
    typed, moment = typed_of_lines(lines), now()
    return [
        {
            "line": one,
            "name": called(one, typed.get(one.id, {})) or one.n,
            "late": one.due_at is not None and one.due_at < moment,
        }
        for one in lines
    ]


@door("work.do")
def line(request: Request, id: UUID) -> HttpResponse:
    """A line that has not ended, or lacks something: what was written, and what follows."""
    actor = request.actor
    seen = Line.objects.seen_by(actor).select_related("ledger__place", "form", "place", "asset")
    shown = only(seen.filter(id=id))
    if shown is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    ledger = shown.ledger
    actor.require("ledger.keep", ledger.place.path)
    sheet = shown.form.sheet
    parts = parts_of(sheet, ledger.ends_with)
    items = [i for i in (*parts.later, *parts.now) if i.code not in shown.answers]
    hands, wrong = hands_at(ledger.place.path, actor=actor), ""
    posted = request.method == "POST"
    given = (request.POST, request.FILES) if posted else (None, None)
    form = LineForm(*given, items=items, hands=hands, initial={"version": shown.version})
    if posted and form.is_valid():
        try:
            if add_by(form, shown, actor):
                return HttpResponseRedirect(reverse("field:book", args=[ledger.id]))
        except Conflict as refusal:
            wrong = str(refusal.message)
            form.data = {**request.POST.dict(), "version": shown.version}  # of what is shown now
    typed = typed_of_lines([shown]).get(shown.id, {})
    told = [told_of(shown, typed, hide=False, item=item) for item in sheet.items]
    page = reverse("field:line", args=[id])
    context = {
        "ledger": ledger, "line": shown, "told": [one for one in told if one.answered],
        "name": called(shown, typed) or shown.n, "standing": STANDING_NAMES[shown.standing(now())],
        "form": form if items else None, "asked": _asked(form), "need": _need(parts.later),
        "hands": hands, "wrong": wrong, "ends": shown.ended_at is None,
        "queue": _queue(ledger, page) | {"id": shown.id, "version": shown.version},
    }  # fmt: skip
    bad = bool(wrong or form.errors)
    return render(request, "field/line.html", context, status=422 if bad else 200)


def _queue(ledger: Ledger, page: str) -> dict[str, Any]:
    """What the queue of the phone knows a page by, as it knows a piece of work."""
    return {
        "id": ledger.id, "version": "", "state": "", "title": ledger.name, "page": page,
        "place": ledger.place,
    }  # fmt: skip


def _asked(form: LineForm) -> list[dict[str, Any]]:
    """The fields in their order, each with how it is given; where and when stand apart."""
    names = [name for name in form.fields if name not in (*ASIDE, "version", "for")]
    return [
        {
            "field": form[name],
            "picture": name.startswith("picture."),
            "choices": isinstance(form.fields[name].widget, RadioSelect),
        }
        for name in names
    ]


def _need(items: tuple[Item, ...]) -> str:
    """What has to be filled in before a phone keeps it (`data-need`)."""
    groups = []
    for item in items:
        if item.required and item.kind not in FILED:
            groups.append(field_name(item.code))
        if item.required and (item.kind in FILED or item.evidence):
            picture = f"picture.{item.code}"
            judged = item.kind == "pass"
            groups.append(f"{picture}|{field_name(item.code)}=na" if judged else picture)
    return " ".join(groups)


def _named(items: tuple[Item, ...]) -> str:
    """The fields of which the first two that are filled in are what a phone knows a line by."""
    words = [i for i in items if i.kind in ("text", "choice", "number", "scan")]
    return " ".join(field_name(item.code) for item in words)
