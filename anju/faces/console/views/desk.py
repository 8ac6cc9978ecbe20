"""The service desk (值班台): the queue, whoever calls, one form, whom to send. By keyboard."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from anju.domains.answers.commands import answer_with
from anju.domains.answers.queries import answers_near
from anju.domains.community.queries import greeting_at, outages_at
from anju.domains.requests.acts import waiting_for
from anju.domains.requests.chats import drafted
from anju.domains.requests.forms import OUTCOME_NAMES, DeskForm, PhotosForm
from anju.domains.requests.learning import model_of
from anju.domains.requests.promises import clocks_by_case, next_due, promise_line
from anju.domains.requests.queries import (
    at_a_glance,
    cases_alike,
    cases_nearby,
    cases_with_due,
    category_seen,
    crew_on_duty,
    queue,
)
from anju.domains.requests.rules import Advice, Hand, Job, advise
from anju.domains.requests.suggesting import Suggestion
from anju.domains.requests.views.evidence import add, wrong_in
from anju.domains.requests.views.pages import case_page, the_case
from anju.domains.requests.views.reporting import late_categories, report_from
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case
from anju.engine.loop.owned import owners_of
from anju.engine.loop.rules import CASE_LIVE
from anju.faces.console.views.handover import last_shift
from anju.faces.health import TICK_LAG
from anju.foundation.access.doors import Request, door
from anju.foundation.entries.queries import Found, found
from anju.foundation.kit.forms import show_refusal
from anju.foundation.lib import now
from anju.foundation.people.models import Occupancy, Person
from anju.foundation.people.queries import (
    desks_from,
    household,
    people_with_phone,
    roster_gaps,
)
from anju.foundation.places.models import Place
from anju.foundation.places.queries import place_named
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today
from anju.foundation.tenancy.errors import Conflict, NotYet, Refusal
from anju.foundation.tenancy.queries import tick_lag
from anju.foundation.tenancy.rows import only

QUEUE, HITS, PAST, NEAR, ALIKE, GAPS = 60, 12, 3, 5, 3, 6
CHAT, ROOMS = 20_000, 5
SHORTEST = 2  # signs of a clue that is looked up while it is typed
WHOSE = ("mine", "all")
QUEUES = ("all", "late", "soon", "fresh")


@dataclass
class Caller:
    """Whom the desk is talking to: the place, and the person where that is known."""

    place: Place | None = None
    person: Person | None = None


@dataclass(frozen=True)
class Pasted:
    """A chat as a draft: where it is, if a room in it is known here, and the words of the form."""

    place: Place | None
    initial: dict[str, Any]
    pictures: int


@door("work.dispatch")
def desk(request: Request) -> HttpResponse:
    """One screen for the whole of a call: find the household, write it down, send someone."""
    actor = request.actor
    form: DeskForm | None = None
    chat = request.POST.get("chat", "")[:CHAT]
    if chat:
        return _desk(request, None, _drafted(chat, actor), chat=chat)
    if request.method == "POST":
        form = DeskForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                return _saved(request, form)
            except (NotYet, Conflict) as refusal:  # what is not theirs is a page of its own
                show_refusal(form, refusal)
    return _desk(request, form)


def _desk(
    request: Request, form: DeskForm | None, draft: Pasted | None = None, *, chat: str = ""
) -> HttpResponse:
    """The page; `draft` is what a chat that was pasted says."""
    actor = request.actor
    hits = _hits(request, actor) if form is None else []
    caller = Caller(draft.place) if draft else _caller(request, actor, hits)
    if caller.place is not None and form is None:
        form = DeskForm(initial=_initial(caller, actor) | (draft.initial if draft else {}))
    crew = crew_on_duty(actor)
    context = {
        "caller": caller,
        "greeting": greeting_at(caller.place, actor=actor),
        "form": form,
        "hits": [] if caller.place else hits,
        "asked": request.GET.get("q", "") or request.GET.get("caller", ""),
        "crew": crew,
        "draft": draft,
        "chat": chat,
        "stopped": (lag := tick_lag()) is None or lag > TICK_LAG,
        "at": now(),
        "shift": last_shift(actor),
        **_desks(request, actor),
    }
    if caller.place is not None:
        context |= _about(caller.place, crew, actor)
        context["alarm_at"] = f"?place={caller.place.id}"
    context["done"] = _done(request, actor)
    return render(
        request, "console/desk.html", context, status=422 if form and form.errors else 200
    )


@door("work.dispatch", methods="GET")
def live_queue(request: Request) -> HttpResponse:
    """The queue alone, for a desk that is open while others act."""
    return render(request, "console/queue.html", _queue(request, request.actor))


@door("work.dispatch", methods="GET")
def find(request: Request) -> HttpResponse:
    """While a clue is typed: whom it finds; where that is one household, who lives there and what
    is open, so that nobody needs to press a key to see it."""
    actor = request.actor
    hits = _hits(request, actor) if len(request.GET.get("q", "").strip()) >= SHORTEST else []
    caller = _caller(request, actor, hits) if hits else Caller()
    context: dict[str, Any] = {"hits": [] if caller.place else hits, "caller": caller}
    if caller.place is not None:
        context["household"] = _people(caller.place, actor)
        context["open_here"] = _open(caller.place, actor)
    return render(request, "console/found.html", context)


@door("work.dispatch", methods="GET")
def suggest(request: Request) -> HttpResponse:
    """While the matter is typed: its likely category, and open cases that are likely the same."""
    actor = request.actor
    title = " ".join(request.GET.get("title", "").split())[:300]
    try:
        place = place_named(request.GET.get("place", ""), actor=actor) if title else None
    except Refusal:
        place = None
    category = _category(title, actor) if place else None
    answers = answers_near(title, actor) if place else []
    context: dict[str, Any] = {"category": category, "answers": answers}
    if place is not None:
        word = category.category if category else ""
        alike = cases_alike(title, place, actor, category=word, most=ALIKE)
        context["alike"] = [
            {**row, "why": like.why}
            for row, (_case, like) in zip(
                _rows([case for case, _like in alike]), alike, strict=True
            )
        ]
        shown = {case.pk for case, _like in alike}
        nearby = cases_nearby(place, actor)[: NEAR + ALIKE]
        context["near"] = _rows([case for case in nearby if case.pk not in shown][:NEAR])
    return render(request, "console/suggest.html", context)


def _category(title: str, actor: Actor) -> Suggestion | None:
    model = model_of(actor.company_id)
    found = model.suggest(title) if model else None
    return found if found and category_seen(found.category, actor) else None


def _saved(request: Request, form: DeskForm) -> HttpResponse:
    """Open the case and, as the button says, give its work at once or answer it at once: what is
    answered from the answer base is an enquiry."""
    given = form.cleaned_data
    answer = _uuid(request.POST.get("answer", ""))
    opened = report_from(given | ({"kind": "enquiry"} if answer else {}), actor=request.actor)
    wrong = _kept(request, opened.case, given["photos"])
    if answer:
        answer_with(answer, opened.case.id, actor=request.actor, channel=given["channel"])
    if wrong:  # it is written down, the photos that could not be kept are named on its page
        return case_page(
            request, the_case(request, opened.case.id), form=wrong_in(PhotosForm({}), wrong)
        )
    if opened.work and (person := request.POST.get("give")):
        try:
            move_work(opened.work.id, "assign", actor=request.actor, said={"person": person})
        except NotYet as refusal:
            if refusal.code != "unfit":
                raise
            # It is written down; whom to send, or why it must be this one, is asked on a page.
            assign = reverse("requests:work_step", args=[opened.work.id, "assign"])
            return HttpResponseRedirect(assign)
    return HttpResponseRedirect(f"{reverse('console:desk')}?{urlencode({'done': opened.case.id})}")


def _kept(request: Request, case: Case, photos: list[Any]) -> list[tuple[str, Any]]:
    """The photos of a call with its case; those that could not be kept, with why."""
    if not photos:
        return []
    try:
        return list(add(request, case, photos).refused)
    except NotYet as refusal:
        return [("", refusal.message)]


def _drafted(chat: str, actor: Actor) -> Pasted:
    """The first room of a chat that is known here, what is said, and who of that home says it."""
    draft, place = drafted(chat), None
    for room in draft.rooms[:ROOMS]:
        with suppress(Refusal):
            place = place_named(room, actor=actor)
            break
    said: dict[str, Any] = {"title": draft.title, "text": draft.text, "channel": "wechat"}
    if draft.name or draft.phone:
        said |= {"reporter_name": draft.name, "reporter_phone": draft.phone}
        here = household(place, actor=actor, on=today(actor.company_id)) if place else ()
        fits = {p.id for p in (one.person for one in here) if draft.is_by(p.name, p.phone)}
        said["reporter"] = fits.pop() if len(fits) == 1 else None
    return Pasted(place, said, draft.pictures)


def _hits(request: Request, actor: Actor) -> list[Found]:
    """What a clue finds: a telephone that rings, or whatever was typed."""
    ringing = request.GET.get("caller", "").strip()[:32]
    if ringing:
        try:
            known = list(people_with_phone(ringing, actor=actor)[:HITS])
        except ValueError:
            known = []
        return [Found("person", p.id, p.name_for(actor), p.masked_phone) for p in known]
    words = " ".join(request.GET.get("q", "").split())[:100]
    return found(words, actor=actor, limit=HITS) if words else []


def _caller(request: Request, actor: Actor, hits: list[Found]) -> Caller:
    """The household that was chosen, that a wrong form was about, or the only one a clue finds."""
    chosen = request.POST.get("place") or request.GET.get("place", "")
    person = _uuid(request.POST.get("reporter") or request.GET.get("person", ""))
    if not chosen and person is None and len(hits) == 1:
        [hit] = hits
        kind, id = hit.page or (hit.kind, hit.id)
        chosen, person = (str(id) if kind == "place" else ""), id if kind == "person" else None
    known = only(Person.objects.seen_by(actor).filter(id=person)) if person else None
    if not chosen and known is not None:
        return Caller(_home(known, actor), known)
    try:
        return Caller(place_named(chosen, actor=actor) if chosen else None, known)
    except Refusal:
        return Caller()


def _initial(caller: Caller, actor: Actor) -> dict[str, Any]:
    """What is known before anybody typed: the place, and who reports where only one can be."""
    person = caller.person.id if caller.person else None
    if caller.place is not None and person is None:
        here = household(caller.place, actor=actor, on=today(actor.company_id))
        person = here[0].person_id if len({one.person_id for one in here}) == 1 else None
    return {"place": caller.place and caller.place.id, "reporter": person, "channel": "phone"}


def _home(person: Person, actor: Actor) -> Place | None:
    """Where a person lives now, the latest first; else where the contact was noted."""
    held = (
        Occupancy.objects.seen_by(actor)
        .on(today(actor.company_id))
        .filter(person=person)
        .select_related("place")
    )
    first = held.order_by("-since", "id").first()
    return first.place if first else person.place


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _queue(request: Request, actor: Actor, whose: str = "all") -> dict[str, Any]:
    """The live cases, what is due first on top; `show` keeps one of the four numbers, `whose` what
    the actor owns (`mine`) or everything (`all`)."""
    show, asked = request.GET.get("show", ""), request.GET.get("whose", "")
    show = show if show in QUEUES else "all"
    whose = asked if asked in WHOSE else whose
    mine = whose == "mine"
    return {
        "glance": at_a_glance(actor, mine=mine),
        "show": show,
        "whose": whose,
        "queue": _rows(list(queue(actor, show, mine=mine)[:QUEUE])),
        "queue_most": QUEUE,
    }


def _desks(request: Request, actor: Actor) -> dict[str, Any]:
    """The queue, of a concierge on duty first her own; and the desks that nobody is rostered for
    at some hour of the next 24."""
    moment = now()
    desks = desks_from(moment, actor=actor)
    on_lobby = any(
        desk.post.desk == "lobby" and who == actor.person_id and begins <= moment < ends
        for desk in desks
        for who, begins, ends in desk.shifts
    )
    gaps = [{"desk": desk, "hours": hours} for desk, hours in roster_gaps(desks, moment)[:GAPS]]
    return {"gaps": gaps, **_queue(request, actor, "mine" if on_lobby else "all")}


def _rows(cases: list[Any]) -> list[dict[str, Any]]:
    clocks, owners = clocks_by_case(case.id for case in cases), owners_of(c.id for c in cases)
    return [
        {
            "case": case,
            "owner": owners.get(case.id),
            "clock": next_due(clocks.get(case.id, [])),
            "waits": waiting_for(case, case.works, clocks.get(case.id, ()))
            if case.state in CASE_LIVE
            else "",
        }
        for case in cases
    ]


def _about(place: Place, crew: list[Hand], actor: Actor) -> dict[str, Any]:
    """Who lives there, what is open, what was, what neighbours report, whom to send."""
    here = cases_with_due(actor).filter(place=place, state="closed")
    job = Job(place.id, place.path, "")
    advice: Advice | None = advise([job], crew).get(job.id)
    return {
        "household": _people(place, actor),
        "outages": outages_at(place, actor),
        "open_here": _open(place, actor),
        "past": [
            (case, OUTCOME_NAMES.get(case.outcome, ""))
            for case in here.order_by("-at", "-id")[:PAST]
        ],
        "near": _rows(list(cases_nearby(place, actor)[:NEAR])),
        "advice": advice,
        "others": [h for h in crew if h.works and advice and h.id != advice.hand.id][:2],
        "categories": late_categories(actor),
    }


def _people(place: Place, actor: Actor) -> list[dict[str, Any]]:
    """Who lives there."""
    return [
        {
            "id": one.person_id,
            "name": one.person.name_for(actor),
            "role": one.get_role_display(),
            "phone": one.person.masked_phone,
            "note": one.person.note if actor.may("person.see", place.path) else "",
        }
        for one in household(place, actor=actor, on=today(actor.company_id))
    ]


def _open(place: Place, actor: Actor) -> list[dict[str, Any]]:
    """What is open there, the latest first."""
    here = cases_with_due(actor).filter(place=place, state__in=CASE_LIVE)
    return _rows(list(here.order_by("-at", "-id")))


def _done(request: Request, actor: Actor) -> dict[str, Any] | None:
    """What was just saved, with what is promised from now on: read it to the caller."""
    id = _uuid(request.GET.get("done", ""))
    case: Case | None = (
        only(Case.objects.seen_by(actor).select_related("standard", "place").filter(id=id))
        if id
        else None
    )
    if case is None:
        return None
    return {"case": case, "promise": promise_line(case, clocks_by_case([case.id])[case.id])}
