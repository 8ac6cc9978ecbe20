"""The journal: everything that happened in the company, newest first."""

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from anju.engine.loop.models import Case
from anju.faces.console.journal_subjects import SUBJECTS, TOPICS
from anju.faces.console.journal_words import event_words, facts_words, named_like
from anju.foundation.access.doors import Request, door
from anju.foundation.access.queries import names_of, who_did
from anju.foundation.events.models import Event
from anju.foundation.kit.filters import Filter, between
from anju.foundation.kit.list import Column, ListPage
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.tenancy.actor import Actor

_PAGES = {"place": "registry:place", "person": "registry:person", "asset": "registry:asset"}


class JournalList(ListPage):
    """Events, each with who did it and which case it was; both cost one query a page."""

    actor: Actor

    @cached_property
    def who(self) -> Mapping[UUID, str]:
        """The names of the accounts that acted on this page, or were acted on."""
        ids = [e.subject_id for e in self._page[0] if e.subject_kind == "account"]
        wrote = [UUID(e.said["written_by"]) for e in self._page[0] if e.said.get("written_by")]
        return names_of([*ids, *wrote, *(e.by for e in self._page[0])], actor=self.actor)

    @cached_property
    def by_text(self) -> Mapping[str, str]:
        """The same, by the text of the id, as events say it."""
        return {str(id): name for id, name in self.who.items()}

    @cached_property
    def cases(self) -> Mapping[UUID, str]:
        """The numbers of the cases of this page."""
        ids = {e.subject_id for e in self._page[0] if e.subject_kind == "case"}
        return dict(Case.objects.seen_by(self.actor).filter(id__in=ids).values_list("id", "number"))


@door("journal.see", methods="GET")
def journal(request: Request) -> HttpResponseBase:
    """Everything that happened, for who may read the journal of the whole company."""
    page: JournalList = JournalList(
        request,
        Event.objects.seen_by(request.actor),
        columns=_columns(lambda: page),
        filters=[
            Filter(
                name="topic",
                label=_("Area"),
                choices=tuple(TOPICS.items()),
                apply=lambda rows, topic: rows.filter(name__startswith=f"{topic}."),
            ),
            Filter(name="name", label=_("Event"), kind="text", apply=_named, hint=_("Event")),
            Filter(name="noted", label=_("Noted"), kind="dates", apply=between("noted_at")),
        ],
        sort="-noted",
        row_url=_page_of,
        file=(_("journal"),),
        empty=_empty(request),
    )
    page.actor = request.actor
    return page.answer() or render(request, "console/journal.html", {"page": page})


def _columns(page: Any) -> list[Column]:
    return [
        Column(
            name="noted",
            label=_("Noted"),
            render=lambda e: tags.moment(e.noted_at),
            sort="id",
            value=lambda e: e.noted_at,
        ),
        Column(
            name="name",
            label=_("Event"),
            render=lambda e: event_words(e.name),
            look="title",
            value=lambda e: f"{event_words(e.name)} ({e.name})",
        ),
        Column(
            name="about",
            label=_("About"),
            render=lambda e: _about(e, page().cases if e.subject_kind == "case" else page().who),
            value=lambda e: f"{e.subject_kind} {e.subject_id}",
        ),
        Column(
            name="said",
            label=_("Facts"),
            render=facts_words,
            look="wide",
            value=lambda e: json.dumps(e.said, ensure_ascii=False),
        ),
        Column(
            name="by",
            label=_("By"),
            render=lambda e: (
                who_did(str(e.by), e.said.get("written_by"), page().by_text) or _("the system")
            ),
            value=lambda e: str(e.by),
        ),
        Column(
            name="at",
            label=_("Happened"),
            render=lambda e: tags.moment(e.at),
            look="desk",
            value=lambda e: e.at,
        ),
        Column(
            name="leaf",
            label=_("Name and seal"),
            render=lambda e: format_html(
                '<span class="small mute">{}<br>{}</span>', e.name, bytes(e.leaf).hex()[:12]
            ),
            look="desk",
            value=lambda e: bytes(e.leaf).hex(),
        ),
    ]


def _named(rows: QuerySet[Event], value: Any) -> QuerySet[Event]:
    return rows.filter(Q(name__in=named_like(value)) | Q(name__startswith=value))


def _about(event: Event, known: Mapping[UUID, str]) -> str:
    kind = str(SUBJECTS.get(event.subject_kind, event.subject_kind))
    return f"{kind} {known.get(event.subject_id) or str(event.subject_id)[-6:]}"


def _empty(request: Request) -> tuple[str, str]:
    if request.actor.may("journal.see", ""):
        return _("Nothing has happened yet"), _("Every change is noted here and sealed.")
    return (
        _("The journal is about the whole company"),
        _("Your role covers a part of it. What happened to a case stands on its page."),
    )


def _page_of(event: Event) -> str:
    if event.subject_kind == "case":
        return reverse("requests:case", args=[event.subject_id])
    page = _PAGES.get(event.subject_kind)
    return reverse(page, args=[event.subject_id]) if page else ""
