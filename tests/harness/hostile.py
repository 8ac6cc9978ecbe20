"""Hostile addresses and forms: whatever a stranger asks or posts is the asker's fault, not ours.

    python -m tests.harness.hostile --n 2000 --seed 1
    python -m tests.harness.hostile --n 100000 --seed 7 --first 40000     (goes on there)
    python -m tests.harness.hostile --n 2000 --seed 1 --seed-bug "any number"

Each request is made from the seed and its own number alone: a page of the console, asked for or
posted to with odd values under the names that pages know. Law: no answer is a server error.
Ends with 1 when it was broken.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any
from urllib.parse import urlencode

from tests.harness.program import program

ASKED = (
    "q", "sort", "size", "after", "before", "at", "export", "total", "kind", "state", "opened",
    "opened_from", "opened_to", "place", "late", "show", "caller", "person", "done", "title",
    "days", "by", "mine", "category", "urgency", "from", "to", "language",
)  # fmt: skip
POSTED = (
    "title", "text", "place", "kind", "category", "urgency", "urgency_reason", "reporter",
    "reporter_name", "reporter_phone", "channel", "give", "name", "code", "login", "role", "path",
    "password", "scopes", "url", "events", "work", "version", "person", "pick", "file", "result",
    "reason", "substance", "outcome", "until", "phone", "idempotency_key", "act_key", "parent",
    "area", "delivered_on", "use", "zone", "mapping", "next",
)  # fmt: skip
ODD = (
    "", " ", "0", "-1", "1e309", "9" * 40, "NaN", "null", "true", "[]", "{}", "2026-02-30",
    "0000-00-00", "9999-12-31", "2026-11-28T99:99", "23:59:60", "\0", "a\0b", "\ud800",
    "\u202e漏水", "𠮷䶮㛃", "../../etc/passwd", "%00", "%", "%(x)s", "{0}", "';--", "1;1", "١٢",
    "½", "Ⅷ", "+", "A" * 9000, "00000000-0000-0000-0000-000000000000", "1.2.3.", "-at", "--at",
    "__class__", "case__place", "http://[::1", "//evil.example", "javascript:1",
    "\r\nSet-Cookie: x=1", "tel:1", "138", "+86",
)  # fmt: skip


def requests(seed: int, first: int, until: int) -> Iterator[tuple[int, Random]]:
    """The numbers of the requests, each with its own dice."""
    for number in range(first, until):
        yield number, Random(seed * 1_000_003 + number)


def run(n: int, seed: int, *, first: int = 0, most: int = 10) -> list[str]:
    """What was answered with a server error, up to `most`; empty when the law held."""
    from django.test import Client  # these need Django set up

    from anju.foundation.access.rules import DEVICE_COOKIE  # it too needs Django
    from tests.harness.seeding import quiet  # it too needs Django
    from tests.harness.xss import payloads  # it too needs Django
    from tests.journeys.pages import LISTS, OTHERS, addresses  # it too needs Django
    from tests.journeys.world import a_world, fill  # it too needs Django

    world = a_world(roles=("admin", "technician"))
    fill(world, 3)
    pages = list(addresses(world, LISTS | OTHERS).values())
    values = [*ODD, *payloads(20, seed), str(world.house.room.id), world.house.room.full_code]
    hosts = {"host": "127.0.0.1"}
    clients = [Client(raise_request_exception=False, headers=hosts) for _role in world.devices]
    for client, device in zip(clients, world.devices.values(), strict=True):
        client.cookies[DEVICE_COOKIE] = device
    faults, read = [], 0
    with quiet():
        for number, dice in requests(seed, first, n):
            path = dice.choice(pages).partition("?")[0]
            ask: Callable[..., Any] = dice.choice((_get, _get, _post))
            what = _fields(dice, values, asked=ask is _get)
            answer = ask(dice.choice(clients), path, what)
            read += answer.status_code == 200
            if answer.status_code >= 500:
                faults.append(f"{number}: {ask.__name__} {path} {str(what)[:300]}")
            if len(faults) >= most:
                break
    if len(faults) < most and read * 10 < n - first:
        faults.append(f"only {read} pages were read at all: whom did we ask?")
    return faults


def _fields(dice: Random, values: Sequence[str], *, asked: bool) -> dict[str, list[str]]:
    chosen = dice.sample((*ASKED, "x", "") if asked else (*POSTED, "x", ""), dice.randrange(1, 9))
    return {name: dice.choices(values, k=dice.choice((1, 1, 1, 2))) for name in chosen}


def _get(client: Any, path: str, what: dict[str, list[str]]) -> Any:
    return client.get(f"{path}?{_encoded(what)}")


def _post(client: Any, path: str, what: dict[str, list[str]]) -> Any:
    kind = "application/x-www-form-urlencoded"
    return client.post(path, _encoded(what), content_type=kind)


def _encoded(what: dict[str, list[str]]) -> str:
    """As a browser, or somebody who is none, would send it: half surrogates too."""
    pairs = [
        (name, value.encode("utf-8", "surrogatepass"))
        for name, values in what.items()
        for value in values
    ]
    return urlencode(pairs)


def main(argv: Sequence[str] | None = None) -> int:
    return program(_run, argv, doc=__doc__, counts=(2000, "request"), bugs="hostile_bugs")


def _run(asked: argparse.Namespace) -> int:
    begun = time.monotonic()
    faults = run(asked.n, asked.seed, first=asked.first)
    for fault in faults:
        print(f"BROKEN: {fault}")
    print(
        f"hostile: seed {asked.seed}, first {asked.first}, n {asked.n - asked.first} requests, "
        f"{time.monotonic() - begun:.1f} s, {len(faults)} faults"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
