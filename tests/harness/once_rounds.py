"""The rounds of `once.py`: a real server, fifty connections, and the tables afterwards."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from random import Random
from socketserver import ThreadingMixIn
from typing import Any
from uuid import uuid4
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.handlers.wsgi import WSGIHandler
from django.db import connections

from anju.engine.loop.models import Case
from anju.faces.furnishing import furnish
from anju.foundation.access.testing import a_token, an_account
from anju.foundation.events.models import Event
from anju.foundation.places.testing import a_community, a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import found_company

CASES = "/api/v1/cases"


class Server(ThreadingMixIn, WSGIServer):
    """A thread per connection, each with a database connection of its own."""

    daemon_threads = True
    request_queue_size = 128

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            connections.close_all()


class Handler(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_message(self, *_args: Any) -> None:
        """Nothing."""


@contextmanager
def a_server() -> Iterator[int]:
    """The product behind a port of the loopback."""
    with make_server("127.0.0.1", 0, WSGIHandler(), Server, Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@dataclass(frozen=True)
class Answer:
    status: int
    code: str
    body: bytes
    replay: bool

    def __str__(self) -> str:
        return f"{self.status} {self.code}".strip()


class Rounds:
    """A company with two people at the desk, and the same write from fifty connections."""

    def __init__(self, port: int, counts: Counter[str]) -> None:
        self.port, self.counts = port, counts
        company = found_company(code=f"k{uuid4().hex[:12]}", name="一次物业")
        self.actor = Actor.machine(company.id, "once")
        furnish(self.actor)
        with acting(self.actor):
            self.place = a_place(self.actor, community=a_community(self.actor))
        self.tokens = [a_token(self.actor, an_account(self.actor, "desk")) for _n in range(2)]

    def play(self, rng: Random, many: int) -> str:
        """One round; what was wrong with it."""
        key, word = str(uuid4()), uuid4().hex
        kind = rng.choice(("report", "note", "two reports"))
        if kind == "note":
            case = self._ask(CASES, self._report(f"底 {word}"), str(uuid4()))
            path = f"{CASES}/{json.loads(case.body)['id']}/moves"
            bodies = [{"name": "note", "said": {"text": word}}]
        else:
            path, bodies = CASES, [self._report(word)]
        if kind == "two reports":
            bodies.append(self._report(f"{word} 2"))
        sent = [bodies[n % len(bodies)] for n in range(many)]
        rng.shuffle(sent)
        answers = self._at_once(path, sent, key)
        self.counts.update(str(answer) for answer in answers)
        return (
            _of_all(sent, answers, two=len(bodies) > 1)
            or self._afterwards(path, sent, answers, key)
            or self._effects(kind, word, 1)
            or self._of_another(path, bodies[0], key, kind, word)
        )

    def _afterwards(self, path: str, sent: list[Any], answers: list[Answer], key: str) -> str:
        """Asked again, the one that was done is answered as then, and no other body is."""
        n, done = next((n, a) for n, a in enumerate(answers) if a.status < 300)
        again = self._ask(path, sent[n], key)
        if (again.status, again.body, again.replay) != (done.status, done.body, True):
            return f"asked again: {again}, before: {done}"
        other = self._ask(path, {**sent[n], "version": 1, "urgency": 1}, key)
        if (other.status, other.code) != (422, "key_reused"):
            return f"another body under the same key: {other}"
        return ""

    def _of_another(self, path: str, body: Any, key: str, kind: str, word: str) -> str:
        """The same key of somebody else is another key."""
        theirs = self._ask(path, body, key, token=self.tokens[1])
        if theirs.status >= 300 or theirs.replay:
            return f"another account's same key: {theirs}"
        return self._effects(kind, word, 2)

    def _effects(self, kind: str, word: str, due: int) -> str:
        with acting(self.actor):
            if kind == "note":
                made = Event.objects.filter(name="case.note", texts__text=word).count()
            else:
                made = Case.objects.filter(title__startswith=word).count()
        return "" if made == due else f"{made} effects of {kind}, {due} were asked for"

    def _report(self, title: str) -> dict[str, Any]:
        return {"kind": "repair", "title": title, "place": str(self.place.id)}

    def _at_once(self, path: str, bodies: list[Any], key: str) -> list[Answer]:
        """All connections stand open before the first byte of a request is sent."""
        start = threading.Barrier(len(bodies))

        def one(body: Any) -> Answer:
            with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
                connection.connect()
                start.wait(30)
                return self._sent(connection, path, body, key, self.tokens[0])

        with ThreadPoolExecutor(len(bodies)) as threads:
            return list(threads.map(one, bodies))

    def _ask(self, path: str, body: Any, key: str, token: str = "") -> Answer:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            return self._sent(connection, path, body, key, token or self.tokens[0])

    def _sent(
        self, connection: HTTPConnection, path: str, body: Any, key: str, token: str
    ) -> Answer:
        headers = {
            "Authorization": f"Bearer {token}", "Content-Type": "application/json",
            "Idempotency-Key": key,
        }  # fmt: skip
        connection.request("POST", path, json.dumps(body), headers)
        said = connection.getresponse()
        content = said.read()
        code = json.loads(content)["code"] if said.status >= 400 else ""
        if (code == "in_flight") != ("Retry-After" in said.headers):
            code += " with a wrong Retry-After"
        return Answer(said.status, code, content, said.headers.get("Idempotent-Replay") == "true")


def _of_all(sent: list[Any], answers: list[Answer], *, two: bool) -> str:
    """One was done; the others say so too, or that it is under way, or that it was another."""
    done = [
        (body, answer) for body, answer in zip(sent, answers, strict=True) if answer.status < 300
    ]
    odd = {str(a) for a in answers if a.status >= 300} - {"409 in_flight"}
    if odd - ({"422 key_reused"} if two else set()):
        return f"answered {sorted(odd)}"
    if not done:
        return "nobody was answered that it is done"
    if len({answer.body for _body, answer in done}) != 1:
        return "the done ones are told different things"
    if any(body != done[0][0] for body, _answer in done):
        return "another body was answered with this one's answer"
    if sum(not answer.replay for _body, answer in done) != 1:
        return "not exactly one of the answers is the first"
    return ""
