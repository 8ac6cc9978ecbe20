"""Pages of plans: the list, one plan with its year, the form with the year beside it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.rounds.commands import make_plan_kept
from anju.domains.rounds.queries import around, kept_of, plan_seen, subjects_of
from anju.domains.rounds.rhythm import not_known_ahead, rhythm_said
from anju.domains.rounds.rules import STANDING_NAMES, TONES
from anju.domains.rounds.shipped import STANDARDS
from anju.domains.rounds.uncovered import disagreement
from anju.engine.loop.commands.readings import note_reading
from anju.engine.plans.commands import begin_plan, change_plan, move_plan
from anju.engine.plans.document import Trigger, When
from anju.engine.plans.models import CATCH_UP_NAMES, STATE_NAMES, Plan
from anju.engine.plans.queries import begun_of, counters_of
from anju.engine.plans.rules import RuleUnclear
from anju.engine.plans.triggers import ByHand, Meter
from anju.engine.standards.models import Standard
from anju.faces.console.planned.facts import asked_of, carried, choices, shelf
from anju.faces.console.planned.forms import PlanForm, initial_of, new_initial, shelved_initial
from anju.faces.console.planned.greening import plants_initial
from anju.faces.console.planned.told import told_of
from anju.faces.console.planned.uncovered import asked_initial
from anju.faces.console.planned.year import Year, year_of
from anju.foundation.access.doors import Request, door
from anju.foundation.calendars.models import Calendar
from anju.foundation.calendars.queries import calendars_of
from anju.foundation.kit.filters import Filter, equals
from anju.foundation.kit.forms import show_refusal
from anju.foundation.kit.list import Column, ListPage
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.lib import given_id, now
from anju.foundation.people.models import Post
from anju.foundation.places.models import Asset, Place, under
from anju.foundation.tenancy.days import day_of, today
from anju.foundation.tenancy.errors import NotYet, Refusal, Unknown

STATE_TONES = {"active": "ok", "paused": "warn"}
AROUND = 12  # occurrences on a plan's page, before and after now


@door("plan.see", methods="GET")
def plans(request: Request) -> HttpResponseBase:
    """Every plan: what, where, how often, by whom."""
    states = dict(STATE_NAMES)
    page = ListPage(
        request,
        Plan.objects.seen_by(request.actor).select_related("place", "post"),
        columns=[
            Column(
                name="name", label=_("What is done"), render=lambda p: p.name, look="title",
                sort="name",
            ),
            Column(name="code", label=_("Code"), render=lambda p: p.code, look="mute", sort="code"),
            Column(name="place", label=_("Community"), render=lambda p: str(p.place)),
            Column(
                name="when", label=_("How often"), look="wide",
                render=lambda p: rhythm_said(p.trigger),
            ),
            Column(
                name="post", label=_("Post"), render=lambda p: str(p.post) if p.post else "—",
                look="desk",
            ),
            Column(
                name="labour", label=_("Minutes"), render=lambda p: p.labour or "—", numeric=True,
                look="desk", value=lambda p: p.labour,
            ),
            Column(
                name="state", label=_("State"), look="mark",
                render=lambda p: tags.tag(states[p.state], STATE_TONES.get(p.state, "")),
                value=lambda p: str(states[p.state]),
            ),
        ],
        filters=[
            Filter(name="state", label=_("State"), apply=equals("state"), choices=STATE_NAMES),
        ],
        sort="name",
        row_url=lambda p: reverse("console:plan", args=[p.id]),
        file=(_("plans"),),
        empty=(
            _("No plans yet"),
            _("A plan makes its work orders ahead, each with the time in which it is in time."),
        ),
    )  # fmt: skip
    context = {"page": page, "may_edit": request.actor.may("plan.edit")}
    return page.answer() or render(request, "console/plans.html", context)


@door("plan.see", methods="GET")
def plan(request: Request, id: UUID) -> HttpResponse:
    """One plan: what it says, its year, what was made of it around today."""
    return plan_page(request, plan_seen(id, request.actor))


def plan_page(
    request: Request,
    found: Plan,
    *,
    wrong: Any = "",
    why: str = "",
    typed: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The page of a plan; `wrong` says what could not be done, `why` and `typed` what was typed."""
    moment = now()
    trigger = found.trigger
    subjects, near = subjects_of(found), around(found, moment, most=AROUND)
    kept, judged = kept_of(found, moment)
    may_edit = request.actor.may("plan.edit", found.place.path)
    context = {
        "plan": found,
        "tag": tags.tag(found.get_state_display(), STATE_TONES.get(found.state, "")),
        "facts": _facts(found, trigger),
        "subjects": subjects,
        "carried": carried(found),
        "turns": [
            (
                turn,
                tags.tag(STANDING_NAMES[turn.standing], TONES.get(turn.standing, "")),
            )
            for turn in near
        ],
        "kept": kept,
        "judged": judged,
        "may_edit": may_edit and found.state != "ended",
        "wrong": wrong,
        "why": why,
        "typed": typed or {},
        **told_of(request, found),
        **_ahead(found, trigger, day_of(moment, found.company_id)),
        **_otherwise(request, found, trigger, [asset for _place, asset in subjects if asset]),
    }
    return render(request, "console/plan.html", context, status=422 if wrong else 200)


