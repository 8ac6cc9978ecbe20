"""Pages of planned work: the day with what is open, late, missed and done; one piece of it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.community.telling import notice_of
from anju.domains.requests.promises import view_of
from anju.domains.requests.queries import staff_to_send
from anju.domains.requests.shots import shots_among
from anju.domains.requests.stories import SIGNER_NAMES, signature_said
from anju.domains.requests.views.evidence import SIZES
from anju.domains.rounds.models import RoundPoint
from anju.domains.rounds.photos import alike
from anju.domains.rounds.queries import (
    clocks_of,
    occurrence_of,
    occurrences_seen,
    passed_at,
    planned_seen,
    points_of,
    reasons_of,
    standing_of,
    that_stand,
)
from anju.domains.rounds.rules import BEGUN, FLAG_NAMES, STANDING_NAMES, TONES
from anju.engine.loop.asked import (
    answers_of,
    asked_of,
    notes_of,
    signature_asked,
    signer_of,
    typed_of,
)
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.linked import done_again_as
from anju.engine.loop.models import UNBEGUN, VERDICT_NAMES, Case, Record, WorkOrder
from anju.engine.loop.queries import effort_of, result_of
from anju.engine.loop.rules import WORK_MOVES
from anju.engine.plans.models import Occurrence
from anju.foundation.access.doors import Request, door
from anju.foundation.files.queries import stored_file
from anju.foundation.files.views import file_response
from anju.foundation.kit.filters import Filter, between
from anju.foundation.kit.forms import KitForm, show_refusal
from anju.foundation.kit.list import Column, ListPage
from anju.foundation.kit.parts import Shot
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.lib import now
from anju.foundation.people.models import Post
from anju.foundation.places.models import under
from anju.foundation.places.queries import full_name
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Refusal, Unknown
from anju.foundation.tenancy.rows import only

SHOWN = (
    ("open", gettext_lazy("to be done now")),
    ("late", gettext_lazy("late, can be made up")),
    ("missed", gettext_lazy("missed and not made up")),
    ("done", gettext_lazy("done")),
    ("ahead", gettext_lazy("ahead")),
)
STEPS = ("assign", "void", "pass", "fail")
FURTHEST = timedelta(days=400)


class StepForm(KitForm):
    """Who is to do it, or why not."""

    person = forms.ChoiceField(label=gettext_lazy("Person"), required=False)
    post = forms.ChoiceField(label=gettext_lazy("Or post"), required=False)
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=200, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, people: Any, posts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "—"), *people]  # type: ignore[attr-defined]  # a choice field's own
        self.fields["post"].choices = [("", "—"), *posts]  # type: ignore[attr-defined]  # a choice field's own


@door("work.see", methods="GET")
def rounds(request: Request) -> HttpResponseBase:
    """What the plans ask for, time by time, and how each stands."""
    moment = now()
    seen = occurrences_seen(request.actor, moment - FURTHEST, moment + FURTHEST)
    page = ListPage(
        request,
        seen.select_related("plan", "place", "asset", "work__person", "work__post"),
        columns=[
            Column(
                name="at", label=_("Planned at"), render=lambda o: tags.moment(o.at), sort="at",
                numeric=True, value=lambda o: o.at,
            ),
            Column(
                name="name", label=_("What is done"), render=lambda o: o.plan.name, look="title",
            ),
            Column(name="place", label=_("Place"), render=_where),
            Column(
                name="who", label=_("Responsible"),
                render=lambda o: _who(o.work, request) if o.work else "—",
            ),
            Column(
                name="standing", label=_("How it stands"), look="mark",
                render=lambda o: _mark(o, moment),
                value=lambda o: str(STANDING_NAMES[standing_of(o, moment)]),
            ),
            Column(
                name="done", label=_("Done at"), look="desk", numeric=True,
                render=lambda o: tags.moment(o.work.done_at) if o.work else "—",
                value=lambda o: o.work and o.work.done_at,
            ),
        ],
        filters=[
            Filter(
                name="show", label=_("How it stands"), choices=SHOWN,
                apply=lambda rows, value: that_stand(rows, value, moment),
            ),
            Filter(name="day", label=_("Planned at"), kind="dates", apply=between("at")),
        ],
        sort="at",
        row_url=lambda o: reverse("console:round", args=[o.work_id]) if o.work_id else "",
        file=(_("planned work"),),
        empty=(
            _("Nothing is planned here"),
            _("What the plans ask for appears here 35 days ahead, and stays with what was done."),
        ),
    )  # fmt: skip
    return page.answer() or render(request, "console/rounds.html", {"page": page})


def _where(made: Occurrence) -> str:
    return f"{made.place} · {made.asset.name}" if made.asset else str(made.place)


def _who(work: WorkOrder, request: Request) -> str:
    if work.person:
        return work.person.name_for(request.actor)
    return str(work.post) if work.post else _("whoever is there")


def _mark(made: Occurrence, moment: Any) -> Any:
    how = standing_of(made, moment)
    return tags.tag(STANDING_NAMES[how], TONES.get(how, ""))


@door("work.see", methods="GET")
def round_(request: Request, id: UUID) -> HttpResponse:
    """One piece of planned work: its window, who did what, with which photos."""
    return _page(request, _the_round(request, id))


def _the_round(request: Request, id: UUID) -> WorkOrder:
    found = only(planned_seen(request.actor).select_related("standard").filter(id=id))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return found


def _page(request: Request, work: WorkOrder, form: StepForm | None = None) -> HttpResponse:
    made = occurrence_of(work)
    if made is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    clock = clocks_of([work]).get(work.id)
    actor, how = request.actor, standing_of(made, now())
    points = _points(work, actor)
    path = work.place.path if work.place else ""
    context = {
        "work": work,
        "made": made,
        "place": full_name(work.place) if work.place else "",
        "who": _who(work, request),
        "mark": tags.tag(STANDING_NAMES[how], TONES.get(how, "")),
        "clock": view_of(clock) if clock else None,
        "facts": _facts(work, made, request),
        "answers": _answers(work),
        "points": points,
        "unreached": sum(one["row"].unreached for one in points),
        "shots": _shots(work, request) if actor.may("file.see", path) else (),
        "form": form or _form(request, work),
        "steps": {
            name
            for name in STEPS
            if work.state in WORK_MOVES[name].sources
            and actor.may(WORK_MOVES[name].permission, path)
        },
        "announced": (told := notice_of(work)),
        "may_tell": told is None
        and work.state in UNBEGUN
        and not work.lapsed(now())
        and actor.may("notice.edit", path),
        "may_do": actor.may("work.do", path)
        and work.state in {*UNBEGUN, *BEGUN}
        and work.opened_at <= now(),
    }
    return render(request, "console/round.html", context, status=422 if form else 200)


def _plan(made: Occurrence) -> Any:
    url = reverse("console:plan", args=[made.plan_id])
    return format_html('<a href="{}">{}</a>', url, made.plan.name)


def _facts(work: WorkOrder, made: Occurrence, request: Request) -> list[tuple[Any, Any]]:
    return [
        (_("Standing plan"), _plan(made)),
        (_("Planned at"), tags.moment(made.at)),
        (_("In time"), _span(made.opens_at, made.closes_at)),
        (_("Can be made up until"), tags.moment(work.lapses_at)),
        (_("Responsible"), _who(work, request)),
        (_("State"), work.get_state_display()),
        (_("Done at"), tags.moment(work.done_at)),
        (_("Remark"), result_of(work) or "—"),
        *((_("Note"), words) for words in notes_of(work)),
        *_handed_over(work),
        *_again(work, request),
        (_("Standard"), str(work.standard) if work.standard else "—"),
    ]


def _again(work: WorkOrder, request: Request) -> list[tuple[Any, Any]]:
    """The cases under which it was done again within its warranty."""
    cases = done_again_as(work)
    seen = Case.objects.seen_by(request.actor).filter(id__in=[case.id for case in cases])
    may = set(seen.values_list("id", flat=True)) if cases else ()
    return [
        (
            _("Done again, free, as"),
            format_html('<a href="{}">{}</a>', reverse("requests:case", args=[case.id]), case)
            if case.id in may
            else case.number,
        )
        for case in cases
    ]


def _handed_over(work: WorkOrder) -> list[tuple[Any, Any]]:
    """Who signed for it, as whom; or why nobody did."""
    effort = effort_of(None, work=work.id)
    if effort.signature is None:
        asked = signature_asked(work)
        return [(_("Signature"), _("still missing"))] if asked and work.state in BEGUN else []
    who = dict(SIGNER_NAMES).get(effort.signature.value.get("by", ""), "")
    said = (signature_said(effort), str(who), signer_of(effort.signature))
    return [(_("Signature"), " · ".join(filter(None, said)))]


def _answers(work: WorkOrder) -> list[tuple[Any, Any]]:
    """Each item it is asked, with what was answered."""
    given = answers_of(work.id)
    typed = typed_of(given.values())
    verdicts = dict(VERDICT_NAMES)
    rows = []
    for code, item in asked_of(work).items.items():
        record = given.get(code)
        value = {**record.value, **typed.get(record.id, {})} if record else {}
        words = [verdicts.get(record.verdict, "") if record else "—"]
        words += [str(value[name]) for name in ("text", "number", "note") if value.get(name)]
        rows.append((item.text, " ".join(str(word) for word in words if word)))
    return rows


def _points(work: WorkOrder, actor: Actor) -> list[dict[str, Any]]:
    """Its points in their order, each with its window, when it was passed, why not, what is odd."""
    rows = points_of(work)
    why = reasons_of(rows, company=work.company_id)
    seen = _looks_like(work, rows, actor)
    return [
        {
            "row": row,
            "where": str(row.point.asset or row.point.place),
            "mark": tags.tag(STANDING_NAMES[row.state], TONES.get(row.state, "")),
            "flags": [tags.tag(FLAG_NAMES[name], "warn") for name in row.flags],
            "verdict": "" if row.unreached else row.get_verdict_display(),
            "why": why.get(row.id),
            "alike": seen.get(row.id),
        }
        for row in rows
    ]


def _looks_like(
    work: WorkOrder, rows: Sequence[RoundPoint], actor: Actor
) -> dict[UUID, dict[str, Any]]:
    """By point, when and in which round a photo was taken that the one there looks like; for who
    checks."""
    if not actor.may("record.judge", work.place.path if work.place else ""):
        return {}
    passed = passed_at(rows, company=work.company_id)
    found = alike(passed, company=work.company_id)
    return {
        row.id: {"at": found[one.id].at, "work": found[one.id].work_id}
        for one, row in passed if one.id in found
    }  # fmt: skip


def _shots(work: WorkOrder, request: Request) -> list[Shot]:
    def url(record: Record) -> str:
        return reverse("console:round_photo", args=[work.id, record.id])

    found = shots_among(work.records.all(), url, request.actor)
    return [shot for _record, shot in found]


def _span(first: Any, last: Any) -> Any:
    return format_html("{} – {}", tags.moment(first), tags.moment(last))


def _form(request: Request, work: WorkOrder, data: Any = None) -> StepForm:
    actor = request.actor
    path = work.place.path if work.place else ""
    may = actor.may("work.dispatch", path)
    people = staff_to_send(actor) if may else ()
    posts = Post.objects.seen_by(actor).filter(under([path], "place__path")) if may else ()
    return StepForm(
        data,
        people=[
            (str(one.id), f"{one.name_for(actor)} · {one.on_duty or _('off duty')}")
            for one in people
        ],
        posts=[(str(one.id), str(one)) for one in posts],
        initial={"version": work.version},
    )


@door("work.see", methods="POST")
def step(request: Request, id: UUID, name: str) -> HttpResponse:
    """Give it to somebody, declare it not needed, pass it or send it back."""
    work = _the_round(request, id)
    if name not in STEPS:
        raise Unknown(_("There is no such record, or you may not see it."))
    form = _form(request, work, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        said = {key: given[key] for key in ("person", "post", "reason") if given[key]}
        try:
            move_work(id, name, actor=request.actor, version=given["version"], said=said)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(reverse("console:round", args=[id]))
    return _page(request, _the_round(request, id), form)


@door("file.see", methods="GET")
def photo(request: Request, id: UUID, record: UUID) -> HttpResponseBase:
    """A photo of planned work."""
    work = _the_round(request, id)
    request.actor.require("file.see", work.place.path if work.place else "")
    found = only(work.records.filter(id=record, file_id__isnull=False))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    file = stored_file(found.file_id, actor=request.actor)
    return file_response(file, size=SIZES.get(request.GET.get("size", ""), "original"))
