"""What says who is asking: the cookies of a sign-in and of a shared phone, and a badge."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from anju.foundation.access.queries import PhoneFace, by_phone
from anju.foundation.access.rules import DEVICE_COOKIE, PHONE_COOKIE


def hold(
    response: HttpResponse,
    token: str,
    *,
    request: HttpRequest,
    lasts: timedelta | None,
    name: str = DEVICE_COOKIE,
) -> None:
    """Give the browser a token that no script reads; without `lasts` until it is closed."""
    response.set_cookie(
        name,
        token,
        max_age=int(lasts.total_seconds()) if lasts else None,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


def shared_phone(request: HttpRequest) -> PhoneFace | None:
    """The shared phone the page is open on; None on any other device, or before it has joined."""
    found = by_phone(request.COOKIES.get(PHONE_COOKIE, ""))
    return found if found and found.joined else None


def badge_says(token: str) -> str:
    """What the QR of a badge holds: an address that a telephone's own camera opens as well. The
    token stands behind the #, so no server and no log between ever sees it."""
    return f"{settings.URL}{reverse('field:take')}#{token}"
