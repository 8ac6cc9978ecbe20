"""One run over the rows of a file: chunk by chunk read, told apart, placed, judged, handed over."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from uuid import UUID

from anju.domains.requests.history.account import Account, Interrupted
from anju.domains.requests.history.commands.bulk import Lines, Stamp
from anju.domains.requests.history.commands.placing import Places
from anju.domains.requests.history.commands.writing import Writer
from anju.domains.requests.history.judging import Ground
from anju.domains.requests.history.mapping import MappingFile
from anju.domains.requests.history.models import HistoryBatch
from anju.domains.requests.history.moments import local_day
from anju.domains.requests.history.past import Past, fresh_ids, past
from anju.domains.requests.history.queries import Standing, standing_keys
from anju.domains.requests.history.reading import Row
from anju.domains.requests.history.rows import HistoricCase, Rejection, RowReader
from anju.engine.loop.commands.numbers import as_number, take_numbers
from anju.engine.loop.models import CHANNEL_NAMES
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

CHANNELS = tuple(dict(CHANNEL_NAMES))
Progress = Callable[[Account], None]


@dataclass
class Run:
    """An import under way. Without a `writer` it is a dry run: all is judged, nothing written.

    `_standing` holds every key met so far: 200 bytes each, so 10 million rows need 2 GB.
    """

    file: MappingFile
    actor: Actor
    ground: Ground
    reader: RowReader
    places: Places
    writer: Writer | None
    account: Account
    digest: str
    _standing: dict[str, Standing] = field(default_factory=dict)
    _stamp: Stamp | None = None
    _handed_over: int = 0
    _ids: Iterator[str] = field(default_factory=fresh_ids)

    def over(self, rows: Iterator[Row], *, size: int, progress: Progress | None) -> Account:
        """Take all rows, `size` at a time."""
        try:
            while chunk := list(islice(rows, size)):
                self._take(chunk)
                self._count()
                if progress:
                    progress(self.account)
            if self.writer:
                self.writer.finish()
        except KeyboardInterrupt:
            if self.writer:
                self.writer.finish()
            self._count()
            raise Interrupted(self.account) from None
        self._count()
        self._end()
        return self.account

    def _count(self) -> None:
        self.account.imported = self.writer.committed if self.writer else self._handed_over
        self.account.places_made = self.places.made

    def _take(self, chunk: Sequence[Row]) -> None:
        self.account.rows += len(chunk)
        told = len(self.account.rejections)
        cases = self._new(self._read(chunk))
        # In the order of the file, however its rows fell into chunks.
        self.account.rejections[told:] = sorted(self.account.rejections[told:], key=_row)
        if not cases:
            return
        if self.places.create:
            wanted = {case.place for case in cases}
            if self.writer:
                self.places.make(wanted, actor=self.actor)
            else:
                self.places.foresee(wanted)
        judged = self._noted(self._judged(cases))
        if self.writer:
            stamp, lines = self._stamped(), Lines(self._ids)
            for one in judged:
                lines.add(one, stamp)
            self.writer.put(lines, stamp)
        self._handed_over += len(cases) if self.writer else sum(1 for _one in judged)

    def _read(self, chunk: Sequence[Row]) -> list[HistoricCase]:
        """The rows that can be cases; the others are rejected."""
        cases = []
        for row in chunk:
            found = self.reader.read(row)
            no = found if isinstance(found, Rejection) else self._misfit(found)
            if no:
                self.account.rejections.append(no)
            elif isinstance(found, HistoricCase):
                cases.append(found)
        return cases

    def _misfit(self, case: HistoricCase) -> Rejection | None:
        """What a row says well enough but this company does not know."""
        if case.kind not in self.ground.kinds:
            known = ", ".join(self.ground.kinds)
            return Rejection(case.row, "kind", {"value": case.kind, "known": known})
        if case.channel and case.channel not in CHANNELS:
            known = ", ".join(CHANNELS)
            return Rejection(case.row, "channel", {"value": case.channel, "known": known})
        if case.place and not self.places.create and self.places.find(case.place) is None:
            said = {"value": " / ".join(case.place), "root": self.file.mapping.root}
            return Rejection(case.row, "place", said)
        return None

    def _new(self, cases: Sequence[HistoricCase]) -> list[HistoricCase]:
        """The cases whose key is not taken yet; each key belongs to the first row that had it."""
        source = self.file.mapping.source
        unknown = {case.key for case in cases} - self._standing.keys()
        with acting(self.actor):
            self._standing |= standing_keys(source, unknown)
        new = []
        for case in cases:
            first = self._standing.get(case.key)
            if first is None:
                self._standing[case.key] = Standing(case.content, case.row, self.account.file)
                new.append(case)
            elif first.content == case.content:
                self.account.already_there += 1
            else:
                said = {"key": case.key, "first": first.row, "file": first.file}
                self.account.rejections.append(Rejection(case.row, "repeated", said))
        return new

    def _judged(self, cases: Sequence[HistoricCase]) -> Iterator[Past]:
        """One by one: a list of them all would be walked by the garbage collector again and
        again, at an eighth of the whole cost."""
        numbers = self._numbers(cases)
        for case in cases:
            spot = self.places.spot(case.place)
            yield past(
                case,
                self.ground,
                number=next(numbers[local_day(case.opened, self.places.zone)]),
                home=self.places.zone,
                ids=self._ids,
                place_id=spot.id if spot else None,
                path=spot.path if spot else "",
                source=self.file.mapping.source,
            )

    def _numbers(self, cases: Sequence[HistoricCase]) -> dict[date, Iterator[str]]:
        """A block of case numbers per day; none is used up by a dry run."""
        days = Counter(local_day(case.opened, self.places.zone) for case in cases)
        series, company = self.places.series, self.actor.company_id
        if not self.writer:
            return {day: iter([""] * count) for day, count in days.items()}
        with acting(self.actor):
            firsts = {d: take_numbers(company, series, d, n)[0] for d, n in sorted(days.items())}
        return {day: _numbers(series, day, first, days[day]) for day, first in firsts.items()}

    def _noted(self, judged: Iterable[Past]) -> Iterator[Past]:
        """Count what history did not record and what cannot be told."""
        missing, clocks = self.account.not_recorded, self.account.clocks
        for one in judged:
            row = one.row
            missing["place"] += not row.place
            missing["category"] += not row.category
            missing["channel"] += not row.channel
            for clock in one.clocks:
                settled = clock.settled
                if settled.kind not in clocks:
                    clocks[settled.kind] = Counter()
                clocks[settled.kind][settled.state] += 1
            yield one

    def _stamped(self) -> Stamp:
        """The batch of this run, written with its event before the first chunk."""
        if self._stamp is None:
            moment = now()
            with acting(self.actor):
                batch = self._batch(moment)
            self._stamp = Stamp(
                actor=self.actor,
                batch=batch,
                source=self.file.mapping.source,
                standard=self.ground.standard,
                noted_at=moment,
            )
        return self._stamp

    def _batch(self, moment: datetime) -> UUID:
        how, root = self.file.mapping, self.places.root
        if root is None:
            raise RuntimeError("a dry run has no root and writes no batch")
        batch = HistoryBatch.objects.create(
            company_id=self.actor.company_id,
            source=how.source,
            file=self.account.file,
            digest=self.digest,
            mapping=how.model_dump(mode="json", exclude_defaults=True),
            standard_id=self.ground.standard,
            calendar=how.calendar,
            zone=how.zone,
            root=root,
            by=self.actor.id,
            at=moment,
        )
        tell(
            "history.begun",
            subject=("history", batch.id),
            actor=self.actor,
            said={"source": how.source, "file": batch.file, "digest": batch.digest},
            wrote=written(batch),
        )
        return batch.id

    def _end(self) -> None:
        """Tell how it ended; rejections by number only, a reason may quote what a row said."""
        if self._stamp is None:
            return
        said = self.account.to_json()
        said["rejections"] = [r.row for r in self.account.rejections]
        with acting(self.actor):
            tell(
                "history.finished",
                subject=("history", self._stamp.batch),
                actor=self.actor,
                said=said,
            )


def _row(rejection: Rejection) -> int:
    return rejection.row


def _numbers(series: str, day: date, first: int, count: int) -> Iterator[str]:
    return (as_number(series, day, n) for n in range(first, first + count))
