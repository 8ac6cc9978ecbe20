"""What makes the pages an app on a telephone: the manifest, the worker that keeps the shell, and
the page that is shown without a network. No personal page is ever kept."""

from django.http import HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from anju.faces.portal.looks import page
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.parts import Link

KEPT = (
    "kit/tokens.css", "kit/kit.css", "kit/pages.css", "kit/theme.js", "kit/kit.js", "kit/forms.js",
    "kit/icons.svg", "kit/favicon.svg", "portal/portal.css", "portal/elder.css", "portal/portal.js",
)  # fmt: skip


@door(anonymous=True, methods="GET")
def manifest(request: Request) -> HttpResponse:
    """How the pages are put on a home screen."""
    del request
    return JsonResponse(
        {
            "name": _("Your home and its service"),
            "short_name": _("Anju"),
            "lang": get_language(),
            "start_url": reverse("portal:home"),
            "scope": reverse("portal:home"),
            "display": "standalone",
            "background_color": "#F5F6F8",
            "theme_color": "#1366D6",
            "icons": [
                {"src": static("kit/favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
            ],
            "shortcuts": [{"name": _("Report a repair"), "url": reverse("portal:report")}],
        },
        content_type="application/manifest+json",
    )


@never_cache
@door(anonymous=True, methods="GET")
def worker(request: Request) -> HttpResponse:
    """The worker's script, told which files make up the shell; it serves everything under /me."""
    files = [Link(label=name, url=static(name)) for name in KEPT]
    response = page(request, "worker", {"files": files}, suffix="js")
    response["Content-Type"] = "text/javascript"
    response["Service-Worker-Allowed"] = reverse("portal:home")
    return response


@door(anonymous=True, methods="GET")
def offline(request: Request) -> HttpResponse:
    """Shown where there is no network: what was written is safe, and whom to call."""
    return page(request, "offline", {})
