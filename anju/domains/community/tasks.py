"""What residents are told on their devices: how far their matter is, what is announced. Where no
browser of theirs takes it, the first and the last word about a matter come as text messages."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anju.domains.community.commands.telling import follow_work, tell_ahead
from anju.domains.community.models import AHEAD_OF_IT, Notice
from anju.domains.community.news import GOES_ON, NEWS, STEPS, living, news_of
from anju.domains.community.reaching import (
    FAILED,
    accounts_of,
    given_up,
    has_room,
    notified,
    step_of,
    telephone,
    told,
    within_limits,
)
from anju.domains.community.texting import text_of_work
from anju.engine.loop.models import Case
from anju.foundation.events.models import Event
from anju.foundation.events.registry import listen
from anju.foundation.lib import now
from anju.foundation.messages.commands import Note, queue_messages, queue_text
from anju.foundation.messages.models import Subscription
from anju.foundation.messages.queries import texts_reach_residents
from anju.foundation.messages.registry import newest
from anju.foundation.tenancy.across import each_by_itself
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.queries import companies

# Steps a resident is told of.
TOLD: Mapping[str, str] = {
    "case.reported": "matter.received",
    "case.tell": "matter.told",
    "work.assign": "matter.sent_out",
    "work.claim": "matter.sent_out",
    "work.hold": "matter.held",
    "work.pass": "matter.settled",
    "case.answer": "matter.settled",
}
# Worth a text message: that it was received, and under which number; that it is settled, and the
# question whether it is good.
TEXTED = ("matter.received", "matter.settled")


def tell_residents(actor: Actor, events: Sequence[Event]) -> None:
    """Queue what these events mean to who lives here; again and again, it is the same messages."""
    notes = [*_of_matters(actor, events), *_of_notices(actor, events)]
    queue_messages(notes, actor=actor)
    for note in _texts(actor, events):
        queue_text(note, actor=actor)


def anyone_to_tell(actor: Actor) -> bool:
    """Whether a browser takes notices, or a telephone texts: without either nothing is read."""
    browsers = Subscription.objects.live().filter(company_id=actor.company_id)
    return browsers.exists() or texts_reach_residents(actor=actor)


listen(
    "community.residents",
    tell_residents,
    names=(*TOLD, NEWS, *STEPS, FAILED),
    heeds=anyone_to_tell,
)


def anyone_to_text(actor: Actor) -> bool:
    """Whether residents get text messages at all."""
    return texts_reach_residents(actor=actor)


# With a cursor of its own: a thousand texts about work keep no word about a matter waiting.
listen(
    "community.texts",
    text_of_work,
    names=(NEWS, *STEPS, GOES_ON, FAILED),
    heeds=anyone_to_text,
)


def _of_matters(actor: Actor, events: Sequence[Event]) -> Iterator[Note]:
    """At most five notes about one matter to one account. Five queries."""
    steps = [event for event in events if event.name in TOLD]
    rows = Case.objects.filter(
        company_id=actor.company_id,
        id__in={event.subject_id for event in steps},
        reporter__isnull=False,
        history=False,
    )
    cases = {case.id: case for case in rows}
    accounts = accounts_of({case.reporter_id for case in cases.values()}, actor)
    held = told(cases, actor)
    for event in steps:
        case = cases.get(event.subject_id)
        for account in accounts.get(case.reporter_id, ()) if case else ():
            if case and account != event.by and has_room(TOLD[event.name], held[account, case.id]):
                held[account, case.id].add(f"event:{event.id}")
                yield Note(
                    key=f"event:{event.id}",
                    kind=TOLD[event.name],
                    account=account,
                    subject=("matter", case.id),
                    facts={"number": case.number},
                    at=event.noted_at,
                )


@dataclass(frozen=True)
class _Step:
    """A step of a case worth a text message. `pushed`: a notice of it went out, and no browser of
    the resident took it."""

    key: str
    kind: str
    case: UUID
    at: datetime
    by: UUID | None = None
    pushed: bool = False


def _texts(actor: Actor, events: Sequence[Event]) -> Iterator[Note]:
    """The steps that no browser of the resident takes, to the telephone on record: at most five
    about one matter, notices counted, each step in one way only."""
    steps = [
        _Step(f"event:{e.id}", TOLD[e.name], e.subject_id, e.noted_at, e.by)
        for e in events
        if TOLD.get(e.name) in TEXTED
    ]
    failed = [
        e.subject_id
        for e in events
        if e.name == FAILED and e.said["channel"] == "push" and e.said["kind"] in TEXTED
    ]
    if not (steps or failed) or not texts_reach_residents(actor=actor):
        return
    steps += _nobody_took(failed, actor)
    # After an outage: what is over takes no place and counts against no limit.
    steps = [step for step in steps if step.at + newest(step.kind).ttl > now()]
    rows = Case.objects.filter(
        company_id=actor.company_id,
        id__in={step.case for step in steps},
        reporter__isnull=False,
        history=False,
    )
    cases = {case.id: case for case in rows.select_related("reporter")}
    reached, before = notified(actor), told(cases, actor)
    for step in steps:
        case = cases.get(step.case)
        if case is None or not _may_be_texted(case):
            continue
        if not step.pushed and case.reporter_id in reached:
            continue
        account, number = telephone(case.reporter, actor)
        held = before[account, case.id] if account else set()
        new = step.key not in held and has_room(step.kind, held)
        if not account or account == step.by or not (step.pushed or new):
            continue
        if within_limits(number, case.number):
            held.add(step.key)
            yield Note(
                key=step.key,
                kind=step.kind,
                account=account,
                subject=("matter", case.id),
                facts={"number": case.number},
                at=step.at,
            )


def _may_be_texted(case: Case) -> bool:
    """Not staff, and not whoever left a number at a label: it may be anybody's."""
    who = case.reporter
    if who is None or who.kind == "staff":
        return False
    return not (case.channel == "qr" and who.kind == "contact")


