"""The addresses the kit's own tests run on."""

from django.urls import include, path

urlpatterns = [path("kit/", include("anju.foundation.kit.urls"))]
handler400 = "anju.foundation.kit.views.bad_request"
handler403 = "anju.foundation.kit.views.forbidden"
handler404 = "anju.foundation.kit.views.not_found"
handler500 = "anju.foundation.kit.views.broken"
