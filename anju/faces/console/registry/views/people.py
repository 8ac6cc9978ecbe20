"""People: masked by default, revealed with a reason, exported and erased on request."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.domains.community.commands.coming_in import invite
from anju.faces.console.registry.forms import (
    DayForm,
    EraseForm,
    MoveInForm,
    PersonEditForm,
    PersonForm,
    RevealForm,
    VehicleForm,
)
from anju.faces.console.registry.pages import form_page, one_of, picked, story
from anju.faces.console.registry.tables import (
    certificate_state,
    communities,
    person_columns,
    person_filters,
    person_kind,
)
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.export import download
from anju.foundation.kit.forms import show_refusal
from anju.foundation.kit.list import ListPage
from anju.foundation.lib import now
from anju.foundation.people import commands
from anju.foundation.people.models import (
    Assignment,
    Occupancy,
    Person,
    Qualification,
    Vehicle,
)
from anju.foundation.people.queries import deputies_of, looks_at
from anju.foundation.places.models import Place
from anju.foundation.places.queries import full_name, full_names
from anju.foundation.registry import references
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Refusal


class PersonList(ListPage):
    """People, each with the homes they have today; these cost one query a page."""

    actor: Actor

    @cached_property
    def homes(self) -> Mapping[UUID, list[Place]]:
        """Places by person, for the page's rows."""
        found: dict[UUID, list[Place]] = {}
        ids = [row.id for row in self._page[0]]
        lived = (
            Occupancy.objects.seen_by(self.actor)
            .on(timezone.localdate(now()))
            .filter(person_id__in=ids)
        )
        for one in lived.select_related("place").order_by("since", "id"):
            found.setdefault(one.person_id, []).append(one.place)
        return found


@door("person.see", methods="GET")
def people(request: Request) -> HttpResponseBase:
    """The list of people."""
    actor = request.actor
    page: PersonList = PersonList(
        request,
        Person.objects.seen_by(actor).select_related("place"),
        columns=person_columns(actor, communities(actor), lambda: page.homes),
        filters=person_filters(actor),
        sort="name",
        row_url=lambda person: reverse("registry:person", args=[person.id]),
        empty=(
            _("No people yet"),
            _("Import the residents, or add them at their room with “Move in”."),
        ),
    )
    page.actor = actor
    context = {
        "page": page,
        "may_add": actor.may("person.edit"),
        "may_import": actor.may("import.run"),
    }
    return page.answer() or render(request, "registry/people.html", context)


@door("person.see", methods="GET")
def person(request: Request, id: UUID) -> HttpResponse:
    """One person."""
    return _person_page(request, _person(request, id))


def _person_page(
    request: Request,
    shown: Person,
    *,
    form: RevealForm | None = None,
    phone: str = "",
    invitation: str = "",
) -> HttpResponse:
    actor, today = request.actor, timezone.localdate(now())
    held = list(
        Occupancy.objects.seen_by(actor)
        .filter(person=shown)
        .select_related("place")
        .order_by("since")
    )
    names = full_names(o.place for o in held)
    path = shown.place.path if shown.place else ""
    deputies = deputies_of(shown, on=today)
    facts: list[tuple[Any, Any]] = [
        (_("Telephone"), phone or shown.masked_phone or None),
        (_("Belongs to"), full_name(shown.place) if shown.place else None),
        (_("Note"), shown.note or None),
        (_("Deputies"), _(", ").join(p.name_for(actor) for p in deputies) or None),
    ]
    papers = Qualification.objects.seen_by(actor).filter(person=shown).order_by("expires_on")
    posts = Assignment.objects.seen_by(actor).filter(person=shown).select_related("post")
    context = {
        "person": shown,
        "name": shown.name_for(actor),
        "kind": person_kind(shown),
        "facts": facts,
        "phone": phone,
        "invitation": invitation,
        "may_invite": shown.kind != "staff"
        and actor.may("person.edit", path)
        and any(o.until is None or o.until >= today for o in held),
        "occupancies": [(o, names[o.place_id], o.until is None or o.until >= today) for o in held],
        "vehicles": list(Vehicle.objects.seen_by(actor).filter(person=shown)),
        "posts": list(posts.order_by("since")),
        "papers": [(q, certificate_state(q.expires_on, today)) for q in papers],
        "looks": looks_at(shown, actor=actor),
        "entries": story("person", shown.id, actor=actor),
        "form": form or RevealForm(),
        "may_edit": actor.may("staff.edit" if shown.kind == "staff" else "person.edit", path),
        "may_reveal": bool(shown.phone) and actor.may("person.reveal"),
        "may_export": actor.may("export.person", path),
        "may_erase": actor.may("erase.person", path) and not shown.erased_at,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "registry/person.html", context, status=status)


@door("person.reveal", methods="POST")
def reveal_page(request: Request, id: UUID) -> HttpResponse:
    """Show the whole number, once, for a reason."""
    shown = _person(request, id)
    form, phone = RevealForm(request.POST), ""
    if form.is_valid():
        try:
            phone = commands.reveal(shown, form.cleaned_data["reason"], actor=request.actor)
        except Refusal as refusal:
            show_refusal(form, refusal)
    response = _person_page(request, shown, form=form, phone=phone)
    response["Cache-Control"] = "no-store"
    return response


