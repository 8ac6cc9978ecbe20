"""Who is on duty now, in every community."""

from django.http import HttpResponse
from django.shortcuts import render

from anju.domains.staff.queries.present import watches
from anju.foundation.access.doors import Request, door
from anju.foundation.lib import now


@door("staff.see", methods="GET")
def on_duty_now(request: Request) -> HttpResponse:
    """Each post with who holds it, until when, who comes next, and who is missing."""
    context = {"watches": watches(request.actor), "at": now()}
    return render(request, "staff/now.html", context)