def _ahead(found: Plan, trigger: Trigger, day: date) -> dict[str, Any]:
    """Its year, or why there is none."""
    if isinstance(trigger, When):
        return {"year": year_of(trigger, calendars_of(found.company_id)(found.calendar), day)}
    return {"unclear": not_known_ahead(trigger)}


def _otherwise(
    request: Request, found: Plan, trigger: Trigger, assets: Sequence[Asset]
) -> dict[str, Any]:
    """What a page shows of a plan that does not go by the calendar: its counters, who began it."""
    path = found.place.path
    if isinstance(trigger, Meter):
        counters = counters_of(trigger, assets)
        may_read = request.actor.may("record.add", path) and found.state == "active"
        return {"counters": counters, "unit": trigger.unit, "may_read": may_read}
    if isinstance(trigger, ByHand):
        may_begin = request.actor.may("work.dispatch", path) and found.state == "active"
        return {"begun": begun_of(found, actor=request.actor), "may_begin": may_begin}
    return {}


def _facts(found: Plan, when: Trigger) -> list[tuple[Any, Any]]:
    window = _("from %(early)d min before to %(late)d min after") % {
        "early": found.early,
        "late": found.late,
    }
    make_up = _("%(n)d min more") % {"n": found.make_up} if found.make_up else _("not made up")
    facts = [
        (_("How often"), rhythm_said(when)),
        (_("In time"), window),
        (_("Made up"), make_up),
        (_("Post"), str(found.post) if found.post else _("whoever is there")),
        (_("Minutes of work each time"), found.labour or "—"),
        (_("After the house stood still"), dict(CATCH_UP_NAMES)[found.catch_up]),
    ]
    return [*facts, (_("Standard it keeps"), _standard_said(found))] if found.standard else facts


def _standard_said(found: Plan) -> str:
    """The standard it keeps, and where that asks for another frequency."""
    differs = disagreement(found, calendars_of(found.company_id)(found.calendar))
    if differs is None:
        return found.standard
    words = _("%(standard)s. It comes to %(has)d times a year, its standard says %(wanted)d.")
    has, wanted = (round(times) for times in differs)
    return words % {"standard": found.standard, "has": has, "wanted": wanted}


@door("plan.edit")
def new_plan(request: Request) -> HttpResponse:
    """A plan of a community; with several, the community is chosen first."""
    actor = request.actor
    standing = Place.objects.seen_by(actor).standing().filter(kind="community").order_by("path")
    mine = [place for place in standing if actor.may("plan.edit", place.path)]
    asked = given_id(request.GET.get("place", ""))
    place = next((one for one in mine if one.id == asked), mine[0] if len(mine) == 1 else None)
    if place is None:
        asked_for = request.GET.copy()
        asked_for.pop("place", None)
        context = {"communities": mine, "rest": asked_for.urlencode()}
        return render(request, "console/plan_where.html", context)
    day, shelved = today(actor.company_id), asked_of(request.GET)
    initial = shelved_initial(shelved, place, day, actor=actor) if shelved else new_initial(day)
    initial |= asked_initial(request.GET, place, request)
    if species := request.GET.get("species"):
        initial |= plants_initial(species[:200], shelved, place, actor)
    form = _form(request, place, initial=initial, carries=initial.get("carries", ()))
    if saved := _saved(request, form, place):
        return HttpResponseRedirect(reverse("console:plan", args=[saved.id]))
    return _form_page(request, form, place)


@door("plan.edit")
def edit_plan(request: Request, id: UUID) -> HttpResponse:
    """What a plan says from now on."""
    found = plan_seen(id, request.actor)
    request.actor.require("plan.edit", found.place.path)
    initial = initial_of(found, subjects_of(found))
    kept = found.trigger
    form = _form(
        request, found.place, standard=found.standard, initial=initial, kept=kept,
        carries=found.carries,
    )  # fmt: skip
    if _saved(request, form, found.place, found):
        return HttpResponseRedirect(reverse("console:plan", args=[id]))
    return _form_page(request, form, found.place, found)


