"""A running house under load: clients at its API, one import after another, and a judge."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.harness.kill9_house import FIRST_START, ROOT, Up, kill
from tests.harness.kill9_import import Importer
from tests.harness.kill9_judge import Judge
from tests.harness.kill9_load import Api, Asked, Client, Ledger

CLIENTS = 3
REPEATS = 5


@dataclass
class Scene:
    """Everybody who is there. The clients rest until they are told to go on."""

    house: Up
    judge: Judge
    ledger: Ledger
    clients: list[Client]
    importer: Importer
    api: Api

    def rest(self) -> None:
        """Let the clients rest, each once its request is answered, and begin no other import."""
        self.importer.rest.set()
        for client in self.clients:
            client.rest.set()
        for client in self.clients:
            client.resting.wait(90)

    def go_on(self) -> None:
        """Let the clients work, and imports begin."""
        self.importer.rest.clear()
        for client in self.clients:
            client.rest.clear()
            client.resting.clear()


@contextmanager
def under_load(house: Up, seed: str) -> Iterator[Scene]:
    """Start the house, found its company, and let everybody begin."""
    house.start()
    house.await_back(patience=FIRST_START)
    with Judge(house.env, str(ROOT)) as judge:
        world = judge.ask("found")
        ledger = Ledger()
        clients = [
            Client(
                f"{seed}-{n}",
                Random(f"{seed}:{n}"),
                Api(house.port, world["tokens"]),
                ledger,
                world,
            )
            for n in range(CLIENTS)
        ]
        importer = Importer(house, Random(f"{seed}:import"), ledger)
        threads = [*clients, importer]
        for thread in threads:
            thread.start()
        try:
            yield Scene(house, judge, ledger, clients, importer, Api(house.port, world["tokens"]))
        finally:
            for one in threads:
                one.over = True
            if importer.process is not None and importer.process.poll() is None:
                kill([importer.process.pid])
            for thread in threads:
                thread.join(30)


def verified(scene: Scene) -> Iterator[str]:
    """What `anju verify` finds."""
    said = scene.judge.ask("verify")
    problems = [*said["problems"], *(p for c in said["companies"] for p in c["problems"])]
    if said["found"]:
        yield f"anju verify finds {said['found']}: {json.dumps(problems[:3], ensure_ascii=False)}"


def asked_again(
    api: Api, told: Sequence[tuple[Asked, dict[str, Any]]], rng: Random
) -> Iterator[str]:
    """The same keys again: the same answers, and (as the next check shows) no second effect."""
    api.close()  # its connection may be to a process that was killed
    for asked, said in rng.sample(told, min(REPEATS, len(told))):
        status, again = api.post(asked)
        if status not in (200, 201) or again != said:
            yield f"{asked.key} was answered {said}, and now {status} {again}"
