"""How every page of the portal is drawn: plain or in large type, with the telephone of the desk."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

FACE_COOKIE = "anju_face"
ELDER = "elder"


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
    suffix: str = "html",
) -> HttpResponse:
    """A page of the portal; never kept by anybody on the way."""
    response = render(
        request,
        f"portal/{template}.{suffix}",
        {**context, "elder": request.COOKIES.get(FACE_COOKIE) == ELDER},
        status=status,
    )
    response["Cache-Control"] = "private, no-store"
    return response
