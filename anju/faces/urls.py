"""The addresses of the product: one line per room of pages."""

from django.urls import URLPattern, URLResolver, include, path

from anju.faces import health
from anju.faces.api.app import api
from anju.faces.api.hooks import hook

handler400 = "anju.foundation.kit.views.bad_request"
handler403 = "anju.foundation.kit.views.forbidden"
handler404 = "anju.foundation.kit.views.not_found"
handler500 = "anju.foundation.kit.views.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("version", health.version_page, name="version"),
    path("api/v1/hooks/<str:channel>", hook, name="hook"),
    path("api/v1/", api.urls),
    path("kit/", include("anju.foundation.kit.urls")),
    path("", include("anju.faces.portal.urls")),
    path("", include("anju.faces.console.accounts.urls")),
    path("", include("anju.faces.console.outbox.urls")),
    path("", include("anju.faces.console.registry.urls")),
    path("", include("anju.faces.console.start.urls")),
    path("", include("anju.domains.intake.urls")),
    path("", include("anju.domains.requests.urls")),
    path("", include("anju.domains.answers.urls")),
    path("", include("anju.domains.ledgers.urls")),
    path("", include("anju.domains.staff.urls")),
    path("", include("anju.faces.field.urls")),
    path("", include("anju.faces.console.urls")),
]
