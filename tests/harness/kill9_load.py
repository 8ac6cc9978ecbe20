"""Clients of the API that take cases through their lives, and write down every answer they got."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from random import Random
from typing import Any

CASES = "/api/v1/cases"
RIPE = 0.3  # seconds before anybody acts on a case just reported
GIVE_UP = 60.0  # seconds after which a request that nobody answers is a finding
Answer = tuple[int, dict[str, Any]]


@dataclass(frozen=True)
class Asked:
    """One write. `event`: the name of the event it must leave on its case."""

    key: str
    role: str
    path: str
    body: Mapping[str, Any]
    event: str


@dataclass
class Ledger:
    """Everything that was acknowledged. Shared by the clients, each of which has its own cases."""

    told: list[tuple[Asked, dict[str, Any]]] = field(default_factory=list)
    last: dict[str, tuple[int, str]] = field(default_factory=dict)  # case or work: version, state
    numbers: dict[str, str] = field(default_factory=dict)
    events: Counter[tuple[str, str]] = field(default_factory=Counter)  # (case, name)
    faults: list[str] = field(default_factory=list)
    repeated: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def acknowledge(self, asked: Asked, said: dict[str, Any], case: str) -> None:
        with self.lock:
            self.told.append((asked, said))
            self.last[said["id"]] = (said["version"], said["state"])
            self.events[case, asked.event] += 1
            if "number" in said:
                self.numbers[said["id"]] = said["number"]

    def fault(self, text: str) -> None:
        with self.lock:
            self.faults.append(text)


@dataclass
class Api:
    """The REST API over one connection, with a token per role."""

    port: int
    tokens: Mapping[str, str]
    _connection: HTTPConnection | None = None

    def post(self, asked: Asked) -> Answer:
        headers = {"Content-Type": "application/json", "Idempotency-Key": asked.key}
        return self._ask("POST", asked.path, asked.role, headers, json.dumps(asked.body).encode())

    def get(self, path: str, role: str = "desk") -> Answer:
        return self._ask("GET", path, role, {}, None)

    def _ask(
        self, method: str, path: str, role: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        """Raises OSError or HTTPException when no whole answer came."""
        if self._connection is None:
            self._connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            sent = {"Authorization": f"Bearer {self.tokens[role]}", **headers}
            self._connection.request(method, path, body, sent)
            response = self._connection.getresponse()
            raw = response.read()
        except BaseException:
            self.close()
            raise
        with suppress(ValueError):
            return response.status, json.loads(raw)
        return response.status, {"raw": raw[:200].decode(errors="replace")}

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@dataclass
class Life:
    """A case under way: what is still to be done to it."""

    case: str
    born: float
    steps: Iterator[tuple[str, str, str, dict[str, Any]]]  # role, what, step, said
    work: str = ""
    work_version: int = 1


class Client(threading.Thread):
    """Reports cases and takes them on, one request at a time, until told to rest."""

    def __init__(self, name: str, rng: Random, api: Api, ledger: Ledger, world: Any) -> None:
        super().__init__(name=name, daemon=True)
        self.rng, self.api, self.ledger, self.world = rng, api, ledger, world
        self.rest, self.resting, self.over = threading.Event(), threading.Event(), False
        self._lives: list[Life] = []
        self._asked = 0

    def run(self) -> None:
        while not self.over and not self.ledger.faults:
            if self.rest.is_set():
                self.resting.set()
                time.sleep(0.005)
                continue
            self.resting.clear()
            ripe = [x for x in self._lives if time.monotonic() - x.born > RIPE]
            if ripe and (len(self._lives) > 12 or self.rng.random() < 0.75):
                self._go_on(self.rng.choice(ripe))
            else:
                self._report()
            time.sleep(self.rng.uniform(0.0, 0.015))
        self.resting.set()

    def _report(self) -> None:
        kind = self.rng.choice(("repair", "repair", "complaint", "enquiry"))
        body: dict[str, Any] = {
            "kind": kind, "category": "给排水", "title": "厨房水龙头漏水", "text": "楼下也在渗水",
            "urgency": self.rng.randint(1, 4), "place": self.rng.choice(self.world["rooms"]),
        }  # fmt: skip
        if self.rng.random() < 0.3:
            body["reporter"] = {"name": "王芳", "phone": f"139{self.rng.randrange(10**8):08d}"}
        if self.rng.random() < 0.3:  # some of its promises are broken already
            body["at"] = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
        said = self._write("desk", CASES, body, "case.reported")
        if said is not None:
            life = Life(said["id"], time.monotonic(), iter(_life(kind, self.rng, self.world)))
            self._lives.append(life)

    def _go_on(self, life: Life) -> None:
        step = next(life.steps, None)
        if step is None:
            self._lives.remove(life)
            return
        role, what, name, said = step
        if what == "work":
            if not life.work and not self._find_work(life):
                return
            body = {"name": name, "said": said, "version": life.work_version}
            path = f"/api/v1/work-orders/{life.work}/moves"
        else:
            body, path = {"name": name, "said": said}, f"{CASES}/{life.case}/moves"
        answer = self._write(role, path, body, f"{what}.{name}", life.case)
        if answer is not None and what == "work":
            life.work_version = answer["version"]

    def _find_work(self, life: Life) -> bool:
        """Read the case, which must show what was acknowledged of it."""
        status, said = self._until_answered(lambda: self.api.get(f"{CASES}/{life.case}"))
        if status != 200:
            if status:
                self.ledger.fault(f"acknowledged case {life.case} is answered with {status}")
            return False
        seen = (said["version"], said["state"])
        if seen != self.ledger.last[life.case]:
            self.ledger.fault(f"{life.case} reads {seen}, told {self.ledger.last[life.case]}")
        life.work = said["work"][0]["id"] if said["work"] else ""
        if not life.work:
            self.ledger.fault(f"case {life.case} ({said['kind']}) has no work order")
        return bool(life.work)

    def _write(
        self, role: str, path: str, body: Mapping[str, Any], event: str, case: str = ""
    ) -> dict[str, Any] | None:
        self._asked += 1
        asked = Asked(f"{self.name}-{self._asked}", role, path, body, event)
        status, said = self._until_answered(lambda: self.api.post(asked))
        if status not in (200, 201):
            if status:
                self.ledger.fault(f"{event} on {path} was refused: {status} {said}")
            return None
        self.ledger.acknowledge(asked, said, case or said["id"])
        return said

    def _until_answered(self, ask: Any) -> Answer:
        """Ask again, with the same key, until there is an answer; (0, {}) when there is none."""
        end, first = time.monotonic() + GIVE_UP, True
        while time.monotonic() < end and not self.over:
            with suppress(OSError, HTTPException):
                status, said = ask()
                if status < 500 and not (status == 409 and said.get("code") == "in_flight"):
                    return status, said
            self.ledger.repeated += first
            first = False
            time.sleep(0.06)
        if not self.over:
            self.ledger.fault(f"no answer within {GIVE_UP:.0f} s")
        return 0, {}


def _life(kind: str, rng: Random, world: Any) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """What a case goes through, with detours."""
    if rng.random() < 0.4:
        yield "desk", "case", "note", {"text": "业主晚上在家"}
    if rng.random() < 0.3:
        yield "desk", "case", "classify", {"reason": "电话里核实", "urgency": rng.randint(2, 4)}
    if kind == "enquiry":
        yield "desk", "case", "answer", {"text": "周一到周五开门"}
    else:
        yield "desk", "work", "assign", {"post": world["post"]}
        yield "technician", "work", "accept", {}
        yield "technician", "work", "start", {}
        if rng.random() < 0.3:
            yield "technician", "work", "hold", {"reason": "等备件"}
            yield "technician", "work", "resume", {}
        yield "technician", "work", "finish", {"result": "换了阀芯", "without": "nothing"}
        if rng.random() < 0.3:
            yield "inspector", "work", "fail", {"reason": "还在滴水"}
            yield "technician", "work", "finish", {"result": "又换了垫圈", "without": "nothing"}
        yield "inspector", "work", "pass", {}
    yield "desk", "case", "tell", {"text": "修好了", "substance": "result", "channel": "phone"}
    yield "desk", "case", "callback", {"outcome": "satisfied"}
    yield "desk", "case", "close", {}
