"""The lists of cases and of work orders."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext_lazy as _

from anju.domains.requests.across import cases_that_broke, dissatisfied_today
from anju.domains.requests.forms import URGENCY_NAMES
from anju.domains.requests.promises import clocks_by_case, next_due, promise_line
from anju.domains.requests.queries import cases_owing, places_below
from anju.domains.requests.second_looks import SECOND_LOOKS, cases_to_look_at
from anju.engine.clocks.models import Clock
from anju.engine.loop.models import (
    CASE_STATE_NAMES,
    CHANNEL_NAMES,
    KIND_NAMES,
    WORK_STATE_NAMES,
    Case,
    WorkOrder,
)
from anju.foundation.kit.filters import Filter, between, equals
from anju.foundation.kit.list import Column, ListPage
from anju.foundation.kit.rules import ClockView, chip
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.lib import now
from anju.foundation.tenancy.actor import Actor

STATE_TONES = {"open": "blue", "answered": "warn", "closed": "ok", "done": "warn", "passed": "ok"}
LIVE_STATES = [("live", _("not closed")), *CASE_STATE_NAMES]


class CaseList(ListPage):
    """Cases, each row with its clocks; the clocks of a page cost one query."""

    @cached_property
    def clocks(self) -> Mapping[UUID, list[Clock]]:
        """The clocks of the page's rows."""
        return clocks_by_case(row.id for row in self._page[0])


class WorkList(ListPage):
    """Work orders, each row with the clocks of its case; they cost one query a page."""

    @cached_property
    def clocks(self) -> Mapping[UUID, list[Clock]]:
        """The clocks of the cases of the page's rows, by case."""
        return clocks_by_case(row.case_id for row in self._page[0] if row.case_id)


def case_columns(actor: Actor, clocks: Callable[[], Mapping[UUID, list[Clock]]]) -> list[Column]:
    """The columns of the list of cases."""

    def doer(case: Any) -> Any:
        for work in reversed(case.works):
            if work.person:
                return work.person.name_for(actor)
        return "—"

    kinds, channels = dict(KIND_NAMES), dict(CHANNEL_NAMES)
    return [
        Column(name="number", label=_("Number"), render=lambda c: c.number, look="mute"),
        Column(
            name="level",
            label=_("Lvl"),
            render=lambda c: tags.prio(c.urgency),
            sort="urgency",
            value=lambda c: f"P{c.urgency}",
        ),
        Column(name="title", label=_("Matter"), render=lambda c: c.title, look="title"),
        Column(name="place", label=_("Place"), render=lambda c: str(c.place) if c.place else "—"),
        Column(name="kind", label=_("Kind"), render=lambda c: kinds[c.kind], look="mute"),
        Column(
            name="reporter",
            label=_("Reporter"),
            render=lambda c: c.reporter.name_for(actor) if c.reporter else "—",
        ),
        Column(name="doer", label=_("Responsible"), render=doer),
        *_promise_columns(clocks),
        Column(
            name="channel", label=_("Source"), render=lambda c: channels[c.channel], look="desk"
        ),
        Column(
            name="at",
            label=_("Received"),
            render=lambda c: tags.moment(c.at),
            sort="at",
            numeric=True,
            look="desk",
            value=lambda c: c.at,
        ),
    ]


def _promise_columns(clocks: Callable[[], Mapping[UUID, list[Clock]]]) -> list[Column]:
    def of(case: Case) -> list[Clock]:
        return clocks().get(case.id, [])

    return [
        Column(
            name="due",
            label=_("Next promise"),
            render=lambda c: (
                tags.clock(next_due(of(c)), label=True) if next_due(of(c)) else _state(c)
            ),
            sort="due",
            nulls=True,
            look="mark",
            value=lambda c: c.due,
        ),
        Column(
            name="line",
            label=_("Promises"),
            render=lambda c: tags.promise(promise_line(c, of(c)), mini=True),
            look="desk",
            value=lambda c: ", ".join(_told(k) for k in promise_line(c, of(c))),
        ),
    ]


def _told(view: ClockView) -> str:
    """One promise in words, for a file."""
    return chip(view, now=now(), zone=get_current_timezone()).said


def _state(case: Case) -> Any:
    return tags.tag(case.get_state_display(), STATE_TONES.get(case.state, ""))


def case_filters(actor: Actor) -> list[Filter]:
    """What the list of cases can be asked."""

    def state(rows: QuerySet[Case], value: Any) -> QuerySet[Case]:
        return (
            rows.filter(state__in=["open", "answered"])
            if value == "live"
            else rows.filter(state=value)
        )

    def text(rows: QuerySet[Case], value: Any) -> QuerySet[Case]:
        return rows.filter(Q(number__endswith=str(value).upper()) | Q(title__icontains=value))

    def place(rows: QuerySet[Case], value: Any) -> QuerySet[Case]:
        return rows.filter(place_id__in=value)

    return [
        Filter(name="q", label=_("Find in the list"), kind="text", apply=text),
        Filter(name="state", label=_("State"), apply=state, choices=LIVE_STATES),
        Filter(name="kind", label=_("Kind"), apply=equals("kind"), choices=KIND_NAMES),
        Filter(name="opened", label=_("Received"), kind="dates", apply=between("at")),
        Filter(
            name="urgency",
            label=_("Urgency"),
            apply=equals("urgency"),
            choices=[(str(n), name) for n, name in URGENCY_NAMES],
        ),
        Filter(
            name="place",
            label=_("Place"),
            kind="place",
            apply=place,
            parse=lambda words: places_below(words, actor),
        ),
        *_folded_filters(actor),
    ]


