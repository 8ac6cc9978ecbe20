"""Text messages to whom planned work touches and no browser of theirs tells: that it is announced,
moved or made up, that it does not take place. Each number hears each of these once, however many
share it and at however many places, and five of them at most about one piece of work."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from anju.domains.community.commands.coming_in import accounts_made
from anju.domains.community.models import Notice
from anju.domains.community.news import (
    GOES_ON,
    OF_NEWS,
    News,
    given_up_of,
    living,
    news_of,
    standing_of,
    step_told,
    worth_a_text,
)
from anju.domains.community.reaching import (
    FAILED,
    MOST,
    Telephone,
    given_up,
    notified,
    step_of,
    telephones,
)
from anju.domains.community.rules import WORK_TEXT_EACH_DAY, WORK_TEXT_EACH_HOUR
from anju.foundation.access.commands.limits import take_each
from anju.foundation.events.commands import tell
from anju.foundation.events.models import Event
from anju.foundation.messages.commands import queue_texts
from anju.foundation.messages.models import Message
from anju.foundation.messages.queries import phones_of, texts_reach_residents
from anju.foundation.people.models import Person
from anju.foundation.tenancy.actor import Actor

log = structlog.get_logger("anju.community")
SLICE = 300  # people of one announcement in one transaction


def text_of_work(actor: Actor, events: Sequence[Event]) -> int | None:
    """Queue what these events mean as text messages; again and again, it is the same messages. No
    more than one slice of one announcement, or what browsers have given up, in one transaction;
    returns how far it has read, None for all."""
    if not texts_reach_residents(actor=actor):
        return None
    failed: list[UUID] = []
    read = None
    for event in events:
        if event.name == FAILED:
            if event.said["channel"] == "push" and event.said["kind"] in OF_NEWS:
                failed.append(event.subject_id)
        elif worth_a_text(step_told(event), bool(event.said.get("later"))):
            if failed:
                break
            _text_slice(event, actor)
            return event.position
        read = event.position
    else:
        read = None
    _text_given_up(failed, actor)
    return read


def _text_slice(event: Event, actor: Actor) -> None:
    """The next of those who live there; an event of its own goes on with the rest. As many queries
    for one as for a full slice."""
    for _event, news in news_of([event], actor):
        if not news.worth_a_text:
            continue
        there = living(news.notice, actor).exclude(kind="staff")
        after = event.said.get("after")
        people = list((there.filter(id__gt=UUID(str(after))) if after else there)[:SLICE])
        reached = notified(actor)
        _text(news, [one for one in people if one.id not in reached], actor)
        if len(people) == SLICE:
            said = {**event.said, "step": news.step, "after": str(people[-1].id)}
            tell(GOES_ON, subject=("place", news.notice.place_id), actor=actor, said=said)


def _text_given_up(failed: Collection[UUID], actor: Actor) -> None:
    """Of such news, those that every browser of somebody who lives there has given up, and that
    still hold. As many queries for one as for many of the same news; none without a failure."""
    lost = given_up(failed, actor)
    ids = {m.subject_id for m, _person in lost if m.subject_id}
    mine = standing_of(actor).filter(work__isnull=False, id__in=ids).order_by("id")
    for notice in mine if lost else ():
        who: dict[str, set[UUID]] = defaultdict(set)
        what: dict[str, News] = {}
        for m, person in lost:
            news = given_up_of(m, notice, actor) if m.subject_id == notice.id else None
            if news is not None and news.worth_a_text:
                what[step_of(m.key)] = news
                who[step_of(m.key)].add(person)
        for key, news in what.items():
            there = living(notice, actor).exclude(kind="staff").filter(id__in=who[key])
            _text(news, list(there), actor, pushed=True)


@dataclass(frozen=True)
class _Held:
    """The news of a piece of work that were told: by text to each number, in any way to each
    account."""

    numbers: Mapping[str, set[str]]
    accounts: Mapping[UUID, set[str]]

    def takes(self, key: str, to: Telephone, *, pushed: bool) -> bool:
        """Whether one more may be told. `pushed`: a notice of it went out, and no browser took it;
        it was counted then."""
        texted = self.numbers.get(to.number, set())
        held = texted | (self.accounts.get(to.account, set()) if to.account else set())
        return key not in texted and (pushed or (key not in held and len(held) < MOST))


def _held(news: News, actor: Actor) -> _Held:
    """Four queries."""
    of_work = Notice.objects.filter(company_id=actor.company_id, work_id=news.notice.work_id)
    rows = Message.objects.filter(
        company_id=actor.company_id, channel__in=["inapp", "sms"], subject_kind="news",
        subject_id__in=of_work.values("id"), account__isnull=False,
    )  # fmt: skip
    told = list(rows.values_list("account_id", "channel", "key"))
    phones = phones_of({account for account, by, _key in told if by == "sms"}, actor=actor)
    numbers, accounts = defaultdict(set), defaultdict(set)
    for account, by, key in told:
        accounts[account].add(step_of(key))
        if by == "sms" and account in phones:
            numbers[phones[account].text].add(step_of(key))
    return _Held(numbers, accounts)


def _text(news: News, people: Sequence[Person], actor: Actor, *, pushed: bool = False) -> None:
    """To these people, each number once. As many queries for one as for many."""
    found, held = telephones(people, actor), _held(news, actor)
    chosen: dict[str, Person] = {}
    for person in people:
        to = found.get(person.id)
        if to and held.takes(news.key, to, pushed=pushed):
            known = chosen.get(to.number)
            if known is None or (to.account and not found[known.id].account):
                chosen[to.number] = person
    limits = (WORK_TEXT_EACH_HOUR, WORK_TEXT_EACH_DAY)
    let = take_each(limits, chosen)
    if over := len(chosen) - len(let):
        log.warning("numbers have had enough texts about work", numbers=over, news=news.key)
    ours = [chosen[number] for number in chosen if number in let]
    made = accounts_made([one for one in ours if not found[one.id].account], actor=actor)
    queue_texts([news.to(found[one.id].account or made[one.id]) for one in ours], actor=actor)
