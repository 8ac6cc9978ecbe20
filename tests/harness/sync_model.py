"""The server, the network and two phones in memory: one interleaving from one seed.

The server decides by the product's own rules (`anju.engine.offline.rules`, the table of moves);
what it keeps is lists. Every command is one transaction, so a crash falls between two of them.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from anju.engine.loop.rules import WORK_MOVES
from anju.engine.offline import rules
from tests.harness.sync_phone import STEPS, Made, Phone

START = datetime(2026, 11, 29, 8, tzinfo=UTC)
DESK = -1
PIECES = 3  # of a photo
PATIENCE = timedelta(minutes=1)  # of a connection: what travels longer does not arrive


@dataclass
class Work:
    """A work order. `log`: which version was made by whom."""

    state: str = "assigned"
    version: int = 1
    log: dict[int, int] = field(default_factory=dict)

    def move(self, name: str, by: int) -> bool:
        move = WORK_MOVES[name]
        if self.state not in move.sources:
            return False
        self.state, self.version = move.target or self.state, self.version + 1
        self.log[self.version] = by
        return True


@dataclass
class Delivery:
    """One command in the ledger, with what became of it."""

    device: int
    command: dict[str, Any]
    at: datetime
    came: datetime
    since: datetime | None
    state: str = ""
    receipt: dict[str, Any] = field(default_factory=dict)

    @property
    def lacks(self) -> Any:
        return self.command["said"].get("file")


class Server:
    """What it knows survives; `effects` is what happened in the world, in its order."""

    def __init__(self, subjects: int) -> None:
        self.works = [Work() for _n in range(subjects)]
        self.streams: dict[tuple[int, int], rules.Stream] = defaultdict(rules.Stream)
        self.ledger: dict[int, Delivery] = {}
        self.waiting: dict[tuple[int, int], list[Delivery]] = defaultdict(list)
        self.emptied: dict[int, datetime] = {}
        self.parts: dict[int, int] = {}
        self.files: set[int] = set()
        self.effects: list[tuple[int, int]] = []  # command, version of the subject before it

    def bring(self, message: dict[str, Any], now: datetime, crash: int) -> list[Any] | None:
        """One request; None where the server ends after so many commands."""
        heard = rules.Heard(now, message["sent_at"], message["tick_now"])
        receipts = []
        for n, command in enumerate(sorted(message["commands"], key=_order)):
            if n == crash:
                return None
            receipts.append(self.receive(command, heard))
        held = message["left"] + sum(one["status"] == "wait" for one in receipts)
        if not held:
            self.emptied[message["device"]] = now
        return receipts

    def receive(self, command: dict[str, Any], heard: rules.Heard) -> dict[str, Any]:
        """One command, one transaction."""
        key = (command["device"], command["subject"])
        stream, known = self.streams[key], self.ledger.get(command["id"])
        turn = rules.turn_of(stream, command["seq"], known=known is not None)
        if turn == "again" and known:
            if known.state == "waiting":
                self.settle(key)
            return {**known.receipt, "status": known.state}
        if turn != "now":
            return {"id": command["id"], "status": "wait", "code": turn}
        since = self.emptied.get(key[0])
        at = rules.happened_at(command["at"], command["tick"], heard=heard, since=since)
        at = max(at, stream.at or at)
        made = Delivery(key[0], command, at, heard.received, since)
        self.ledger[command["id"]] = made
        stream.last, stream.at = command["seq"], at
        self.take(made, stream, key)
        if made.state == "waiting":
            self.waiting[key].append(made)
        return {**made.receipt, "status": made.state}

    def take(self, made: Delivery, stream: rules.Stream, key: tuple[int, int]) -> None:
        command = made.command
        name, work = command["name"], self.works[command["subject"]]
        made.receipt = {"id": command["id"]}
        if name == rules.SEEN:
            if stream.refused == command["said"]["of"]:
                stream.refused = None
            made.state = "taken"
        elif name not in STEPS:
            made.state = "waiting" if made.lacks and made.lacks not in self.files else "taken"
            if made.state == "taken":
                self.effects.append((command["id"], work.version))
        else:
            before = [d for d in self.waiting[key] if d.command["seq"] < command["seq"]]
            steps = sum(d.command["name"] in STEPS for d in before)
            turn = rules.step_turn(
                stream, records=len(before) - steps, steps=steps, ends=name == "finish"
            )
            if turn == "behind":
                made.state = "waiting"
            elif turn == "blocked":
                made.state = "blocked"
            else:
                self.step(made, stream, work)

    def step(self, made: Delivery, stream: rules.Stream, work: Work) -> None:
        command = made.command
        meant = rules.version_meant(stream, command["base_version"])
        before = work.version
        fits = meant is None or meant == work.version
        if fits and work.move(command["name"], made.device):
            made.state, stream.version = "taken", work.version
            self.effects.append((command["id"], before))
        else:
            made.state, stream.refused = "refused", command["id"]
        made.receipt |= {"state": work.state, "version": work.version}

    def settle(self, key: tuple[int, int]) -> None:
        held = self.waiting[key]
        self.waiting[key] = []
        for made in held:
            self.take(made, self.streams[key], key)
            if made.state == "waiting":
                self.waiting[key].append(made)

    def piece(self, file: int, start: int) -> int:
        """A piece of a photo; how many there are."""
        have = self.parts.get(file, 0)
        if file not in self.files and start == have:
            have = self.parts[file] = have + 1
            if have == PIECES:
                self.files.add(file)
                waits = [k for k, held in self.waiting.items() if file in {d.lacks for d in held}]
                for key in waits:
                    self.settle(key)
        return PIECES if file in self.files else have


def _order(command: dict[str, Any]) -> tuple[int, int]:
    return command["subject"], command["seq"]


class World:
    """Two phones, the desk, the server, and what is on its way between them."""

    def __init__(self, seed: str) -> None:
        self.rng = Random(seed)
        self.now, self.ids, self.false = START, 0, ""
        self.server = Server(2)
        self.phones = [
            Phone(n, self.an_id, self.a_picture, START, self.a_mistake()) for n in range(2)
        ]
        self.onway: list[tuple[datetime, tuple[Any, ...]]] = []
        for phone in self.phones:
            for subject, work in enumerate(self.server.works):
                phone.looks(subject, work.state, work.version)

    def an_id(self) -> int:
        self.ids += 1
        return self.ids

    def a_picture(self, phone: Phone) -> int:
        file = self.an_id()
        phone.photos[file] = b""
        return file

    def a_mistake(self) -> timedelta:
        if self.rng.random() < 0.6:
            return timedelta()
        return timedelta(minutes=self.rng.choice((-600000, -300, -7, 7, 180, 600000)))

    def play(self, actions: int) -> None:
        """So many things happen, whatever comes; then the line is good and all is brought."""
        for _n in range(actions):
            self.now += timedelta(seconds=self.rng.choice((0.1, 0.1, 1, 5, 20, 900)))
            self.happens()
        for _round in range(12):
            for phone in self.phones:
                self.now += timedelta(seconds=1)
                self.sends(phone, most=50)
                self.uploads(phone)
            while self.onway:
                self.arrives(*self.onway.pop(0), crash=-1)

    def happens(self) -> None:
        rng, luck = self.rng, self.rng.random()
        phone = rng.choice(self.phones)
        if luck < 0.34:
            phone.works(rng, rng.randrange(2), self.now)
        elif luck < 0.5:
            left_out = frozenset({rng.randrange(3)}) if rng.random() < 0.2 else frozenset()
            self.sends(phone, rng.choice((1, 2, 50)), left_out)
        elif luck < 0.58:
            self.uploads(phone)
        elif luck < 0.8 and self.onway:
            self.travels()
        elif luck < 0.85:
            phone.crash(self.now)
        elif luck < 0.88:
            phone.wrong, phone.was_set = self.a_mistake(), True
        elif luck < 0.94:
            work = rng.choice(self.server.works)
            work.move(rng.choice(("assign", "hold", "resume", "void", "pass", "fail")), DESK)
        else:
            subject = rng.randrange(2)
            work = self.server.works[subject]
            phone.looks(subject, work.state, work.version)

    def sends(self, phone: Phone, most: int, without: frozenset[int] = frozenset()) -> None:
        self.goes("asked", phone, phone.request(self.now, most, without))

    def uploads(self, phone: Phone) -> None:
        for file in list(phone.photos)[:2]:
            for start in range(self.server.parts.get(file, 0), PIECES):
                self.goes("piece", phone, file, start)
            self.goes("piece", phone, file, 0)

    def travels(self) -> None:
        """Whichever is next arrives, is lost, or arrives and comes once more later."""
        rng = self.rng
        sent, message = self.onway.pop(rng.randrange(len(self.onway)))
        luck = rng.random()
        if luck < 0.2:
            return
        if luck < 0.4:
            self.onway.append((sent, message))
        self.arrives(sent, message, crash=rng.randrange(4) if rng.random() < 0.15 else -1)

    def goes(self, *message: Any) -> None:
        """It is on its way."""
        self.onway.append((self.now, message))

    def arrives(self, sent: datetime, message: tuple[Any, ...], *, crash: int) -> None:
        if self.now - sent > PATIENCE:
            return
        what, phone = message[0], message[1]
        if what == "asked":
            receipts = self.server.bring(message[2], self.now, crash)
            if receipts is not None:
                self.goes("told", phone, receipts, message[2]["boot"])
        elif what == "piece":
            have = self.server.piece(message[2], message[3])
            self.goes("have", phone, message[2], have)
        elif what == "told" and message[3] == phone.boot:
            phone.hears(message[2], self.now)
            self.look_at(phone)
        elif what == "have" and message[3] == PIECES:
            phone.stored(message[2])

    def look_at(self, phone: Phone) -> None:
        """What a phone shows as received is held by the server; what it shows as done is done."""
        for made in phone.ever:
            if made.receipt is None:
                continue
            held = self.server.ledger.get(made.id)
            if held is None:
                self.false = self.false or f"{made.name} {made.id} is shown as received"
            elif made.receipt["status"] == "taken" and held.state != "taken":
                self.false = self.false or f"{made.name} {made.id} is shown as done"

    @property
    def made(self) -> Iterator[tuple[Phone, Made]]:
        return ((phone, made) for phone in self.phones for made in phone.ever)
