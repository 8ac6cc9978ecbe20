"""Acts on the chosen work orders of the list: give them to somebody, close their cases, print them.

Each is taken by the ordinary command with its own permission; what it refuses is left exactly as it
was and is named with the reason.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anju.domains.requests.acts import waiting_for
from anju.domains.requests.forms import MoveForm, assign_form, said_of
from anju.domains.requests.promises import clocks_by_case, next_due, owed_by_case
from anju.domains.requests.queries import works_seen
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import WorkOrder
from anju.foundation.access.doors import Request, door
from anju.foundation.tenancy.errors import Refusal

MOST = 100  # as many as a page of the list holds
Step = Callable[[WorkOrder], Any]


@door("work.dispatch", methods="POST")
def reassign(request: Request) -> HttpResponse:
    """Give the chosen work orders to one person: asks to whom, then says what came of each."""
    works = _chosen(request)
    given = request.POST if "given" in request.POST else None
    form = assign_form(given, version=0, actor=request.actor)
    if not works or not form.is_bound or not form.is_valid():
        return _page(request, works, form=form, label=_("Give to somebody else"))
    seen = _versions(request)
    return _results(
        request,
        works,
        _("Give to somebody else"),
        lambda work: move_work(
            work.id,
            "assign",
            actor=request.actor,
            version=seen.get(str(work.id)),
            said=said_of(form),
        ),
    )


@door("case.close", methods="POST")
def close(request: Request) -> HttpResponse:
    """Close the cases of the chosen work orders, as far as they lack nothing any more."""
    works = _chosen(request)
    one_each = {work.case_id: work for work in works if work.case_id}
    cases = {work.id: case for case, work in one_each.items()}
    return _results(
        request,
        one_each.values(),
        _("Close the cases"),
        lambda work: move_case(cases[work.id], "close", actor=request.actor),
    )


@door("work.see", methods="POST")
def sheets(request: Request) -> HttpResponse:
    """The chosen work orders on paper, one sheet each, to be taken along and signed."""
    works = _chosen(request)
    clocks = owed_by_case(work.case_id for work in works if work.case_id)
    rows = [
        {
            "work": work,
            "who": work.person.name_for(request.actor) if work.person else (work.post or "—"),
            "clock": next_due(clocks.get(work.case_id, [])) if work.case_id else None,
        }
        for work in works
    ]
    return render(request, "requests/sheets.html", {"rows": rows})


def _chosen(request: Request) -> list[WorkOrder]:
    """The work orders that were chosen, as far as the actor may see them. One query."""
    ids = []
    for text in request.POST.getlist("pick")[:MOST]:
        try:
            ids.append(UUID(text))
        except ValueError:
            continue  # nobody's
    found = works_seen(request.actor).filter(id__in=ids, case__isnull=False)
    return list(found.select_related("case__standard").order_by("number"))


def _versions(request: Request) -> Mapping[str, int]:
    """The version of each work order that the person saw, as the page sent it along."""
    pairs = (text.partition(" ") for text in request.POST.getlist("seen"))
    return {id: int(v) for id, _space, v in pairs if v.isascii() and v.isdigit() and len(v) < 9}


def _results(request: Request, works: Iterable[WorkOrder], label: Any, step: Step) -> HttpResponse:
    """Take the step of each; each refusal leaves its own untouched and the others go on."""
    done, refused = [], []
    for work in works:
        try:
            step(work)
        except Refusal as refusal:
            refused.append((work, _in_words(refusal, work)))
        else:
            done.append(work)
    return _page(request, [], label=label, done=done, refused=refused, over=True)


def _in_words(refusal: Refusal, work: WorkOrder) -> Any:
    """Why it was left: where the step does not fit the state, what it waits for instead."""
    if refusal.code != "wrong_state" or work.case is None:
        return refusal.message
    clocks = clocks_by_case([work.case.id])[work.case.id]
    return f"{work.get_state_display()} · {waiting_for(work.case, [work], clocks)}"


def _page(
    request: Request, works: list[WorkOrder], *, form: MoveForm | None = None, **more: Any
) -> HttpResponse:
    context = {"works": works, "form": form, **more}
    return render(
        request, "requests/bulk.html", context, status=422 if form and form.errors else 200
    )