def _nobody_took(failed: Collection[UUID], actor: Actor) -> list[_Step]:
    """The steps whose notices were given up by every browser of the one who reported, and that no
    text has told. Three queries, none without a failure."""
    lost = given_up(failed, actor)
    reporters = Case.objects.filter(
        company_id=actor.company_id,
        id__in={m.subject_id for m, _person in lost if m.subject_id},
    )
    whose = dict(reporters.values_list("id", "reporter_id")) if lost else {}
    found = {
        _Step(step_of(m.key), m.kind, m.subject_id, m.expires_at - newest(m.kind).ttl, pushed=True)
        for m, person in lost
        if m.subject_id and whose.get(m.subject_id) == person
    }
    return sorted(found, key=lambda step: step.key)


def _of_notices(actor: Actor, events: Sequence[Event]) -> Iterator[Note]:
    """To everybody who lives below the place of an announcement: its news, and how far the work is
    that it announces, unless that is overtaken. Three queries each."""
    for _event, news in news_of(events, actor):
        for account in _listening(news.notice, actor):
            yield news.to(account)


def _listening(notice: Notice, actor: Actor) -> set[UUID]:
    persons = set(living(notice, actor).values_list("id", flat=True))
    return {account for found in accounts_of(persons, actor).values() for account in found}


# What happens to work that was announced, and to its plan.
OF_WORK = ("work.arrive", "work.start", "work.finish", "work.void")
OF_PLANS = ("plan.changed", "plan.pause", "plan.end", "plan.missed")


def follow_announced(actor: Actor, events: Sequence[Event]) -> None:
    """Let announcements say how far their work is."""
    works = {event.subject_id: event.at for event in events if event.subject_kind == "work"}
    plans = {event.subject_id for event in events if event.subject_kind == "plan"}
    follow_work(works, plans=plans, actor=actor)


def anything_announced(actor: Actor) -> bool:
    """Whether work is announced that has not come to its end, or of which it was said that it does
    not take place: the news of it may come late."""
    mine = Notice.objects.filter(company_id=actor.company_id, phase__in=(*AHEAD_OF_IT, "off"))
    return mine.filter(withdrawn_at=None).exists()


listen(
    "community.work", follow_announced, names=(*OF_WORK, *OF_PLANS), heeds=anything_announced
)  # fmt: skip


def tell_all_ahead() -> int:
    """Announce the planned work whose time to be told has come, company by company; how much. What
    is wrong with one keeps no other waiting; the first error is raised when all others are done.
    Safe to repeat; asked by the ticker."""
    return each_by_itself(
        companies(), lambda company: tell_ahead(actor=Actor.machine(company.id, "community"))
    )
