"""What other systems tell us: POST /api/v1/hooks/<channel>, signed (docs/operations.md)."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from anju.domains.intake.commands import echo_wecom, receive, receive_wecom
from anju.foundation.access.doors import Request, door

SIGNATURE = "Anju-Signature"


@csrf_exempt
@door(anonymous=True, methods="GET POST")
def hook(request: Request, channel: str) -> HttpResponse:
    """Take one message in. 201 something new, 200 it came before; 403 not signed, 409 replayed.

    WeCom asks by GET whether the address is ours, and signs in the address.
    For a call that rings the answer holds the address of its card on the desk.
    """
    if request.method == "GET":
        return HttpResponse(echo_wecom(channel, request.GET.dict()), content_type="text/plain")
    if "msg_signature" in request.GET:
        receive_wecom(channel, request.body, request.GET.dict())
        return HttpResponse("success", content_type="text/plain")
    got = receive(channel, request.body, request.headers.get(SIGNATURE, ""))
    said = {"state": got.state, "id": str(got.id), "case": got.number or None, "again": got.again}
    if got.caller and got.state == "ringing":
        desk = reverse("console:desk")
        said["card"] = f"{settings.URL}{desk}?{urlencode({'caller': got.caller})}"
    return JsonResponse(said, status=200 if got.again else 201)
