"""The telephone itself: the address people remember, and the token it brings its work with."""

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from anju.foundation.access.commands.phones import enrol_phone
from anju.foundation.access.doors import Request, door


@door("work.do", methods="GET")
def front(_request: Request) -> HttpResponse:
    """The day's work, at its short address."""
    return HttpResponseRedirect(reverse("field:today"))


@door("work.do", methods="POST")
def enrol(request: Request) -> HttpResponse:
    """The token with which this telephone brings what was done on it offline, told this once."""
    name = request.headers.get("User-Agent", "")
    return JsonResponse({"token": enrol_phone(actor=request.actor, name=name)})
