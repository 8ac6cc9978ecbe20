"""What residents are told on their devices: how far their matter is, what is announced. Where no
browser of theirs takes it, the first and the last word about a matter come as text messages."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models import QuerySet

from anju.domains.community.commands.telling import follow_work, tell_ahead
from anju.domains.community.models import AHEAD_OF_IT, Notice
from anju.domains.community.reaching import (
    MOST,
    ORDINARY,
    accounts_of,
    given_up,
    has_room,
    notified,
    step_of,
    telephone,
    told,
    within_limits,
)
from anju.engine.loop.models import Case
from anju.foundation.events.models import Event
from anju.foundation.events.registry import listen
from anju.foundation.lib import now
from anju.foundation.messages.commands import Note, queue_messages, queue_text
from anju.foundation.messages.models import Message, Subscription
from anju.foundation.messages.queries import texts_reach_residents
from anju.foundation.messages.registry import newest
from anju.foundation.people.models import Occupancy, Person
from anju.foundation.places.models import under
from anju.foundation.tenancy.across import each_by_itself
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today, zone_of_company
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
FAILED = "message.dead"  # a notice no browser took
NEWS = "notice.published"
# Of the work that was announced: how far it is.
STEPS = ("notice.begun", "notice.ended", "notice.moved", "notice.off")
# Worth a text message: what changes the day of whom planned work touches.
TEXTED_NEWS = (NEWS, "notice.moved", "notice.off")
OF_NEWS = ("notice.news", "notice.step")
TEXTED_STEPS = ("", "moved", "off")  # the same, as the facts of their messages say
OUTAGE = 2  # water off cannot wait for the morning, unless it is planned


def tell_residents(actor: Actor, events: Sequence[Event]) -> None:
    """Queue what these events mean to who lives here; again and again, it is the same messages."""
    notes = [*_of_matters(actor, events), *_of_notices(actor, events)]
    queue_messages(notes, actor=actor)
    for note in (*_texts(actor, events), *_texts_of_work(actor, events)):
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
    for event, notice in _news(actor, events):
        for account in _listening(notice, actor):
            yield _note(event, notice, account, actor)


def _news(actor: Actor, events: Sequence[Event]) -> Iterator[tuple[Event, Notice]]:
    """What is still so of announcements. One query."""
    news = [event for event in events if event.name in (NEWS, *STEPS)]
    ids = {UUID(str(event.said["notice"])) for event in news}
    rows = Notice.objects.standing(now()).filter(company_id=actor.company_id, id__in=ids)
    standing = {notice.id: notice for notice in rows.select_related("place")}
    for event in news:
        notice = standing.get(UUID(str(event.said["notice"])))
        if notice is not None and (event.name not in STEPS or _still_so(event, notice)):
            yield event, notice


def _texts_of_work(actor: Actor, events: Sequence[Event]) -> Iterator[Note]:
    """To everybody whom planned work touches and no browser of theirs tells: that it is announced,
    that it is moved or made up, that it does not take place; each in one way only, at most five
    about it."""
    failed = [
        e.subject_id for e in events
        if e.name == FAILED and e.said["channel"] == "push" and e.said["kind"] in OF_NEWS
    ]  # fmt: skip
    news = any(event.name in (NEWS, *STEPS) and _worth_a_text(event) for event in events)
    if not (failed or news) or not texts_reach_residents(actor=actor):
        return
    reached = notified(actor)
    for event, notice in _news(actor, events):
        if notice.work_id and _worth_a_text(event):
            for person in _living(notice, actor):
                if person.id not in reached:
                    yield from _texted(person, partial(_note, event, notice, actor=actor), actor)
    yield from _texts_given_up(failed, actor)


def _worth_a_text(event: Event) -> bool:
    """What changes the day of whom it touches; that it begins, where that is not when it was told
    to."""
    return event.name in TEXTED_NEWS or bool(event.said.get("later"))


def _texts_given_up(failed: Collection[UUID], actor: Actor) -> Iterator[Note]:
    """Of such news, those that every browser of somebody who lives there has given up. Three
    queries for each announcement, none without a failure."""
    lost = given_up(failed, actor)
    mine = Notice.objects.standing(now()).filter(company_id=actor.company_id, work__isnull=False)
    notices = mine.filter(id__in={m.subject_id for m, _person in lost if m.subject_id})
    for notice in notices.select_related("place") if lost else ():
        here = {person.id: person for person in _living(notice, actor)}
        once = {
            (step_of(m.key), who): m
            for m, who in lost
            if m.subject_id == notice.id and m.facts.get("step", "") in TEXTED_STEPS
        }
        for (_key, who), m in once.items():
            if who in here:
                yield from _texted(here[who], partial(_again, m), actor, pushed=True)


def _again(lost: Message, account: UUID) -> Note:
    return Note(
        key=step_of(lost.key), kind=lost.kind, account=account, facts=lost.facts,
        subject=("news", lost.subject_id or UUID(int=0)), priority=lost.priority,
    )  # fmt: skip


def _texted(
    person: Person, note_to: Callable[[UUID], Note], actor: Actor, *, pushed: bool = False
) -> Iterator[Note]:
    """`pushed`: a notice of it went out, and no browser of theirs took it."""
    account, number = telephone(person, actor) if person.kind != "staff" else (None, "")
    if account is None:
        return
    note = note_to(account)
    held = told([note.subject[1]], actor, kind="news")[account, note.subject[1]]
    new = note.key not in held and len(held) < MOST
    if (pushed or new) and within_limits(number, str(note.facts["title"])):
        yield note


def _living(notice: Notice, actor: Actor) -> QuerySet[Person]:
    """Who lives below the place of an announcement today. One query."""
    lived = Occupancy.objects.filter(
        under([notice.place.path], "place__path"), company_id=actor.company_id
    ).on(today(actor.company_id))
    mine = Person.objects.filter(company_id=actor.company_id, erased_at=None)
    return mine.filter(id__in=lived.values("person_id")).order_by("id")


def _still_so(event: Event, notice: Notice) -> bool:
    """Whether it stands as the event says: who hears late hears only the last. What was moved to
    where it was is told to nobody."""
    moved = event.name != "notice.moved" or event.said.get("later")
    same = event.said["starts_at"] == str(notice.starts_at)
    return bool(event.said["phase"] == notice.phase and same and moved)


def _note(event: Event, notice: Notice, account: UUID, actor: Actor) -> Note:
    when = notice.starts_at and notice.starts_at.astimezone(zone_of_company(actor.company_id))
    facts = {"title": notice.title, "when": f"{when:%m-%d %H:%M}" if when else ""}
    step = event.name in STEPS
    return Note(
        key=f"news:{notice.id}:{event.id}" if step else f"news:{notice.id}",
        kind="notice.step" if step else "notice.news",
        account=account,
        subject=("news", notice.id),
        facts=facts | ({"step": event.name.removeprefix("notice.")} if step else {}),
        priority=OUTAGE if notice.kind == "outage" and not notice.work_id else ORDINARY,
    )


def _listening(notice: Notice, actor: Actor) -> set[UUID]:
    persons = set(_living(notice, actor).values_list("id", flat=True))
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
