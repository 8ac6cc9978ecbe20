"""The outbox under failures: a provider that refuses, loses answers, stalls and kills us (P6).

    run(n=300, seed=1) -> findings      empty when every law held

Two workers, virtual time. The provider takes a message and answers, takes it and the answer is
lost, puts it off, is not there, or the worker dies before or after it took the message; while it
thinks, the other worker goes on. Laws: nobody is missed; each double has a death, a lost answer of
an urgent message, or an answer that outlasted its lease behind it; nothing is tried before its
pause or its lease is over; the urgent go first; what we note is what happened.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

from django.conf import settings

from anju.foundation.access.commands import create_account
from anju.foundation.lib import frozen, now
from anju.foundation.messages.channels import Parcel
from anju.foundation.messages.commands import Note, delivering, queue_messages, set_address
from anju.foundation.messages.models import Message
from anju.foundation.messages.rules.outbox import DELIVERED, FIRST_PAUSE, LEASE, TRIES, Outcome
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import found_company

BATCH = 8
ACCOUNTS = 12


class Death(BaseException):
    """kill -9: nothing of ours runs any more, except that a test has to go on."""


@dataclass
class Provider:
    """What the other side did with each message, and what it will do next."""

    actor: Actor
    seed: int
    taken: dict[UUID, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    tried: dict[UUID, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    excuses: Counter[UUID] = field(default_factory=Counter)
    deaths: set[tuple[UUID, int]] = field(default_factory=set)
    put_off: set[tuple[UUID, int]] = field(default_factory=set)
    orders: list[list[int]] = field(default_factory=list)
    depth: int = 0
    clock: ExitStack = field(default_factory=ExitStack)

    def move_to(self, at: datetime) -> None:
        """Time only goes forward, also while somebody waits for an answer."""
        self.clock.enter_context(frozen(at))

    def channel(self) -> Any:
        """A channel class whose objects ask this provider."""
        provider = self

        class Channel:
            @staticmethod
            def parcel(message: Message, *, actor: Actor) -> Parcel:
                return Parcel(str(number_of(message) % 5), str(message.id), message)

            def send(self, parcel: Parcel) -> Outcome:
                return provider.send(parcel.body)

            def close(self) -> None:
                """Nothing is open."""

        return Channel

    def send(self, message: Message) -> Outcome:
        """One try."""
        self.tried[message.id].append(now())
        self.orders[-1].append(message.priority)
        n = len(self.tried[message.id])
        # The fate of a try hangs on the seed alone, not on the order of things.
        luck = random.Random(f"{self.seed}:{number_of(message)}:{n}")
        self._let_the_other_work(message, luck)
        what = luck.choices(
            ["taken", "lost", "put off", "not there", "died before", "died after"],
            [60, 10, 10, 8, 6, 6],
        )[0]
        if n >= TRIES - 3:
            what = "taken"  # so that every message can end well
        if what in ("taken", "lost", "died after"):
            self.taken[message.id].append(now())
        if what in ("lost", "died after"):
            self.excuses[message.id] += 1
        if what.startswith("died"):
            self.deaths.add((message.id, n))
            raise Death
        # Whoever took the message when our lease was over knew nothing of this answer.
        if what in ("put off", "not there", "lost") and len(self.tried[message.id]) == n:
            self.put_off.add((message.id, n))
        return {
            "taken": DELIVERED,
            "lost": Outcome("unclear", "lost"),
            "put off": Outcome("temporary", "smtp:451"),
            "not there": Outcome("temporary", "unreachable", unreachable=True),
        }[what]

    def work(self) -> None:
        """One round of one worker; it may die in it."""
        self.orders.append([])
        try:
            delivering.deliver("email", actor=self.actor, limit=BATCH)
        except Death:
            return

    def _let_the_other_work(self, message: Message, luck: random.Random) -> None:
        if self.depth == 0 and luck.random() < 0.2:
            self.depth, mine = 1, self.orders[-1]
            if luck.random() < 0.5:  # the answer takes so long that our leases end
                self.excuses[message.id] += 1
                self.move_to(now() + LEASE + timedelta(seconds=1))
            self.work()
            self.depth = 0
            self.orders.append(mine)  # what this worker sends from here on is its own order


def number_of(message: Message) -> int:
    """Which of the n it is."""
    return int(message.key.split(":")[1])


def run(*, n: int, seed: int) -> list[str]:
    """Send `n` messages through a bad day; what was found, empty when all laws held."""
    company = found_company(code=f"h{uuid4().hex[:12]}", name="消息演练")
    actor = Actor.machine(company.id, "harness")
    provider = Provider(actor, seed)
    sending = patch.dict(delivering.CHANNELS, {"email": provider.channel()})
    with mail_is_set_up(), sending, provider.clock:
        provider.move_to(now())
        queue(actor, n, random.Random(seed))
        queue(actor, n, random.Random(seed + 1))  # asked for twice: the keys are the same
        rounds = 0
        while (due := next_due(actor)) and rounds < 50 * n:
            provider.move_to(max(now() + timedelta(seconds=1), due))
            provider.work()
            rounds += 1
    return list(findings(provider, n))


@contextmanager
def mail_is_set_up() -> Iterator[None]:
    """Queueing asks whether there is a server; nobody ever calls it here."""
    with patch.object(settings, "SMTP_URL", "smtp://127.0.0.1:1"):
        yield


def queue(actor: Actor, n: int, luck: random.Random) -> None:
    """Ask for `n` urgent and ordinary mails, to a few accounts, below the storm limit of each."""
    notes = []
    for number in range(n):
        login = f"h{actor.company_id.hex}{number % ACCOUNTS}"
        account = _accounts.get(login)
        if account is None:
            account = create_account(actor=actor, login=login, name=login).id
            set_address(account, f"{login}@example.com", actor=actor)
            _accounts[login] = account
        notes.append(
            Note(
                key=f"harness:{number}",
                kind="digest",  # of use for a day, longer than the bad day lasts
                account=account,
                subject=("account", account),
                facts={"count": 1},
                priority=number % 4 + 1,
                email=True,
            )
        )
    luck.shuffle(notes)
    queue_messages(notes, actor=actor)


_accounts: dict[str, UUID] = {}


def next_due(actor: Actor) -> datetime | None:
    """When somebody must look again; None when everything is settled."""
    with acting(actor):
        waiting = Message.objects.filter(company_id=actor.company_id, next_at__isnull=False)
        return waiting.order_by("next_at").values_list("next_at", flat=True).first()


def findings(provider: Provider, n: int) -> Iterator[str]:
    """Every breach of a law."""
    with acting(provider.actor):
        mails = list(Message.objects.filter(company_id=provider.actor.company_id, channel="email"))
    if len(mails) != n:
        yield f"asked for {n}, there are {len(mails)}"
    for mail in mails:
        name, taken = f"message {mail.key} P{mail.priority}", len(provider.taken[mail.id])
        if mail.state not in ("sent", "unknown"):
            yield f"{name} ended {mail.state}"
        if not taken:
            yield f"{name} was missed"
        if taken > 1 + provider.excuses[mail.id]:
            yield f"{name} was taken {taken} times, {provider.excuses[mail.id]} explained"
        if mail.state == "unknown" and mail.priority <= 2 and mail.attempts < TRIES:
            yield f"{name} was left unknown although it is urgent"
        if mail.attempts != len(provider.tried[mail.id]):
            yield f"{name} counts {mail.attempts} tries, there were {len(provider.tried[mail.id])}"
        yield from early(provider, mail, name)
    for order in provider.orders:
        if order != sorted(order):
            yield f"the urgent did not go first: {order}"


def early(provider: Provider, mail: Message, name: str) -> Iterator[str]:
    """Tries before the pause after a failure, or the lease of the dead, was over."""
    times = provider.tried[mail.id]
    for number, (before, after) in enumerate(pairwise(times), 1):
        wait = after - before
        if (mail.id, number) in provider.deaths and wait < LEASE:
            yield f"{name} was taken from a lease after {wait}"
        least = timedelta(seconds=0.74 * FIRST_PAUSE[mail.priority] * 2 ** (number - 1))
        if (mail.id, number) in provider.put_off and wait < least:
            yield f"{name} was tried again after {wait}, the pause is {least}"
