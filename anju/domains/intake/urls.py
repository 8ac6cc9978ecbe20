"""Addresses of what comes in."""

from django.urls import path

from anju.domains.intake import views

app_name = "intake"
urlpatterns = [
    path("arrivals", views.arrivals, name="arrivals"),
    path("arrivals/<uuid:id>", views.arrival, name="arrival"),
    path("calls", views.calls, name="calls"),
    path("calls/ringing", views.ringing, name="ringing"),
    path("sources", views.sources, name="sources"),
    path("sources/new", views.new_source, name="new_source"),
    path("sources/<uuid:id>", views.source, name="source"),
    path("sources/<uuid:id>/secret", views.new_secret, name="new_secret"),
]
