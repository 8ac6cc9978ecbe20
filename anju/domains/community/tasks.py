"""What residents are told on their devices: how far their matter is, what is announced."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from uuid import UUID

from django.db.models import Count

from anju.domains.community.models import Notice, Proxy
from anju.engine.loop.models import Case
from anju.foundation.events.models import Event
from anju.foundation.events.registry import listen
from anju.foundation.lib import now
from anju.foundation.messages.commands import Note, queue_messages
from anju.foundation.messages.models import Message, Subscription
from anju.foundation.people.models import Occupancy
from anju.foundation.places.models import under
from anju.foundation.tenancy.actor import Actor

# Steps a resident is told of. Experience: at most five notices about one matter.
TOLD: Mapping[str, str] = {
    "case.tell": "matter.told",
    "work.assign": "matter.sent_out",
    "work.claim": "matter.sent_out",
    "work.hold": "matter.held",
    "work.pass": "matter.settled",
    "case.answer": "matter.settled",
}
MOST = 5
NEWS = "notice.published"
OUTAGE, ORDINARY = 2, 3  # water off cannot wait for the morning


def tell_residents(actor: Actor, events: Sequence[Event]) -> None:
    """Queue what these events mean to who lives here; again and again, it is the same messages."""
    notes = [*_of_matters(actor, events), *_of_notices(actor, events)]
    queue_messages(notes, actor=actor)


def anyone_to_tell(actor: Actor) -> bool:
    """Whether a browser takes notices at all: without one nothing is read for it."""
    return Subscription.objects.live().filter(company_id=actor.company_id).exists()


listen("community.residents", tell_residents, names=(*TOLD, NEWS), heeds=anyone_to_tell)


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
    sent = Counter(
        {
            (account, case): count
            for account, case, count in Message.objects.filter(
                company_id=actor.company_id,
                account_id__in={a for found in accounts.values() for a in found},
                channel="inapp",
                subject_kind="matter",
                subject_id__in=cases,
            )
            .values_list("account_id", "subject_id")
            .annotate(count=Count("id"))
        }
    )
    for event in steps:
        case = cases.get(event.subject_id)
        for account in accounts.get(case.reporter_id, ()) if case else ():
            if case and account != event.by and sent[account, case.id] < MOST:
                sent[account, case.id] += 1
                yield Note(
                    key=f"event:{event.id}",
                    kind=TOLD[event.name],
                    account=account,
                    subject=("matter", case.id),
                    facts={"number": case.number},
                    at=event.noted_at,
                )


def _of_notices(actor: Actor, events: Sequence[Event]) -> Iterator[Note]:
    """To everybody who lives below the place of an announcement. Three queries each."""
    ids = {UUID(str(event.said["notice"])) for event in events if event.name == NEWS}
    standing = Notice.objects.standing(now()).filter(company_id=actor.company_id, id__in=ids)
    for notice in standing.select_related("place"):
        lived = Occupancy.objects.filter(
            under([notice.place.path], "place__path"), company_id=actor.company_id
        ).on(now().date())
        listening = lived.values_list("person_id", flat=True)
        for account in {a for found in _accounts(set(listening), actor).values() for a in found}:
            yield Note(
                key=f"news:{notice.id}",
                kind="notice.news",
                account=account,
                subject=("news", notice.id),
                facts={"title": notice.title},
                priority=OUTAGE if notice.kind == "outage" else ORDINARY,
            )


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
