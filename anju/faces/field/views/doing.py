"""One piece of work on the telephone: its steps, photos, materials, signature, end."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.requests.acts import acts_open_to
from anju.domains.requests.promises import clocks_by_case
from anju.domains.requests.shots import shots_of
from anju.domains.requests.stories import ABSENT_NAMES, signature_said
from anju.domains.requests.views.pages import any_work, the_work
from anju.engine.loop.asked import asked_of, photos_asked, signature_asked
from anju.engine.loop.commands.effort import (
    Material,
    sign_for,
    sign_for_nobody,
    spend_minutes,
    take_back,
    use_material,
)
from anju.engine.loop.commands.evidence import Given, add_evidence, show_work
from anju.engine.loop.commands.noting import note_work
from anju.engine.loop.commands.work_moves import hold_planned, move_work
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.presets import HOLD_REASONS
from anju.engine.loop.queries import effort_of
from anju.engine.loop.receiving import receivers_of
from anju.faces.field.forms import (
    NO_PHOTO,
    UNITS,
    FinishForm,
    MaterialForm,
    MinutesForm,
    SignForm,
)
from anju.faces.field.views.planned import holds, planned_page
from anju.faces.field.views.standing import doer
from anju.faces.field.views.today import left_of
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import KitForm, show_refusal
from anju.foundation.lib import given_id, now
from anju.foundation.places.queries import full_name
from anju.foundation.tenancy.errors import NotYet, Refusal, Unknown

# How far the work is, as the strip on top shows it.
PHASES = {"waiting": 0, "assigned": 0, "accepted": 1, "arrived": 2, "doing": 2, "held": 2}
# What follows a press on the phone itself, without asking the server.
AHEAD = {
    "accept": ("arrive", "finish", "hold"),
    "arrive": ("finish", "hold"),
    "hold": ("resume",),
    "resume": ("finish",),
}
PRESSES = frozenset({"accept", "claim", "arrive", "resume", "hold", "hand_back"})


@door("work.do", methods="GET")
def task(request: Request, id: UUID) -> HttpResponse:
    """The work with everything that can be done about it, by thumb."""
    work = any_work(request, id)
    return planned_page(request, work) if work.case is None else task_page(request, work)


def task_page(
    request: Request,
    work: WorkOrder,
    *,
    form: FinishForm | None = None,
    wrong: Any = "",
    unfit: bool = False,
) -> HttpResponse:
    """The page of a piece of work; `form` and `wrong` say what could not be done, `unfit` that it
    can be taken with a reason."""
    actor, case = request.actor, _case_of(work)
    effort = effort_of(case, work=work.id)
    phase = PHASES.get(work.state, 3)
    steps = (_("Accept"), _("Arrive"), _("Work"), _("Done"))
    acts = {act.name for act in acts_open_to(actor, case, [work]) if act.work == work.id}
    if form and "finish" not in acts:  # the form is not there to say it
        wrong = " ".join(str(said) for said in form.non_field_errors())
    context = {
        "work": work,
        "case": case,
        "place": full_name(work.place) if work.place else "",
        "clock": left_of(clocks_by_case([case.id])[case.id]),
        "acts": acts,
        "ahead": frozenset().union(*(AHEAD.get(name, ()) for name in acts)),
        "steps": [(label, n < phase, n == phase) for n, label in enumerate(steps)],
        "holds": holds(),
        "form": form or FinishForm(initial={"version": work.version}, explain=_failed_before(work)),
        "no_photo": NO_PHOTO,
        "effort": effort,
        "photos_asked": photos_asked(work),
        "missing": [s for s in ("before", "after") if not effort.photos.get(s)],
        "shots": shots_of(case, actor),
        "wrong": wrong,
        "unfit": unfit,
        "method": case.standard.method if case.standard else {},
        "asks": bool(asked_of(work).groups),
        "signed": signature_said(effort),
        "to_sign": effort.signature is None and signature_asked(work),
    }
    bad = bool(wrong or (form and form.errors))
    return render(request, "field/task.html", context, status=422 if bad else 200)


def _case_of(work: WorkOrder) -> Any:
    if work.case is None:  # the_work refuses it before
        raise Unknown(_("There is no such record, or you may not see it."))
    return work.case


def _failed_before(work: WorkOrder) -> bool:
    return bool(_case_of(work).outcome == "dissatisfied")


@door("work.do", methods="POST")
def step(request: Request, id: UUID, name: str) -> HttpResponse:
    """A step that is one press: nothing is typed. What stands in its way is said on the page."""
    work = any_work(request, id)
    if name not in PRESSES:
        raise Unknown(_("There is no such record, or you may not see it."))
    said: dict[str, Any] = {}
    if name in ("hold", "hand_back"):
        tapped = request.POST.get("reason", "")
        said["reason"] = _own(request) if tapped in HOLD_REASONS or name == "hand_back" else ""
        if name == "hold" and work.case is None:
            return _held(request, work, said["reason"])
    elif name == "claim" and (words := _own(request)):
        said["reason"] = words
    try:
        move_work(work.id, name, actor=doer(request, work), version=_version(request), said=said)
    except Refusal as refusal:
        unfit, now_is = refusal.code == "unfit", any_work(request, id)
        if work.case is None:
            return planned_page(request, now_is, wrong=_plain(refusal))
        return task_page(request, now_is, wrong=_plain(refusal), unfit=unfit)
    return HttpResponseRedirect(reverse("field:task", args=[id]))


def _held(request: Request, work: WorkOrder, reason: str) -> HttpResponse:
    try:
        hold_planned(work.id, actor=doer(request, work), reason=reason)
    except Refusal as refusal:
        return planned_page(request, any_work(request, work.id), wrong=_plain(refusal))
    return HttpResponseRedirect(reverse("field:task", args=[work.id]))


def _own(request: Request) -> str:
    return request.POST.get("reason", "").strip()[:200]


def _version(request: Request) -> int | None:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else None


def _plain(refusal: Refusal) -> Any:
    """A refusal in the words of somebody on foot."""
    if refusal.code == "wrong_state":
        return _("Meanwhile this work has gone on without you, so nothing was changed.")
    if refusal.code == "missing":
        return _("Choose one of the reasons, or write one.")
    return refusal.message


@door("work.do", methods="POST")
def finish(request: Request, id: UUID) -> HttpResponse:
    """Photos, result, done. The good photos are kept even where something else is missing."""
    work = the_work(request, id)
    form = FinishForm(request.POST, request.FILES, explain=_failed_before(work))
    good = form.is_valid()
    _keep_photos(form, work, request)
    if good and not form.errors:
        said = form.said()
        try:
            version = form.cleaned_data["version"]
            move_work(work.id, "finish", actor=request.actor, version=version, said=said)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(reverse("field:task", args=[id]))
    return task_page(request, the_work(request, id), form=form)


def _keep_photos(form: FinishForm, work: WorkOrder, request: Request) -> None:
    """Keep what was taken, also where something else is missing."""
    given = [
        Given(f"{stage}.jpg", file, stage)
        for stage in ("before", "after")
        if (file := form.cleaned_data.get(stage))
    ]
    if not given:
        return
    case = _case_of(work)
    try:
        added = add_evidence(case.id, given, actor=request.actor, work_id=work.id)
    except NotYet as refusal:
        show_refusal(form, refusal)
        return
    for name, why in added.refused:
        form.add_error(name.removesuffix(".jpg"), str(why))


@door("work.do", methods="POST")
def add(request: Request, id: UUID) -> HttpResponse:
    """A remark, a sound or a short film, beside the photos."""
    work = any_work(request, id)
    words, files = request.POST.get("text", "").strip(), request.FILES.getlist("given")
    given = [Given(str(file.name), file) for file in files]
    wrong: Any = ""
    try:
        added, actor = None, doer(request, work)
        if given and work.case_id:
            added = add_evidence(work.case_id, given, actor=actor, work_id=work.id)
        elif given:
            added = show_work(work.id, given, actor=actor)
        if words or not given:
            note_work(work.id, words, actor=actor)
        wrong = " ".join(str(why) for _name, why in added.refused) if added else ""
    except Refusal as refusal:
        wrong = refusal.message
    if not wrong:
        return HttpResponseRedirect(reverse("field:task", args=[id]))
    page = planned_page if work.case is None else task_page
    return page(request, any_work(request, id), wrong=wrong)


@door("work.do")
def used(request: Request, id: UUID) -> HttpResponse:
    """Materials and time, line by line; a wrong line is taken back."""
    work = any_work(request, id)
    forms: dict[str, KitForm] = {"material": MaterialForm(), "minutes": MinutesForm()}
    wrong: Any = ""
    if request.method == "POST":
        what = request.POST.get("what", "")
        if what in forms:
            forms[what] = type(forms[what])(request.POST)
        try:
            _note_used(work, forms.get(what), request)
        except NotYet as refusal:
            wrong = refusal.message
            if what in forms:
                show_refusal(forms[what], refusal)
        if not wrong and not any(form.errors for form in forms.values()):
            return HttpResponseRedirect(reverse("field:used", args=[id]))
    context = {
        "work": work,
        "effort": effort_of(work.case, work=work.id),
        "forms": forms,
        "units": UNITS,
        "wrong": wrong,
    }
    bad = wrong or any(form.errors for form in forms.values())
    return render(request, "field/used.html", context, status=422 if bad else 200)


def _note_used(work: WorkOrder, form: KitForm | None, request: Request) -> None:
    if form is None:
        take_back(work.id, given_id(request.POST.get("line", "")), actor=request.actor)
    elif form.is_valid() and isinstance(form, MaterialForm):
        given = {k: v for k, v in form.cleaned_data.items() if v is not None}
        use_material(work.id, Material(**given), actor=request.actor)
    elif form.is_valid():
        spend_minutes(work.id, form.cleaned_data["minutes"], actor=request.actor)


@door("work.do")
def signature(request: Request, id: UUID) -> HttpResponse:
    """Signed with the finger, or noted why nobody signs."""
    work, actor = any_work(request, id), request.actor
    asked, absent = signature_asked(work), request.POST.get("absent", "")
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    people = [(str(one.id), one.name_for(actor)) for one in receivers_of(work, now())]
    form = SignForm(
        *given, reported=work.case is not None, named=asked and not absent, people=people
    )
    if form.is_bound and form.is_valid():
        try:
            if absent:
                sign_for_nobody(work.id, absent, actor=actor)
            elif file := form.cleaned_data["signature"]:
                said = form.cleaned_data
                who = said["signer"] or form.fields["signer"].initial
                person = UUID(said["person"]) if said.get("person") else None
                sign_for(work.id, file, signer=who, name=said["name"], person=person, actor=actor)
            else:
                form.add_error(None, _("Nothing was signed yet. Sign in the box with a finger."))
        except NotYet as refusal:
            show_refusal(form, refusal)
        if not form.errors:
            return HttpResponseRedirect(reverse("field:task", args=[id]))
    context = {
        "work": work, "case": work.case, "form": form, "asked": asked,
        "absent": ABSENT_NAMES.items(),
    }  # fmt: skip
    return render(request, "field/signature.html", context, status=422 if form.errors else 200)
