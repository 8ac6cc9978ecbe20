"""Who reads a document or a standard: the list, who has not read or passed, the examination."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.documents.commands.quizzes import write_quiz
from anju.domains.documents.commands.readers import distribute
from anju.domains.documents.content import pointed_at
from anju.domains.documents.examining import (
    Question,
    as_lines,
    from_lines,
    from_procedure,
    from_standard,
)
from anju.domains.documents.models import Distribution, Document, Quiz
from anju.domains.documents.reading import (
    KINDS,
    Reader,
    Readers,
    distribution_of,
    readers_of,
    title_of,
    to_read,
)
from anju.engine.procedures.models import Procedure
from anju.engine.standards.models import Standard
from anju.foundation.access.doors import Request, door
from anju.foundation.access.rules import ROLE_NAMES
from anju.foundation.kit.forms import KitForm, show_refusal
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.people.models import Person, Post, Team
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown

GROUPS = ("roles", "teams", "posts", "people")


class ListForm(KitForm):
    """Who reads it."""

    edited = forms.IntegerField(widget=forms.HiddenInput, required=False)
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("By role"), required=False, widget=forms.CheckboxSelectMultiple
    )
    teams = forms.MultipleChoiceField(
        label=gettext_lazy("By team"), required=False, widget=forms.CheckboxSelectMultiple
    )
    posts = forms.MultipleChoiceField(
        label=gettext_lazy("By post"), required=False, widget=forms.CheckboxSelectMultiple
    )
    people = forms.MultipleChoiceField(
        label=gettext_lazy("By name"), required=False, widget=forms.CheckboxSelectMultiple
    )
    remind_days = forms.IntegerField(
        label=gettext_lazy("Remind after so many days"),
        min_value=1,
        max_value=90,
        initial=7,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, row: Distribution | None, actor: Actor) -> None:
        targets = row.targets if row else []
        initial: dict[str, Any] = dict.fromkeys(GROUPS, targets)
        if row:
            initial |= {"edited": row.edited, "remind_days": row.remind_days}
        super().__init__(*args, initial=initial)
        for name, choices in _choices(actor).items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
            if not choices:
                del self.fields[name]

    def targets(self) -> list[str]:
        """What was chosen."""
        return [one for name in GROUPS for one in self.cleaned_data.get(name, ())]


def _choices(actor: Actor) -> dict[str, list[tuple[str, Any]]]:
    open_ones = {"closed_on": None}
    teams = Team.objects.seen_by(actor).filter(**open_ones).order_by("name", "code")
    posts = Post.objects.seen_by(actor).filter(**open_ones).order_by("name", "code")
    staff = Person.objects.seen_by(actor).filter(kind="staff", erased_at=None)
    return {
        "roles": [(f"role:{r}", name) for r, name in ROLE_NAMES.items() if r != "resident"],
        "teams": [(f"team:{one.id}", f"{one.name} {one.code}") for one in teams],
        "posts": [(f"post:{one.id}", f"{one.name} {one.code}") for one in posts],
        "people": [(f"person:{p.id}", p.name_for(actor)) for p in staff.order_by("pinyin", "id")],
    }


def _paper(kind: str, code: str, actor: Actor) -> Any:
    found = to_read(kind, code, actor=actor)
    if found is None:
        raise Unknown(_("No version of this is in force: there is nothing to read yet."))
    return found


@door("journal.see")
def readers(request: Request, kind: str, code: str) -> HttpResponse:
    """Who has the version in force to read, and who has not yet; posted: who is on the list."""
    actor, paper = request.actor, _paper(kind, code, request.actor)
    may_edit = actor.may("standard.edit", "")
    row = distribution_of(kind, code, actor=actor)
    form = ListForm(request.POST or None, row=row, actor=actor) if may_edit else None
    if request.method == "POST":
        actor.require("standard.edit", "")
        if form and form.is_valid():
            given = form.cleaned_data
            try:
                distribute(
                    kind, code, form.targets(), remind_days=given["remind_days"],
                    edited=given["edited"] or 0, actor=actor,
                )  # fmt: skip
            except (NotYet, Conflict) as refusal:
                show_refusal(form, refusal)
                if isinstance(refusal, Conflict):  # what was chosen can be saved on top of it
                    typed: Any = form.data
                    typed = typed.copy()
                    again = distribution_of(kind, code, actor=actor)
                    typed["edited"] = again.edited if again else 0
                    form.data = typed
            else:
                return HttpResponseRedirect(reverse("console:readers", args=[kind, code]))
    found = readers_of(paper.id, actor=actor)
    context = {
        "paper": paper,
        "title": title_of(paper),
        "url": reverse(f"console:{kind}", args=[paper.id]),
        "found": found,
        "rows": [_row(one, found, actor) for one in found.rows],
        "quiz": found.quiz,
        "quiz_url": reverse("console:quiz", args=[kind, paper.id]),
        "form": form,
        "may_edit": may_edit,
    }
    status = 422 if form and form.errors else 200
    return render(request, "console/readers.html", context, status=status)


def _row(one: Reader, found: Readers, actor: Actor) -> dict[str, Any]:
    reading = one.reading
    if one.done:
        words, look = (_("passed") if found.quiz else _("read")), "ok"
    elif reading.signed_at:
        words, look = _("read, not passed"), "warn"
    else:
        words, look = _("not read"), "warn"
    return {
        "name": reading.person.name_for(actor),
        "mark": tags.tag(words, look),
        "asked": reading.asked_at,
        "signed": reading.signed_at,
        "reminded": reading.reminded_at,
        "attempts": one.attempts,
    }


class QuizForm(KitForm):
    """The questions on a version."""

    edited = forms.IntegerField(widget=forms.HiddenInput, required=False)
    questions = forms.CharField(
        label=gettext_lazy("Questions"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text=gettext_lazy(
            "The question, then each choice on a line: - before a wrong one, * before the right "
            "one, # before the clause that says so. An empty line before the next question."
        ),
    )
    mark = forms.IntegerField(
        label=gettext_lazy("Right answers that pass"),
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    qualification = forms.CharField(
        label=gettext_lazy("Qualification it gives"),
        max_length=60,
        required=False,
        help_text=gettext_lazy(
            "Whoever passes holds it until the next review; work can ask for it."
        ),
    )


@door("standard.edit")
def quiz(request: Request, kind: str, paper: UUID) -> HttpResponse:
    """Write the examination on a version; a new one begins with questions drafted from what the
    version promises."""
    actor = request.actor
    actor.require("standard.edit", "")
    rows = KINDS[kind].objects.seen_by(actor).filter(id=paper) if kind in KINDS else None
    found = rows.first() if rows is not None else None
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    row = Quiz.objects.seen_by(actor).filter(paper=paper).first()
    asks = row.asks if row else drafted(found, actor)
    initial = {
        "questions": as_lines(asks),
        "mark": row.mark if row else max(1, -(-len(asks) * 4 // 5)),
        "qualification": row.qualification if row else "",
        "edited": row.edited if row else 0,
    }
    form = QuizForm(request.POST or None, initial=initial)
    back = reverse("console:readers", args=[kind, found.code])
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            write_quiz(
                kind, paper, from_lines(given["questions"]), mark=given["mark"],
                qualification=given["qualification"], edited=given["edited"] or 0, actor=actor,
            )  # fmt: skip
        except (NotYet, Conflict) as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(back)
    context = {"form": form, "paper": found, "back": back, "drafted": row is None and bool(asks)}
    return render(request, "console/quiz.html", context, status=422 if form.errors else 200)


def drafted(found: Any, actor: Actor) -> list[Question]:
    """The questions a new examination begins with."""
    said = pointed_at(found, actor=actor) if isinstance(found, Document) else found
    if isinstance(said, Standard):
        return from_standard(said.document)
    return from_procedure(said.text) if isinstance(said, Procedure) else []
