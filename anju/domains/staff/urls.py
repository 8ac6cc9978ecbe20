"""Addresses of the roster."""

from django.urls import path

from anju.domains.staff.views import changes, filling, now, plans, roster

app_name = "staff"
urlpatterns = [
    path("roster", roster.grid, name="roster"),
    path("roster/day", roster.one_day, name="day"),
    path("roster/pattern", filling.lay_pattern, name="lay"),
    path("roster/week", filling.copy, name="copy"),
    path("roster/shifts/<uuid:id>", filling.shifts, name="shifts"),
    path("roster/gaps/<uuid:id>", roster.gap, name="gap"),
    path("roster/plan", plans.team_plan, name="plan"),
    path("roster/changes", changes.changes, name="changes"),
    path("roster/changes/<uuid:id>", changes.change, name="change"),
    path("on-duty", now.on_duty_now, name="now"),
]