def _form(
    request: Request, place: Place, *, carries: Sequence[str], standard: str = "", **more: Any
) -> PlanForm:
    """`standard`: what the plan keeps now, offered also when it is no longer in force; `carries`:
    what it carries out of the library."""
    actor = request.actor
    posts = Post.objects.seen_by(actor).filter(under([place.path], "place__path"))
    standards = Standard.objects.seen_by(actor).in_force()
    now_kept = {standard: standard} if standard else {}
    if "kept" not in more:  # what ships is put in force with a new plan that keeps it
        now_kept |= {code: one.name for code, one in STANDARDS.items()}
    calendars = Calendar.objects.seen_by(actor).order_by("code")
    return PlanForm(
        request.POST if request.method == "POST" else None,
        posts=[(str(one.id), str(one)) for one in posts.order_by("code")],
        standards=list((now_kept | {one.code: one.name for one in standards}).items()),
        calendars=[(one.code, one.name) for one in calendars],
        facts=choices(carries, place, actor=actor),
        **more,
    )


def _saved(request: Request, form: PlanForm, place: Place, found: Plan | None = None) -> Any:
    """The plan, where it could be saved; what was wrong stands in the form."""
    if request.method != "POST" or request.POST.get("do") == "look":
        return None
    if not form.is_valid():
        if "subjects" in form.cleaned_data:  # what else is wrong is said at once
            form.found(place, actor=request.actor)
        return None
    said = form.planned(place, actor=request.actor)
    if form.errors:
        return None
    try:
        if found is None:
            return make_plan_kept(place, form.cleaned_data["code"], said, actor=request.actor)
        version = form.cleaned_data["version"] or 0
        return change_plan(found.id, said, actor=request.actor, version=version)
    except Refusal as refusal:
        show_refusal(form, refusal)
        return None


def _form_page(
    request: Request, form: PlanForm, place: Place, found: Plan | None = None
) -> HttpResponse:
    year, unclear = _year(request, form, found)
    context = {
        "form": form,
        "place": place,
        "title": _("Change this plan") if found else _("New plan"),
        "plan": found,
        "shelf": () if found else shelf(),
        "year": year,
        "unclear": unclear,
        "here": request.get_full_path(),
    }
    if request.method == "POST" and request.POST.get("do") == "look":
        return render(request, "console/plan_year.html", context)
    bad = form.is_bound and form.errors
    return render(request, "console/plan_write.html", context, status=422 if bad else 200)


def _year(request: Request, form: PlanForm, found: Plan | None) -> tuple[Year | None, str]:
    """The year of what is typed, or why there is none."""
    company = request.actor.company_id
    if form.is_bound:
        form.is_valid()
        when, code = form.cleaned_data.get("when"), form.cleaned_data.get("calendar", "always")
    else:
        shelved = asked_of(request.GET)
        first = today(company).isoformat()
        usual = shelved.dated(first) if shelved else When(start=first, times=("09:00",))
        when = found.trigger if found else usual
        code = found.calendar if found else shelved.calendar if shelved else "always"
    if when is None:
        return None, _("Fill in how often, and its year appears here.")
    if not isinstance(when, When):
        return None, not_known_ahead(when)
    try:
        return year_of(when, calendars_of(company)(code), today(company)), ""
    except (RuleUnclear, NotYet) as unclear:
        return None, str(unclear)


@door("plan.edit", methods="POST")
def step(request: Request, id: UUID, name: str) -> HttpResponse:
    """Pause it, let it go on, or end it; the first and the last with a reason."""
    found = plan_seen(id, request.actor)
    if name not in ("pause", "resume", "end"):
        raise Unknown(_("There is no such plan, or you may not see it."))
    why = request.POST.get("why", "")[:400]
    try:
        move_plan(id, name, actor=request.actor, why=why)
    except NotYet as refusal:
        return plan_page(request, found, wrong=refusal.message, why=why)
    return HttpResponseRedirect(reverse("console:plan", args=[id]))


@door("work.dispatch", methods="POST")
def begin(request: Request, id: UUID) -> HttpResponse:
    """A plan without a rhythm is to be done now; with a reason."""
    found = plan_seen(id, request.actor)
    why = request.POST.get("why", "")[:400]
    try:
        begin_plan(id, actor=request.actor, why=why)
    except NotYet as refusal:
        return plan_page(request, found, wrong=refusal.message, why=why)
    return HttpResponseRedirect(reverse("console:plan", args=[id]))


@door("record.add", methods="POST")
def reading(request: Request, id: UUID) -> HttpResponse:
    """What a counter of its equipment shows now."""
    found, asked = plan_seen(id, request.actor), request.POST
    trigger, asset = found.trigger, given_id(asked.get("asset"))
    if not isinstance(trigger, Meter):
        return plan_page(request, found, wrong=_("This plan goes by no counter."))
    number, set_back = asked.get("number", "")[:40], asked.get("set_back", "")[:200]
    try:
        note_reading(asset, trigger.counter, number, actor=request.actor, set_back=set_back)
    except NotYet as refusal:
        typed = {"asset": asset, "number": number, "set_back": set_back}
        return plan_page(request, found, wrong=refusal.message, typed=typed)
    return HttpResponseRedirect(reverse("console:plan", args=[id]))
