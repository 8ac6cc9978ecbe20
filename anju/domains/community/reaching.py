"""How residents are reached, by a browser that takes notices, else by telephone; and how often."""

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

import structlog

from anju.domains.community.commands.coming_in import account_of
from anju.domains.community.models import Proxy
from anju.domains.community.rules import TEXT_EACH_DAY, TEXT_EACH_HOUR
from anju.foundation.access.commands.limits import TooMany, take
from anju.foundation.access.models import Account
from anju.foundation.messages.models import Message, Subscription
from anju.foundation.messages.queries import addresses_of, personal_gateway
from anju.foundation.messages.rules.sms import mobile
from anju.foundation.people.models import Person
from anju.foundation.tenancy.actor import Actor

log = structlog.get_logger("anju.community")

# Experience: at most five notices about one matter, of which the last is kept for the last word.
MOST, LAST_WORD = 5, "matter.settled"
ORDINARY = 3  # what waits for the end of quiet hours
FAILED = "message.dead"  # the event of a notice no browser took


def has_room(kind: str, told: Collection[str]) -> bool:
    """Whether one more of this kind may be told beside the steps that were."""
    return len(told) < (MOST if kind == LAST_WORD else MOST - 1)


def told(
    subjects: Collection[UUID], actor: Actor, *, kind: str = "matter"
) -> dict[tuple[UUID, UUID], set[str]]:
    """Account and matter (or announcement) -> the steps it was told of, in whatever way. One
    query."""
    rows = Message.objects.filter(
        company_id=actor.company_id,
        channel__in=["inapp", "sms"],
        subject_kind=kind,
        subject_id__in=subjects,
    )
    found = defaultdict(set)
    for account, case, key in rows.values_list("account_id", "subject_id", "key"):
        if account and case:
            found[account, case].add(step_of(key))
    return found


def step_of(key: str) -> str:
    """The step a message is about: the key of its note, without recipient and channel."""
    return key.rsplit(":", 2)[0]


def within_limits(number: str, about: str) -> bool:
    """Count one text to this number; False where it has had enough of them."""
    try:
        take([(TEXT_EACH_HOUR, number), (TEXT_EACH_DAY, number)])
    except TooMany as over:
        log.warning("a number has had enough texts", limit=over.limit.name, about=about)
        return False
    return True


class Lost(NamedTuple):
    """A notice that every browser of a person has given up."""

    message: Message
    person: UUID


def given_up(failed: Collection[UUID], actor: Actor) -> list[Lost]:
    """Of notices that no browser took, those that every browser of their person has given up and
    that no text has told. Three queries, none without a failure."""
    if not failed:
        return []
    mine = Message.objects.filter(company_id=actor.company_id)
    lost = list(mine.filter(id__in=failed).order_by("id"))
    of_them = Account.objects.filter(id__in={m.account_id for m in lost if m.account_id})
    whose = dict(of_them.values_list("id", "person_id"))
    about = mine.filter(channel__in=["push", "sms"], subject_id__in={m.subject_id for m in lost})
    there = about.exclude(channel="push", state__in=["dead", "dropped"])
    held = {(step_of(key), who) for key, who in there.values_list("key", "account__person_id")}
    return [
        Lost(one, person)
        for one in lost
        if (person := whose.get(one.account_id or one.id))
        and (step_of(one.key), person) not in held
    ]


def notified(actor: Actor) -> set[UUID | None]:
    """The persons whom notices reach: with a browser that takes them, while the company sends any.
    Two queries."""
    push = personal_gateway("push", actor=actor)
    return _with_browser(actor) if push and push.carries(ORDINARY, "") else set()


def _with_browser(actor: Actor) -> set[UUID | None]:
    """The persons with a browser that takes notices. One query."""
    rows = Subscription.objects.live().filter(company_id=actor.company_id)
    return set(rows.values_list("account__person_id", flat=True))


class Telephone(NamedTuple):
    """Where a person is texted: the number, and the account through which it is found; None where
    there is none yet."""

    account: UUID | None
    number: str


def telephones(persons: Collection[Person], actor: Actor) -> dict[UUID, Telephone]:
    """Person -> where they are texted, of those with a number: the one an account of theirs gave,
    else the one on record. Two queries, none without persons."""
    mine = Account.objects.filter(
        company_id=actor.company_id, person_id__in=[one.id for one in persons], closed_at=None
    )
    theirs = defaultdict(list)
    for account, person in mine.order_by("created_at").values_list("id", "person_id"):
        theirs[person].append(account)
    known = [account for accounts in theirs.values() for account in accounts]
    given = addresses_of(known, "sms", actor=actor)
    found = {}
    for one in persons:
        accounts = theirs.get(one.id, [])
        through = next((a for a in accounts if a in given), accounts[0] if accounts else None)
        text = given[through].text if through in given else one.phone
        if number := mobile(text) or (text if through in given else ""):
            found[one.id] = Telephone(through, number)
    return found


def telephone(person: Person | None, actor: Actor) -> tuple[UUID | None, str]:
    """The account through which the telephone of a person is found, made where there is none yet,
    and the number; no account where there is no number to text to."""
    found = telephones([person], actor).get(person.id) if person else None
    if person is None or found is None:
        return None, ""
    return found.account or account_of(person, actor=actor).id, found.number


def accounts_of(persons: Collection[UUID | None], actor: Actor) -> dict[UUID | None, list[UUID]]:
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
