"""The telephone itself: the address people remember, its token, and what it keeps for later."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anju.domains.rounds.queries import points_by_work, points_to_come
from anju.engine.loop.asked import ruling_of
from anju.engine.loop.models import WorkOrder
from anju.engine.offline.commands.bringing import enrol as enrol_device
from anju.faces.cookies import shared_phone
from anju.faces.field.app import app_sign, worker
from anju.faces.field.views.books import signs_of
from anju.faces.field.views.today import next_works
from anju.foundation.access.commands.phones import enrol_phone
from anju.foundation.access.commands.shared import know_phone
from anju.foundation.access.doors import Request, door
from anju.foundation.access.queries import is_lost


@door("work.do", methods="GET")
def front(_request: Request) -> HttpResponse:
    """The day's work, at its short address."""
    return HttpResponseRedirect(reverse("field:today"))


@door("work.do", methods="POST")
def enrol(request: Request) -> HttpResponse:
    """The token with which this telephone (`device`: the id it gave itself; a page kept of an older
    version sends none) brings what was done on it offline, told this once."""
    name, given = request.headers.get("User-Agent", ""), request.POST.get("device", "")
    try:
        device = UUID(given)
    except ValueError:
        return JsonResponse({"token": enrol_phone(actor=request.actor, name=name)})
    if (phone := shared_phone(request)) and phone.company == request.actor.company_id:
        know_phone(phone, device, actor=request.actor)
    return JsonResponse({"token": enrol_device(device, actor=request.actor, name=name)})


@door("work.do", methods="GET")
def ahead(request: Request) -> HttpResponse:
    """What to keep for when there is no signal: the pages of one's own work of today and the next
    two days and of one's ledgers, each with a sign that changes with it, and the version of the
    app."""
    own = ("scan", "uploads", "report")
    pages = [(reverse(f"field:{name}"), app_sign()) for name in own]
    day = sha256(app_sign().encode())
    works = next_works(request.actor)
    points = {**points_to_come(works), **points_by_work(works)}
    for work in works:
        rows = points.get(work.id, [])
        passed = sum(row.at is not None for row in rows)
        sign = f"{app_sign()} {work.version} {work.state}"
        stands = f"{sign} {passed}/{len(rows)}"
        day.update(f"{work.id} {stands} ".encode())
        pages += [(reverse(f"field:{name}", args=[work.id]), stands) for name in _pages_of(work)]
        pages += [
            (reverse("field:point", args=[work.id, row.point_id]), f"{sign} {row.at}")
            for row in rows
        ]
    pages.insert(0, (reverse("field:today"), day.hexdigest()[:12]))  # its list changes with each
    pages += [(page, f"{app_sign()} {stands}") for page, stands in signs_of(request.actor)]
    said = {"app": app_sign(), "person": str(request.actor.id), "pages": pages}
    return JsonResponse(said)


def _pages_of(work: WorkOrder) -> Iterator[str]:
    yield "task"
    standard, _since = ruling_of(work)
    method = (standard.method or {}) if standard else {}
    if standard and (standard.questions or method.get("form") or method.get("procedure")):
        yield "items"
    if method.get("procedure"):
        yield "how"
    if work.case_id:
        yield "arrive"
    yield "used"
    yield "signature"


@door(anonymous=True, methods="GET")
def lost(request: Request) -> HttpResponse:
    """Whether this telephone was reported lost, by its own token: then it forgets what it holds."""
    _kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    return JsonResponse({"lost": bool(token) and is_lost(token.strip())})


@door("work.do", methods="GET")
def uploads(request: Request) -> HttpResponse:
    """What is on this telephone and not yet brought (待上传): the page reads it there."""
    return render(request, "field/uploads.html", {})


@door(anonymous=True, methods="GET")
def away(request: Request) -> HttpResponse:
    """What is shown without a signal in place of a page that is not kept."""
    return render(request, "field/away.html", {})


@door(anonymous=True, methods="GET")
def service_worker(_request: Request) -> HttpResponse:
    """The worker that keeps pages; asked for anew each time, so that it can always be mended."""
    answer = HttpResponse(worker(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer


@door(anonymous=True, methods="GET")
def manifest(_request: Request) -> HttpResponse:
    """How the app is called and looks where it is installed."""
    icon = {"src": static("field/icon.svg"), "sizes": "any", "type": "image/svg+xml"}
    said: dict[str, Any] = {
        "id": "/field", "name": _("Anju field work"), "short_name": _("Anju"),
        "lang": get_language(), "start_url": "/field", "scope": "/", "display": "standalone",
        "theme_color": "#1366D6", "background_color": "#F5F6F8",
        "icons": [{**icon, "purpose": "any"}, {**icon, "purpose": "maskable"}],
    }  # fmt: skip
    answer = JsonResponse(said)
    answer["Content-Type"] = "application/manifest+json"
    return answer
