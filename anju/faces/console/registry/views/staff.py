"""Staff: posts and who fills them, teams, who is on duty, certificates that run out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.faces.console.registry import forms
from anju.faces.console.registry.pages import form_page, picked
from anju.faces.console.registry.tables import certificate_state
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import KitForm
from anju.foundation.kit.parts import Link
from anju.foundation.lib import now
from anju.foundation.people import commands
from anju.foundation.people.models import Assignment, Deputy, Duty, Post, Qualification, Team
from anju.foundation.people.queries import establishment, on_duty
from anju.foundation.registry import references
from anju.foundation.registry.sheet import Reference
from anju.foundation.tenancy.errors import Unknown

MOST = 500
DAYS_AHEAD = timedelta(days=7)


def _tabs(current: str) -> list[Link]:
    named = (
        ("posts", _("Posts")),
        ("teams", _("Teams")),
        ("duties", _("Duty")),
        ("qualifications", _("Certificates")),
    )
    return [
        Link(label=label, url=reverse(f"registry:{name}"), current=name == current)
        for name, label in named
    ]


@door("staff.see", methods="GET")
def posts(request: Request) -> HttpResponse:
    """Posts: meant to be filled by how many, filled by how many, on duty now."""
    actor = request.actor
    today = timezone.localdate(now())
    rows = list(establishment(actor=actor, on=today)[: MOST + 1])
    duty: dict[Any, list[str]] = {}
    for one in on_duty(actor=actor):
        duty.setdefault(one.post_id, []).append(one.person.name_for(actor))
    shown = [(post, _(", ").join(duty.get(post.id, []))) for post in rows]
    return _page(request, "posts", {"rows": shown})


@door("staff.see", methods="GET")
def teams(request: Request) -> HttpResponse:
    """Teams with their leaders and posts."""
    rows = Team.objects.seen_by(request.actor).filter(closed_on=None)
    rows = rows.select_related("place", "leader").prefetch_related("posts").order_by("code")
    return _page(request, "teams", {"rows": list(rows[: MOST + 1])})


@door("staff.see", methods="GET")
def duties(request: Request) -> HttpResponse:
    """Who is on duty now and in the next seven days."""
    actor, at = request.actor, now()
    rows = Duty.objects.seen_by(actor).between(at, at + DAYS_AHEAD)
    rows = rows.select_related("person", "post", "post__place").order_by("starts_at", "post__code")
    shown = [(duty, duty.person.name_for(actor), duty.starts_at <= at) for duty in rows[: MOST + 1]]
    deputies = Deputy.objects.seen_by(actor).on(timezone.localdate(at))
    named = [
        (d, d.person.name_for(actor), d.stands_in.name_for(actor))
        for d in deputies.select_related("person", "stands_in").order_by("since")[:MOST]
    ]
    return _page(request, "duties", {"rows": shown, "deputies": named})


@door("staff.see", methods="GET")
def qualifications(request: Request) -> HttpResponse:
    """Certificates, those that run out first on top."""
    actor, today = request.actor, timezone.localdate(now())
    rows = Qualification.objects.seen_by(actor).filter(person__erased_at=None)
    rows = rows.select_related("person", "person__place").order_by("expires_on", "id")
    shown = [
        (row, row.person.name_for(actor), certificate_state(row.expires_on, today))
        for row in rows[: MOST + 1]
    ]
    return _page(request, "qualifications", {"rows": shown})


def _page(request: Request, name: str, context: dict[str, Any]) -> HttpResponse:
    more = {
        "tabs": _tabs(name),
        "may_edit": request.actor.may("staff.edit"),
        "may_import": request.actor.may("import.run"),
        "most": MOST,
        "kinds": KINDS,
    }
    return render(request, f"registry/{name}.html", {**context, **more})


@dataclass(frozen=True)
class Kind:
    """One kind of row of staff: its form, its words, what its texts point to, where it is seen."""

    form: type[KitForm]
    title: Any
    label: Any
    page: str
    make: Callable[[dict[str, Any]], Any]
    refers: dict[str, Reference]


def _duty(given: dict[str, Any]) -> Duty:
    post: Post = given["post"]
    zone = ZoneInfo(post.place.zone)
    starts_at = datetime.combine(given["day"], given["begins"], zone)
    ends_at = datetime.combine(given["day"], given["ends"], zone)
    if ends_at <= starts_at:
        ends_at += timedelta(days=1)
    return Duty(person=given["person"], post=post, starts_at=starts_at, ends_at=ends_at)


KINDS = {
    "team": Kind(
        forms.TeamForm, gettext_lazy("New team"), gettext_lazy("Add the team"), "teams",
        lambda given: Team(**given),
        {"place": references.places, "leader": references.staff},
    ),
    "post": Kind(
        forms.PostForm, gettext_lazy("New post"), gettext_lazy("Add the post"), "posts",
        lambda given: Post(**given),
        {"place": references.places, "team": references.teams},
    ),
    "assignment": Kind(
        forms.AssignmentForm, gettext_lazy("Fill a post"), gettext_lazy("Fill the post"), "posts",
        lambda given: Assignment(**given),
        {"person": references.staff, "post": references.posts},
    ),
    "deputy": Kind(
        forms.DeputyForm, gettext_lazy("New deputy"), gettext_lazy("Name the deputy"), "duties",
        lambda given: Deputy(**given),
        {"person": references.staff, "stands_in": references.staff},
    ),
    "duty": Kind(
        forms.DutyForm, gettext_lazy("New duty"), gettext_lazy("Add the duty"), "duties",
        _duty,
        {"person": references.staff, "post": references.posts},
    ),
    "qualification": Kind(
        forms.QualificationForm, gettext_lazy("New certificate"),
        gettext_lazy("Add the certificate"), "qualifications",
        lambda given: Qualification(**given),
        {"person": references.staff},
    ),
}  # fmt: skip


@door("staff.edit")
def new(request: Request, kind: str) -> HttpResponse:
    """Add one row of a kind."""
    if kind not in KINDS:
        raise Unknown(_("There is no such page."))
    one = KINDS[kind]
    back = reverse(f"registry:{one.page}")

    def act(given: dict[str, Any]) -> str:
        for name, refers in one.refers.items():
            given[name] = picked(refers, given[name], name, actor=request.actor)
        commands.add_staff_rows([one.make(given)], actor=request.actor)
        return back

    form = one.form(request.POST or None, initial=request.GET.dict())
    return form_page(request, form, act, title=one.title, label=one.label, back=back)
