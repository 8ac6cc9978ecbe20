"""Notices on this device: a browser is taken on or let go, at a tap in it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from anju.faces.console.outbox.forms import BrowserForm
from anju.foundation.access.doors import Request, door, known
from anju.foundation.messages.commands import subscribe, unsubscribe
from anju.foundation.tenancy.errors import NotYet


@door(signed_in=True, methods="POST")
def push(request: Request) -> HttpResponse:
    """Tell this browser of its owner's messages, or no more; it shows by itself what came of it."""
    form = BrowserForm(request.POST)
    if not form.is_valid():
        raise NotYet(_("This browser gave no address that notices can be sent to."))
    if form.cleaned_data["off"]:
        unsubscribe(form.browser(), actor=request.actor)
    else:
        language = get_language() or "zh-hans"
        device = known(request).held
        subscribe(form.browser(), actor=request.actor, device=device, language=language)
    return HttpResponse(status=204)


@never_cache
@door(anonymous=True, methods="GET")
def worker(request: Request) -> HttpResponse:
    """The script that shows a notice and opens its page; it keeps nothing. For staff: residents'
    pages have a worker of their own, which brings the same lines in."""
    response = render(request, "outbox/worker.js")
    response["Content-Type"] = "text/javascript"
    return response
