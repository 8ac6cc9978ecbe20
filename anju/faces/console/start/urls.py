"""Addresses of the set-up."""

from django.urls import path

from anju.faces.console.start import views

app_name = "start"
urlpatterns = [
    path("start", views.start, name="start"),
    path("start/<slug:name>", views.step, name="step"),
]
