"""Taking a step of a case or of a work order: its form, and the step itself."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from anju.domains.requests.acts import CASE_WORDS, WORK_WORDS
from anju.domains.requests.commands import settle
from anju.domains.requests.forms import (
    MoveForm,
    PhotosForm,
    RevealForm,
    form_for,
    said_of,
)
from anju.domains.requests.outside import drafted_reply
from anju.domains.requests.promises import next_due, owed_by_case
from anju.domains.requests.stories import ABSENT_NAMES
from anju.domains.requests.views.evidence import add, wrong_in
from anju.domains.requests.views.pages import case_page, the_case, the_work
from anju.engine.loop.asked import signature_asked
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.effort import sign_for_nobody
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.loop.queries import effort_of
from anju.engine.loop.rules import CASE_MOVES, WORK_MOVES, Move, moves_from
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import show_refusal
from anju.foundation.people.commands import reveal
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refusal, Unknown


@door("case.see")
def case_step(request: Request, id: UUID, name: str) -> HttpResponse:
    """One step of a case."""
    return _step(request, the_case(request, id), CASE_MOVES.get(name), None)


@door("work.see")
def work_step(request: Request, id: UUID, name: str) -> HttpResponse:
    """One step of a work order."""
    found = the_work(request, id)
    if found.case is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return _step(request, found.case, WORK_MOVES.get(name), found)


def _step(
    request: Request, shown: Case, move: Move | None, found: WorkOrder | None
) -> HttpResponse:
    if move is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    actor, one = request.actor, found or shown
    actor.require(move.permission, shown.place.path if shown.place else "")
    posted = request.method == "POST"
    form = form_for(
        move,
        data=request.POST if posted else None,
        files=request.FILES if posted else None,
        case=shown,
        version=one.version,
        actor=actor,
    )
    if found and move.name == "finish" and _to_sign(found):
        form.fields["absent"] = _absent(reverse("field:signature", args=[found.id]))
    if move.name == "reply":
        form.initial["text"] = drafted_reply(shown, actor)
    if posted and form.is_valid():
        try:
            _take(move, one, form, actor=actor)
        except Refusal as refusal:
            one.refresh_from_db()  # someone may have been faster
            show_refusal(form, _in_words(refusal, one))
            typed = request.POST.copy()  # what was typed stays; the newest version is offered
            typed["version"] = str(one.version)
            form.data = typed
        else:
            return _after(request, shown, found, form)
    words = CASE_WORDS if found is None else WORK_WORDS
    context = {
        "form": form,
        "case": shown,
        "work": found,
        "label": words[move.name],
        "clock": next_due(owed_by_case([shown.id])[shown.id]),
        "stays": one.state in move.sources,
    }
    return render(request, "requests/step.html", context, status=422 if form.errors else 200)


def _to_sign(work: WorkOrder) -> bool:
    return signature_asked(work) and effort_of(work.case, work=work.id).signature is None


def _absent(page: str) -> forms.Field:
    """Why nobody signs for work that is to be signed for; `page`: where one can sign instead."""
    words, sign = _("Whoever receives the work signs here:"), _("Signature")
    return forms.ChoiceField(
        label=_("Nobody signs, because"), choices=[("", "—"), *ABSENT_NAMES.items()],
        required=False,  # a list to open: three such answers side by side are wider than a phone
        help_text=format_html('{} <a href="{}">{}</a>', words, page, sign),
    )  # fmt: skip


def _in_words(refusal: Refusal, one: Case | WorkOrder) -> Refusal:
    """The refusal of a step that does not fit the state, with the names people know."""
    if refusal.code != "wrong_state":
        return refusal
    table, words = (CASE_MOVES, CASE_WORDS) if isinstance(one, Case) else (WORK_MOVES, WORK_WORDS)
    possible = [str(words[move.name]) for move in moves_from(table, one.state)]
    said = {"state": one.get_state_display(), "possible": ", ".join(possible) or "—"}
    return NotYet(
        _("The state is now “%(state)s”, so nothing was changed. Possible now: %(possible)s.")
        % said
    )


def _take(move: Move, one: Case | WorkOrder, form: MoveForm, *, actor: Actor) -> None:
    how: dict[str, Any] = {"version": form.cleaned_data.get("version"), "said": said_of(form)}
    if move.name == "settle":
        settle(one.id, how.pop("said"), actor=actor, **how)
    elif isinstance(one, WorkOrder):
        if absent := form.cleaned_data.get("absent"):
            sign_for_nobody(one.id, absent, actor=actor)
        move_work(one.id, move.name, actor=actor, **how)
    else:
        move_case(one.id, move.name, actor=actor, **how)


def _after(request: Request, shown: Case, found: WorkOrder | None, form: MoveForm) -> HttpResponse:
    """Back to the case; with photos, only when all of them could be kept."""
    if photos := form.cleaned_data.get("photos"):
        try:
            added = add(request, shown, photos, work=found)
        except NotYet as refusal:
            wrong: list[tuple[str, Any]] = [("", refusal.message)]
        else:
            wrong = added.refused
        if wrong:
            return case_page(
                request, the_case(request, shown.id), form=wrong_in(PhotosForm({}), wrong)
            )
    return HttpResponseRedirect(reverse("requests:case", args=[shown.id]))


@door("person.reveal")
def telephone(request: Request, id: UUID) -> HttpResponse:
    """The reporter's whole telephone number, for a reason that is kept."""
    shown = the_case(request, id)
    if shown.reporter is None or not shown.reporter.phone:
        raise Unknown(_("There is no such record, or you may not see it."))
    form = RevealForm(request.POST if request.method == "POST" else None)
    phone = ""
    if form.is_bound and form.is_valid():
        try:
            phone = reveal(shown.reporter, form.cleaned_data["reason"], actor=request.actor)
        except NotYet as refusal:
            show_refusal(form, refusal)
    context = {
        "form": form,
        "case": shown,
        "name": shown.reporter.name_for(request.actor),
        "phone": phone,
    }
    return render(request, "requests/telephone.html", context, status=422 if form.errors else 200)
