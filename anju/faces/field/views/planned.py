"""Planned work on the telephone: one photo, one press, or why it cannot be done."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.requests.promises import view_of
from anju.domains.requests.stories import signature_said
from anju.domains.requests.views.pages import any_work
from anju.domains.rounds.queries import (
    clocks_of,
    occurrence_of,
    photos_of,
    standing_of,
)
from anju.domains.rounds.rules import STANDING_NAMES
from anju.engine.loop.asked import (
    answers_of,
    asked_of,
    photos_asked,
    ruling_of,
    signature_asked,
)
from anju.engine.loop.commands.evidence import show_work
from anju.engine.loop.commands.work_moves import finish_planned
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.presets import HOLD_REASONS, result_in_words
from anju.engine.loop.queries import effort_of
from anju.engine.loop.rules import WORK_LIVE
from anju.faces.field.forms import HOLDS, DoneForm
from anju.faces.field.views.points import points_shown, round_page, rows_of_round
from anju.faces.field.views.standing import doer, hands
from anju.faces.field.views.today import reported
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import show_refusal
from anju.foundation.lib import now
from anju.foundation.places.queries import full_name
from anju.foundation.tenancy.errors import Refusal, Unknown


def holds() -> list[dict[str, Any]]:
    """Why work cannot go on, by sign."""
    return [
        {
            "sign": sign,
            "label": label,
            "reasons": [(code, HOLD_REASONS[code]) for code in codes],
        }
        for sign, label, codes in HOLDS
    ]


def planned_page(
    request: Request, work: WorkOrder, *, form: DoneForm | None = None, wrong: Any = ""
) -> HttpResponse:
    """The page of planned work; `form` and `wrong` say what could not be done."""
    rows = rows_of_round(work)
    live = work.state in WORK_LIVE - {"done"}
    left = any(row.at is None for row in rows)
    if rows and form is None and (left or not live):  # else what its standard asks more is left
        may_hold = live and work.state != "held"
        return round_page(request, work, rows, holds=holds() if may_hold else (), wrong=wrong)
    made, clock = occurrence_of(work), clocks_of([work]).get(work.id)
    asked = asked_of(work)
    standard, _since = ruling_of(work)
    others = work.person_id not in (None, request.actor.person_id)
    path = work.place.path if work.place else ""
    mine = request.actor.may("work.do", path) and not others
    how = standing_of(made, now()) if made else ""
    effort = effort_of(None, work=work.id)
    context = {
        "work": work,
        "place": full_name(work.place) if work.place else "",
        "clock": view_of(clock) if clock and clock.live else None,
        "made": made,
        "standing": how,
        "standing_name": STANDING_NAMES.get(how, ""),
        "open": mine and live,
        "points": points_shown(rows, request.actor),
        "opens_at": work.opened_at if work.opened_at > now() else None,
        "holds": holds() if work.state != "held" else (),
        "photos_asked": photos_asked(work),
        "form": form or DoneForm(initial={"label": request.GET.get("label", "")}),
        "effort": effort,
        "missing": [s for s in photos_asked(work) if not effort.photos.get(s)],
        "signed": signature_said(effort),
        "to_sign": effort.signature is None and signature_asked(work),
        "n": len(asked.items),
        "answered": len(answers_of(work.id)) if asked.items else 0,
        "method": (standard.method or {}) if standard else {},
        "photos": photos_of(work),
        "reported": reported(request),
        "wrong": wrong,
        "others": others,
        "hands": hands(request, work),
    }
    bad = bool(wrong or (form and form.errors))
    return render(request, "field/planned.html", context, status=422 if bad else 200)


@door("work.do", methods="POST")
def done(request: Request, id: UUID) -> HttpResponse:
    """A photo, done. The photo is kept even where something else is missing."""
    work = any_work(request, id)
    if work.case is not None:
        raise Unknown(_("There is no such record, or you may not see it."))
    form = DoneForm(request.POST, request.FILES)
    if form.is_valid() and (photos := form.photos()):
        try:
            added = show_work(work.id, photos, actor=doer(request, work))
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            for name, why in added.refused:
                form.add_error(name.removesuffix(".jpg"), str(why))
    if not form.errors:
        given = form.cleaned_data
        words = result_in_words("", remark=given["remark"], without=given["without"])
        try:
            finish_planned(
                work.id,
                actor=doer(request, work),
                result=words or _("Done"),
                label=given["label"],
                reason=given["remark"],
                without=given["without"],
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(f"{reverse('field:today')}?done={work.id}")
    return planned_page(request, any_work(request, id), form=form)
