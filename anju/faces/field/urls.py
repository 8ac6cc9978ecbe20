"""Addresses of the pages for work on foot."""

from django.urls import path

from anju.faces.field.views import (
    asking,
    doing,
    phone,
    planned,
    reading,
    reporting,
    scanning,
    shifts,
    today,
)

app_name = "field"
urlpatterns = [
    path("field", phone.front, name="front"),
    path("work/phone", phone.enrol, name="phone"),
    path("work", today.today, name="today"),
    path("work/scan", scanning.scan, name="scan"),
    path("work/report", reporting.report_here, name="report"),
    path("reading", reading.readings, name="readings"),
    path("reading/<uuid:id>", reading.reading, name="reading"),
    path("reading/<uuid:id>/file", reading.reading_file, name="reading_file"),
    path("reading/<uuid:id>/questions", reading.quiz, name="quiz"),
    path("shifts", shifts.shifts, name="shifts"),
    path("shifts/calendar.ics", shifts.calendar, name="calendar"),
    path("shifts/leave", shifts.leave, name="leave"),
    path("shifts/<uuid:id>/swap", shifts.swap, name="swap"),
    path("shifts/changes/<uuid:id>", shifts.decide, name="decide"),
    path("work/<uuid:id>", doing.task, name="task"),
    path("work/<uuid:id>/steps/<slug:name>", doing.step, name="step"),
    path("work/<uuid:id>/arrive", scanning.arrive, name="arrive"),
    path("work/<uuid:id>/finish", doing.finish, name="finish"),
    path("work/<uuid:id>/done", planned.done, name="done"),
    path("work/<uuid:id>/items", asking.items, name="items"),
    path("work/<uuid:id>/how", asking.how, name="how"),
    path("work/<uuid:id>/used", doing.used, name="used"),
    path("work/<uuid:id>/signature", doing.signature, name="signature"),
]
