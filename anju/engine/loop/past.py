"""A look into the past: cases as they stood at an instant, recomputed from their events.

What was known then: events noted up to the instant, whatever time they tell of. The same table of
moves and the same arithmetic as the commands, over copies in memory; nothing is written and no
clock of the server is touched. What the events do not say (who holds an account) is read from the
rows. Whether the result is right is not believed: each row is compared with the digest that the
last event before the instant committed to, and what differs is named in `unproven`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from anju.engine.clocks import rows as clock_rows
from anju.engine.clocks.models import Clock
from anju.engine.loop.commands.case_moves import relimit, set_limit
from anju.engine.loop.commands.ground import needs_check, turned
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.loop.queries import limits_of
from anju.engine.loop.rules import CASE_LIVE, CASE_MOVES, WORK_LIVE, WORK_MOVES
from anju.engine.standards.rules import Subject, limits_for
from anju.foundation.access.models import Account
from anju.foundation.calendars.queries import calendars_of
from anju.foundation.events.models import Event, EventValue
from anju.foundation.events.rules import row_digest
from anju.foundation.events.sealed import row_key
from anju.foundation.people.models import Person, Post
from anju.foundation.tenancy.actor import Actor

ENDINGS = ("case.close", "case.merge", "case.void")
TURNS = (*ENDINGS, "case.reopen", "case.reported")


@dataclass
class Stood:
    """A case as it stood: copies of its rows with the values they had, in the order of their ids.

    `unproven`: keys of rows that are not what the sealed event says of them.
    """

    case: Case
    at: datetime
    works: list[WorkOrder] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)


def steps_of(case: Case) -> list[datetime]:
    """When something became known about a case that the actor may see, oldest first. One query."""
    return list(Event.objects.about("case", case.id).values_list("noted_at", flat=True))


def open_cases_at(moment: datetime, cases: QuerySet[Case]) -> QuerySet[Case]:
    """Which of `cases` were neither closed nor void at `moment`, as known then. Imported history,
    which has no events of its own life, is left out. One look at the events of each case."""
    mine = Event.objects.filter(company_id=OuterRef("company_id"), subject_id=OuterRef("id"))
    ended_since = mine.filter(name__in=ENDINGS, noted_at__gt=moment)
    turns = mine.filter(name__in=TURNS, noted_at__lte=moment).order_by("-noted_at", "-id")
    known = cases.filter(Q(state__in=CASE_LIVE) | Exists(ended_since), history=False)
    last = known.filter(noted_at__lte=moment).annotate(turn=Subquery(turns.values("name")[:1]))
    return last.exclude(turn__in=ENDINGS).exclude(turn=None)


def stood_at(moment: datetime, cases: Sequence[Case], *, actor: Actor) -> list[Stood]:
    """These cases as they stood at `moment`, without those that were not known yet. The actor may
    see the cases. Eight queries, however many."""
    ids = [case.id for case in cases]
    events = list(
        Event.objects.filter(
            company_id=actor.company_id, subject_id__in=ids, noted_at__lte=moment
        ).order_by("noted_at", "id")
    )
    by_case: dict[UUID, list[Event]] = defaultdict(list)
    for event in events:
        by_case[event.subject_id].append(event)
    rows = _Rows.of(ids, events, actor)
    calendars = calendars_of(actor.company_id)
    return [
        _Look(case, moment, rows, calendars).through(by_case[case.id])
        for case in cases
        if by_case[case.id]
    ]


@dataclass(frozen=True)
class _Rows:
    """The rows as they are now, by id, and what only they know."""

    works: Mapping[str, WorkOrder]
    clocks: Mapping[str, Clock]
    reasons: Mapping[UUID, str]
    persons: Mapping[UUID, UUID | None]
    people: Mapping[UUID, Person]
    posts: Mapping[UUID, Post]

    @classmethod
    def of(cls, ids: Iterable[UUID], events: Iterable[Event], actor: Actor) -> "_Rows":
        works = list(WorkOrder.objects.filter(case_id__in=ids))
        held = [event.id for event in events if event.name == "work.hold"]
        reasons = EventValue.objects.filter(event_id__in=held, name="reason")
        accounts = Account.objects.filter(id__in={event.by for event in events})
        persons = dict(accounts.values_list("id", "person_id"))
        sent = {UUID(str(e.said["person"])) for e in events if e.said.get("person")}
        given = {UUID(str(e.said["post"])) for e in events if e.said.get("post")}
        known = {*sent, *persons.values(), *(work.person_id for work in works)} - {None}
        return cls(
            works={str(work.id): work for work in works},
            clocks={str(clock.id): clock for clock in Clock.objects.filter(case_id__in=ids)},
            reasons=dict(reasons.values_list("event_id", "text")),
            persons=persons,
            people=Person.objects.in_bulk(list(known)),
            posts=Post.objects.in_bulk(list(given)),
        )


class _Look:
    """One case, taken through its events."""

    def __init__(
        self, case: Case, moment: datetime, rows: _Rows, calendars: clock_rows.Calendars
    ) -> None:
        self.rows, self.calendars = rows, calendars
        self.stood = Stood(copy(case), moment)
        self.works: dict[str, WorkOrder] = {}
        self.clocks: dict[str, Clock] = {}
        self.sealed: dict[str, str] = {}

    def through(self, events: Iterable[Event]) -> Stood:
        """Take every event, then look at the clocks as of the instant."""
        case = self.stood.case
        case.told_at = case.answered_at = case.closed_at = None
        case.outcome, case.reopened, case.waived, case.state = "", 0, False, "open"
        for event in events:
            self._take(event)
        for clock in self.clocks.values():
            if clock.live:
                clock_rows.refresh(clock, self.stood.at, self.calendars)
        self.stood.works = [self.works[key] for key in sorted(self.works)]
        self.stood.clocks = sorted(self.clocks.values(), key=lambda c: (c.started_at, c.id))
        self.stood.unproven = list(self._unproven())
        return self.stood

    def _take(self, event: Event) -> None:
        family, _dot, name = event.name.partition(".")
        move = {"case": CASE_MOVES, "work": WORK_MOVES}.get(family, {}).get(name)
        if event.name == "case.reported":
            self.stood.case.urgency = int(event.said["urgency"])
            self.stood.case.category = str(event.said["category"])
        elif event.name == "case.told_along":
            self.stood.case.told_at = self.stood.case.told_at or event.at
        elif move is not None:
            before = list(self.clocks.values())
            if family == "case":
                self._case_step(name, event, before)
            else:
                self._work_step(name, event)
            reason = self.rows.reasons.get(event.id) or "-"
            turned(move, before, at=event.at, reason=reason, calendars=self.calendars)
        self._meet(event)

    def _meet(self, event: Event) -> None:
        """Rows the event was the first to write, and what it committed to of the others."""
        for key, digest in event.wrote.items():
            table, _colon, id = key.partition(":")
            if table == "loop_workorder" and id in self.rows.works:
                if id not in self.works:
                    self.works[id] = self._new_work(id)
            elif table == "clocks_clock" and id in self.rows.clocks:
                if id not in self.clocks:
                    self.clocks[id] = self._new_clock(id, event)
            elif key != row_key(self.stood.case):
                continue
            self.sealed[key] = digest

    def _new_work(self, id: str) -> WorkOrder:
        work = copy(self.rows.works[id])
        work.state, work.failed, work.held_reason = "waiting", 0, ""
        work.person = work.post = work.done_at = work.done_by = None
        return work

    def _new_clock(self, id: str, event: Event) -> Clock:
        """As it began: the limit of the category and urgency of that day."""
        clock, case = copy(self.rows.clocks[id]), self.stood.case
        clock.state, clock.stopped_at, clock.pauses = "running", None, []
        if clock.kind == "reply":
            self._deadline(clock, event)
        elif case.standard_id is not None:
            path = case.place.path if case.place else ""
            subject = Subject(case.category, case.urgency, path)
            limits = limits_for(limits_of(case.standard_id), subject)
            if limit := limits.get(clock.kind):  # type: ignore[call-overload]  # the column holds its kinds
                set_limit(clock, limit)
        return clock

    def _deadline(self, clock: Clock, event: Event) -> None:
        due = datetime.fromisoformat(str(event.said["due"]))
        clock_rows.due_by(clock, due, event.at, self.calendars)

    # Steps of the case

    def _case_step(self, name: str, event: Event, clocks: Sequence[Clock]) -> None:
        case, at = self.stood.case, event.at
        if step := _CASE_STEPS.get(name):
            step(self, event)
        elif name == "classify":
            case.urgency = int(event.said.get("urgency") or case.urgency)
            case.category = str(event.said.get("category") or case.category)[:120]
            relimit(case, clocks, self.calendars)
        elif name == "tell":
            case.told_at = case.told_at or at
        elif name == "deadline":
            for clock in clocks:
                if clock.kind == "reply" and clock.live:
                    self._deadline(clock, event)

    def _answer(self, event: Event) -> None:
        self._void({"waiting"})
        self.stood.case.state, self.stood.case.answered_at = "answered", event.at

    def _waive(self, event: Event) -> None:
        self.stood.case.waived = True
        done = [work for work in self.works.values() if work.state == "done"]
        for work in done:
            work.state = "passed"
        if done:
            self._answered_if_done(event.at)

    def _callback(self, event: Event) -> None:
        self.stood.case.outcome = str(event.said["outcome"])
        if self.stood.case.outcome == "dissatisfied":
            self._open_again(event, "dissatisfied")

    def _open_again(self, _event: Event, outcome: str = "") -> None:
        case = self.stood.case
        case.state, case.outcome, case.waived = "open", outcome, False
        case.told_at = case.answered_at = case.closed_at = None
        case.reopened += 1

    def _close(self, event: Event) -> None:
        self.stood.case.state, self.stood.case.closed_at = "closed", event.at

    def _merge(self, event: Event) -> None:
        self._void(WORK_LIVE)
        self.stood.case.told_at = None  # the end of the first case is told along
        self._close(event)

    def _void_case(self, event: Event) -> None:
        clock_rows.drop(clock for clock in self.clocks.values() if clock.live)
        self._void(WORK_LIVE)
        self.stood.case.state, self.stood.case.closed_at = "void", event.at

    def _void(self, states: Iterable[str]) -> None:
        for work in self.works.values():
            if work.state in states:
                work.state = "void"

    # Steps of work

    def _work_step(self, name: str, event: Event) -> None:
        work = self.works[str(event.said["work"])]
        work.state = WORK_MOVES[name].target or work.state
        if name in ("assign", "hand_back"):
            work.person = self._person(event.said.get("person"))
            work.post = self._post(event.said.get("post"))
        elif name in ("accept", "claim") and work.person_id is None:
            by = self.rows.persons.get(event.by) or self.rows.works[str(work.id)].person_id
            work.person = self._person(by)
        elif name == "hold":
            work.held_reason = self.rows.reasons.get(event.id, "")[:200]
        elif name == "resume":
            work.held_reason = ""
        elif name == "finish":
            work.done_at, work.done_by = event.at, event.by
            if not needs_check(self.stood.case):
                work.state = "passed"
                self._answered_if_done(event.at)
        elif name == "pass":
            self._answered_if_done(event.at)
        elif name == "fail":
            work.failed += 1

    def _answered_if_done(self, at: datetime) -> None:
        over = all(work.state not in WORK_LIVE for work in self.works.values())
        if self.stood.case.state == "open" and over:
            self.stood.case.state, self.stood.case.answered_at = "answered", at

    def _person(self, given: Any) -> Person | None:
        return self.rows.people.get(UUID(str(given))) if given else None

    def _post(self, given: Any) -> Post | None:
        return self.rows.posts.get(UUID(str(given))) if given else None

    # Against the seals

    def _unproven(self) -> Iterator[str]:
        """The rows whose digest is another one; how often a row was written is no fact of it."""
        known: list[Case | WorkOrder | Clock] = [
            self.stood.case, *self.works.values(), *self.clocks.values(),
        ]  # fmt: skip
        for row in known:
            fields = dict(row.sealed_fields())
            versions = range(1, fields["version"] + 1) if "version" in fields else [None]
            found = ({**fields, "version": n} if n else fields for n in versions)
            wanted = self.sealed.get(row_key(row))
            if not any(row_digest(one) == wanted for one in found):
                yield row_key(row)


_CASE_STEPS: Mapping[str, Callable[[_Look, Event], None]] = {
    "answer": _Look._answer,
    "waive": _Look._waive,
    "callback": _Look._callback,
    "reopen": _Look._open_again,
    "close": _Look._close,
    "merge": _Look._merge,
    "void": _Look._void_case,
}
