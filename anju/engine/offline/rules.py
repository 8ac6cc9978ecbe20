"""What becomes of a command that a device brings. Pure: the model check runs exactly this.

The commands of one device about one subject are a stream, numbered from 1. Records (a note, a
photo, a reading) are never refused; steps are judged, and one that is refused blocks the later
ones of its stream until the device says that its refusal was seen, or the same step comes with
another label.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

SEEN = "seen"  # the refusal was shown to whoever had taken the step
WAIVE = "waive"  # a file of an earlier record will not come: it was refused, or is lost
AGAIN = ("wrong_label", "unknown_label")  # refused for these, a step is taken by trying it again
BIGGEST = 2**31 - 1  # what a column of whole numbers holds
FORMATS: dict[int, date | None] = {1: None}  # version of a command -> day it was replaced
READ_FOR = timedelta(days=90)
LATE = timedelta(minutes=5)  # from here on it is said that it came later, or that the clock was off

# What the server has made of a command. "waiting": received, files are still to come.
State = Literal["taken", "aside", "refused", "blocked", "waiting"]
# What is to be done with one that comes. "gap": one before it is missing; "again": known already;
# "used": its number belongs to another one; "behind": it waits for what is waiting.
Turn = Literal["gap", "again", "used", "blocked", "behind", "now"]


@dataclass
class Stream:
    """What is known of one device's commands about one subject.

    `last`: number of the last one received. `version`: of the subject after the last step of this
    device. `refused`: the step that was refused and whose refusal the device has not seen yet.
    `at`: when the last one happened.
    """

    last: int = 0
    version: int = 0
    refused: UUID | None = None
    at: datetime | None = None


def turn_of(stream: Stream, seq: int, *, known: bool) -> Turn:
    """Whether a command with this number is to be received now. `known`: its id was before."""
    if known:
        return "again"
    if seq <= stream.last:
        return "used"
    return "gap" if seq > stream.last + 1 else "now"


def step_turn(stream: Stream, *, records: int, steps: int, ends: bool) -> Turn:
    """Whether a step that is received can be taken now. `records` and `steps`: how many before it
    still wait; `ends`: the work is done with it, so it waits for every record. One that is to be
    blocked never waits: what it was blocked by may have been seen by the time it is its turn."""
    if stream.refused:
        return "blocked"
    return "behind" if steps or (ends and records) else "now"


def version_meant(stream: Stream, base: int | None) -> int | None:
    """The version of the subject a step was taken on: what its maker saw, or what the device's own
    steps since have made of it."""
    return None if base is None else max(base, stream.version)


def readable(version: int, on: date) -> bool:
    """Whether commands of this version are read on a day: ninety days longer than it was made."""
    if version not in FORMATS:
        return False
    replaced = FORMATS[version]
    return replaced is None or on <= replaced + READ_FOR


@dataclass(frozen=True)
class Heard:
    """One request: when the device's clocks said it was sent, and when it came (UTC)."""

    received: datetime
    sent_at: datetime
    tick_now: float | None  # milliseconds of a clock nobody can set

    @property
    def skew(self) -> timedelta:
        """How far the device's clock is behind ours; within `LATE` it is the way it took."""
        skew = self.received - self.sent_at
        return skew if abs(skew) >= LATE else timedelta()


def happened_at(
    at: datetime, tick: float | None, *, heard: Heard, since: datetime | None
) -> datetime:
    """When it happened by our clock: as long ago as the device says, by the clock that nobody can
    set where it ran all the while; not before `since` (when the device had last brought all it
    had), not after it came."""
    ago = heard.sent_at - at
    if tick is not None and heard.tick_now is not None and 0 <= tick <= heard.tick_now:
        ago = timedelta(milliseconds=min(heard.tick_now - tick, 1e12))
    moment = min(heard.received - max(ago, timedelta()), heard.received)
    return max(moment, since) if since else moment
