"""Pages of the answer base."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.answers.commands import check_use, publish_answer, retire_answer
from anju.domains.answers.forms import AnswerForm, CheckForm
from anju.domains.answers.models import STATES, USES, Answer
from anju.domains.answers.queries import Correct, correctness, not_right, to_check, uses
from anju.domains.answers.rules import CHECKED
from anju.foundation.access.doors import Request, door
from anju.foundation.access.queries import names_of
from anju.foundation.kit.figures import Figure
from anju.foundation.kit.filters import Filter, equals
from anju.foundation.kit.forms import show_refusal
from anju.foundation.kit.list import Column, ListPage
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.lib import given_id
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only

WAITING = 50


@door("standard.see", methods="GET")
def answers(request: Request) -> HttpResponseBase:
    """What is told today, and what was told before."""
    states = dict(STATES)
    page = ListPage(
        request,
        Answer.objects.seen_by(request.actor),
        columns=[
            Column(
                name="question", label=_("Question"), render=lambda a: a.question, look="title",
                sort="question",
            ),
            Column(
                name="text", label=_("What is told"), look="wide",
                render=lambda a: a.text if len(a.text) < 60 else f"{a.text[:60]}…",
                value=lambda a: a.text,
            ),
            Column(name="category", label=_("Category"), render=lambda a: a.category or "—"),
            Column(
                name="version", label=_("Version"), render=lambda a: f"v{a.version}", look="mute"
            ),
            Column(
                name="state", label=_("State"), look="mark",
                render=lambda a: tags.tag(states[a.state], "ok" if a.state == "current" else ""),
            ),
        ],
        filters=[
            Filter(name="state", label=_("State"), apply=equals("state"), choices=STATES),
            Filter(name="use", label=_("Use"), apply=equals("use"), choices=USES),
        ],
        sort="question",
        row_url=lambda a: reverse("answers:answer", args=[a.series]),
        empty=(
            _("No answers yet"),
            _("Write down what people ask again and again; the desk finds it while they speak."),
        ),
    )  # fmt: skip
    context = {
        "page": page,
        "may_edit": request.actor.may("answer.edit", ""),
        "may_check": request.actor.may("record.judge"),
    }
    return page.answer() or render(request, "answers/answers.html", context)


@door("standard.see", methods="GET")
def answer(request: Request, series: UUID) -> HttpResponse:
    """All versions of one answer, and where they were used."""
    versions = list(
        Answer.objects.seen_by(request.actor).filter(series=series).order_by("-version")
    )
    if not versions:
        raise Unknown(_("There is no such answer, or it was withdrawn."))
    context = {
        "newest": versions[0],
        "versions": versions,
        "uses": uses(series, request.actor),
        "may_edit": request.actor.may("answer.edit", ""),
    }
    return render(request, "answers/answer.html", context)


@door("answer.edit")
def new_answer(request: Request) -> HttpResponse:
    """A first version."""
    request.actor.require("answer.edit", "")
    return _form(request, None, _("New answer"))


@door("answer.edit")
def edit_answer(request: Request, series: UUID) -> HttpResponse:
    """The next version of an answer."""
    request.actor.require("answer.edit", "")
    mine = Answer.objects.seen_by(request.actor).filter(series=series, state="current")
    found = mine.first()
    if found is None:
        raise Unknown(_("There is no such answer, or it was withdrawn."))
    return _form(request, found, _("Change the answer"))


@door("answer.edit", methods="POST")
def withdraw_answer(request: Request, series: UUID) -> HttpResponse:
    """Offer it no longer."""
    retire_answer(series, actor=request.actor)
    return HttpResponseRedirect(reverse("answers:answer", args=[series]))


@door("record.judge")
def checks(request: Request) -> HttpResponse:
    """What was told and drawn by its number, one after the other: was it right?"""
    actor = request.actor
    queue = to_check(actor)
    waiting, asked = list(queue[:WAITING]), request.POST.get("use") or request.GET.get("use", "")
    bound = bool(asked) or request.method == "POST"  # what was typed belongs to one answer only
    chosen = only(queue.filter(id=given_id(asked))) if bound else next(iter(waiting), None)
    may_edit = actor.may("answer.edit", "")
    form = CheckForm(request.POST or None, initial={"follow": not may_edit})
    if request.method == "POST" and chosen and form.is_valid():
        try:
            done = check_use(chosen.id, actor=actor, **form.cleaned_data)
        except (NotYet, Conflict) as refusal:
            show_refusal(form, refusal)
        else:
            if done.verdict != "right" and may_edit and not done.follow_id:
                return HttpResponseRedirect(reverse("answers:edit", args=[done.answer.series]))
            return HttpResponseRedirect(reverse("answers:checks"))
    context = {
        "form": form,
        "waiting": waiting,
        "chosen": chosen,
        "gone": bound and chosen is None,
        "typed": request.POST.get("note", ""),
        "teller": names_of([chosen.by], actor=actor).get(chosen.by, "") if chosen else "",
        "wrong": list(not_right(actor)[:WAITING]),
        "figure": _figure(correctness(actor)),
    }
    status = 409 if context["gone"] else 422 if form.errors else 200
    return render(request, "answers/checks.html", context, status=status)


def _figure(correct: Correct) -> Figure:
    return Figure(
        label=_("Right, of those checked in ninety days"),
        value=100 * correct.right / correct.n if correct.n else None,
        n=correct.n,
        low=correct.low,
        high=correct.high,
        beside=_("%(n)s of a hundred are drawn by the number of the case") % {"n": CHECKED},
    )


def _form(request: Request, before: Answer | None, title: str) -> HttpResponse:
    names = ("question", "words", "category", "text", "version")
    initial = {name: getattr(before, name) for name in names} if before else {}
    form = AnswerForm(request.POST or None, initial=initial, first=before is None)
    if request.method == "POST" and form.is_valid():
        try:
            saved = publish_answer(
                actor=request.actor, series=before.series if before else None, **form.cleaned_data
            )
        except (NotYet, Conflict) as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(reverse("answers:answer", args=[saved.series]))
    back = reverse("answers:answer", args=[before.series]) if before else reverse("answers:answers")
    context = {"form": form, "title": title, "back": back}
    return render(request, "answers/form.html", context, status=422 if form.errors else 200)
