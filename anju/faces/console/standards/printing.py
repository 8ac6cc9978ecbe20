"""The manual of standards: made by the worker, asked for, followed and fetched on a page."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from anju.engine.standards.commands.manuals import (
    ask_manual,
    keep_manual,
    note_progress,
    take_manual,
)
from anju.engine.standards.models import Manual, Standard
from anju.engine.standards.queries import file_of, waiting_for_manuals
from anju.faces.console.standards.manual import chapters, typeset
from anju.foundation.access.doors import Request, door, known
from anju.foundation.access.queries import names_of
from anju.foundation.files.views import file_response
from anju.foundation.kit.export import file_name
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, Unknown
from anju.foundation.tenancy.models import Company
from anju.foundation.tenancy.queries import companies
from anju.foundation.tenancy.rows import only

log = structlog.get_logger("manuals")
AT_ONCE = 20  # chapters between two signs of life
SHOWN = 20
LANGUAGES = dict(settings.LANGUAGES)


def print_waiting() -> int:
    """Make every manual that waits, of all companies, one after the other; how many. Asked by the
    worker; one that dies over it leaves it to the next, which begins it anew."""
    waiting = set(waiting_for_manuals())
    made = 0
    for company in companies() if waiting else ():
        actor = Actor.machine(company.id, "manual")
        while company.id in waiting and (manual := take_manual(actor=actor)):
            try:
                print_manual(manual, company, actor=actor)
                made += 1
            except Conflict:  # it took so long that somebody else has made it
                log.warning("manual taken over", manual=str(manual.id))
    return made


def print_manual(manual: Manual, company: Company, *, actor: Actor) -> Manual:
    """Write its chapters, set its pages, keep the file; told step by step."""
    with translation.override(manual.language):
        with acting(actor):
            standing = list(Standard.objects.seen_by(actor).in_force_at(manual.asked_at))
        written: list[dict[str, Any]] = []
        for n in range(0, len(standing), AT_ONCE):
            with acting(actor):
                some = standing[n : n + AT_ONCE]
                written += chapters(some, actor=actor, url=settings.URL)
            note_progress(manual, min(len(written), manual.total - 1), actor=actor)
        content = typeset(written, company=company.name, on=manual.on)
        zone = ZoneInfo(company.zone)
        name = file_name([company.name, _("standards")], "pdf", at=now(), zone=zone)
    return keep_manual(
        manual, content if isinstance(content, bytes) else content[0], actor=actor, name=name
    )


@door("standard.see")
def manuals(request: Request) -> HttpResponse:
    """The manuals that were made, how far one is that is being made; posted: make one."""
    actor = request.actor
    if request.method == "POST":
        ask_manual(actor=actor, language=translation.get_language() or "", zone=known(request).zone)
        return HttpResponseRedirect(reverse("console:standards_manual"))
    rows = list(Manual.objects.seen_by(actor).order_by("-asked_at", "-id")[:SHOWN])
    names = names_of({row.by for row in rows}, actor=actor)
    told = [(row, LANGUAGES.get(row.language, row.language), names.get(row.by)) for row in rows]
    context = {"rows": told}
    return render(request, "console/standards_manual.html", context)


@door("standard.see", methods="GET")
def manual_progress(request: Request, id: UUID) -> HttpResponse:
    """How far it is; the way to it once it is made."""
    context = {"row": _the_manual(id, request.actor)}
    return render(request, "console/standards_manual_progress.html", context)


@door("standard.see", methods="GET")
def manual_file(request: Request, id: UUID) -> HttpResponseBase:
    """A manual that was made, as PDF."""
    file = file_of(_the_manual(id, request.actor))
    if file is None:
        raise Unknown(_("There is no such file, or you may not see it."))
    return file_response(file)


def _the_manual(id: UUID, actor: Actor) -> Manual:
    found = only(Manual.objects.seen_by(actor).filter(id=id))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return found
