"""Addresses of the resident's side."""

from django.urls import path

from anju.faces.portal.views import (
    coming_in,
    follow,
    home,
    landing,
    mine,
    notices,
    promises,
    shell,
    steps,
    year,
)

app_name = "portal"
urlpatterns = [
    path("q/<str:code>", landing.scan, name="scan"),
    path("follow/<str:token>", follow.follow, name="follow"),
    path("me", home.home, name="home"),
    path("me/face", home.face, name="face"),
    path("me/app.webmanifest", shell.manifest, name="manifest"),
    path("me/worker.js", shell.worker, name="worker"),
    path("me/offline", shell.offline, name="offline"),
    path("me/in", coming_in.phone, name="phone"),
    path("me/in/code", coming_in.code, name="code"),
    path("me/in/<str:token>", coming_in.invitation, name="invitation"),
    path("me/out", coming_in.out, name="out"),
    path("me/report", mine.report, name="report"),
    path("me/matters", mine.matters_page, name="matters"),
    path("me/matters/<uuid:id>", mine.matter, name="matter"),
    path("me/matters/<uuid:id>/photos/<uuid:record>", mine.photo, name="photo"),
    path("me/matters/<uuid:id>/urge", steps.urge_page, name="urge"),
    path("me/matters/<uuid:id>/rate", steps.rate_page, name="rate"),
    path("me/matters/<uuid:id>/reopen", steps.reopen_page, name="reopen"),
    path("me/matters/<uuid:id>/complain", steps.complain_page, name="complain"),
    path("me/notices", notices.notices, name="notices"),
    path("me/notices/<uuid:id>", notices.notice, name="notice"),
    path("me/promises", promises.promises, name="promises"),
    path("me/year", year.service_plan, name="year"),
    path("me/self", home.self_page, name="self"),
    path("me/self/helpers", home.name_helper_page, name="name_helper"),
    path("me/self/helpers/<uuid:id>/end", home.end_helper_page, name="end_helper"),
    path("me/self/devices/<uuid:id>/end", home.end_device, name="end_device"),
]
