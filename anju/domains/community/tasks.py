"""What residents are told on their devices: how far their matter is, what is announced. Where no
browser of theirs takes it, the first and the last word about a matter come as text messages."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from anju.domains.community.commands.coming_in import account_of
from anju.domains.community.commands.telling import follow_work, tell_ahead
from anju.domains.community.models import AHEAD_OF_IT, Notice, Proxy
from anju.domains.community.rules import TEXT_EACH_DAY, TEXT_EACH_HOUR
from anju.engine.loop.models import Case
from anju.foundation.access.commands.limits import TooMany, take
from anju.foundation.access.models import Account
from anju.foundation.events.models import Event
from anju.foundation.events.registry import listen
from anju.foundation.lib import now
from anju.foundation.messages.commands import Note, queue_messages, queue_text
from anju.foundation.messages.models import Message, Subscription
from anju.foundation.messages.queries import (
    personal_gateway,
    phones_of,
    texts_reach_residents,
)
from anju.foundation.messages.registry import newest
from anju.foundation.messages.rules.sms import mobile
from anju.foundation.people.models import Occupancy
from anju.foundation.places.models import under
from anju.foundation.tenancy.across import each_by_itself
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today, zone_of_company
from anju.foundation.tenancy.queries import companies

log = structlog.get_logger("anju.community")

# Steps a resident is told of. Experience: at most five notices about one matter, of which the last
# is kept for the last word.
TOLD: Mapping[str, str] = {
    "case.reported": "matter.received",
    "case.tell": "matter.told",
    "work.assign": "matter.sent_out",
    "work.claim": "matter.sent_out",
    "work.hold": "matter.held",
    "work.pass": "matter.settled",
    "case.answer": "matter.settled",
}
MOST, LAST_WORD = 5, "matter.settled"
# Worth a text message: that it was received, and under which number; that it is settled, and the
# question whether it is good.
TEXTED = ("matter.received", "matter.settled")
FAILED = "message.dead"  # a notice no browser took
NEWS = "notice.published"
# Of the work that was announced: how far it is.
STEPS = ("notice.begun", "notice.ended", "notice.moved", "notice.off")
OUTAGE, ORDINARY = 2, 3  # water off cannot wait for the morning, unless it is planned


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
    accounts = _accounts({case.reporter_id for case in cases.values()}, actor)
    told = _told(cases, actor)
    for event in steps:
        case = cases.get(event.subject_id)
        for account in accounts.get(case.reporter_id, ()) if case else ():
            if case and account != event.by and _has_room(TOLD[event.name], told[account, case.id]):
                told[account, case.id].add(f"event:{event.id}")
                yield Note(
                    key=f"event:{event.id}",
                    kind=TOLD[event.name],
                    account=account,
                    subject=("matter", case.id),
                    facts={"number": case.number},
                    at=event.noted_at,
                )


def _has_room(kind: str, told: Collection[str]) -> bool:
    """Whether one more of this kind may be told beside the steps that were."""
    return len(told) < (MOST if kind == LAST_WORD else MOST - 1)


def _told(cases: Collection[UUID], actor: Actor) -> dict[tuple[UUID, UUID], set[str]]:
    """Account and case -> the steps it was told of, in whatever way. One query."""
    rows = Message.objects.filter(
        company_id=actor.company_id,
        channel__in=["inapp", "sms"],
        subject_kind="matter",
        subject_id__in=cases,
    )
    told = defaultdict(set)
    for account, case, key in rows.values_list("account_id", "subject_id", "key"):
        if account and case:
            told[account, case].add(_step_of(key))
    return told


def _step_of(key: str) -> str:
    """The step a message is about: the key of its note, without recipient and channel."""
    return key.rsplit(":", 2)[0]


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
    push = personal_gateway("push", actor=actor)
    notified = _with_browser(actor) if push and push.carries(ORDINARY, "") else set()
    told = _told(cases, actor)
    for step in steps:
        case = cases.get(step.case)
        if case is None or not _may_be_texted(case):
            continue
        if not step.pushed and case.reporter_id in notified:
            continue
        account, number = _telephone(case, actor)
        held = told[account, case.id] if account else set()
        new = step.key not in held and _has_room(step.kind, held)
        if not account or account == step.by or not (step.pushed or new):
            continue
        if _within_limits(number, case):
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


def _within_limits(number: str, case: Case) -> bool:
    """Count one text to this number; False where it has had enough of them."""
    try:
        take([(TEXT_EACH_HOUR, number), (TEXT_EACH_DAY, number)])
    except TooMany as over:
        log.warning("a number has had enough texts", limit=over.limit.name, case=case.number)
        return False
    return True


def _nobody_took(failed: Collection[UUID], actor: Actor) -> list[_Step]:
    """The steps whose notices were given up by every browser of the one who reported, and that no
    text has told. Three queries, none without a failure."""
    if not failed:
        return []
    mine = Message.objects.filter(company_id=actor.company_id)
    lost = list(
        mine.filter(id__in=failed).values_list(
            "key", "kind", "subject_id", "account__person_id", "expires_at"
        )
    )
    about = mine.filter(channel__in=["push", "sms"], subject_id__in={one[2] for one in lost})
    there = about.exclude(channel="push", state__in=["dead", "dropped"])
    held = {(_step_of(key), who) for key, who in there.values_list("key", "account__person_id")}
    reporters = Case.objects.filter(company_id=actor.company_id, id__in={one[2] for one in lost})
    whose = dict(reporters.values_list("id", "reporter_id"))
    found = {
        _Step(_step_of(key), kind, case, ends - newest(kind).ttl, pushed=True)
        for key, kind, case, who, ends in lost
        if case and who and whose.get(case) == who and (_step_of(key), who) not in held
    }
    return sorted(found, key=lambda step: step.key)


def _with_browser(actor: Actor) -> set[UUID | None]:
    """The persons with a browser that takes notices. One query."""
    rows = Subscription.objects.live().filter(company_id=actor.company_id)
    return set(rows.values_list("account__person_id", flat=True))


def _telephone(case: Case, actor: Actor) -> tuple[UUID | None, str]:
    """The account through which the telephone of who reported is found, made where there is none
    yet, and the number; no account where there is no number to text to."""
    person = case.reporter
    if person is None:
        return None, ""
    known = Account.objects.filter(
        company_id=actor.company_id, person_id=person.id, closed_at__isnull=True
    )
    accounts = list(known.order_by("created_at").values_list("id", flat=True))
    if accounts:
        for account, address in phones_of(accounts, actor=actor).items():
            return account, mobile(address.text) or address.text
        return None, ""
    number = mobile(person.phone)
    return (account_of(person, actor=actor).id, number) if number else (None, "")


def _of_notices(actor: Actor, events: Sequence[Event]) -> Iterator[Note]:
    """To everybody who lives below the place of an announcement: its news, and how far the work is
    that it announces, unless that is overtaken. Three queries each."""
    told = [event for event in events if event.name in (NEWS, *STEPS)]
    ids = {UUID(str(event.said["notice"])) for event in told}
    rows = Notice.objects.standing(now()).filter(company_id=actor.company_id, id__in=ids)
    standing = {notice.id: notice for notice in rows.select_related("place")}
    for event in told:
        notice = standing.get(UUID(str(event.said["notice"])))
        if notice is None or (event.name in STEPS and not _still_so(event, notice)):
            continue
        for account in _listening(notice, actor):
            yield _note(event, notice, account, actor)


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
    lived = Occupancy.objects.filter(
        under([notice.place.path], "place__path"), company_id=actor.company_id
    ).on(today(actor.company_id))
    persons = set(lived.values_list("person_id", flat=True))
    return {account for found in _accounts(persons, actor).values() for account in found}


def _accounts(persons: Collection[UUID | None], actor: Actor) -> dict[UUID | None, list[UUID]]:
    """Person -> accounts with a browser that takes notices: their own, and of who acts for them."""
    mine = {"company_id": actor.company_id}
    helping = Proxy.objects.standing().filter(**mine, helped__in=persons)
    for_whom = defaultdict(set, {person: {person} for person in persons})
    for helper, helped in helping.values_list("helper_id", "helped_id"):
        for_whom[helper].add(helped)
    rows = Subscription.objects.live().filter(**mine, account__person_id__in=for_whom)
    found: dict[UUID | None, list[UUID]] = defaultdict(list)
    for account, person in set(rows.values_list("account_id", "account__person_id")):
        for one in for_whom[person]:
            found[one].append(account)
    return found


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
