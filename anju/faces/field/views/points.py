"""A round with points on the telephone: what is next, and one point: photo, one press."""

from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.requests.promises import view_of
from anju.domains.requests.views.pages import any_work
from anju.domains.rounds.commands import Said, pass_point
from anju.domains.rounds.models import RoundPoint
from anju.domains.rounds.queries import (
    clocks_of,
    labels_of,
    points_of,
    points_to_come,
    reasons_of,
)
from anju.domains.rounds.rules import FLAG_NAMES, STANDING_NAMES
from anju.domains.rounds.walking import heads, spots_of
from anju.engine.loop.asked import asks_nothing
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.rules import WORK_LIVE
from anju.faces.field.forms import PointForm
from anju.faces.field.views.standing import doer, hands
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import show_refusal
from anju.foundation.lib import now
from anju.foundation.places.queries import full_name
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Refusal, Unknown


def points_shown(rows: list[RoundPoint], actor: Actor) -> list[dict[str, Any]]:
    """The points of a round as a list has them, each with the house and floor one comes to there.
    At most four queries."""
    why = reasons_of(rows, company=actor.company_id)
    labels = labels_of(rows, company=actor.company_id)
    comes = heads(spots_of([(row.point.place, row.point.name) for row in rows], actor))
    return [
        _shown(row)
        | {"hangs": _digest(labels.get(row.point_id)), "comes": head, "why": why.get(row.id)}
        for row, head in zip(rows, comes, strict=True)
    ]


def rows_of_round(work: WorkOrder) -> list[RoundPoint]:
    """The points of a round; of one whose window opens later, those it will have. At most four
    queries."""
    return points_of(work) or points_to_come([work]).get(work.id, [])


def round_page(
    request: Request, work: WorkOrder, rows: list[RoundPoint], *, holds: Any = (), wrong: Any = ""
) -> HttpResponse:
    """The points in their order, and which is next; `holds`: why it may be held, `wrong`: what
    could not be done."""
    clock = clocks_of([work]).get(work.id)
    left = [row for row in rows if row.at is None]
    others = work.person_id not in (None, request.actor.person_id)
    said = request.GET.get("passed", "")
    context = {
        "work": work,
        "place": full_name(work.place) if work.place else "",
        "clock": view_of(clock) if clock and clock.live else None,
        "points": points_shown(rows, request.actor),
        "next": next((row for row in left if not row.unreached), left[0] if left else None),
        "done": len(rows) - len(left),
        "unreached": sum(row.unreached for row in left),
        "ends": asks_nothing(work),
        "passed": next((row for row in rows if str(row.point_id) == said), None),
        "open": _open(request, work),
        "opens_at": _opens_at(work),
        "others": others,
        "holds": () if others else holds,
        "wrong": wrong,
    }
    return render(request, "field/round.html", context, status=422 if wrong else 200)


def _open(request: Request, work: WorkOrder) -> bool:
    """Whether somebody may pass its points once it is time; a colleague may help."""
    path = work.place.path if work.place else ""
    return request.actor.may("work.do", path) and work.state in WORK_LIVE - {"done"}


def _opens_at(work: WorkOrder) -> datetime | None:
    """When its window opens, where that is still to come: the page waits for it on the phone."""
    return work.opened_at if work.opened_at > now() else None


def _shown(row: RoundPoint) -> dict[str, Any]:
    return {
        "row": row,
        "point": row.point,
        "where": str(row.point.asset or row.point.place),
        "standing": STANDING_NAMES[row.state],
        "tone": {"early": "risk", "made_up": "risk", "missed": "over", "too_late": "over"}.get(
            row.state, "kept"
        ),
        "flags": [FLAG_NAMES[name] for name in row.flags],
    }


def _digest(code: str | None) -> str:
    """By which a telephone knows a label it reads there, and nobody the label from the page."""
    return sha256(code.encode()).hexdigest() if code else ""


@door("work.do")
def point(request: Request, id: UUID, point: UUID) -> HttpResponse:
    """One point: what is asked there; a press says that it is in order, or that it is not."""
    work = any_work(request, id)
    rows = rows_of_round(work) if work.case is None else []
    row = next((one for one in rows if point in (one.point_id, one.id)), None)
    if row is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    scanned = {"label": request.GET.get("label", "")[:12], "how": request.GET.get("how", "")[:4]}
    form = PointForm(request.POST or None, request.FILES or None, initial=scanned)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        said = Said(
            row.point.code, request.POST.get("verdict", "pass"), given["value"],
            given["how"], given["label"], given["note"],
        )  # fmt: skip
        files = [given["photo"]] if given["photo"] else []
        try:
            pass_point(work.id, said, actor=doer(request, work), files=files)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(_onward(request, work, row))
    left = [one for one in rows if one.at is None]
    context = {
        "work": work,
        "opens_at": _opens_at(work),
        "row": row,
        "shown": _shown(row),
        "n": len(rows),
        "points": [_shown(one) for one in rows],
        "why": reasons_of([row], company=request.actor.company_id).get(row.id),
        "last": left == [row] and asks_nothing(work),
        "form": form,
        "limits": row.point.item.limits_said if row.point.reads else "",
        "open": _open(request, work),
        "hands": hands(request, work),
    }
    return render(request, "field/point.html", context, status=422 if form.errors else 200)


def _onward(request: Request, work: WorkOrder, row: RoundPoint) -> str:
    """The round with its next point, or the day where it is done."""
    now_is = any_work(request, work.id)
    if now_is.state in ("done", "passed"):
        return f"{reverse('field:today')}?done={work.id}"
    return f"{reverse('field:task', args=[work.id])}?passed={row.point_id}"
