"""The page of a case."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.requests.accounts import accounts_of
from anju.domains.requests.acts import OWNED, acts_open_to, primary_of
from anju.domains.requests.chains import NO_CHAIN, chains_of
from anju.domains.requests.forms import PhotosForm
from anju.domains.requests.outside import ASKED, REPLYING, outside_of
from anju.domains.requests.promises import clocks_by_case, promise_line
from anju.domains.requests.shots import shots_of
from anju.domains.requests.stories import facts_about, story
from anju.domains.requests.tables import STATE_TONES
from anju.domains.requests.triage import TRIAGED, triage_of
from anju.engine.loop.linked import untold_along
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.loop.owned import owners_of
from anju.engine.loop.rules import CASE_LIVE
from anju.foundation.access.doors import Request, door
from anju.foundation.tenancy.errors import Unknown
from anju.foundation.tenancy.rows import only


@door("case.see", methods="GET")
def case(request: Request, id: UUID) -> HttpResponse:
    """One case: promises, facts, work, timeline, and the one thing to do next."""
    return case_page(request, the_case(request, id))


@door("work.see", methods="GET")
def work(request: Request, id: UUID) -> HttpResponse:
    """A work order is shown on the page of its case, where all its steps are."""
    found = the_work(request, id)
    shown = found.case
    if shown is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    if Case.objects.seen_by(request.actor).filter(id=shown.id).exists():
        # Alone, its next step is at the head of the page: a phone must not scroll past that.
        among = f"#w-{found.id}" if shown.work.count() > 1 else ""
        return HttpResponseRedirect(reverse("requests:case", args=[shown.id]) + among)
    return case_page(request, shown)


def case_page(
    request: Request, shown: Case, *, form: PhotosForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of a case; `form` is the photos form with what was wrong in it."""
    actor = request.actor
    path = shown.place.path if shown.place else ""
    works = list(shown.work.select_related("person", "post").order_by("id"))
    clocks = clocks_by_case([shown.id])[shown.id]
    outside = outside_of(shown, clocks)
    owes_reply = bool(outside and outside.owed)
    acts = [a for a in acts_open_to(actor, shown, works) if owes_reply or a.name not in REPLYING]
    untold = shown.state == "answered" and untold_along(shown)
    primary = primary_of(shown, works, acts, owes_reply=owes_reply, untold=untold)
    beside = [
        a for a in acts if primary is None or (a.work, a.name) != (primary.work, primary.name)
    ]
    accounts = accounts_of(shown, clocks)
    chain = chains_of([shown.id], actor).get(shown.id, NO_CHAIN)
    live = shown.state in CASE_LIVE
    panels = TRIAGED | OWNED | (ASKED if outside else frozenset())  # steps offered there
    context = {
        "case": shown,
        "alarm_at": f"?case={shown.id}" if live else "",
        "tone": STATE_TONES.get(shown.state, ""),
        "line": [(view, accounts.get(view.kind, [])) for view in promise_line(shown, clocks)],
        "facts": facts_about(shown, actor),
        "outside": outside,
        "triage": triage_of(shown, actor),
        "may": {a.name for a in acts if a.work is None},
        "may_reveal": _may_reveal(shown, request),
        "works": [
            (one, [a for a in beside if a.work == one.id], chain.returns.get(str(one.id), ()))
            for one in works
        ],
        "raised": chain.to,
        "acts": [a for a in beside if a.work is None and a.name not in panels],
        "owner": owners_of([shown.id]).get(shown.id),
        "sent_back": next((a for a in acts if a.name in ("fail", "reopen")), None),
        "live": live,
        "me": actor.person_id,
        "primary": primary,
        "entries": story(shown, works, clocks, actor=actor),
        "may_note": any(a.name == "note" for a in acts),
        "may_export": actor.may("journal.see", path),
        "shots": shots_of(shown, actor),
        "photos": (form or PhotosForm()) if live and actor.may("record.add", path) else None,
    }
    return render(request, "requests/case.html", context, status=status)


def _may_reveal(shown: Case, request: Request) -> bool:
    reporter = shown.reporter
    return bool(reporter and reporter.phone and request.actor.may("person.reveal"))


def the_case(request: Request, id: UUID) -> Case:
    """The case, when the actor may see it; else Unknown."""
    found = only(
        Case.objects.seen_by(request.actor)
        .select_related("place", "reporter", "asset", "standard")
        .filter(id=id)
    )
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return found


def the_work(request: Request, id: UUID) -> WorkOrder:
    """The work order with its case, when the actor may see it; else Unknown."""
    found = any_work(request, id)
    if found.case is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return found


def any_work(request: Request, id: UUID) -> WorkOrder:
    """The same, also of planned work, which belongs to no case."""
    found = only(
        WorkOrder.objects.seen_by(request.actor)
        .select_related("case__place", "case__reporter", "case__asset", "case__standard")
        .select_related("person", "place", "asset", "standard")
        .filter(id=id)
    )
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return found