def _folded_filters(actor: Actor) -> list[Filter]:
    """What is asked more seldom, under "More"."""

    def late(rows: QuerySet[Case], value: Any) -> QuerySet[Case]:
        return rows.filter(pk__in=cases_owing(actor, due_at__lt=now()))

    def broke(rows: QuerySet[Case], value: Any) -> QuerySet[Case]:
        return rows.filter(pk__in=cases_that_broke(value, actor), history=False)

    def unread(rows: QuerySet[Case], value: Any) -> QuerySet[Case]:
        return rows.filter(pk__in=cases_owing(actor, kind="respond"))

    def look(rows: QuerySet[Case], value: Any) -> QuerySet[Case]:
        return rows.filter(pk__in=cases_to_look_at(actor)[value])

    def dissatisfied(rows: QuerySet[Case], value: Any) -> QuerySet[Case]:
        return rows.filter(pk__in=dissatisfied_today())

    second_look = Filter(
        name="look",
        label=_("Second look"),
        apply=look,
        choices=[(one.code, one.label) for one in SECOND_LOOKS],
        more=True,
    )
    return [
        Filter(
            name="late",
            label=_("Overdue"),
            apply=late,
            choices=[("yes", _("overdue only"))],
            more=True,
        ),
        Filter(name="broke", label=_("Promise broken"), kind="dates", apply=broke, more=True),
        Filter(
            name="unread",
            label=_("Unread"),
            apply=unread,
            choices=[("yes", _("nobody has responded"))],
            more=True,
        ),
        Filter(
            name="dissatisfied",
            label=_("Dissatisfied"),
            apply=dissatisfied,
            choices=[("today", _("told today"))],
            more=True,
        ),
        Filter(
            name="channel",
            label=_("Source"),
            apply=equals("channel"),
            choices=CHANNEL_NAMES,
            more=True,
        ),
        *([second_look] if actor.may("journal.see") else []),
    ]


def work_columns(actor: Actor, clocks: Callable[[], Mapping[UUID, list[Clock]]]) -> list[Column]:
    """The columns of the list of work orders."""

    def due(work: WorkOrder) -> Any:
        live = work.case_id is not None and work.state not in ("passed", "void")
        view = next_due(clocks().get(work.case_id, [])) if live and work.case_id else None
        return tags.clock(view, label=True) if view else "—"

    return [
        Column(name="number", label=_("Number"), render=lambda w: w.number, look="mute"),
        Column(name="title", label=_("Work"), render=lambda w: w.title, look="title"),
        Column(name="place", label=_("Place"), render=lambda w: str(w.place) if w.place else "—"),
        Column(
            name="person",
            label=_("Responsible"),
            render=lambda w: w.person.name_for(actor) if w.person else (w.post or "—"),
        ),
        Column(
            name="state",
            label=_("State"),
            render=lambda w: tags.tag(w.get_state_display(), STATE_TONES.get(w.state, "")),
            look="mark",
            value=lambda w: str(w.get_state_display()),
        ),
        Column(
            name="due",
            label=_("Next promise"),
            render=due,
            sort="due",
            nulls=True,
            look="mark",
            value=lambda w: w.due,
        ),
        Column(
            name="opened",
            label=_("Opened"),
            render=lambda w: tags.moment(w.opened_at),
            sort="opened_at",
            numeric=True,
            look="desk",
            value=lambda w: w.opened_at,
        ),
    ]


def work_filters(actor: Actor) -> list[Filter]:
    """What the list of work orders can be asked."""

    def state(rows: QuerySet[WorkOrder], value: Any) -> QuerySet[WorkOrder]:
        if value == "live":
            return rows.exclude(state__in=["passed", "void"])
        return rows.filter(state=value)

    def mine(rows: QuerySet[WorkOrder], value: Any) -> QuerySet[WorkOrder]:
        return rows.filter(person_id=actor.person_id) if actor.person_id else rows.none()

    return [
        Filter(
            name="q",
            label=_("Find in the list"),
            kind="text",
            apply=lambda rows, v: rows.filter(Q(number__icontains=v) | Q(title__icontains=v)),
        ),
        Filter(
            name="state",
            label=_("State"),
            apply=state,
            choices=[("live", _("not finished")), *WORK_STATE_NAMES],
        ),
        Filter(name="mine", label=_("Whose"), apply=mine, choices=[("yes", _("mine"))]),
        Filter(name="opened", label=_("Opened"), kind="dates", apply=between("opened_at")),
    ]
