"""What one has to read: the paper, one press to sign, the questions on it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.documents.commands.quizzes import take_quiz
from anju.domains.documents.commands.readers import own_reading, sign_reading
from anju.domains.documents.content import content_of
from anju.domains.documents.examining import marked
from anju.domains.documents.models import Document, Quiz, Reading
from anju.domains.documents.reading import KINDS, due_for
from anju.foundation.access.doors import Request, door
from anju.foundation.files.queries import stored_file
from anju.foundation.files.views import file_response
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only


def _around(actor: Actor) -> dict[str, Any]:
    """Where one came from, and whether the bar of work on foot is theirs."""
    hands = actor.may("work.do")
    return {"hands": hands, "home": reverse("field:today" if hands else "console:home")}


def _paper(row: Reading, actor: Actor) -> Any:
    found = only(KINDS[row.kind].objects.seen_by(actor).filter(id=row.paper))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return found


def _quiz(row: Reading, actor: Actor) -> Quiz | None:
    found: Quiz | None = Quiz.objects.seen_by(actor).filter(paper=row.paper).first()
    return found


@door("standard.see", methods="GET")
def readings(request: Request) -> HttpResponse:
    """Everything one has to read."""
    context = {"readings": due_for(request.actor), **_around(request.actor)}
    return render(request, "field/readings.html", context)


@door("standard.see")
def reading(request: Request, id: UUID) -> HttpResponse:
    """What is to be read; posted: it is signed, and its questions come next."""
    actor = request.actor
    row = own_reading(id, actor=actor)
    quiz = _quiz(row, actor)
    if request.method == "POST":
        sign_reading(id, actor=actor)
        to = reverse("field:quiz", args=[id]) if quiz else _around(actor)["home"]
        return HttpResponseRedirect(to)
    paper = _paper(row, actor)
    context = {
        "reading": row,
        "sections": content_of(paper, actor=actor),
        "file": isinstance(paper, Document) and paper.file,
        "quiz": quiz,
        **_around(actor),
    }
    return render(request, "field/reading.html", context)


@door("standard.see", methods="GET")
def reading_file(request: Request, id: UUID) -> HttpResponseBase:
    """The file of what is to be read."""
    paper = _paper(own_reading(id, actor=request.actor), request.actor)
    if not isinstance(paper, Document) or paper.file is None:
        raise Unknown(_("There is no such file, or you may not see it."))
    return file_response(stored_file(paper.file, actor=request.actor))


@door("standard.see")
def quiz(request: Request, id: UUID) -> HttpResponse:
    """The questions, each answered with one press; posted: what was wrong, and why."""
    actor = request.actor
    row = own_reading(id, actor=actor)
    found = _quiz(row, actor)
    if found is None:
        raise Unknown(_("There is no examination on this."))
    asks = found.asks
    context: dict[str, Any] = {"reading": row, "quiz": found, **_around(actor)}
    if request.method == "POST":
        answers = [_number(request.POST.get(f"q{n}", "")) for n in range(len(asks))]
        edited = _number(request.POST.get("edited", ""), longest=6)
        if -1 in answers and edited == found.edited:
            context["wrong"] = _("Answer every question first. What you chose is still there.")
            context["questions"] = _shown(asks, answers)
            return render(request, "field/quiz.html", context, status=422)
        try:
            context["attempt"] = take_quiz(id, answers, edited=edited, actor=actor)
        except Conflict as refusal:  # what was chosen stays, beside the questions as they are now
            context["wrong"] = str(refusal.message)
            context["quiz"] = found = Quiz.objects.seen_by(actor).get(id=found.id)
            context["questions"] = _shown(found.asks, [*answers, *[-1] * len(found.asks)])
            return render(request, "field/quiz.html", context, status=422)
        except NotYet as refusal:
            context["wrong"] = str(refusal.message)
            return render(request, "field/quiz.html", context, status=422)
        right = marked(asks, answers)
        context["answers"] = [
            {
                "text": one.text,
                "ok": right[n],
                "given": one.choices[answers[n]] if answers[n] < len(one.choices) else "—",
                "right": one.choices[one.right],
                "why": one.why,
            }
            for n, one in enumerate(asks)
        ]
        return render(request, "field/answers.html", context)
    if row.signed_at is None:
        return HttpResponseRedirect(reverse("field:reading", args=[id]))
    context["questions"] = _shown(asks, [-1] * len(asks))
    return render(request, "field/quiz.html", context)


def _shown(asks: Any, answers: list[int]) -> list[dict[str, Any]]:
    return [
        {"n": n, "text": one.text, "choices": one.choices, "chosen": answers[n]}
        for n, one in enumerate(asks)
    ]


def _number(said: str, *, longest: int = 2) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) <= longest else -1
