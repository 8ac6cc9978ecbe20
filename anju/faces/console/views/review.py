"""Review of evidence (核验): finished work, photos before and after beside what the standard asks,
one key for each verdict. By somebody who did not do the work."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from anju.domains.requests.promises import next_due, owed_by_case
from anju.domains.requests.queries import works_to_verify
from anju.domains.requests.shots import staged_shots
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.presets import FAIL_REASONS
from anju.engine.loop.queries import effort_of, result_of
from anju.faces.console.views.written import number_of
from anju.foundation.access.doors import Request, door
from anju.foundation.lib import given_id
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet
from anju.foundation.tenancy.rows import only

MOST = 60


@door("record.judge")
def review(request: Request) -> HttpResponse:
    """Work order after work order: J and K move, A passes, R sends back with the chosen reason.
    After each verdict the next one is open, so a verdict costs one key."""
    actor, wrong = request.actor, None
    if request.method == "POST":
        try:
            return _judged(request, actor)
        except (NotYet, Conflict) as refusal:  # what is not theirs to judge is a page of its own
            wrong = refusal.message
    works = list(works_to_verify(actor)[: MOST + 1])
    shown = works[:MOST]
    here = next((n for n, work in enumerate(shown) if str(work.id) == _asked(request)), 0)
    context = {
        "rows": _rows(shown),
        "more": len(works) > MOST,
        "most": MOST,
        "chosen": _card(shown[here], actor) if shown else None,
        "before": _at(shown, here - 1),
        "after": _at(shown, here + 1),
        "place": here + 1,
        "reasons": FAIL_REASONS.items(),
        "wrong": wrong,
        "done": _done(request, actor),
    }
    return render(request, "console/review.html", context, status=422 if wrong else 200)


def _asked(request: Request) -> str:
    return request.POST.get("after") or request.GET.get("work", "")


def _at(works: Sequence[WorkOrder], n: int) -> UUID | None:
    return works[n].id if 0 <= n < len(works) else None


def _judged(request: Request, actor: Actor) -> HttpResponse:
    """Pass or send back, then on to the next."""
    id, version = given_id(request.POST.get("work", "")), number_of(request, "version")
    if request.POST.get("verdict") == "fail":
        reason = request.POST.get("reason", "")
        # Of none of ours the command says that it is missing.
        said = {"reason": reason if reason in FAIL_REASONS else ""}
        move_work(id, "fail", actor=actor, version=version, said=said)
    else:
        move_work(id, "pass", actor=actor, version=version)
    asked = {"work": request.POST.get("after", ""), "done": str(id)}
    return HttpResponseRedirect(f"{reverse('console:review')}?{urlencode(asked)}")


def _rows(works: Sequence[WorkOrder]) -> list[dict[str, Any]]:
    clocks = owed_by_case(work.case_id for work in works if work.case_id)
    return [
        {"work": work, "clock": next_due(clocks.get(work.case_id, [])) if work.case_id else None}
        for work in works
    ]


def _card(work: WorkOrder, actor: Actor) -> dict[str, Any]:
    """All a verdict rests on. Six queries."""
    case: Any = work.case
    shots = staged_shots(case, work.id, actor)
    return {
        "work": work,
        "case": case,
        "doer": work.person.name_for(actor) if work.person else str(work.post or "—"),
        "result": result_of(work),
        "sides": ((_("Before"), shots["before"]), (_("After"), shots["after"])),
        "others": shots[""],
        "asks": [r.text for r in case.standard.document.requirements] if case.standard else [],
        "effort": effort_of(case, work=work.id),
        "clock": next_due(owed_by_case([case.id])[case.id]),
    }


def _done(request: Request, actor: Actor) -> WorkOrder | None:
    """What has just been judged."""
    asked = given_id(request.GET.get("done", ""))
    return only(WorkOrder.objects.seen_by(actor).filter(id=asked)) if asked.int else None
