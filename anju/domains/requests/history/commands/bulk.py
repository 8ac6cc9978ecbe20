"""Writing past cases by the thousand: COPY into temporary tables, then INSERT ... SELECT.

COPY refuses tables with row-level security, so the second hop is what passes the policies. One
temporary row holds a case with its event, its inbox row and its ledger entry.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection, models

from anju.domains.requests.history.models import HistoryKey
from anju.domains.requests.history.past import TOLD, Past, PastClock
from anju.engine.clocks.models import Clock
from anju.engine.loop.models import Case
from anju.foundation.events.models import Event, EventValue, Inbox
from anju.foundation.events.rules import leaf_over, salted
from anju.foundation.lib import canonical
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.copying import line


@dataclass(frozen=True)
class Stamp:
    """What all rows of a chunk share."""

    actor: Actor
    batch: UUID
    source: str
    standard: UUID
    noted_at: datetime

    @cached_property
    def company(self) -> str:
        """The company's id as text."""
        return str(self.actor.company_id)

    @cached_property
    def by(self) -> str:
        """The actor's id as text."""
        return str(self.actor.id)


_TEMPORARY = """
    CREATE TEMPORARY TABLE IF NOT EXISTS past_case (
        id uuid, number text, kind text, category text, title text, body text, urgency smallint,
        place_id uuid, channel text, state text, at timestamptz, day date, told_at timestamptz,
        answered_at timestamptz, closed_at timestamptz, key text, content bytea, row integer,
        event_id uuid, said jsonb, wrote jsonb, texts jsonb, leaf bytea
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE IF NOT EXISTS past_clock (
        id uuid, case_id uuid, kind text, state text, minutes integer, calendar text,
        started_at timestamptz, due_at timestamptz, stopped_at timestamptz, days integer
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE IF NOT EXISTS past_value (
        id uuid, event_id uuid, name text, salt bytea, body text
    ) ON COMMIT DELETE ROWS
"""

# For each table its columns and where they come from; a name with % is a parameter. Columns that
# stand in the model but not here get the model's defaults.
_HOPS: tuple[tuple[type[models.Model], str, Mapping[str, str]], ...] = (
    (
        Case,
        "past_case",
        dict.fromkeys(
            """id number kind category title urgency place_id channel state at day told_at
            answered_at closed_at""".split(),
            "",
        )
        | {"text": "body", "standard_id": "%(standard)s", "noted_at": "%(noted_at)s"}
        | {"history": "true"},
    ),
    (
        Clock,
        "past_clock",
        dict.fromkeys(
            "id case_id kind state minutes calendar started_at due_at stopped_at days".split(), ""
        ),
    ),
    (
        Event,
        "past_case",
        {"id": "event_id", "name": "%(told)s", "subject_kind": "'case'", "subject_id": "id"}
        | {"by": "%(by)s", "at": "", "noted_at": "%(noted_at)s", "said": "", "wrote": ""}
        | {"values": "texts", "leaf": ""},
    ),
    (EventValue, "past_value", {"id": "", "event_id": "", "name": "", "salt": "", "text": "body"}),
    (Inbox, "past_case", {"event_id": ""}),
    (
        HistoryKey,
        "past_case",
        {"id": "", "batch_id": "%(batch)s", "source": "%(source)s", "key": "", "content": ""}
        | {"row": ""},
    ),
)


def _hop(
    model: type[models.Model], source: str, given: Mapping[str, str]
) -> tuple[str, dict[str, Any]]:
    """INSERT ... SELECT into a model's table, and the parameters for its defaults."""
    columns, values = ["company_id"], ["%(company)s"]
    defaults: dict[str, Any] = {}
    for name, expression in given.items():
        columns.append(name)
        values.append(expression or f'"{name}"')
    for one in model._meta.concrete_fields:
        blank, column = one.get_default(), str(one.column)
        if column not in columns and not one.primary_key and blank is not None:
            columns.append(column)
            values.append(f"%(_{column})s")
            defaults[f"_{column}"] = one.get_db_prep_save(blank, connection)
    names = ", ".join(f'"{column}"' for column in columns)
    order = "ORDER BY event_id" if model is Inbox else ""  # sealed in the order they were made
    table = model._meta.db_table
    statement = f'INSERT INTO "{table}" ({names}) SELECT {", ".join(values)} FROM {source} {order}'  # noqa: S608 - our own names
    return statement, defaults


class Lines:
    """COPY's text form of many past cases, built while the database is busy with others."""

    def __init__(self, ids: Iterator[str]) -> None:
        self._ids = ids
        self.cases: list[str] = []
        self.clocks: list[str] = []
        self.values: list[str] = []

    def add(self, past: Past, stamp: Stamp) -> None:
        """One case with its clocks, its event and the event's values."""
        case, row, event_id = past.case, past.row, next(self._ids)
        texts = salted(past.values)
        # Made once, hashed and stored.
        said, wrote = canonical(past.said), canonical(past.wrote())
        commitments = canonical({value.name: value.commitment for value in texts})
        sealed = leaf_over(
            said,
            wrote,
            commitments,
            id=event_id,
            company=stamp.company,
            name=TOLD,
            subject=("case", case.id),
            by=stamp.by,
            times=(case.at, stamp.noted_at),
        )
        self.cases.append(
            line(
                case.id, case.number, case.kind, case.category, case.title, case.text,
                case.urgency, case.place_id, case.channel, case.state, case.at, case.day,
                case.told_at, case.answered_at, case.closed_at, row.key, row.content, row.row,
                event_id, said.decode(), wrote.decode(), commitments.decode(), sealed,
            )
        )  # fmt: skip
        self.clocks += [_clock(clock) for clock in past.clocks]
        self.values += [line(next(self._ids), event_id, v.name, v.salt, v.text) for v in texts]


def write(lines: Lines, stamp: Stamp, *, actor: Actor) -> None:
    """Write a chunk inside the caller's `acting`: cases, clocks, events, inbox, ledger.

    All or nothing with its transaction; raises IntegrityError when a key of the source is taken.
    """
    parameters: dict[str, Any] = {
        "company": actor.company_id,
        "standard": stamp.standard,
        "noted_at": stamp.noted_at,
        "told": TOLD,
        "by": actor.id,
        "batch": stamp.batch,
        "source": stamp.source,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TEMPORARY)
        for table, text in (
            ("past_case", lines.cases),
            ("past_clock", lines.clocks),
            ("past_value", lines.values),
        ):
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write("".join(text))
        for model, source, given in _HOPS:
            statement, defaults = _hop(model, source, given)
            cursor.execute(statement, parameters | defaults)


def _clock(clock: PastClock) -> str:
    """A clock's line; written out, because there are several to each case and nothing to escape."""
    one = clock.settled
    due = one.due_at.isoformat() if one.due_at else "\\N"
    stopped = one.stopped_at.isoformat() if one.stopped_at else "\\N"
    days = "\\N" if one.days is None else one.days
    return (
        f"{clock.id}\t{clock.case_id}\t{one.kind}\t{one.state}\t{one.minutes}\t{one.calendar}"
        f"\t{one.started_at.isoformat()}\t{due}\t{stopped}\t{days}\n"
    )
