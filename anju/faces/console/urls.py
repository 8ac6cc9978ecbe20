"""Addresses of the pages that show everything at once."""

from django.urls import path

from anju.faces.console.views import (
    calendars,
    callback_rules,
    callbacks,
    desk,
    emergency,
    figures,
    handover,
    journal,
    notices,
    review,
    standards,
    today,
    wall,
)

app_name = "console"
urlpatterns = [
    path("", today.home, name="home"),
    path("indicators", figures.indicators, name="indicators"),
    path("indicators/<slug:code>", figures.indicator, name="indicator"),
    path("standards", standards.standards, name="standards"),
    path("standards/<uuid:id>", standards.standard, name="standard"),
    path("calendars", calendars.calendars, name="calendars"),
    path("calendars/<uuid:id>", calendars.calendar, name="calendar"),
    path("calendars/<uuid:id>/notice", calendars.notice, name="notice"),
    path("notices", notices.notices, name="notices"),
    path("notices/new", notices.new, name="new_notice"),
    path("notices/rule", notices.rule, name="notice_rule"),
    path("notices/<uuid:id>/approve", notices.approve_page, name="approve"),
    path("notices/<uuid:id>/boards", notices.post_page, name="post_at_board"),
    path("notices/<uuid:id>/boards/<uuid:posting>", notices.posting_photo, name="posting_photo"),
    path("notices/<uuid:id>/boards/<uuid:posting>/down", notices.take_down_page, name="take_down"),
    path("notices/<uuid:id>", notices.notice, name="notice_page"),
    path("notices/<uuid:id>/withdraw", notices.withdraw_page, name="withdraw"),
    path("desk", desk.desk, name="desk"),
    path("desk/queue", desk.live_queue, name="queue"),
    path("desk/suggest", desk.suggest, name="suggest"),
    path("emergency", emergency.plan_cards, name="emergency_plans"),
    path("emergency/plans/<slug:code>", emergency.card, name="emergency_card"),
    path("emergency/<uuid:id>", emergency.running, name="emergency"),
    path("emergency/<uuid:id>/done", emergency.note, name="emergency_note"),
    path("callbacks", callbacks.callbacks, name="callbacks"),
    path("callbacks/rules", callback_rules.callback_rules, name="callback_rules"),
    path("review", review.review, name="review"),
    path("handover", handover.handover, name="handover"),
    path("handover/<uuid:id>", handover.handed_over, name="handed_over"),
    path("wall", wall.wall, name="wall"),
    path("journal", journal.journal, name="journal"),
]
