"""Scanning a label: to be noted as arrived, or to find the work that is to be done there."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.requests.promises import clocks_by_case
from anju.domains.requests.queries import works_seen
from anju.domains.requests.views.pages import the_work
from anju.domains.rounds.queries import points_at_hand, posts_of, rounds_at_hand
from anju.engine.loop.commands.work_moves import move_work
from anju.faces.field.forms import CodeForm
from anju.faces.field.views.today import cards, left_of, round_cards
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import show_refusal
from anju.foundation.lib import now
from anju.foundation.places.models import Label
from anju.foundation.places.queries import full_name
from anju.foundation.tenancy.errors import Refusal

MOST = 20


@door("work.do")
def arrive(request: Request, id: UUID) -> HttpResponse:
    """Arrived, shown by the label that hangs there: read by the camera or typed in."""
    work = the_work(request, id)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        said = {"label": form.cleaned_data["label"]}
        try:
            move_work(work.id, "arrive", actor=request.actor, said=said)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(reverse("field:task", args=[id]))
    context = {
        "work": work,
        "form": form,
        "place": full_name(work.place) if work.place else "",
        "clock": left_of(clocks_by_case([work.case_id])[work.case_id]) if work.case_id else None,
    }
    return render(request, "field/scan.html", context, status=422 if form.errors else 200)


@door("work.do")
def scan(request: Request) -> HttpResponse:
    """Any label: one's own work there, opened at once where there is one piece of it."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    context: dict[str, object] = {"form": form, "work": None}
    if form.is_bound and form.is_valid():
        code = form.cleaned_data["label"][:12]
        label = Label.objects.seen_by(request.actor).select_related("asset").filter(code=code)
        if found := label.first():
            mine = works_seen(request.actor).live().filter(person_id=request.actor.person_id)
            where = {"asset_id": found.asset_id} if found.asset_id else {"place_id": found.place_id}
            works = list(mine.filter(case__isnull=False, **where).order_by("due", "id")[:MOST])
            moment = now()
            posts = posts_of(request.actor, moment)
            points = points_at_hand(request.actor, posts, moment, found)
            if len(points) == 1:
                how = "nfc" if form.cleaned_data["how"] == "nfc" else "qr"
                page = reverse("field:point", args=[points[0].work_id, points[0].point_id])
                return HttpResponseRedirect(f"{page}?label={found.code}&how={how}")
            rounds = rounds_at_hand(request.actor, posts, moment, most=MOST, **where)
            rounds += [point.work for point in points]
            if len(works) + len(rounds) == 1:
                page = reverse("field:task", args=[[*works, *rounds][0].id])
                scanned = f"?label={found.code}" if rounds else ""
                return HttpResponseRedirect(page + scanned)
            kind = "asset" if found.asset_id else "place"
            page = reverse(f"registry:{kind}", args=[found.asset_id or found.place_id])
            nothing = not works and not rounds
            there = [*round_cards(rounds, label=found.code), *cards(works)]
            context |= {"found": there, "none": nothing, "page": page}
        else:
            form.add_error(
                "label", _("This label is not known here. Check the letters and try again.")
            )
    return render(request, "field/scan.html", context, status=422 if form.errors else 200)
