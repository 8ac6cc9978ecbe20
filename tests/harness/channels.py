"""The channels out against real counterparts on the loopback, on a bad night.

    run(n=100, seed=1) -> findings      empty when every law held; n matters, six messages each
    run(n=24, seed=1, at=NIGHT)         so few that it has to begin when it is quiet already

Imitations of WeCom, DingTalk, Feishu and Alibaba Cloud (texts and calls) speak HTTP and check every
signature; the mails go to an SMTP server. All of them refuse, are down, ask for fewer, hang up,
take a message and lose the answer, or answer too late, at random. It begins in the evening, so that
the night is in it, and urgent matters come in between two sends. Laws: no urgent message is lost
and none waits for the morning; what is ordinary keeps the quiet hours and is never sent twice; a
double has a lost answer behind it, and of many nights at most 1 in 100 is one (1 in 50 of any
single one); on each channel nothing is begun while something more urgent is due; nothing is
refused for its signature; no telephone rings after a person has answered, and each does until one
has.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.conf import settings

from anju.foundation.access.commands import create_account
from anju.foundation.lib import frozen, now
from anju.foundation.messages import registry
from anju.foundation.messages.channels import CHANNELS, Parcel, transport
from anju.foundation.messages.commands import (
    Note,
    add_gateway,
    delivering,
    queue_messages,
    queueing,
    set_address,
)
from anju.foundation.messages.models import Message
from anju.foundation.messages.rules.outbox import Outcome
from anju.foundation.messages.rules.policy import BOTS
from anju.foundation.messages.testing import (
    Provider,
    a_mail_server,
    a_provider,
    a_setting,
)
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import found_company

PROVIDERS = (*BOTS, "sms", "voice")
LINES = ("email", *PROVIDERS)
ZONE = ZoneInfo("Asia/Shanghai")
EVENING = datetime(2026, 11, 20, 21, 30, tzinfo=ZONE)
NIGHT = EVENING.replace(hour=22, minute=20)
QUIET = (22, 7)
URGENT = 2
FATES = (
    ("taken", 840), ("down", 60), ("too fast", 30), ("cut", 20), ("garbled", 5), ("lost", 8),
    ("late", 2),
)  # fmt: skip
TAKING = ("lost", "late", "garbled")  # taken, and we do not learn it
SOON = timedelta(
    minutes=20
)  # so long an urgent message may wait for its first try when all is down
WHOLE = 500  # messages
ANSWERED, AFTER = 3, timedelta(seconds=4)  # so many matters somebody takes up, and how soon
PATIENCE = 0.8  # seconds we wait for an answer here: enough on a busy machine, where late is few


@dataclass
class Day:
    """What happened: who was told what, and every breach that shows at once."""

    actor: Actor
    seed: int
    accounts: list[UUID]
    taken: dict[tuple[str, int], list[datetime]] = field(default_factory=lambda: defaultdict(list))
    tried: dict[UUID, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    excuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    fates: Counter[str] = field(default_factory=Counter)
    late_ones: int = 0
    queued: int = 0
    clock: ExitStack = field(default_factory=ExitStack)
    at: datetime = EVENING
    answers: dict[int, datetime] = field(default_factory=dict)

    def has_answered(self, message: Message) -> bool:
        """Whether a person has taken the matter up by now."""
        at = self.answers.get(message.facts["count"])
        return at is not None and at <= self.at

    def move_to(self, at: datetime) -> None:
        """Time only goes forward. Providers in threads of their own read `at`."""
        self.at = at
        self.clock.enter_context(frozen(at))

    def fate(self, line: str, text: str) -> str:
        """What becomes of one right request; hangs on seed, message and try alone."""
        number = number_in(text)
        begun = len(self.taken[line, number]) + self.fates[f"{line}:{number}"]
        self.fates[f"{line}:{number}"] += 1
        luck = random.Random(f"{self.seed}:{line}:{number}:{begun}")
        what = luck.choices([f for f, _w in FATES], [w for _f, w in FATES])[0]
        if what == "taken" or what in TAKING:
            self.taken[line, number].append(self.at)
        self.excuses[line, number] += what in TAKING
        return what

    def queue(self, numbers: list[int], priority: Callable[[int], int]) -> None:
        """Each number is one matter: to a person by mail and text, and to three groups."""
        notes = [
            Note(
                key=f"harness:{number}",
                kind="digest",  # of use for a day; its count is the number we know it by
                account=self.accounts[number % len(self.accounts)],
                subject=("account", self.accounts[0]),
                facts={"count": number},
                priority=priority(number),
                email=True,
                path="",
                call=True,
            )
            for number in numbers
        ]
        queue_messages(notes, actor=self.actor)
        self.answers.update({n: self.at + AFTER for n in numbers if n % ANSWERED == 0})
        self.queued += len(notes)

    def watched(self, line: str) -> type[Any]:
        """The channel of the product, with an eye on the order and news between two sends."""
        day, real = self, CHANNELS[line]
        about: dict[int, Message] = {}

        class Watched(real):  # type: ignore[misc,valid-type]  # one class for each line
            @staticmethod
            def parcel(message: Message, *, actor: Actor) -> Parcel:
                parcel = real.parcel(message, actor=actor)
                about[id(parcel)] = message
                return parcel

            def send(self, parcel: Parcel) -> Outcome:
                message = about[id(parcel)]
                day.seen(message)
                outcome: Outcome = super().send(parcel)
                day.news(line)
                return outcome

        return Watched

    def seen(self, message: Message) -> None:
        """A send begins: nothing more urgent may be waiting here."""
        self.tried[message.id].append(now())
        if message.channel == "voice" and self.has_answered(message):
            number = message.facts["count"]
            self.broken.append(f"voice {number} rang after somebody had answered")
        with acting(self.actor):
            waiting = Message.objects.filter(
                company_id=self.actor.company_id, channel=message.channel, state="pending",
                next_at__lte=now(), priority__lt=message.priority,
            ).count()  # fmt: skip
        if waiting:
            self.broken.append(
                f"{message.channel} P{message.priority} began while {waiting} more urgent waited"
            )

    def news(self, line: str) -> None:
        """Now and then something urgent happens while a batch is being sent."""
        luck = random.Random(f"{self.seed}:news:{line}:{sum(map(len, self.tried.values()))}")
        if self.late_ones and luck.random() < 0.03:
            self.late_ones -= 1
            self.queue([1_000_000 + self.queued], lambda _n: luck.choice((1, 2)))


def number_in(text: str) -> int:
    """The number a text is known by: the first in it."""
    found = re.search(r"\d+", text)
    return int(found.group()) if found else -1


def run(
    *, n: int, seed: int, at: datetime = EVENING, tally: Counter[str] | None = None
) -> list[str]:
    """Send `n` matters through a bad night; what was found, empty when all laws held. Adds to
    `tally` how many messages there were and how many were doubled."""
    company = found_company(code=f"c{uuid4().hex[:12]}", name="通道演练")
    actor = Actor.machine(company.id, "harness")
    with ExitStack() as stack:
        day = Day(actor, seed, list(accounts(actor)), late_ones=max(2, n // 20))
        providers = stack.enter_context(counterparts(day))
        stack.enter_context(day.clock)
        day.move_to(at.astimezone(UTC))
        for provider in providers:
            setting = a_setting(provider, urgencies=(1, 2, 3, 4), hours=QUIET)
            add_gateway(provider.kind, setting, actor=actor)
        luck = random.Random(seed)
        numbers = list(range(1, n - day.late_ones + 1))
        luck.shuffle(numbers)
        day.queue(numbers, lambda number: number % 4 + 1)
        rounds = 0
        while (due := next_due(actor)) and rounds < 60 * n:
            day.move_to(max(now() + timedelta(seconds=1), due))
            for line in LINES:
                delivering.deliver(line, actor=actor)
            rounds += 1
    return list(findings(day, providers, Counter() if tally is None else tally))


@contextmanager
def counterparts(day: Day) -> Iterator[list[Provider]]:
    """The other sides, real servers all of them, and our channels under watch."""
    with ExitStack() as stack:
        providers = []
        for kind in PROVIDERS:
            provider = stack.enter_context(a_provider(kind, patience=3 * PATIENCE))
            provider.clock = lambda: day.at.timestamp()  # noqa: PLW0108 - `at` moves on
            provider.fate = lambda text, kind=kind: day.fate(kind, text)  # type: ignore[misc]  # bound now
            providers.append(provider)
        mails = stack.enter_context(a_mail_server(answer=lambda envelope: mail(day, envelope)))
        stack.enter_context(patch.object(settings, "SMTP_URL", mails.url))
        stack.enter_context(patch.object(settings, "WEBHOOK_NETWORKS", "127.0.0.0/8"))
        stack.enter_context(patch.object(transport, "TIMEOUT", PATIENCE))
        stack.enter_context(patch.object(queueing, "STORM", 10**9))  # folding has its own tests
        watched = {line: day.watched(line) for line in LINES}
        stack.enter_context(patch.dict(delivering.CHANNELS, watched))
        ends = {"account": lambda message, _actor: day.has_answered(message)}
        stack.enter_context(patch.dict(registry._answered, ends))
        yield providers


def mail(day: Day, envelope: Any) -> str:
    """What the mail server says to a whole mail: it takes it, or puts it off."""
    id = str(message_from_bytes(envelope.original_content)["Message-ID"])[1:37]
    begun = day.fates[f"email:{id}"]
    day.fates[f"email:{id}"] += 1
    if random.Random(f"{day.seed}:{id}:{begun}").random() < 0.1:
        return "451 not now"
    day.fates[f"email:{id}:taken"] += 1
    return "250 taken"


def accounts(actor: Actor) -> Iterator[UUID]:
    """A dozen people with an address and a telephone."""
    for number in range(12):
        login = f"c{actor.company_id.hex[:12]}{number}"
        account = create_account(actor=actor, login=login, name=login).id
        set_address(account, f"{login}@example.com", actor=actor)
        set_address(account, f"138{number:08}", actor=actor, channel="sms")
        yield account


def next_due(actor: Actor) -> datetime | None:
    """When somebody must look again; None when everything is settled."""
    with acting(actor):
        waiting = Message.objects.filter(company_id=actor.company_id, next_at__isnull=False)
        return waiting.order_by("next_at").values_list("next_at", flat=True).first()


def findings(day: Day, providers: list[Provider], tally: Counter[str]) -> Iterator[str]:
    """Every breach of a law."""
    yield from day.broken[:5]
    for provider in providers:
        if provider.refused:
            yield f"{provider.kind} refused {len(provider.refused)}: {provider.refused[0]}"
    with acting(day.actor):
        rows = Message.objects.filter(company_id=day.actor.company_id, channel__in=LINES)
        messages = list(rows)
    if len(messages) != day.queued * len(LINES):
        yield f"asked for {day.queued} on {len(LINES)} channels, there are {len(messages)}"
    doubled = 0
    for message in messages:
        times = taken_times(day, message)
        doubled += times > 1
        yield from of_one(day, message, times)
    tally.update(messages=len(messages), doubled=doubled)
    # Of one whole night; of many at most 1 in 100. Of a few messages a share says nothing.
    if len(messages) >= WHOLE and doubled > len(messages) // 50:
        yield f"{doubled} of {len(messages)} were doubled"


def taken_times(day: Day, message: Message) -> int:
    """How often the other side took it."""
    if message.channel == "email":
        return day.fates[f"email:{message.id}:taken"]
    return len(day.taken[message.channel, message.facts["count"]])


def of_one(day: Day, message: Message, times: int) -> Iterator[str]:
    """What is wrong with one message."""
    number, urgent = message.facts["count"], message.priority <= URGENT
    name = f"{message.channel} {number} P{message.priority}"
    if message.error == "answered" and day.has_answered(message):
        return
    if not times and (urgent or message.state == "sent"):  # "unknown" is shown to a person
        yield f"{name} was lost, it is {message.state} ({message.error})"
    if message.state == "dead":
        yield f"{name} was given up: {message.error}"
    if times > 1 + day.excuses[message.channel, number] or (times > 1 and not urgent):
        yield f"{name} was taken {times} times"
    tries = day.tried[message.id]
    if urgent and tries and tries[0] - message.created_at > SOON:
        yield f"{name} waited {tries[0] - message.created_at} for its first try"
    if not urgent and message.channel in PROVIDERS:
        for at in tries:
            if at.astimezone(ZONE).hour >= QUIET[0] or at.astimezone(ZONE).hour < QUIET[1]:
                yield f"{name} rang at {at.astimezone(ZONE):%H:%M}"
