"""Addresses of the answer base."""

from django.urls import path

from anju.domains.answers import views

app_name = "answers"
urlpatterns = [
    path("answers", views.answers, name="answers"),
    path("answers/new", views.new_answer, name="new"),
    path("answers/checks", views.checks, name="checks"),
    path("answers/<uuid:series>", views.answer, name="answer"),
    path("answers/<uuid:series>/edit", views.edit_answer, name="edit"),
    path("answers/<uuid:series>/withdraw", views.withdraw_answer, name="withdraw"),
]