@door("person.edit", methods="POST")
def invite_page(request: Request, id: UUID) -> HttpResponse:
    """An invitation to the resident's pages; its link is shown this once."""
    shown = _person(request, id)
    token = invite(shown, actor=request.actor)
    url = f"{settings.URL}{reverse('portal:invitation', args=[token])}"
    response = _person_page(request, shown, invitation=url)
    response["Cache-Control"] = "no-store"
    return response


@door("person.edit")
def new_person(request: Request) -> HttpResponse:
    """Add one person."""
    form = PersonForm(request.POST or None, initial=request.GET.dict())

    def act(given: dict[str, Any]) -> str:
        given.pop("version")
        given["place"] = picked(references.places, given["place"], "place", actor=request.actor)
        return _page(commands.add_person(actor=request.actor, **given).id)

    return form_page(
        request,
        form,
        act,
        title=_("New person"),
        label=_("Add the person"),
        back=reverse("registry:people"),
    )


@door("person.edit")
def edit(request: Request, id: UUID) -> HttpResponse:
    """Change one person; the telephone is not shown, an empty field keeps it."""
    shown = _person(request, id)
    initial = {"name": shown.name_for(request.actor), "note": shown.note, "version": shown.version}
    form = PersonEditForm(request.POST or None, initial=initial)

    def act(given: dict[str, Any]) -> str:
        version = given.pop("version")
        values = {f: v for f, v in given.items() if f != "phone" or v}
        commands.edit_person(shown, actor=request.actor, version=version, **values)
        return _page(id)

    return form_page(
        request,
        form,
        act,
        title=shown.name_for(request.actor),
        label=_("Save the person"),
        back=_page(id),
    )


@door("person.edit")
def move_in_page(request: Request, id: UUID) -> HttpResponse:
    """Somebody moves into a place."""
    place: Place = one_of(Place.objects.seen_by(request.actor), id)
    back = reverse("registry:place", args=[id])

    def act(given: dict[str, Any]) -> str:
        made = commands.add_person(
            actor=request.actor,
            kind=given["role"],
            name=given["name"],
            phone=given["phone"],
            place=place,
        )
        commands.move_in(
            made, place=place, role=given["role"], since=given["since"], actor=request.actor
        )
        return back

    return form_page(
        request,
        MoveInForm(request.POST or None),
        act,
        title=_("Move in at %(place)s") % {"place": full_name(place)},
        label=_("Move in"),
        back=back,
    )


@door("person.edit")
def end(request: Request, id: UUID) -> HttpResponse:
    """Somebody moves out, or sells."""
    held: Occupancy = one_of(
        Occupancy.objects.seen_by(request.actor).select_related("place", "person"), id
    )
    back = reverse("registry:place", args=[held.place_id])

    def act(given: dict[str, Any]) -> str:
        commands.end_occupancy(held, on=given["on"], version=given["version"], actor=request.actor)
        return back

    return form_page(
        request,
        DayForm(
            request.POST or None,
            initial={"on": timezone.localdate(now()), "version": held.version},
        ),
        act,
        title=_("%(person)s moves out of %(place)s")
        % {"person": held.person.name_for(request.actor), "place": full_name(held.place)},
        sub=_("The day is the last one. The history stays."),
        label=_("Move out"),
        back=back,
    )


@door("person.edit")
def new_vehicle(request: Request, id: UUID) -> HttpResponse:
    """Add a vehicle of a person."""
    shown = _person(request, id)

    def act(given: dict[str, Any]) -> str:
        place = picked(references.places, given["place"], "place", actor=request.actor)
        commands.add_vehicle(
            actor=request.actor,
            person=shown,
            plate=given["plate"],
            place=place,
            note=given["note"],
        )
        return _page(id)

    return form_page(
        request,
        VehicleForm(request.POST or None),
        act,
        title=_("Vehicle of %(person)s") % {"person": shown.name_for(request.actor)},
        label=_("Add the vehicle"),
        back=_page(id),
    )


@door("export.person", methods="POST")
def export(request: Request, id: UUID) -> HttpResponseBase:
    """Everything held about a person, as a ZIP."""
    shown = _person(request, id)
    content = commands.export_person(shown.id, actor=request.actor)
    return download(content, f"{_('personal data')}_{shown.id.hex[-6:]}.zip")


@door("erase.person")
def erase(request: Request, id: UUID) -> HttpResponse:
    """Erase a person's values for good; first say what that would be."""
    shown = _person(request, id)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        commands.erase_person(shown.id, actor=request.actor)
        return HttpResponseRedirect(_page(id))
    looked = commands.erase_person(shown.id, actor=request.actor, dry_run=True)
    context = {
        "person": shown,
        "name": shown.name_for(request.actor),
        "rows": list(looked.rows.items()),
        "form": form,
        "back": _page(id),
    }
    return render(request, "registry/erase.html", context, status=422 if form.errors else 200)


def _person(request: Request, id: UUID) -> Person:
    found: Person = one_of(Person.objects.seen_by(request.actor).select_related("place"), id)
    return found


def _page(id: UUID) -> str:
    return reverse("registry:person", args=[id])
