"""The lists of cases and of work orders."""

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.requests.queries import cases_with_due, works_seen
from anju.domains.requests.tables import (
    CaseList,
    WorkList,
    case_columns,
    case_filters,
    work_columns,
    work_filters,
)
from anju.foundation.access.doors import Request, door
from anju.foundation.events.commands import tell
from anju.foundation.kit.list import Bulk
from anju.foundation.kit.parts import Link
from anju.foundation.tenancy.actor import Actor

View = tuple[Any, str, tuple[Any, Any]]
# The ready-made views: name, question, and what is said when nothing answers it.
CASE_VIEWS: tuple[View, ...] = (
    (
        gettext_lazy("Open, due first"),
        "state=live&sort=due",
        (
            gettext_lazy("Nothing is open"),
            gettext_lazy("Everything received is closed. A new case appears here at once."),
        ),
    ),
    (
        gettext_lazy("Overdue"),
        "state=live&late=yes&sort=due",
        (gettext_lazy("Nothing is overdue"), gettext_lazy("No promise is late at this moment.")),
    ),
    (
        gettext_lazy("Complaints"),
        "kind=complaint&state=live&sort=due",
        (gettext_lazy("No complaint is open"), gettext_lazy("Every complaint received is closed.")),
    ),
    (
        gettext_lazy("Answered, not closed"),
        "state=answered&sort=due",
        (
            gettext_lazy("Nothing waits to be closed"),
            gettext_lazy("A case that was answered waits here for its callback."),
        ),
    ),
    (gettext_lazy("All"), "", ("", "")),
)
# What the workbench opens.
UNREAD = (
    "kind=complaint&state=live&unread=yes&sort=at",
    (
        gettext_lazy("No complaint is unread"),
        gettext_lazy("Somebody has responded to every complaint."),
    ),
)
WORK_VIEWS: tuple[View, ...] = (
    (
        gettext_lazy("Mine, due first"),
        "mine=yes&state=live&sort=due",
        (
            gettext_lazy("You have no work to do now"),
            gettext_lazy("What is dispatched to you appears here, what is due first on top."),
        ),
    ),
    (
        gettext_lazy("Not finished"),
        "state=live&sort=due",
        (
            gettext_lazy("No work order is unfinished"),
            gettext_lazy(
                "All work is done and verified. A new repair brings its work order along."
            ),
        ),
    ),
    (
        gettext_lazy("To be dispatched"),
        "state=waiting&sort=due",
        (
            gettext_lazy("Nothing waits to be dispatched"),
            gettext_lazy("Every work order has somebody who does it."),
        ),
    ),
    (
        gettext_lazy("To be verified"),
        "state=done&sort=due",
        (
            gettext_lazy("Nothing waits to be verified"),
            gettext_lazy("Finished work waits here until somebody else has looked at it."),
        ),
    ),
    (gettext_lazy("All"), "", ("", "")),
)


@door("case.see", methods="GET")
def cases(request: Request) -> HttpResponseBase:
    """The list of cases: what is due first, found by any clue, as a file."""
    actor = request.actor

    def exported(format: str, rows: int) -> None:
        tell(
            "list.export",
            subject=("company", actor.company_id),
            actor=actor,
            said={"list": "cases", "format": format, "rows": rows},
        )

    page: CaseList = CaseList(
        request,
        cases_with_due(actor),
        columns=case_columns(actor, lambda: page.clocks),
        filters=case_filters(actor),
        sort="-at",
        row_url=lambda case: reverse("requests:case", args=[case.id]),
        file=(_("cases"),),
        on_export=exported,
        empty=(
            _("No cases yet"),
            _("Whatever residents report or staff find appears here, what is due first on top."),
        ),
        views={UNREAD[0]: UNREAD[1], **{query: empty for _name, query, empty in CASE_VIEWS}},
    )
    context = {
        "page": page,
        "tabs": _tabs(request, CASE_VIEWS),
        "may_dispatch": actor.may("work.dispatch"),
    }
    return page.answer() or render(request, "requests/cases.html", context)


@door("work.see", methods="GET")
def works(request: Request) -> HttpResponseBase:
    """The list of work orders; `?mine=yes` is what the signed-in person has to do."""
    page: WorkList = WorkList(
        request,
        works_seen(request.actor).filter(case__isnull=False),
        columns=work_columns(request.actor, lambda: page.clocks),
        filters=work_filters(request.actor),
        sort="-opened",
        row_url=lambda work: reverse("requests:work", args=[work.id]),
        bulk=_bulk(request.actor),
        file=(_("work orders"),),
        empty=(
            _("No work orders yet"),
            _("A work order opens with its case; it appears here until it is passed."),
        ),
        views={query: empty for _name, query, empty in WORK_VIEWS},
    )
    mine = request.actor.person_id is not None and request.actor.may("work.do")
    tabs = _tabs(request, WORK_VIEWS[0 if mine else 1 :])
    return page.answer() or render(request, "requests/works.html", {"page": page, "tabs": tabs})


def _bulk(actor: Actor) -> list[Bulk]:
    """What the actor may do with all chosen work orders at once."""
    acts = (
        (
            "work.dispatch",
            Bulk(
                label=_("Give to somebody else"),
                url=reverse("requests:bulk_reassign"),
                icon="swap",
                key="A",
            ),
        ),
        (
            "case.close",
            Bulk(label=_("Close the cases"), url=reverse("requests:bulk_close"), icon="check"),
        ),
        (
            "work.see",
            Bulk(label=_("Print"), url=reverse("requests:bulk_sheets"), icon="print", key="P"),
        ),
    )
    return [bulk for permission, bulk in acts if actor.may(permission)]


def _tabs(request: Request, views: tuple[View, ...]) -> list[Link]:
    asked = request.META.get("QUERY_STRING", "")
    return [
        Link(label=name, url=f"?{query}", current=asked == query) for name, query, _empty in views
    ]
