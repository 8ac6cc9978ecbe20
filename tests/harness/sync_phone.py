"""A phone as the harness of the sync sees it: what it keeps, believes, sends and shows.

What is in `queue` and `photos` survives a crash; a request under way does not. The phone
never counts on an answer: it sends what has no final receipt until it has one.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from anju.engine.loop.rules import WORK_MOVES

FINAL = frozenset({"taken", "aside", "refused", "blocked"})
STEPS = {m.name: m for m in WORK_MOVES.values() if m.permission == "work.do"}
AT_ONCE = 50
SAID: dict[str, dict[str, Any]] = {
    "hold": {"reason": "#nobody_home"},
    "hand_back": {"reason": "换人"},
    "finish": {"result": "已修好"},
}


@dataclass
class Made:
    """One thing done on a phone. For the judge alone: when it truly was (`true`), which refusals
    had been shown by then (`shown`), and how far the clock was off then (`wrong`)."""

    id: Any
    subject: Any
    seq: int
    base: int | None
    name: str
    at: datetime
    tick: float
    boot: int
    said: dict[str, Any]
    true: datetime
    wrong: timedelta
    shown: frozenset[Any]
    receipt: dict[str, Any] | None = None

    @property
    def is_step(self) -> bool:
        return self.name in STEPS

    @property
    def file(self) -> Any:
        return self.said.get("file")


@dataclass
class Phone:
    """`new_id` makes ids, `picture` makes a file and gives its hash."""

    id: Any
    new_id: Callable[[], Any]
    picture: Callable[["Phone"], Any]
    begun: datetime
    wrong: timedelta = timedelta()
    was_set: bool = False
    boot: int = 0
    queue: list[Made] = field(default_factory=list)
    ever: list[Made] = field(default_factory=list)  # for the judge alone: all that was done
    photos: dict[Any, bytes] = field(default_factory=dict)
    numbers: Counter[Any] = field(default_factory=Counter)
    known: dict[Any, tuple[str, int]] = field(default_factory=dict)  # state and version last seen
    shown: set[Any] = field(default_factory=set)

    def wall(self, now: datetime) -> datetime:
        """What its clock says, which somebody may have set."""
        return now + self.wrong

    def tick(self, now: datetime) -> float:
        """Milliseconds since it was last started."""
        return (now - self.begun) / timedelta(milliseconds=1)

    def crash(self, now: datetime) -> None:
        """Killed and opened again."""
        self.boot, self.begun = self.boot + 1, now

    def does(self, name: str, subject: Any, now: datetime, **said: Any) -> Made:
        """Something is done on it and kept, at once."""
        self.numbers[subject] += 1
        version = self.known.get(subject, ("", 0))[1]
        made = Made(
            self.new_id(), subject, self.numbers[subject], version or None, name, self.wall(now),
            self.tick(now), self.boot, said, now, self.wrong, frozenset(self.shown),
        )  # fmt: skip
        self.queue.append(made)
        self.ever.append(made)
        return made

    def works(self, rng: Random, subject: Any, now: datetime) -> Made:
        """The hand does what the page offers: the next step, a note, a photo."""
        luck = rng.random()
        if luck < 0.2:
            return self.does("note", subject, now, text=f"n{self.numbers[subject]}:{self.id}")
        if luck < 0.4:
            return self.does("photo", subject, now, file=self.picture(self), stage="after")
        state = self.believed(subject)
        fits = [name for name, move in STEPS.items() if state in move.sources]
        name = rng.choice(fits) if fits and rng.random() < 0.95 else rng.choice(sorted(STEPS))
        return self.does(name, subject, now, **SAID.get(name, {}))

    def believed(self, subject: Any) -> str:
        """The state as its pages show it: as last heard, moved on by what is still to be sent."""
        state = self.known.get(subject, ("", 0))[0]
        for made in self.queue:
            if made.subject == subject and made.is_step:
                state = STEPS[made.name].target or state
        return state

    def looks(self, subject: Any, state: str, version: int) -> None:
        """A page of the server was opened; of two the later version counts."""
        if version >= self.known.get(subject, ("", 0))[1]:
            self.known[subject] = (state, version)

    def request(
        self, now: datetime, most: int = AT_ONCE, without: frozenset[int] = frozenset()
    ) -> dict[str, Any]:
        """What it sends now, in its order. `without`: places in the queue whose maker has to sign
        in first; `left`: what the server does not hold after that."""
        sent = [made for n, made in enumerate(self.queue[:most]) if n not in without]
        left = sum(made.receipt is None for made in self.queue if made not in sent)
        commands = [
            {
                "v": 1, "id": made.id, "device": self.id, "seq": made.seq,
                "subject": made.subject, "base_version": made.base, "name": made.name,
                "at": made.at, "tick": made.tick if made.boot == self.boot else None,
                "said": made.said,
            }
            for made in sent
        ]  # fmt: skip
        return {
            "sent_at": self.wall(now), "tick_now": self.tick(now), "left": left,
            "device": self.id, "commands": commands, "boot": self.boot,
        }  # fmt: skip

    def hears(self, receipts: list[dict[str, Any]], now: datetime) -> None:
        """Receipts of any request, in any order, perhaps again."""
        mine = {made.id: made for made in self.queue}
        for receipt in receipts:
            made = mine.get(receipt["id"])
            if made is None or receipt["status"] == "wait":
                continue
            made.receipt = receipt
            if receipt.get("version"):
                self.looks(made.subject, receipt["state"], receipt["version"])
            if receipt["status"] not in FINAL:
                continue
            self.queue.remove(made)
            if receipt["status"] == "refused":
                self.shown.add(made.id)
                self.does("seen", made.subject, now, of=made.id)

    def stored(self, file: Any) -> None:
        """The server has all of a file: the phone may forget it."""
        self.photos.pop(file, None)
