"""Addresses of the ledgers."""

from django.urls import path

from anju.domains.ledgers.views import books, lines

app_name = "ledgers"
urlpatterns = [
    path("ledgers", books.ledgers, name="ledgers"),
    path("ledgers/new", books.new_ledger, name="new"),
    path("ledgers/<uuid:id>", lines.ledger, name="ledger"),
    path("ledgers/<uuid:id>/edit", books.edit_ledger, name="edit"),
    path("ledgers/<uuid:id>/end", books.end, name="end"),
    path("ledgers/<uuid:id>/write", lines.write, name="write"),
    path("ledgers/<uuid:id>/months", books.months, name="months"),
    path("ledgers/lines/<uuid:id>", lines.line, name="line"),
    path("ledgers/lines/<uuid:id>/sign", lines.sign, name="sign"),
    path("ledgers/lines/<uuid:id>/files/<uuid:file>", lines.picture, name="picture"),
]
