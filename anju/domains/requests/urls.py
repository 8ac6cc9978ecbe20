"""Addresses of cases and work orders."""

from django.urls import path

from anju.domains.requests.views import (
    board,
    bulk,
    evidence,
    lists,
    meetings,
    pages,
    past,
    reporting,
    steps,
)

app_name = "requests"
urlpatterns = [
    path("cases", lists.cases, name="cases"),
    path("cases/new", reporting.new_case, name="new_case"),
    path("cases/new/places", reporting.places, name="places"),
    path("cases/new/beside", reporting.beside, name="beside"),
    path("cases/past", past.past_cases, name="past_cases"),
    path("cases/meetings", meetings.meetings, name="meetings"),
    path("cases/meetings/new", meetings.new_meeting, name="new_meeting"),
    path("cases/meetings/<uuid:id>", meetings.meeting, name="meeting"),
    path("cases/meetings/<uuid:id>/erase", meetings.erase_meeting, name="erase_meeting"),
    path("cases/<uuid:id>", pages.case, name="case"),
    path("cases/<uuid:id>/past", past.past_case, name="past_case"),
    path("cases/<uuid:id>/steps/<slug:name>", steps.case_step, name="case_step"),
    path("cases/<uuid:id>/telephone", steps.telephone, name="telephone"),
    path("cases/<uuid:id>/photos", evidence.photos, name="photos"),
    path("cases/<uuid:id>/evidence/<uuid:record>", evidence.evidence, name="evidence"),
    path("cases/<uuid:id>/archive", evidence.archive, name="archive"),
    path("board", board.board, name="board"),
    path("work-orders", lists.works, name="works"),
    path("work-orders/chosen/reassign", bulk.reassign, name="bulk_reassign"),
    path("work-orders/chosen/close", bulk.close, name="bulk_close"),
    path("work-orders/chosen/sheets", bulk.sheets, name="bulk_sheets"),
    path("work-orders/<uuid:id>", pages.work, name="work"),
    path("work-orders/<uuid:id>/steps/<slug:name>", steps.work_step, name="work_step"),
]
