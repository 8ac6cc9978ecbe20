"""The rows of one past case: built once, written in bulk or one by one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from anju.domains.requests.history.digests import digest_of, form_of, marks, text_of, time_of
from anju.domains.requests.history.judging import (
    Ground,
    Settled,
    first_instant,
    settled,
    urgency_of,
)
from anju.domains.requests.history.moments import Moment, local_day
from anju.domains.requests.history.rows import HistoricCase
from anju.engine.clocks.models import Clock
from anju.engine.loop.models import Case
from anju.engine.standards.rules import ClockKind
from anju.foundation.lib import canonical, uuid7_texts

TOLD = "case.imported"
SHORT = 80  # characters of a text that stand in for a missing title
_CASE = marks(
    "id number kind category title text urgency place_id channel state at day told_at answered_at "
    "closed_at".split()
)
_SETTLED = marks("state started_at due_at stopped_at days".split())
_CLOCK = marks(["id", "case_id"]) | _SETTLED


@dataclass(slots=True)
class PastCase:
    """The columns of a case that history fills; the others have one value in all of them.

    Its id, like those of its clocks, is a text: each is written many times, and formatting them
    was a tenth of the work.
    """

    id: str
    number: str
    kind: str
    category: str
    title: str
    text: str
    urgency: int
    place_id: UUID | None
    channel: str
    standard_id: UUID
    state: str
    at: datetime
    day: date
    told_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    asset_id: None = None
    reporter_id: None = None
    item: str = ""
    history: bool = True
    version: int = 1
    reopened: int = 0
    waived: bool = False
    outcome: str = ""


@dataclass(slots=True)
class PastClock:
    """The columns of a clock that history fills: nothing of it is left for the ticker."""

    id: str
    case_id: str
    settled: Settled
    pause_cap: int = 0
    pauses: Sequence[Any] = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.settled, name)


@dataclass(slots=True)
class Past:
    """A past case with everything that is written for it, but the event."""

    row: HistoricCase
    case: PastCase
    clocks: list[PastClock]
    said: Mapping[str, Any]
    values: Mapping[str, str]

    def wrote(self) -> dict[str, str]:
        """The digests an event commits to, by the models' own words for what is sealed."""
        case, at = self.case, time_of(self.case.at)
        form = _case_form(case.standard_id) % {
            "number": canonical(case.number).decode(),
            "kind": text_of(case.kind), "category": text_of(case.category),
            "urgency": case.urgency, "channel": text_of(case.channel),
            "place_id": f'"{case.place_id}"' if case.place_id else "null",
            "state": text_of(case.state), "at": at, "day": f'"{case.day}"',
            "told_at": time_of(case.told_at), "answered_at": time_of(case.answered_at),
            "closed_at": time_of(case.closed_at),
        }  # fmt: skip
        digests = {f"loop_case:{case.id}": digest_of(form)}
        owner = f'"{case.id}"'
        for clock in self.clocks:
            one = clock.settled
            form = _clock_form(one.kind, one.minutes, one.calendar) % {
                "case_id": owner, "state": text_of(one.state),
                "started_at": at if one.started_at is case.at else time_of(one.started_at),
                "stopped_at": time_of(one.stopped_at),
            }  # fmt: skip
            digests[f"clocks_clock:{clock.id}"] = digest_of(form)
        return digests


@lru_cache(maxsize=64)
def _case_form(standard: UUID) -> str:
    return form_of(Case, PastCase(**cast(Any, _CASE), standard_id=standard), _CASE)


@lru_cache(maxsize=512)
def _clock_form(kind: ClockKind, minutes: int, calendar: str) -> str:
    told = Settled(kind=kind, minutes=minutes, calendar=calendar, **cast(Any, _SETTLED))
    return form_of(Clock, PastClock(_CLOCK["id"], _CLOCK["case_id"], told), _CLOCK)


def fresh_ids() -> Iterator[str]:
    """Ids without end, made a thousand at a time."""
    while True:
        yield from uuid7_texts(1000)


def past(
    row: HistoricCase,
    ground: Ground,
    *,
    number: str,
    place_id: UUID | None,
    path: str,
    source: str,
    home: ZoneInfo,
    ids: Iterator[str],
) -> Past:
    """Judge a row and build its case, its clocks and what its event says.

    It is closed where its end was recorded, answered where only an answer was, else open. `home`
    is the zone of its community, which may differ from the one the file writes its times in.
    """
    zone, at = ground.zone, first_instant(row.opened, ground.zone)
    told = _instant(row.stops.get("feedback"), at, zone)
    ended = _instant(row.stops.get("finish"), at, zone)
    case = PastCase(
        id=next(ids),
        number=number,
        kind=row.kind,
        category=row.category,
        title=title_of(row),
        text=row.text,
        urgency=urgency_of(row),
        place_id=place_id,
        channel=row.channel or "unknown",
        standard_id=ground.standard,
        state="closed" if ended else "answered" if told else "open",
        at=at,
        day=local_day(row.opened, home),
        told_at=told,
        answered_at=ended or told,
        closed_at=ended,
    )
    clocks = [PastClock(next(ids), case.id, one) for one in settled(row, path, ground)]
    said = {
        "number": number,
        "kind": case.kind,
        "urgency": case.urgency,
        "category": case.category,
        "channel": case.channel,
        "source": source,
        "key": row.key,
        "row": row.row,
        "opened": row.opened.isoformat(),
        "stops": {kind: stop.isoformat() for kind, stop in row.stops.items()},
        "clocks": {clock.settled.kind: clock.settled.state for clock in clocks},
    }
    values = {"title": case.title, "text": case.text, "answer": "\n\n".join(row.replies)}
    return Past(row, case, clocks, said, values)


def title_of(row: HistoricCase) -> str:
    """Its title, else the beginning of its text, else its category, else its key."""
    line = " ".join(row.text.split())
    short = line if len(line) <= SHORT else line[: SHORT - 1] + "…"
    return row.title or short or row.category or row.key


def _instant(stop: Moment | None, at: datetime, zone: ZoneInfo) -> datetime | None:
    return None if stop is None else max(at, first_instant(stop, zone))
